/*
 * What a case says in the end, when several messages tell of it.
 */
#include "told.h"

#define PROJECT                                                                                    \
	{                                                                                          \
		FIELD_PROJECT_NAME, "Stadjerspas", 0                                               \
	}

static const char STAGE[] = "SELECT value FROM case_value WHERE field = 'stage'";
static const char WISH[] = "SELECT value FROM case_value WHERE field = 'confidentiality'";

/* A message about the project; later ones have a higher number. */
static struct told
account(const char *name, const char *from, int order)
{
	return (struct told){
		.name = name, .from = from, .at = TOLD_DAY + order * 3600, .cases = {{PROJECT}}};
}

static void
tell(struct book *book, struct told told, struct told_value value)
{
	told.cases[0][1] = value;
	book_tell(book, &told);
}

static void
the_latest_statement_wins_whatever_came_first(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 2", "a@x", 2),
		(struct told_value){FIELD_STAGE, "production", 0});
	tell(book, account("letter 1", "b@x", 1), (struct told_value){FIELD_STAGE, "pilot", 0});
	assert_answer(book, STAGE, "production\n");
	assert_answer(book, "SELECT stage FROM casefile", "production\n");
}

static void
unknown_does_not_overwrite_and_is_overwritten(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", "a@x", 1), (struct told_value){FIELD_STAGE, "unknown", 0});
	assert_answer(book, STAGE, "unknown\n");
	tell(book, account("letter 2", "a@x", 2), (struct told_value){FIELD_STAGE, "pilot", 0.3});
	assert_answer(book, STAGE, "pilot\n");
	tell(book, account("letter 3", "a@x", 3), (struct told_value){FIELD_STAGE, "unknown", 1});
	assert_answer(book, STAGE, "pilot\n");
}

static void
a_statement_that_is_far_less_sure_does_not_replace(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", "a@x", 1), (struct told_value){FIELD_STAGE, "pilot", 0.9});
	tell(book, account("letter 2", "a@x", 2), (struct told_value){FIELD_STAGE, "idea", 0.5});
	assert_answer(book, STAGE, "pilot\n");
	tell(book, account("letter 3", "a@x", 3),
		(struct told_value){FIELD_STAGE, "production", 0.6});
	assert_answer(book, STAGE, "production\n");
}

static void
sets_grow_and_say_nothing_twice(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", "a@x", 1), (struct told_value){FIELD_PARTNERS, "Acme", 0});
	tell(book, account("letter 2", "a@x", 2), (struct told_value){FIELD_PARTNERS, "ACME", 0});
	tell(book, account("letter 3", "a@x", 3),
		(struct told_value){FIELD_PARTNERS, "Widgets", 0});
	assert_answer(book,
		"SELECT ordinal, value FROM case_value WHERE field = 'partners' ORDER BY ordinal",
		"0|Acme\n1|Widgets\n");
}

static void
every_value_names_the_message_that_says_it(void **state)
{
	struct book *book = *state;
	struct told second = account("letter 2", "a@x", 2);
	char expected[100];

	tell(book, account("letter 1", "a@x", 1), (struct told_value){FIELD_STAGE, "pilot", 0});
	tell(book, second, (struct told_value){FIELD_STAGE, "production", 0});
	snprintf(expected, sizeof(expected), "%lld|text|0|10|production\n",
		(long long)told_id(&second));
	assert_answer(book,
		"SELECT message, part, start, \"end\", quote FROM case_value WHERE field = 'stage'",
		expected);
}

static void
confidentiality_is_lifted_by_the_one_who_asked_for_it(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", "anna@x", 1),
		(struct told_value){FIELD_CONFIDENTIALITY, "in_confidence", 0});
	tell(book, account("letter 2", "bo@x", 2),
		(struct told_value){FIELD_CONFIDENTIALITY, "public", 0});
	assert_answer(book, WISH, "in_confidence\n");
	assert_answer(book, "SELECT confidentiality FROM casefile", "in_confidence\n");
	tell(book, account("letter 3", "Anna@X", 3),
		(struct told_value){FIELD_CONFIDENTIALITY, "public", 0});
	assert_answer(book, WISH, "public\n");
}

static void
who_asks_too_cannot_lift_it_for_the_first(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", "anna@x", 1),
		(struct told_value){FIELD_CONFIDENTIALITY, "in_confidence", 0});
	tell(book, account("letter 2", "bo@x", 2),
		(struct told_value){FIELD_CONFIDENTIALITY, "in_confidence", 0});
	tell(book, account("letter 3", "bo@x", 3),
		(struct told_value){FIELD_CONFIDENTIALITY, "public", 0});
	assert_answer(book, WISH, "in_confidence\n");
}

static void
a_stricter_wish_of_another_leaves_the_first_one_standing(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", "anna@x", 1),
		(struct told_value){FIELD_CONFIDENTIALITY, "anonymous", 0});
	tell(book, account("letter 2", "bo@x", 2),
		(struct told_value){FIELD_CONFIDENTIALITY, "in_confidence", 0.4});
	assert_answer(book, WISH, "in_confidence\n");
	tell(book, account("letter 3", "bo@x", 3),
		(struct told_value){FIELD_CONFIDENTIALITY, "public", 0});
	assert_answer(book, WISH, "anonymous\n");
}

static void
nobody_in_particular_lifts_nothing(void **state)
{
	struct book *book = *state;

	tell(book, account("letter 1", NULL, 1),
		(struct told_value){FIELD_CONFIDENTIALITY, "in_confidence", 0});
	tell(book, account("letter 2", NULL, 2),
		(struct told_value){FIELD_CONFIDENTIALITY, "public", 0});
	assert_answer(book, WISH, "in_confidence\n");
}

static void
a_later_contact_replaces_name_and_address_together(void **state)
{
	struct book *book = *state;
	struct told first = account("letter 1", "a@x", 1);

	first.cases[0][1] = (struct told_value){FIELD_CONTACT_NAME, "Anna Smith", 0};
	first.cases[0][2] = (struct told_value){FIELD_CONTACT_EMAIL, "anna@x", 0};
	book_tell(book, &first);
	tell(book, account("letter 2", "bo@x", 2),
		(struct told_value){FIELD_CONTACT_NAME, "Bo Berg", 0});
	assert_answer(book,
		"SELECT field, value FROM case_value WHERE field LIKE 'contact%' ORDER BY field",
		"contact_name|Bo Berg\n");
	tell(book, account("letter 3", "c@x", 3),
		(struct told_value){FIELD_CONTACT_EMAIL, "c@x", 0});
	assert_answer(book,
		"SELECT field, value FROM case_value WHERE field LIKE 'contact%' ORDER BY field",
		"contact_email|c@x\n");
}

static void
a_case_without_a_name_has_a_title_all_the_same(void **state)
{
	static const struct told UNNAMED = {.name = "letter 1",
		.cases = {
			{{FIELD_ORGANISATION, "City of Vienna", 0}, {FIELD_SECTOR, "health", 0}}}};
	static const struct told NOTHING = {.name = "letter 2", .cases = {{{FIELD_USERS, "5", 0}}}};
	struct book *book = *state;

	book_tell(book, &UNNAMED);
	book_tell(book, &NOTHING);
	assert_answer(book, "SELECT title, category FROM casefile ORDER BY title",
		"(unnamed)|unknown\nCity of Vienna, health|unknown\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		book_test(the_latest_statement_wins_whatever_came_first),
		book_test(unknown_does_not_overwrite_and_is_overwritten),
		book_test(a_statement_that_is_far_less_sure_does_not_replace),
		book_test(sets_grow_and_say_nothing_twice),
		book_test(every_value_names_the_message_that_says_it),
		book_test(confidentiality_is_lifted_by_the_one_who_asked_for_it),
		book_test(who_asks_too_cannot_lift_it_for_the_first),
		book_test(a_stricter_wish_of_another_leaves_the_first_one_standing),
		book_test(nobody_in_particular_lifts_nothing),
		book_test(a_later_contact_replaces_name_and_address_together),
		book_test(a_case_without_a_name_has_a_title_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
