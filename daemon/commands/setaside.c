/*
 * casepost setaside: messages that could not be read, and another try.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "casebook/query.h"
#include "daemon/commands/command.h"
#include "daemon/hand.h"

static const char USAGE[] = "[list | show ID | retry [ID...]]";

enum { ROWS_MEMORY = 64 * 1024 * 1024 };

static bool
take_id(const char *text, int64_t *ret_id)
{
	return view_to_i64(view_of(text), ret_id) && *ret_id > 0;
}

static void
print_row(const struct message_row *row)
{
	printf("%" PRId64 "\t", row->id);
	command_print(row->set_aside_reason);
	printf("\n");
}

static int
list(const struct call *call, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ROWS_MEMORY);
	CLEANUP(reader_closep) struct reader *reader = NULL;
	struct filter filter = {.state = VIEW("set_aside")};
	struct message_rows rows;
	struct error err = {0};

	if (!reader_open(&reader, config->directory, &err) ||
		!query_messages(reader, &filter, arena, &rows, &err))
		return command_fail(call, &err);
	for (size_t i = 0; i < rows.count; i++)
		print_row(&rows.rows[i]);
	return STATUS_DONE;
}

static int
show(const struct call *call, const struct config *config, int64_t id)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ROWS_MEMORY);
	CLEANUP(reader_closep) struct reader *reader = NULL;
	struct message_detail detail;
	struct error err = {0};

	if (!reader_open(&reader, config->directory, &err))
		return command_fail(call, &err);
	switch (query_message(reader, id, arena, &detail, &err)) {
	case FAILED:
		return command_fail(call, &err);
	case ABSENT:
		error_set(&err, ERROR_PROGRAM, "there is no message %" PRId64, id);
		return command_fail(call, &err);
	case FOUND:
		break;
	}
	printf("message  %" PRId64 "\nsize     %" PRIu64 " bytes\nsha256   %.*s\nstate    %.*s\n",
		id, detail.size_bytes, (int)detail.sha256.size, detail.sha256.data,
		(int)detail.row.state.size, detail.row.state.data);
	if (detail.row.set_aside_reason.size > 0) {
		printf("reason   ");
		command_print(detail.row.set_aside_reason);
		printf("\n\n`casepost setaside retry %" PRId64 "` reads it again.\n", id);
	}
	return STATUS_DONE;
}

static int
retry(const struct call *call, const struct config *config)
{
	CLEANUP(hand_closep) struct hand *hand = NULL;
	struct error err = {0};
	int64_t id;

	if (!hand_open(&hand, config, &err))
		return command_fail(call, &err);
	if (call->argc == 1 && !hand_do(hand, REQUEST_RETRY, 0, &err))
		return command_fail(call, &err);
	for (int i = 1; i < call->argc; i++)
		if (!take_id(call->argv[i], &id))
			return command_misused(call, USAGE, "\"%s\" is no message", call->argv[i]);
		else if (!hand_do(hand, REQUEST_RETRY, id, &err))
			return command_fail(call, &err);
	return list(call, config);
}

int
command_setaside(const struct call *call)
{
	const char *what = call->argc > 0 ? call->argv[0] : "list";
	CLEANUP(config_freep) struct config *config = NULL;
	int64_t id;

	if (strcmp(what, "list") != 0 && strcmp(what, "show") != 0 && strcmp(what, "retry") != 0)
		return command_misused(call, USAGE, "cannot \"%s\"", what);
	if (strcmp(what, "show") == 0 && (call->argc != 2 || !take_id(call->argv[1], &id)))
		return command_misused(call, USAGE, "show needs the number of a message");
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	if (strcmp(what, "retry") == 0)
		return retry(call, config);
	return strcmp(what, "show") == 0 ? show(call, config, id) : list(call, config);
}
