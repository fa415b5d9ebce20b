/*
 * casepost status: what the site's front page says, for the terminal or a script.
 */
#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "daemon/commands/command.h"
#include "serve/status.h"

enum { MEMORY = 16 * 1024 * 1024, TEXT_MAX = 4 * 1024 * 1024 };

static bool
write_status(const struct config *config, bool as_json, struct str *out, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(MEMORY);
	CLEANUP(reader_closep) struct reader *reader = NULL;
	CLEANUP(archive_closep) struct archive *archive = NULL;
	struct json json = json_to(out);
	struct status status;

	if (!archive_open(&archive, config->directory, DB_READ, err) ||
		!reader_open(&reader, config->directory, err) ||
		!status_take(reader, archive, NULL, arena, &status, err))
		return false;
	if (as_json) {
		status_json(&status, true, &json);
		str_append_byte(out, '\n');
	} else {
		status_text(&status, arena, out);
	}
	return true;
}

int
command_status(const struct call *call)
{
	bool as_json = call->argc == 1 && strcmp(call->argv[0], "--json") == 0;
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(str_free) struct str text = str_new(TEXT_MAX);
	struct error err = {0};

	if (call->argc > 0 && !as_json)
		return command_misused(call, "[--json]", "takes no \"%s\"", call->argv[0]);
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	if (!write_status(config, as_json, &text, &err))
		return command_fail(call, &err);
	command_print(str_view(&text));
	return STATUS_DONE;
}
