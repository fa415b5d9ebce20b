#ifndef DAEMON_COMMANDS_COMMAND_H
#define DAEMON_COMMANDS_COMMAND_H

#include "daemon/config.h"

/** Exit statuses of all programs. */
enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

/** One call of the casepost command: what stands behind its name. */
struct call {
	const char *config_path;
	const char *name; /**< of the command */
	int argc;         /**< arguments behind the name */
	char **argv;
};

/**
 * A command. It prints its result to stdout and what went wrong to stderr, and returns an exit
 * status.
 */
typedef int command_function(const struct call *call);

command_function command_check, command_import, command_status, command_export, command_show,
	command_search, command_setaside, command_rebuild, command_verify, command_researcher;

/** Prints "casepost NAME: <error>" and returns the exit status that fits its reach. */
int command_fail(const struct call *call, const struct error *err);

/** Prints "casepost NAME: <problem>" and a line of usage; returns STATUS_USAGE. */
__attribute__((format(printf, 3, 4))) int command_misused(
	const struct call *call, const char *usage, const char *format, ...);

/** Loads the configuration, or fails with a printed error (NULL). */
struct config *command_config(const struct call *call);

/** The seconds of a wait are shown on a terminal only. */
bool command_shows_progress(void);

/** Prints a view to stdout; control characters (but tab and line feed) become U+FFFD. */
void command_print(struct view text);

#endif
