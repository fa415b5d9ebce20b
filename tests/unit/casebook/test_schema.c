/*
 * The casebook's statements fit its tables, and stay quick when it is large.
 */
#include "../schema_check.h"

#include "casebook/casebook.h"
#include "casebook/schema.h"

static void
every_statement_prepares_and_reads_no_whole_table_but_those_meant_to(void **state)
{
	static const struct scan_allowed ALLOWED[] = {
		/* Once a rebuild. */
		{"change_all", "change"},
		{"change_vanished", "c"},
		/* One message's attachments, gathered in order. */
		{"search_put", "a"},
		{"search_drop", "a"},
		/* Cases of one transaction. */
		{"touched_cases", "t"},
		{"touched_gone", "t"},
		/* A partial index of the few that could not be read. */
		{"set_aside_ids", "message USING INDEX message_set_aside"},
		{"version", "message USING INDEX message_set_aside"},
		{"totals", "message USING INDEX message_set_aside"},
		/* The last row, from the end. */
		{"version", "change"},
		/* Lists give all that pass the filters, in order; a filter by a rare word of
		 * a message walks an index. */
		{"cases_select", "c"},
		{"cases_select", "m USING COVERING INDEX"},
		{"cases_select", "n"},
		{"cases_select", "v USING INDEX case_value_reviewed"},
		{"messages_select", "m USING COVERING INDEX"},
		{"messages_select", "c"},
		{"case_row", "s"},
		/* Totals count everything, by an index or over the cases. */
		{"totals", "message USING COVERING INDEX"},
		{"totals", "casefile USING COVERING INDEX"},
		{"usual_gap", "message USING COVERING INDEX"},
		{"usual_gap", "recent"},
		{"usual_gap", "gaps"},
		{"count_by_language", "message USING COVERING INDEX"},
		{"count_by_category", "casefile"},
		{"count_by_stage", "casefile"},
		{"count_by_month", "casefile"},
		/* A page along an index, and counts. */
		{"cases_newest", "casefile USING COVERING INDEX"},
		{"cases_count", "casefile USING COVERING INDEX"},
		{"messages_newest", "message USING COVERING INDEX"},
		{"messages_waiting", "message USING COVERING INDEX"},
		{"messages_set_aside", "message USING INDEX message_set_aside"},
		{"messages_count", "message USING COVERING INDEX"},
	};
	static const char TOUCHED[] =
		"CREATE TEMP TABLE touched (id TEXT PRIMARY KEY) WITHOUT ROWID";
	CLEANUP(freep) char *path = NULL;
	struct casebook *casebook = NULL;
	struct error err = {0};

	assert_true(asprintf(&path, "%s/cases.db", (char *)*state) > 0);
	assert_ok(casebook_open(&casebook, path, &err), err);
	casebook_close(casebook);
	schema_check_all(
		casebook_schema(), path, TOUCHED, ALLOWED, sizeof(ALLOWED) / sizeof(ALLOWED[0]));
}

static void
no_two_statements_have_one_name(void **state)
{
	(void)state;
	schema_check_names(casebook_schema());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(every_statement_prepares_and_reads_no_whole_table_but_those_meant_to),
		cmocka_unit_test(no_two_statements_have_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
