/*
 * Facts become rows, in one transaction or not at all.
 */
#include "told.h"

#include <unistd.h>

static const struct told LETTER = {.name = "letter of the town",
	.message_id = "<1@x>",
	.from = "a@x",
	.cases = {{{FIELD_PROJECT_NAME, "Alpha", 0}}}};

static void
reopen(struct book *book)
{
	casebook_close(TAKE(book->casebook));
	assert_ok(casebook_open(&book->casebook, book->path, &book->err), book->err);
}

static int64_t
position(struct book *book)
{
	int64_t seq = -1;

	assert_ok(casebook_position(book->casebook, &seq, &book->err), book->err);
	return seq;
}

static void
facts_and_position_are_there_together_or_not_at_all(void **state)
{
	struct book *book = *state;

	book_begin(book);
	book_put(book, &LETTER);
	reopen(book);
	assert_int_equal(position(book), 0);
	assert_answer(book, "SELECT count(*) FROM message", "0\n");
	book_tell(book, &LETTER);
	reopen(book);
	assert_int_equal(position(book), book->seq);
	assert_answer(book, "SELECT count(*) FROM message", "1\n");
}

static void
a_message_is_found_by_its_words_until_it_is_dropped(void **state)
{
	struct book *book = *state;
	static const char FIND[] = "SELECT count(*) FROM search WHERE search MATCH 'town'";

	book_tell(book, &LETTER);
	book_tell(book, &LETTER);
	assert_answer(book, FIND, "1\n");
	book_drop(book, &LETTER);
	assert_answer(book, FIND, "0\n");
	assert_answer(book,
		"SELECT (SELECT count(*) FROM mention) + (SELECT count(*) FROM mention_value) + "
		"(SELECT count(*) FROM mention_key) + (SELECT count(*) FROM casefile) + "
		"(SELECT count(*) FROM case_value) + (SELECT count(*) FROM reference)",
		"0\n");
	assert_ok(db_execute(casebook_db(book->casebook),
			  "INSERT INTO search (search) VALUES ('integrity-check')", &book->err),
		book->err);
}

static void
set_aside(struct book *book, const struct told *told)
{
	struct archive_message message = told_message(told, ++book->seq);

	book_begin(book);
	assert_ok(casebook_set_aside(book->casebook, &message, VIEW("the reader died"), &book->err),
		book->err);
	book_commit(book);
}

static void
a_message_set_aside_is_listed_until_it_can_be_read(void **state)
{
	struct book *book = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 16);
	int64_t *ids, *seqs;
	size_t count;

	set_aside(book, &LETTER);
	assert_ok(casebook_set_aside_seqs(book->casebook, arena, &ids, &seqs, &count, &book->err),
		book->err);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], told_id(&LETTER));
	assert_int_equal(seqs[0], book->seq);
	assert_answer(
		book, "SELECT state, set_aside_reason FROM message", "set_aside|the reader died\n");
	book_tell(book, &LETTER);
	assert_ok(casebook_set_aside_seqs(book->casebook, arena, &ids, &seqs, &count, &book->err),
		book->err);
	assert_int_equal(count, 0);
	assert_answer(book, "SELECT state FROM message", "read\n");
	set_aside(book, &LETTER);
	assert_answer(book, "SELECT count(*) FROM casefile", "0\n");
}

static void
a_casebook_knows_what_it_was_derived_by(void **state)
{
	struct book *book = *state;
	bool current = false;

	assert_ok(casebook_is_current(book->casebook, "v1", &current, &book->err), book->err);
	assert_true(current);
	book_tell(book, &LETTER);
	reopen(book);
	assert_ok(casebook_is_current(book->casebook, "v1", &current, &book->err), book->err);
	assert_true(current);
	assert_ok(casebook_is_current(book->casebook, "v2", &current, &book->err), book->err);
	assert_false(current);
}

static void
a_date_that_cannot_be_does_not_sort_the_message(void **state)
{
	static const struct told DATES[] = {
		{.name = "letter 1", .at = 1},
		{.name = "letter 2", .at = INT64_MAX},
		{.name = "letter 3", .at = TOLD_DAY},
	};
	struct book *book = *state;
	char expected[100];

	for (size_t i = 0; i < 3; i++)
		book_tell(book, &DATES[i]);
	snprintf(expected, sizeof(expected), "%d\n%d\n%d\n", TOLD_DAY + 1000000, TOLD_DAY + 1000000,
		TOLD_DAY);
	assert_answer(book, "SELECT sorted_at FROM message ORDER BY subject", expected);
}

static void
a_full_disk_keeps_what_was_there_and_is_over_when_there_is_room(void **state)
{
	struct book *book = *state;
	CLEANUP(freep) char *large = calloc(1, 3 << 20);
	struct told huge = {.name = large, .cases = {{{FIELD_PROJECT_NAME, "Beta", 0}}}};
	struct archive_message message;
	struct facts facts = {.mail = {.text = {large, 2 << 20}}};

	memset(large, 'x', (3 << 20) - 1);
	book_tell(book, &LETTER);
	message = told_message(&huge, 9);
	assert_ok(db_execute(casebook_db(book->casebook), "PRAGMA max_page_count = 60", &book->err),
		book->err);
	book_begin(book);
	assert_false(casebook_put(book->casebook, &message, &facts, &book->err));
	assert_int_equal(book->err.reach, ERROR_STORAGE);
	casebook_rollback(book->casebook);
	assert_answer(book, "SELECT subject FROM message", "letter of the town\n");
	assert_ok(
		db_execute(casebook_db(book->casebook), "PRAGMA max_page_count = 9999", &book->err),
		book->err);
	book_begin(book);
	assert_ok(casebook_put(book->casebook, &message, &facts, &book->err), book->err);
	book_commit(book);
	assert_answer(book, "SELECT count(*) FROM message", "2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		book_test(facts_and_position_are_there_together_or_not_at_all),
		book_test(a_message_is_found_by_its_words_until_it_is_dropped),
		book_test(a_message_set_aside_is_listed_until_it_can_be_read),
		book_test(a_casebook_knows_what_it_was_derived_by),
		book_test(a_date_that_cannot_be_does_not_sort_the_message),
		book_test(a_full_disk_keeps_what_was_there_and_is_over_when_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
