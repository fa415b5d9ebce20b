/*
 * Whom to write to, and how names of people are put right.
 */
#include "letter.h"

#include "extract/person.h"

struct example {
	const char *language;
	const char *text;
	enum field field;
	const char *value; /* NULL: nothing is said */
};

static void
the_person_named_for_the_case_is_the_contact_else_the_sender(void **state)
{
	static const struct example examples[] = {
		{"en",
			"For questions please contact Maria Gonzalez "
			"(maria.gonzalez@agency.example).",
			FIELD_CONTACT_NAME, "Maria Gonzalez"},
		{"en",
			"For questions please contact Maria Gonzalez "
			"(maria.gonzalez@agency.example).",
			FIELD_CONTACT_EMAIL, "maria.gonzalez@agency.example"},
		{"en",
			"The person to talk to is Dr. Peter Novak, p.novak@min.example, who leads "
			"the project.",
			FIELD_CONTACT_NAME, "Peter Novak"},
		{"en",
			"The person to talk to is Dr. Peter Novak, p.novak@min.example, who leads "
			"the project.",
			FIELD_CONTACT_EMAIL, "p.novak@min.example"},
		{"en", "You can reach my successor Lena Berg at lena.berg@city.example.",
			FIELD_CONTACT_NAME, "Lena Berg"},
		{"en", "You can reach my successor Lena Berg at lena.berg@city.example.",
			FIELD_CONTACT_EMAIL, "lena.berg@city.example"},
		{"en", "We run the register. Kind regards\nAnn Other", FIELD_CONTACT_EMAIL,
			"ann@agency.example"},
		{"en", "We run the register. Kind regards\nAnn Other", FIELD_CONTACT_NAME,
			"Ann Other"},
		{"en", "If you need more, please contact Maria Gonzalez in the legal department.",
			FIELD_CONTACT_EMAIL, NULL},
		{"en", "Do not hesitate to contact me.", FIELD_CONTACT_EMAIL, "ann@agency.example"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_contacts, e->field, e->value);
	}
}

static void
names_are_written_as_one_writes_to_people(void **state)
{
	static const struct {
		const char *from;
		const char *name;
	} examples[] = {
		{"Prescott, Hannah", "Hannah Prescott"},
		{"DUPONT Marie", "Marie DUPONT"},
		{"Dr. Peter Novak, PhD", "Peter Novak"},
		{"Ann Other (Ministry of Finance)", "Ann Other"},
		{"\"Brandes, Holger\"", "Holger Brandes"},
		{"Айгуль Сапарова", "Айгуль Сапарова"},
	};
	struct letter *letter = *state;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct view name =
			person_clean(letter->vocabulary, view_of(examples[i].from), letter->arena);
		if (!view_equal(name, view_of(examples[i].name)))
			fail_msg("%s became %.*s", examples[i].from, (int)name.size, name.data);
	}
	assert_int_equal(
		person_clean(letter->vocabulary, VIEW("desk24@city.example"), letter->arena).size,
		0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		letter_test(the_person_named_for_the_case_is_the_contact_else_the_sender),
		letter_test(names_are_written_as_one_writes_to_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
