/*
 * The change feed: numbered, append-only, silent about what did not change.
 */
#include "told.h"

#include "casebook/private.h"

static const struct told FIRST = {.name = "letter 1",
	.message_id = "<1@x>",
	.from = "a@x",
	.cases = {{{FIELD_PROJECT_NAME, "Stadjerspas", 0}}}};
static const struct told SILENT = {.name = "letter 2",
	.reply_to = "<1@x>",
	.from = "a@x",
	.at = TOLD_DAY + 60,
	.cases = {{{FIELD_PROJECT_NAME, "Stadjerspas", 0.3}}}};

static const char FEED[] = "SELECT kind, what FROM change ORDER BY seq";

static void
a_message_and_its_case_are_told_once(void **state)
{
	struct book *book = *state;

	book_tell(book, &FIRST);
	assert_answer(book, FEED, "message|put\ncase|put\n");
	book_tell(book, &FIRST);
	book_tell(book, &FIRST);
	assert_answer(book, FEED, "message|put\ncase|put\n");
}

static void
a_message_that_adds_no_value_still_changes_the_case_that_lists_it(void **state)
{
	struct book *book = *state;

	book_tell(book, &FIRST);
	book_tell(book, &SILENT);
	assert_answer(book, "SELECT count(*) FROM casefile", "1\n");
	assert_answer(book, FEED, "message|put\ncase|put\nmessage|put\ncase|put\n");
}

static void
what_is_dropped_is_told_once(void **state)
{
	struct book *book = *state;

	book_tell(book, &FIRST);
	book_drop(book, &FIRST);
	assert_answer(book, "SELECT kind, what FROM change WHERE seq > 2 ORDER BY kind",
		"case|drop\nmessage|drop\n");
	book_drop(book, &FIRST);
	book_drop(book, &SILENT);
	assert_answer(book, "SELECT count(*) FROM change", "4\n");
	book_tell(book, &FIRST);
	assert_answer(book, "SELECT count(*) FROM change WHERE seq > 4 AND what = 'put'", "2\n");
}

static void
a_case_that_becomes_part_of_another_is_told_as_gone(void **state)
{
	static const struct told LATER = {.name = "letter a",
		.message_id = "<a@x>",
		.from = "a@x",
		.at = TOLD_DAY + 60,
		.cases = {{{FIELD_USERS, "5", 0}}}};
	static const struct told EARLIER = {.name = "letter b",
		.message_id = "<b@x>",
		.reply_to = "<a@x>",
		.from = "a@x",
		.cases = {{{FIELD_STAGE, "pilot", 0}}}};
	struct book *book = *state;

	book_tell(book, &LATER);
	book_tell(book, &EARLIER);
	assert_answer(book, "SELECT count(*) FROM casefile", "1\n");
	assert_answer(book, "SELECT kind, what FROM change WHERE kind = 'case' ORDER BY seq, what",
		"case|put\ncase|put\ncase|drop\n");
	assert_answer(book,
		"SELECT count(*) FROM change AS c JOIN casefile AS f ON f.id = c.id "
		"WHERE c.what = 'drop'",
		"0\n");
}

static void
what_is_rolled_back_was_never_told(void **state)
{
	struct book *book = *state;

	book_begin(book);
	book_put(book, &FIRST);
	casebook_rollback(book->casebook);
	assert_answer(book, FEED, "");
	book_tell(book, &FIRST);
	assert_answer(book, "SELECT min(seq), max(seq) FROM change", "1|2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		book_test(a_message_and_its_case_are_told_once),
		book_test(a_message_that_adds_no_value_still_changes_the_case_that_lists_it),
		book_test(what_is_dropped_is_told_once),
		book_test(a_case_that_becomes_part_of_another_is_told_as_gone),
		book_test(what_is_rolled_back_was_never_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
