/*
 * Names of projects, owners and partners, told as people tell them.
 */
#include "letter.h"

struct example {
	const char *language;
	const char *text;
	enum field field;
	const char *value; /* NULL: nothing is said */
};

static void
a_project_is_called_by_its_name(void **state)
{
	static const struct example examples[] = {
		{"en", "We called it LandChain, and it never left the lab.", FIELD_PROJECT_NAME,
			"LandChain"},
		{"en",
			"The project, known as \"Open Registry\", was led by the Ministry of "
			"Justice.",
			FIELD_PROJECT_NAME, "Open Registry"},
		{"en",
			"I work at the Danish Business Authority and run a project named "
			"TradeTrust.",
			FIELD_PROJECT_NAME, "TradeTrust"},
		{"en",
			"The City of Zug offers its residents a digital identity called ZugID, "
			"built by Ti&m.",
			FIELD_PROJECT_NAME, "ZugID"},
		{"en", "The OrgBook pilot of the Province of British Columbia is running.",
			FIELD_PROJECT_NAME, "OrgBook"},
		{"en",
			"In our agency, the National Archives, we time-stamp every file with a "
			"tool named ArchAngel.",
			FIELD_PROJECT_NAME, "ArchAngel"},
		{"es",
			"El proyecto se llama \"CertiChain\" y lo lidera el Ministerio de "
			"Educación.",
			FIELD_PROJECT_NAME, "CertiChain"},
		{"es",
			"Trabajo en la Agencia Tributaria y desarrollamos junto con Indra y la "
			"Universidad de Málaga un piloto llamado NodoFiscal.",
			FIELD_PROJECT_NAME, "NodoFiscal"},
		{"fr",
			"Le projet \"Archipels\" est porté par la Ville de Lyon, avec Atos et "
			"l'Université de Lorraine.",
			FIELD_PROJECT_NAME, "Archipels"},
		{"fr", "Notre service, baptisé CertiDoc, a été développé par Keeex.",
			FIELD_PROJECT_NAME, "CertiDoc"},
		{"de",
			"Das Projekt \"Grundbuch 4.0\" wurde vom Bundesministerium für Justiz "
			"gemeinsam mit der TU Wien und der Firma Lab10 durchgeführt.",
			FIELD_PROJECT_NAME, "Grundbuch 4.0"},
		{"de", "Die Stadt Zürich betreibt seit 2019 den Dienst eZeugnis.",
			FIELD_PROJECT_NAME, "eZeugnis"},
		{"pt",
			"O projeto chama-se SOL e é liderado pela Secretaria de Planejamento, em "
			"parceria com a Universidade de Brasília.",
			FIELD_PROJECT_NAME, "SOL"},
		{"sv",
			"Projektet, som vi kallade Betygskedjan, drevs av Universitets- och "
			"högskolerådet tillsammans med Sunet.",
			FIELD_PROJECT_NAME, "Betygskedjan"},
		{"it",
			"Il progetto, chiamato NotarChain, è guidato dal Comune di Bari insieme al "
			"Politecnico di Bari.",
			FIELD_PROJECT_NAME, "NotarChain"},
		{"nl", "Het project heet Stempas en is van de Gemeente Groningen, samen met Forus.",
			FIELD_PROJECT_NAME, "Stempas"},
		{"fi",
			"Hankkeen nimi on Asuntoketju ja sitä vetää Maanmittauslaitos yhdessä "
			"Tomorrow Labs Oy:n kanssa.",
			FIELD_PROJECT_NAME, "Asuntoketju"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_holds(*state, e->language, e->text, find_project_names, e->field, e->value);
	}
}

static void
the_body_that_leads_it_is_the_organisation(void **state)
{
	static const struct example examples[] = {
		{"en",
			"The project, known as \"Open Registry\", was led by the Ministry of "
			"Justice.",
			FIELD_ORGANISATION, "Ministry of Justice"},
		{"en",
			"I work at the Danish Business Authority and run a project named "
			"TradeTrust.",
			FIELD_ORGANISATION, "Danish Business Authority"},
		{"en",
			"Project Khokha was run by the South African Reserve Bank together with "
			"ConsenSys and six banks.",
			FIELD_ORGANISATION, "South African Reserve Bank"},
		{"en",
			"The City of Zug offers its residents a digital identity called ZugID, "
			"built by Ti&m.",
			FIELD_ORGANISATION, "City of Zug"},
		{"en", "The OrgBook pilot of the Province of British Columbia is running.",
			FIELD_ORGANISATION, "Province of British Columbia"},
		{"en",
			"In our agency, the National Archives, we time-stamp every file with a "
			"tool named ArchAngel.",
			FIELD_ORGANISATION, "National Archives"},
		{"es",
			"El proyecto se llama \"CertiChain\" y lo lidera el Ministerio de "
			"Educación.",
			FIELD_ORGANISATION, "Ministerio de Educación"},
		{"es",
			"Trabajo en la Agencia Tributaria y desarrollamos junto con Indra y la "
			"Universidad de Málaga un piloto llamado NodoFiscal.",
			FIELD_ORGANISATION, "Agencia Tributaria"},
		{"fr",
			"Le projet \"Archipels\" est porté par la Ville de Lyon, avec Atos et "
			"l'Université de Lorraine.",
			FIELD_ORGANISATION, "Ville de Lyon"},
		{"de",
			"Das Projekt \"Grundbuch 4.0\" wurde vom Bundesministerium für Justiz "
			"gemeinsam mit der TU Wien und der Firma Lab10 durchgeführt.",
			FIELD_ORGANISATION, "Bundesministerium für Justiz"},
		{"de", "Die Stadt Zürich betreibt seit 2019 den Dienst eZeugnis.",
			FIELD_ORGANISATION, "Stadt Zürich"},
		{"pt",
			"O projeto chama-se SOL e é liderado pela Secretaria de Planejamento, em "
			"parceria com a Universidade de Brasília.",
			FIELD_ORGANISATION, "Secretaria de Planejamento"},
		{"it",
			"Il progetto, chiamato NotarChain, è guidato dal Comune di Bari insieme al "
			"Politecnico di Bari.",
			FIELD_ORGANISATION, "Comune di Bari"},
		{"nl", "Het project heet Stempas en is van de Gemeente Groningen, samen met Forus.",
			FIELD_ORGANISATION, "Gemeente Groningen"},
		{"fi",
			"Hankkeen nimi on Asuntoketju ja sitä vetää Maanmittauslaitos yhdessä "
			"Tomorrow Labs Oy:n kanssa.",
			FIELD_ORGANISATION, "Maanmittauslaitos"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_organisations, e->field, e->value);
	}
}

static void
those_who_take_part_are_partners(void **state)
{
	static const struct example examples[] = {
		{"en",
			"Project Khokha was run by the South African Reserve Bank together with "
			"ConsenSys and six banks.",
			FIELD_PARTNERS, "ConsenSys"},
		{"en",
			"The City of Zug offers its residents a digital identity called ZugID, "
			"built by Ti&m.",
			FIELD_PARTNERS, "Ti&m"},
		{"en",
			"Together with Deloitte, IBM and the University of Delft we built a "
			"prototype.",
			FIELD_PARTNERS, "Deloitte"},
		{"en",
			"Together with Deloitte, IBM and the University of Delft we built a "
			"prototype.",
			FIELD_PARTNERS, "IBM"},
		{"en",
			"Together with Deloitte, IBM and the University of Delft we built a "
			"prototype.",
			FIELD_PARTNERS, "University of Delft"},
		{"en",
			"Our partners are Northwind Systems, Acme Ledger Ltd and the Port of "
			"Antwerp.",
			FIELD_PARTNERS, "Northwind Systems"},
		{"en",
			"Our partners are Northwind Systems, Acme Ledger Ltd and the Port of "
			"Antwerp.",
			FIELD_PARTNERS, "Acme Ledger Ltd"},
		{"en",
			"Our partners are Northwind Systems, Acme Ledger Ltd and the Port of "
			"Antwerp.",
			FIELD_PARTNERS, "Port of Antwerp"},
		{"en", "The software was developed by Bitmint Labs.", FIELD_PARTNERS,
			"Bitmint Labs"},
		{"es",
			"Trabajo en la Agencia Tributaria y desarrollamos junto con Indra y la "
			"Universidad de Málaga un piloto llamado NodoFiscal.",
			FIELD_PARTNERS, "Indra"},
		{"es",
			"Trabajo en la Agencia Tributaria y desarrollamos junto con Indra y la "
			"Universidad de Málaga un piloto llamado NodoFiscal.",
			FIELD_PARTNERS, "Universidad de Málaga"},
		{"fr",
			"Le projet \"Archipels\" est porté par la Ville de Lyon, avec Atos et "
			"l'Université de Lorraine.",
			FIELD_PARTNERS, "Atos"},
		{"fr",
			"Le projet \"Archipels\" est porté par la Ville de Lyon, avec Atos et "
			"l'Université de Lorraine.",
			FIELD_PARTNERS, "Université de Lorraine"},
		{"fr", "Notre service, baptisé CertiDoc, a été développé par Keeex.",
			FIELD_PARTNERS, "Keeex"},
		{"de",
			"Das Projekt \"Grundbuch 4.0\" wurde vom Bundesministerium für Justiz "
			"gemeinsam mit der TU Wien und der Firma Lab10 durchgeführt.",
			FIELD_PARTNERS, "TU Wien"},
		{"pt",
			"O projeto chama-se SOL e é liderado pela Secretaria de Planejamento, em "
			"parceria com a Universidade de Brasília.",
			FIELD_PARTNERS, "Universidade de Brasília"},
		{"sv",
			"Projektet, som vi kallade Betygskedjan, drevs av Universitets- och "
			"högskolerådet tillsammans med Sunet.",
			FIELD_PARTNERS, "Sunet"},
		{"it",
			"Il progetto, chiamato NotarChain, è guidato dal Comune di Bari insieme al "
			"Politecnico di Bari.",
			FIELD_PARTNERS, "Politecnico di Bari"},
		{"nl", "Het project heet Stempas en is van de Gemeente Groningen, samen met Forus.",
			FIELD_PARTNERS, "Forus"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_holds(*state, e->language, e->text, find_organisations, e->field, e->value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		letter_test(a_project_is_called_by_its_name),
		letter_test(the_body_that_leads_it_is_the_organisation),
		letter_test(those_who_take_part_are_partners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
