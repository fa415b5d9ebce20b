/*
 * Tables that researchers edit: what is wrong is named by file and line.
 */
#include "../unit.h"

#include "base/tsv.h"

static const char *const COLUMNS[] = {"word", "value"};

static bool
load(struct tsv **table, const char *base, const char *extra, struct error *err)
{
	const struct tsv_folders folders = {base, extra};

	return tsv_load(table, &folders, "t.tsv", COLUMNS, 2, err);
}

static struct tsv *
load_text(const char *folder, struct view text)
{
	CLEANUP(freep) char *path = unit_write_file(folder, "t.tsv", text);
	struct tsv *table = NULL;
	struct error err = {0};

	assert_ok(load(&table, folder, NULL, &err), err);
	return table;
}

static void
assert_wrong(const char *folder, struct view text, const char *words)
{
	CLEANUP(freep) char *path = unit_write_file(folder, "t.tsv", text);
	struct tsv *table = NULL;
	struct error err = {0};

	assert_false(load(&table, folder, NULL, &err));
	assert_null(table);
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, words);
}

static void
cells_come_in_the_callers_order(void **state)
{
	CLEANUP(tsv_freep)
	struct tsv *table = load_text(
		*state, VIEW("# comment\r\n\nvalue\tsource\tword\r\nEE\tme\tEstonia\r\nSE\n"));

	assert_int_equal(tsv_row_count(table), 2);
	assert_view(tsv_cell(table, 0, 0), "Estonia");
	assert_view(tsv_cell(table, 0, 1), "EE");
	assert_view(tsv_cell(table, 1, 0), "");
	assert_view(tsv_cell(table, 1, 1), "SE");
}

static void
a_mark_that_a_spreadsheet_puts_in_front_is_passed_over(void **state)
{
	CLEANUP(tsv_freep)
	struct tsv *table = load_text(*state, VIEW("\xEF\xBB\xBFword\tvalue\nEstonia\tEE\n"));

	assert_view(tsv_cell(table, 0, 0), "Estonia");
}

static void
what_is_wrong_is_named_by_file_and_line(void **state)
{
	assert_wrong(*state, VIEW("word\n"), "t.tsv:1: there is no column \"value\"");
	assert_wrong(*state, VIEW("word\tvalue\na\tb\tc\n"), "t.tsv:2: more cells");
	assert_wrong(*state, VIEW("word\tvalue\n\na\t\xFF\n"), "t.tsv:3: this is not UTF-8");
	assert_wrong(*state, VIEW("word\tvalue\na\0\n"), "t.tsv:2: this is not UTF-8");
	assert_wrong(*state, VIEW("# only comments\n"), "no line with column names");
	assert_wrong(*state, VIEW("1\t2\t3\t4\t5\t6\t7\t8\t9\ta\tb\tc\td\te\tf\tg\th\n"),
		"t.tsv:1: more than 16 columns");
}

static void
a_missing_table_is_named(void **state)
{
	struct tsv *table = NULL;
	struct error err = {0};

	assert_false(load(&table, *state, NULL, &err));
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, "t.tsv");
}

static void
an_extra_folder_adds_rows_or_replaces_the_table(void **state)
{
	CLEANUP(freep) char *base = unit_write_file(*state, "t.tsv", VIEW("word\tvalue\na\t1\n"));
	char *extra = unit_make_folder();
	CLEANUP(freep) char *added = unit_write_file(extra, "t.tsv", VIEW("value\tword\n2\tb\n"));
	CLEANUP(freep) char *replaced = NULL;
	struct tsv *table = NULL;
	struct error err = {0};

	assert_ok(load(&table, *state, extra, &err), err);
	assert_int_equal(tsv_row_count(table), 2);
	assert_view(tsv_cell(table, 1, 0), "b");
	assert_false(tsv_error(table, 1, &err, "is %s", "odd"));
	assert_contains(err.text, extra);
	assert_contains(err.text, ":2: is odd");
	tsv_free(table);
	replaced = unit_write_file(extra, "t.tsv", VIEW("# replace\nword\tvalue\nc\t3\n"));
	assert_ok(load(&table, *state, extra, &err), err);
	assert_int_equal(tsv_row_count(table), 1);
	assert_view(tsv_cell(table, 0, 0), "c");
	tsv_free(table);
	unit_remove_folder(extra);
}

static void
sum(const struct tsv *table, uint8_t ret_sum[SHA256_SIZE])
{
	struct digest *digest = digest_start();

	tsv_digest(table, digest);
	digest_finish(digest, ret_sum);
}

static void
tables_that_say_the_same_have_the_same_digest(void **state)
{
	CLEANUP(tsv_freep) struct tsv *one = load_text(*state, VIEW("word\tvalue\na\t1\n"));
	CLEANUP(tsv_freep)
	struct tsv *same = load_text(*state, VIEW("# why\nvalue\tmore\tword\r\n1\tx\ta\r\n"));
	CLEANUP(tsv_freep) struct tsv *other = load_text(*state, VIEW("word\tvalue\na\t2\n"));
	uint8_t sums[3][SHA256_SIZE];

	sum(one, sums[0]);
	sum(same, sums[1]);
	sum(other, sums[2]);
	assert_memory_equal(sums[0], sums[1], SHA256_SIZE);
	assert_memory_not_equal(sums[0], sums[2], SHA256_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(cells_come_in_the_callers_order),
		folder_test(a_mark_that_a_spreadsheet_puts_in_front_is_passed_over),
		folder_test(what_is_wrong_is_named_by_file_and_line),
		folder_test(a_missing_table_is_named),
		folder_test(an_extra_folder_adds_rows_or_replaces_the_table),
		folder_test(tables_that_say_the_same_have_the_same_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
