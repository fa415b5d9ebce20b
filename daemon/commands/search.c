/*
 * casepost search: messages by their words.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "casebook/query.h"
#include "daemon/commands/command.h"

enum { ROWS_MEMORY = 64 * 1024 * 1024, QUERY_MAX = 4096, RESULTS = 50 };

static void
print_row(const struct message_row *row)
{
	char date[CLOCK_TEXT_SIZE];

	clock_format_utc(row->sorted_at, date);
	printf("%" PRId64 "\t%.10s\t%.*s\t", row->id, date, (int)row->class.size,
		row->class.data ? row->class.data : "");
	command_print(row->subject);
	printf("\n");
}

int
command_search(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(arena_freep) struct arena *arena = arena_new(ROWS_MEMORY);
	CLEANUP(reader_closep) struct reader *reader = NULL;
	CLEANUP(str_free) struct str words = str_new(QUERY_MAX);
	struct filter filter = {.limit = RESULTS};
	struct message_rows rows;
	struct error err = {0};

	if (call->argc == 0)
		return command_misused(call, "WORDS", "needs words to look for");
	for (int i = 0; i < call->argc; i++)
		str_append_format(&words, "%s%s", i ? " " : "", call->argv[i]);
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	filter.q = str_view(&words);
	if (!reader_open(&reader, config->directory, &err) ||
		!query_messages(reader, &filter, arena, &rows, &err))
		return command_fail(call, &err);
	for (size_t i = 0; i < rows.count; i++)
		print_row(&rows.rows[i]);
	if (rows.total > rows.count)
		fprintf(stderr, "%" PRIu64 " more; narrow it down\n", rows.total - rows.count);
	return STATUS_DONE;
}
