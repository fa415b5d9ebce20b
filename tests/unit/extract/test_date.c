/*
 * Dates and what they are the dates of, told as people tell them; the letters are of 10 March 2020.
 */
#include "letter.h"

struct example {
	const char *language;
	const char *text;
	enum field field;
	const char *value; /* NULL: nothing is said */
};

static void
the_verb_beside_a_date_tells_what_it_dates(void **state)
{
	static const struct example examples[] = {
		{"en", "We kicked the project off in September 2017.", FIELD_STARTED, "2017-09"},
		{"en", "Work on the ledger began in the autumn of 2018 and never really stopped.",
			FIELD_STARTED, "2018"},
		{"en", "The pilot ran from May to July 2019.", FIELD_STARTED, "2019-05"},
		{"en", "It has been live since 3 April 2018.", FIELD_LAUNCHED, "2018-04-03"},
		{"en", "The register went live on June 1st, 2019.", FIELD_LAUNCHED, "2019-06-01"},
		{"en", "We switched over to the new system on 1/7/2019.", FIELD_LAUNCHED,
			"2019-07-01"},
		{"en", "In production since Q3 2018.", FIELD_LAUNCHED, "2018-Q3"},
		{"en", "Go-live is planned for 1 June 2020.", FIELD_EXPECTED, "2020-06-01"},
		{"en", "We expect to be in production by the end of May.", FIELD_EXPECTED,
			"2020-05"},
		{"en", "The service will be opened to all municipalities next month.",
			FIELD_EXPECTED, "2020-04"},
		{"en", "It goes into production in June.", FIELD_EXPECTED, "2020-06"},
		{"en",
			"The launch, originally scheduled for January, has been moved to September "
			"2020.",
			FIELD_EXPECTED, "2020-09"},
		{"en", "We pulled the plug in October 2019.", FIELD_ENDED, "2019-10"},
		{"en", "The consortium was dissolved last summer.", FIELD_ENDED, "2019"},
		{"en", "We have been running the service since the summer of 2018.", FIELD_LAUNCHED,
			"2018"},
		{"en", "The proof of concept started two years ago.", FIELD_STARTED, "2018"},
		{"en", "Since last May we have been testing it with three municipalities.",
			FIELD_STARTED, "2019-05"},
		{"en",
			"In March 2018 the ministry signed a contract with the vendor, and the "
			"first certificates were issued in November of the same year.",
			FIELD_STARTED, "2018-03"},
		{"en", "The pilot was launched in November last year.", FIELD_STARTED, "2019-11"},
		{"en", "The first diplomas were issued on it in May 2018.", FIELD_LAUNCHED,
			"2018-05"},
		{"en", "The system was rolled out to all districts in the second half of 2019.",
			FIELD_LAUNCHED, "2019"},
		{"en", "Roll-out is scheduled for the second quarter of 2020.", FIELD_EXPECTED,
			"2020-Q2"},
		{"en", "Production is due in about two months.", FIELD_EXPECTED, "2020-05"},
		{"en", "The trial ended in December 2018 and was not continued.", FIELD_ENDED,
			"2018-12"},
		{"en", "We shut it down three weeks ago.", FIELD_ENDED, "2020-02"},
		{"en", "Started: 2017. Live: 2018-06. Stopped: 2019-12.", FIELD_STARTED, "2017"},
		{"en", "Started: 2017. Live: 2018-06. Stopped: 2019-12.", FIELD_LAUNCHED,
			"2018-06"},
		{"en", "Started: 2017. Live: 2018-06. Stopped: 2019-12.", FIELD_ENDED, "2019-12"},
		{"en", "PoC 2017, pilot May 2018, live since Feb 2019.", FIELD_STARTED, "2017"},
		{"en", "PoC 2017, pilot May 2018, live since Feb 2019.", FIELD_LAUNCHED, "2019-02"},
		{"en", "The project was born in a hackathon in 2016.", FIELD_STARTED, "2016"},
		{"en", "It took us from 2016 to 2018 to build it.", FIELD_STARTED, "2016"},
		{"en", "Officially opened by the minister on 12 September 2019.", FIELD_LAUNCHED,
			"2019-09-12"},
		{"en", "If all goes well we move to production in July.", FIELD_EXPECTED,
			"2020-07"},
		{"en", "The tool is used by all courts since January 2019.", FIELD_LAUNCHED,
			"2019-01"},
		{"en", "Since 2018 every birth in the county is recorded this way.", FIELD_LAUNCHED,
			"2018"},
		{"en", "The budget was cut in spring 2019 and the project stopped.", FIELD_ENDED,
			"2019"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_dates, e->field, e->value);
	}
}

static void
what_was_denied_dropped_or_is_not_the_project_s_has_no_date(void **state)
{
	static const struct example examples[] = {
		{"en", "The pilot ran from May to July 2019.", FIELD_LAUNCHED, NULL},
		{"en", "Go-live is planned for 1 June 2020.", FIELD_LAUNCHED, NULL},
		{"en", "It was to go live in January 2019 but never did.", FIELD_LAUNCHED, NULL},
		{"en", "It was to go live in January 2019 but never did.", FIELD_EXPECTED, NULL},
		{"en", "The project was shelved in early 2019.", FIELD_STARTED, NULL},
		{"en", "The project was shelved in early 2019.", FIELD_LAUNCHED, NULL},
		{"en", "The pilot was launched in November last year.", FIELD_LAUNCHED, NULL},
		{"en", "The law was changed in 2015.", FIELD_STARTED, NULL},
		{"en", "The law was changed in 2015.", FIELD_LAUNCHED, NULL},
		{"en", "The law was changed in 2015.", FIELD_ENDED, NULL},
		{"en", "By Easter we plan to have the first users.", FIELD_ENDED, NULL},
		{"fr", "Le pilote a été lancé à l'automne dernier.", FIELD_LAUNCHED, NULL},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_dates, e->field, e->value);
	}
}

static void
dates_are_read_in_spanish_french_and_portuguese(void **state)
{
	static const struct example examples[] = {
		{"es", "El proyecto empezó en marzo de 2018.", FIELD_STARTED, "2018-03"},
		{"es", "El sistema está en producción desde el 4 de junio de 2019.", FIELD_LAUNCHED,
			"2019-06-04"},
		{"es", "Entrará en producción en mayo.", FIELD_EXPECTED, "2020-05"},
		{"es", "Se canceló en noviembre de 2019.", FIELD_ENDED, "2019-11"},
		{"es", "Comenzamos el piloto hace dos años.", FIELD_STARTED, "2018"},
		{"es", "El servicio funciona desde enero del año pasado.", FIELD_LAUNCHED,
			"2019-01"},
		{"es", "Está previsto que salga a producción a finales de abril.", FIELD_EXPECTED,
			"2020-04"},
		{"es", "Lo lanzamos en el segundo semestre de 2018.", FIELD_LAUNCHED, "2018"},
		{"es", "Arrancamos a principios de 2017 con una prueba de concepto.", FIELD_STARTED,
			"2017"},
		{"es", "El lanzamiento estaba previsto para enero, pero se aplazó a julio de 2020.",
			FIELD_EXPECTED, "2020-07"},
		{"fr", "Le projet a démarré en janvier 2018.", FIELD_STARTED, "2018-01"},
		{"fr", "Le service est en production depuis le 12 novembre 2018.", FIELD_LAUNCHED,
			"2018-11-12"},
		{"fr", "La mise en production est prévue pour juin 2020.", FIELD_EXPECTED,
			"2020-06"},
		{"fr", "Nous avons tout arrêté en mars 2019.", FIELD_ENDED, "2019-03"},
		{"fr", "L'expérimentation a commencé il y a deux ans.", FIELD_STARTED, "2018"},
		{"fr", "Le pilote a été lancé à l'automne dernier.", FIELD_STARTED, "2019"},
		{"fr", "La plateforme a été mise en service au premier trimestre 2019.",
			FIELD_LAUNCHED, "2019-Q1"},
		{"fr", "Il sera ouvert au public le mois prochain.", FIELD_EXPECTED, "2020-04"},
		{"fr", "Le projet a été abandonné fin 2018.", FIELD_ENDED, "2018"},
		{"pt", "O projeto começou em abril de 2018.", FIELD_STARTED, "2018-04"},
		{"pt", "Está em produção desde setembro de 2019.", FIELD_LAUNCHED, "2019-09"},
		{"pt", "A entrada em produção está prevista para maio de 2020.", FIELD_EXPECTED,
			"2020-05"},
		{"pt", "Foi encerrado em dezembro do ano passado.", FIELD_ENDED, "2019-12"},
		{"pt", "O piloto arrancou há dois anos.", FIELD_STARTED, "2018"},
		{"pt", "O sistema entrou em funcionamento no dia 2 de março de 2019.",
			FIELD_LAUNCHED, "2019-03-02"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_dates, e->field, e->value);
	}
}

static void
dates_are_read_in_german_and_dutch(void **state)
{
	static const struct example examples[] = {
		{"de", "Das Projekt begann im März 2018.", FIELD_STARTED, "2018-03"},
		{"de", "Seit 1. Juli 2019 ist das System im Produktivbetrieb.", FIELD_LAUNCHED,
			"2019-07-01"},
		{"de", "Der Livegang ist für Mai 2020 geplant.", FIELD_EXPECTED, "2020-05"},
		{"de", "Im Dezember 2018 wurde das Projekt eingestellt.", FIELD_ENDED, "2018-12"},
		{"de", "Wir haben vor drei Jahren mit einem Prototyp begonnen.", FIELD_STARTED,
			"2017"},
		{"de", "Die Pilotphase lief von Januar bis Juni 2019.", FIELD_STARTED, "2019-01"},
		{"de", "Im Herbst 2019 ging der Dienst live.", FIELD_LAUNCHED, "2019"},
		{"de", "Ab Juni soll der Regelbetrieb starten.", FIELD_EXPECTED, "2020-06"},
		{"de", "Der Start wurde auf das dritte Quartal 2020 verschoben.", FIELD_EXPECTED,
			"2020-Q3"},
		{"de", "Gestartet sind wir Mitte 2017, live gingen wir am 3.9.2018.", FIELD_STARTED,
			"2017"},
		{"de", "Gestartet sind wir Mitte 2017, live gingen wir am 3.9.2018.",
			FIELD_LAUNCHED, "2018-09-03"},
		{"de", "Seit letztem Sommer wird es von den Gemeinden genutzt.", FIELD_LAUNCHED,
			"2019"},
		{"nl", "Het project is in maart 2018 begonnen.", FIELD_STARTED, "2018-03"},
		{"nl", "Sinds 1 september 2019 is het systeem in productie.", FIELD_LAUNCHED,
			"2019-09-01"},
		{"nl", "De livegang staat gepland voor mei 2020.", FIELD_EXPECTED, "2020-05"},
		{"nl", "Eind 2018 zijn we ermee gestopt.", FIELD_ENDED, "2018"},
		{"nl", "De proef begon drie jaar geleden.", FIELD_STARTED, "2017"},
		{"nl", "Vorig jaar november is het gelanceerd.", FIELD_LAUNCHED, "2019-11"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_dates, e->field, e->value);
	}
}

static void
dates_are_read_in_swedish_finnish_and_italian(void **state)
{
	static const struct example examples[] = {
		{"sv", "Projektet startade i mars 2018.", FIELD_STARTED, "2018-03"},
		{"sv", "Tjänsten har varit i drift sedan den 1 oktober 2019.", FIELD_LAUNCHED,
			"2019-10-01"},
		{"sv", "Driftsättning planeras till maj 2020.", FIELD_EXPECTED, "2020-05"},
		{"sv", "Vi lade ned försöket i december 2018.", FIELD_ENDED, "2018-12"},
		{"sv", "Vi började för tre år sedan.", FIELD_STARTED, "2017"},
		{"sv", "Piloten drog igång i höstas.", FIELD_STARTED, "2019"},
		{"sv", "Lanseringen sköts upp till september 2020.", FIELD_EXPECTED, "2020-09"},
		{"it", "Il progetto è iniziato a gennaio 2018.", FIELD_STARTED, "2018-01"},
		{"it", "Il servizio è in esercizio dal 15 maggio 2019.", FIELD_LAUNCHED,
			"2019-05-15"},
		{"it", "L'avvio in produzione è previsto per giugno 2020.", FIELD_EXPECTED,
			"2020-06"},
		{"it", "La sperimentazione è stata interrotta a novembre 2019.", FIELD_ENDED,
			"2019-11"},
		{"it", "Abbiamo cominciato tre anni fa.", FIELD_STARTED, "2017"},
		{"fi", "Hanke alkoi maaliskuussa 2018.", FIELD_STARTED, "2018-03"},
		{"fi", "Palvelu on ollut tuotannossa syyskuusta 2019 lähtien.", FIELD_LAUNCHED,
			"2019-09"},
		{"fi", "Käyttöönotto on suunniteltu toukokuuksi 2020.", FIELD_EXPECTED, "2020-05"},
		{"fi", "Kokeilu lopetettiin joulukuussa 2018.", FIELD_ENDED, "2018-12"},
		{"fi", "Aloitimme kolme vuotta sitten.", FIELD_STARTED, "2017"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_dates, e->field, e->value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		letter_test(the_verb_beside_a_date_tells_what_it_dates),
		letter_test(what_was_denied_dropped_or_is_not_the_project_s_has_no_date),
		letter_test(dates_are_read_in_spanish_french_and_portuguese),
		letter_test(dates_are_read_in_german_and_dutch),
		letter_test(dates_are_read_in_swedish_finnish_and_italian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
