/*
 * casepost show: a case beside the words that say it, or a message, for the terminal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "casebook/query.h"
#include "daemon/commands/command.h"

static const char USAGE[] = "case ID | message ID";

enum { MEMORY = 64 * 1024 * 1024 };

static void
print_line(const char *label, struct view text)
{
	if (text.size == 0)
		return;
	printf("%-16s ", label);
	command_print(text);
	printf("\n");
}

static void
print_value(const struct value_row *value)
{
	printf("%-16.*s ", (int)value->field.size, value->field.data);
	command_print(value->value);
	printf("  (%.2f, %.*s", value->confidence, (int)value->method.size, value->method.data);
	if (value->message)
		printf(", message %" PRId64, value->message);
	printf(")\n");
	if (value->quote.size > 0) {
		printf("%-16s   “", "");
		command_print(value->quote);
		printf("”\n");
	}
}

static int
finish(const struct call *call, enum found found, struct error *err)
{
	if (found == ABSENT)
		error_set(err, ERROR_PROGRAM, "there is no %s %s", call->argv[0], call->argv[1]);
	return found == FOUND ? STATUS_DONE : command_fail(call, err);
}

static int
show_case(const struct call *call, struct reader *reader, struct arena *arena)
{
	struct case_detail detail;
	struct error err = {0};
	enum found found = query_case(reader, view_of(call->argv[1]), arena, &detail, &err);

	if (found != FOUND)
		return finish(call, found, &err);
	print_line("case", detail.row.id);
	for (size_t i = 0; i < detail.value_count; i++)
		print_value(&detail.values[i]);
	for (size_t i = 0; i < detail.message_count; i++) {
		printf("%-16s %" PRId64 "  ", "message", detail.messages[i].id);
		command_print(detail.messages[i].subject);
		printf("\n");
	}
	return STATUS_DONE;
}

static int
show_message(const struct call *call, struct reader *reader, struct arena *arena)
{
	struct message_detail detail;
	struct error err = {0};
	enum found found;
	int64_t id;

	if (!view_to_i64(view_of(call->argv[1]), &id))
		return command_misused(call, USAGE, "\"%s\" is no message", call->argv[1]);
	found = query_message(reader, id, arena, &detail, &err);
	if (found != FOUND)
		return finish(call, found, &err);
	print_line("from", detail.row.from_name);
	print_line("address", detail.row.from_address);
	print_line("date", detail.date);
	print_line("subject", detail.row.subject);
	print_line("class", detail.row.class);
	print_line("because", detail.class_reason);
	print_line("set aside", detail.row.set_aside_reason);
	for (size_t i = 0; i < detail.case_count; i++)
		print_line("case", detail.cases[i].id);
	for (size_t i = 0; i < detail.attachment_count; i++)
		print_line("attachment", detail.attachments[i].name);
	printf("\n");
	command_print(detail.text);
	printf("\n");
	return STATUS_DONE;
}

int
command_show(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(arena_freep) struct arena *arena = arena_new(MEMORY);
	CLEANUP(reader_closep) struct reader *reader = NULL;
	struct error err = {0};
	bool is_case;

	if (call->argc != 2)
		return command_misused(call, USAGE, "needs what to show, and its id");
	is_case = strcmp(call->argv[0], "case") == 0;
	if (!is_case && strcmp(call->argv[0], "message") != 0)
		return command_misused(call, USAGE, "cannot show a \"%s\"", call->argv[0]);
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	if (!reader_open(&reader, config->directory, &err))
		return command_fail(call, &err);
	return is_case ? show_case(call, reader, arena) : show_message(call, reader, arena);
}
