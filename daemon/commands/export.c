/*
 * casepost export: everything, one object a line, with the filters of the site.
 */
#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "casebook/export.h"
#include "daemon/commands/command.h"

static const char USAGE[] = "messages|cases [--format ndjson|csv] [--FILTER VALUE]...";

enum { OBJECT_MAX = 256 * 1024 * 1024 };

struct wanted {
	enum export_kind kind;
	enum export_format format;
	struct filter filter;
};

static bool
take_option(struct wanted *wanted, struct view name, struct view value, struct error *err)
{
	if (!view_equal(name, VIEW("format")))
		return filter_set(&wanted->filter, name, value, err);
	if (!export_format_from_name(value, &wanted->format))
		return error_set(err, ERROR_USAGE, "\"%.*s\" is neither ndjson nor csv",
			(int)value.size, value.data);
	return true;
}

/* "--name value" and "--name=value". */
static bool
take_options(struct wanted *wanted, int argc, char **argv, struct error *err)
{
	for (int i = 0; i < argc; i++) {
		struct view option = view_of(argv[i]);
		size_t equals = view_find_byte(option, '=', 0);
		struct view name = view_slice(option, 2, equals);
		struct view value;

		if (!view_starts_with(option, VIEW("--")))
			return error_set(err, ERROR_USAGE, "\"%s\" is no option", argv[i]);
		if (equals != SIZE_MAX)
			value = view_slice(option, equals + 1, option.size);
		else if (i + 1 < argc)
			value = view_of(argv[++i]);
		else
			return error_set(err, ERROR_USAGE, "%s needs a value", argv[i]);
		if (!take_option(wanted, name, value, err))
			return false;
	}
	return true;
}

static bool
write_all(const struct wanted *wanted, const struct config *config, struct error *err)
{
	CLEANUP(reader_closep) struct reader *reader = NULL;
	CLEANUP(archive_closep) struct archive *archive = NULL;
	CLEANUP(export_freep) struct export *export = NULL;
	CLEANUP(str_free) struct str text = str_new(OBJECT_MAX);
	bool more = true;

	if (!archive_open(&archive, config->directory, DB_READ, err) ||
		!reader_open(&reader, config->directory, err) ||
		!export_start(&export, wanted->kind, wanted->format, &wanted->filter, reader, err))
		return false;
	while (more) {
		if (!export_next(export, reader, archive, &text, &more, err))
			return false;
		if (fwrite(str_text(&text), 1, text.size, stdout) < text.size)
			return error_set_errno(err, ERROR_STORAGE, "cannot write");
		str_clear(&text);
	}
	return true;
}

int
command_export(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;
	struct wanted wanted = {0};
	struct error err = {0};

	if (call->argc < 1)
		return command_misused(call, USAGE, "needs to know what");
	if (!export_kind_from_name(view_of(call->argv[0]), &wanted.kind))
		return command_misused(call, USAGE, "cannot export \"%s\"", call->argv[0]);
	if (!take_options(&wanted, call->argc - 1, call->argv + 1, &err))
		return command_misused(call, USAGE, "%s", err.text);
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	if (!write_all(&wanted, config, &err))
		return command_fail(call, &err);
	return STATUS_DONE;
}
