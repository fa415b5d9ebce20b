/*
 * Addresses on the web about the project.
 */
#include "letter.h"

struct example {
	const char *language;
	const char *text;
	enum field field;
	const char *value; /* NULL: nothing is said */
};

static void
an_address_is_taken_as_written_without_the_sentence_s_marks(void **state)
{
	static const struct example examples[] = {
		{"en", "The report is at https://www.city.example/ledger/report.pdf.", FIELD_LINKS,
			"https://www.city.example/ledger/report.pdf"},
		{"en", "See www.registry.example/chain (in Dutch) for more.", FIELD_LINKS,
			"www.registry.example/chain"},
		{"en", "Our page (https://wiki.example/Ledger_(pilot)) explains it.", FIELD_LINKS,
			"https://wiki.example/Ledger_(pilot)"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_links, e->field, e->value);
	}
}

static void
lists_and_social_networks_are_no_project_s(void **state)
{
	static const struct example examples[] = {
		{"en", "To leave the list: https://lists.example.org/mailman/listinfo/egov",
			FIELD_LINKS, NULL},
		{"en", "We are on https://twitter.com/city_of_x as well.", FIELD_LINKS, NULL},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_links, e->field, e->value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		letter_test(an_address_is_taken_as_written_without_the_sentence_s_marks),
		letter_test(lists_and_social_networks_are_no_project_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
