/*
 * A rebuilt casebook takes the running one's place and its feed goes on.
 */
#include "told.h"

static const struct told ACCOUNTS[] = {
	{.name = "letter 1", .from = "a@x", .cases = {{{FIELD_PROJECT_NAME, "Alpha", 0}}}},
	{.name = "letter 2",
		.from = "b@x",
		.at = TOLD_DAY + 60,
		.cases = {{{FIELD_PROJECT_NAME, "Alpha", 0}, {FIELD_USERS, "5", 0}}}},
	{.name = "letter 3", .from = "c@x", .cases = {{{FIELD_PROJECT_NAME, "Beta", 0}}}},
};
enum { COUNT = sizeof(ACCOUNTS) / sizeof(ACCOUNTS[0]) };

/* Tells `told` to a new casebook, one commit each, from the last to the first. */
static void
rebuild(struct book *running, const struct told *told, size_t count)
{
	struct book *rebuilt = book_new();

	assert_ok(casebook_adopt_feed(rebuilt->casebook, running->casebook, &rebuilt->err),
		rebuilt->err);
	for (size_t i = count; i > 0; i--)
		book_tell(rebuilt, &told[i - 1]);
	assert_ok(casebook_replace(running->casebook, rebuilt->casebook, &rebuilt->err),
		rebuilt->err);
	book_free(rebuilt);
}

static void
a_rebuild_of_the_same_messages_tells_nothing(void **state)
{
	CLEANUP(str_free) struct str before = str_new(1 << 20);
	struct book *book = *state, *same = book_new();

	for (size_t i = 0; i < COUNT; i++) {
		book_tell(book, &ACCOUNTS[i]);
		book_tell(same, &ACCOUNTS[i]);
	}
	book_ask(book, "SELECT * FROM change ORDER BY seq", &before);
	rebuild(book, ACCOUNTS, COUNT);
	assert_same_books(book, same);
	assert_answer(book, "SELECT * FROM change ORDER BY seq", str_text(&before));
	book_free(same);
}

static void
a_rebuild_tells_what_has_truly_changed_and_goes_on_with_the_numbers(void **state)
{
	struct told changed[COUNT];
	struct book *book = *state;

	memcpy(changed, ACCOUNTS, sizeof(changed));
	changed[1].cases[0][1].text = "6";
	for (size_t i = 0; i < COUNT; i++)
		book_tell(book, &ACCOUNTS[i]);
	assert_answer(book, "SELECT max(seq) FROM change", "6\n");
	rebuild(book, changed, COUNT);
	assert_answer(book, "SELECT kind, what FROM change WHERE seq > 6", "case|put\n");
	assert_answer(book, "SELECT value FROM case_value WHERE field = 'users'", "6\n");
}

static void
a_rebuild_tells_what_is_gone(void **state)
{
	struct book *book = *state;

	for (size_t i = 0; i < COUNT; i++)
		book_tell(book, &ACCOUNTS[i]);
	rebuild(book, ACCOUNTS, 2);
	assert_answer(book, "SELECT kind, what FROM change WHERE seq > 6 ORDER BY kind",
		"case|drop\nmessage|drop\n");
	rebuild(book, ACCOUNTS, 2);
	assert_answer(book, "SELECT count(*) FROM change", "8\n");
}

static void
the_running_casebook_goes_on_after_the_swap(void **state)
{
	struct book *book = *state;

	book_tell(book, &ACCOUNTS[0]);
	rebuild(book, ACCOUNTS, 1);
	book_tell(book, &ACCOUNTS[1]);
	book_tell(book, &ACCOUNTS[2]);
	assert_answer(book, "SELECT count(*) FROM casefile", "2\n");
	assert_answer(book, "SELECT count(*) FROM change WHERE seq > 2", "4\n");
}

static void
a_rebuild_that_never_finished_changes_nothing(void **state)
{
	struct book *book = *state, *rebuilt = book_new(), *same = book_new();

	book_tell(book, &ACCOUNTS[0]);
	book_tell(same, &ACCOUNTS[0]);
	assert_ok(casebook_adopt_feed(rebuilt->casebook, book->casebook, &rebuilt->err),
		rebuilt->err);
	book_tell(rebuilt, &ACCOUNTS[1]);
	book_free(rebuilt);
	assert_same_books(book, same);
	book_free(same);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		book_test(a_rebuild_of_the_same_messages_tells_nothing),
		book_test(a_rebuild_tells_what_has_truly_changed_and_goes_on_with_the_numbers),
		book_test(a_rebuild_tells_what_is_gone),
		book_test(the_running_casebook_goes_on_after_the_swap),
		book_test(a_rebuild_that_never_finished_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
