/*
 * Numbers, and which of them are users.
 */
#include "letter.h"

struct example {
	const char *language;
	const char *text;
	enum field field;
	const char *value; /* NULL: nothing is said */
};

static void
users_are_who_uses_it_now(void **state)
{
	static const struct example examples[] = {
		{"en", "Some 4,300 citizens use it today.", FIELD_USERS, "4300"},
		{"en", "It has about 1.2 million registered users.", FIELD_USERS, "1200000"},
		{"en", "Two dozen agencies are connected.", FIELD_USERS, "24"},
		{"en", "We serve 17 municipalities at present.", FIELD_USERS, "17"},
		{"en", "To date 4.3k farmers have enrolled.", FIELD_USERS, "4300"},
		{"en", "By now a little over nine thousand people have opened a wallet.",
			FIELD_USERS, "9000"},
		{"en", "The register is used by 312 notaries and all 14 courts.", FIELD_USERS,
			"312"},
		{"en", "We issued 12,000 certificates to 640 graduates.", FIELD_USERS, "640"},
		{"en", "In the end only 38 households took part.", FIELD_USERS, "38"},
		{"en", "The pilot involved 120 volunteers in two villages.", FIELD_USERS, "120"},
		{"en", "Users: 2,150 (as of January)", FIELD_USERS, "2150"},
		{"en", "Roughly 900 companies submit their declarations this way.", FIELD_USERS,
			"900"},
		{"en", "More than 60 hospitals and 2,000 doctors rely on it.", FIELD_USERS, "2000"},
		{"en", "Fewer than fifty people ever logged in.", FIELD_USERS, "50"},
		{"en", "We started with 4 schools; today 212 schools take part.", FIELD_USERS,
			"212"},
		{"en", "About eleven hundred pensioners receive their allowance through it.",
			FIELD_USERS, "1100"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_users, e->field, e->value);
	}
}

static void
plans_money_transactions_and_inhabitants_are_no_users(void **state)
{
	static const struct example examples[] = {
		{"en", "We expect 50,000 users by 2021.", FIELD_USERS, NULL},
		{"en", "There are 31,000 inhabitants in our town.", FIELD_USERS, NULL},
		{"en", "The system has processed 3 million transactions worth 40 million euros.",
			FIELD_USERS, NULL},
		{"en", "Nobody used it.", FIELD_USERS, NULL},
		{"en", "Our team of five people built it in six months.", FIELD_USERS, NULL},
		{"en", "Call me on +44 20 7946 0958.", FIELD_USERS, NULL},
		{"en", "It cost us 250,000 pounds and three years.", FIELD_USERS, NULL},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_users, e->field, e->value);
	}
}

static void
numbers_of_users_are_read_in_other_languages(void **state)
{
	static const struct example examples[] = {
		{"es", "Hoy lo usan 1.250 ciudadanos.", FIELD_USERS, "1250"},
		{"es", "Participan 38 entidades públicas.", FIELD_USERS, "38"},
		{"es", "Más de dos mil estudiantes recibieron su diploma.", FIELD_USERS, "2000"},
		{"es", "Tenemos 15.400 usuarios registrados.", FIELD_USERS, "15400"},
		{"fr", "Environ 4 300 citoyens l'utilisent aujourd'hui.", FIELD_USERS, "4300"},
		{"fr", "Une douzaine de communes sont raccordées.", FIELD_USERS, "12"},
		{"fr", "Le service compte 1,2 million d'utilisateurs.", FIELD_USERS, "1200000"},
		{"fr", "Seules 45 personnes ont participé à l'expérimentation.", FIELD_USERS, "45"},
		{"de", "Derzeit nutzen rund 4.300 Bürgerinnen und Bürger den Dienst.", FIELD_USERS,
			"4300"},
		{"de", "Zwei Dutzend Gemeinden sind angeschlossen.", FIELD_USERS, "24"},
		{"de", "Es haben 1,2 Mio. Versicherte einen Zugang.", FIELD_USERS, "1200000"},
		{"de", "Am Pilot nahmen 85 Studierende teil.", FIELD_USERS, "85"},
		{"de", "Wir rechneten mit 5.000 Nutzern, am Ende waren es 43.", FIELD_USERS, "43"},
		{"pt", "Hoje mais de 12 mil cidadãos utilizam o serviço.", FIELD_USERS, "12000"},
		{"pt", "Estão ligados 23 municípios.", FIELD_USERS, "23"},
		{"sv", "I dag använder 1 200 företag tjänsten.", FIELD_USERS, "1200"},
		{"sv", "Fjorton kommuner är anslutna.", FIELD_USERS, "14"},
		{"it", "Oggi lo usano circa 3.500 imprese.", FIELD_USERS, "3500"},
		{"it", "Sono iscritti 48 comuni.", FIELD_USERS, "48"},
		{"nl", "Momenteel maken 20.000 inwoners gebruik van de dienst.", FIELD_USERS,
			"20000"},
		{"nl", "Aan de proef deden 64 gezinnen mee.", FIELD_USERS, "64"},
		{"fi", "Palvelua käyttää nyt noin 2 500 yritystä.", FIELD_USERS, "2500"},
		{"fi", "Mukana oli kaksitoista kuntaa.", FIELD_USERS, "12"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_users, e->field, e->value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		letter_test(users_are_who_uses_it_now),
		letter_test(plans_money_transactions_and_inhabitants_are_no_users),
		letter_test(numbers_of_users_are_read_in_other_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
