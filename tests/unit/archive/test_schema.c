/*
 * The archive's statements fit its tables, and stay quick when it is large.
 */
#include "../schema_check.h"

#include "archive/archive.h"
#include "archive/schema.h"

static void
every_statement_prepares_and_reads_no_whole_table(void **state)
{
	static const struct scan_allowed ALLOWED[] = {
		{"folder_accounts", "f"}, /* one row a folder is what it gives */
		{"refusals", "r"},        /* a list of all, and a short one */
	};
	CLEANUP(freep) char *path = NULL;
	struct archive *archive = NULL;
	struct error err = {0};

	assert_ok(archive_open(&archive, *state, DB_WRITE, &err), err);
	archive_close(archive);
	assert_true(asprintf(&path, "%s/archive.db", (char *)*state) > 0);
	schema_check_all(archive_schema(), path, "", ALLOWED, sizeof(ALLOWED) / sizeof(ALLOWED[0]));
}

static void
no_two_statements_have_one_name(void **state)
{
	(void)state;
	schema_check_names(archive_schema());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(every_statement_prepares_and_reads_no_whole_table),
		cmocka_unit_test(no_two_statements_have_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
