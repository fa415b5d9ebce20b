/*
 * The casepost command: a table of names. What a command does stands in commands/<name>.c.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/commands/command.h"
#include "daemon/options.h"

static const struct command {
	const char *name;
	command_function *run;
	const char *arguments;
	const char *help;
} COMMANDS[] = {
	{"check", command_check, "[--connect]",
		"check the configuration, and with --connect the servers"},
	{"status", command_status, "[--json]", "what came in, and whether anything needs a human"},
	{"search", command_search, "WORDS", "find messages"},
	{"show", command_show, "case|message ID", "one case with its evidence, or one message"},
	{"export", command_export, "messages|cases [--format ndjson|csv] [filters]",
		"everything, one object a line"},
	{"import", command_import, "PATH...",
		"take Maildirs, mbox files, .eml files and folders of them"},
	{"setaside", command_setaside, "[list|show ID|retry [ID...]]",
		"messages that could not be read"},
	{"rebuild", command_rebuild, "", "make a new casebook from the archive"},
	{"verify", command_verify, "", "check both databases and every message's digest"},
	{"researcher", command_researcher, "add|remove|list [NAME]", "logins for the site"},
};
enum { COMMAND_COUNT = sizeof(COMMANDS) / sizeof(COMMANDS[0]) };

static void
print_help(FILE *out)
{
	fprintf(out,
		"usage: casepost [-c FILE] COMMAND [ARGUMENTS]\n\n"
		"casepost keeps a research mailbox and what was understood of it.\n\ncommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s %s\n  %-10s   %s %s\n", COMMANDS[i].name, COMMANDS[i].help,
			"", COMMANDS[i].name, COMMANDS[i].arguments);
	fprintf(out, "\noptions:\n"
		     "  -c, --config FILE  configuration (default " OPTIONS_CONFIG_DEFAULT ")\n"
		     "  --help, --version\n\nSee casepost(1).\n");
}

/* Edits (insert, delete, replace) from one word to another, for "did you mean". */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], length = strlen(b);

	if (length >= sizeof(row) / sizeof(row[0]))
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (; *a; a++) {
		size_t diagonal = row[0]++;

		for (size_t j = 1; j <= length; j++) {
			size_t best = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[length];
}

static int
unknown(const char *name)
{
	const char *nearest = NULL;
	size_t least = 3; /* further away is another word */

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		size_t edits = distance(name, COMMANDS[i].name);

		if (edits < least) {
			least = edits;
			nearest = COMMANDS[i].name;
		}
	}
	fprintf(stderr, "casepost: there is no command \"%s\"", name);
	if (nearest)
		fprintf(stderr, "; did you mean \"%s\"?", nearest);
	fprintf(stderr, "\nTry 'casepost --help'.\n");
	return STATUS_USAGE;
}

int
command_fail(const struct call *call, const struct error *err)
{
	fprintf(stderr, "casepost %s: %s\n", call->name, err->text);
	return err->reach == ERROR_USAGE ? STATUS_USAGE : STATUS_FAILED;
}

int
command_misused(const struct call *call, const char *usage, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "casepost %s: ", call->name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nusage: casepost %s %s\n", call->name, usage);
	return STATUS_USAGE;
}

struct config *
command_config(const struct call *call)
{
	struct error err = {0};
	struct config *config = NULL;

	if (!config_load(&config, call->config_path, &err))
		(void)command_fail(call, &err); /* the caller returns STATUS_USAGE */
	return config;
}

bool
command_shows_progress(void)
{
	return isatty(STDERR_FILENO) == 1;
}

void
command_print(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7F))
			(void)putchar(c);
		else
			(void)fputs("\xEF\xBF\xBD", stdout);
	}
}

static int
run(const struct command *command, const struct options *options, int argc, char **argv)
{
	struct call call = {options->config_path, command->name, argc, argv};
	int status;

	if (options->help) {
		printf("usage: casepost %s %s\n%s\n", command->name, command->arguments,
			command->help);
		return STATUS_DONE;
	}
	status = command->run(&call);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE)
			fprintf(stderr, "casepost %s: cannot write: %s\n", call.name,
				strerror(errno));
		return STATUS_FAILED;
	}
	return status;
}

int
main(int argc, char **argv)
{
	struct options options;

	if (!options_take(&options, "casepost", &argc, argv))
		return STATUS_USAGE;
	(void)umask(0027); /* what is in the store is nobody else's business */
	/* A person reads what a command says; the log's news are for who tails the daemon. */
	log_set_level(getenv("CASEPOST_DEBUG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING);
	if (argc < 2) {
		print_help(options.help ? stdout : stderr);
		return options.help ? STATUS_DONE : STATUS_USAGE;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(argv[1], COMMANDS[i].name) == 0)
			return run(&COMMANDS[i], &options, argc - 2, argv + 2);
	return unknown(argv[1]);
}
