#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include <stdbool.h>

#define OPTIONS_CONFIG_DEFAULT "/etc/casepost/casepost.conf"

/** What all programs take, wherever it stands on the command line (before a "--"). */
struct options {
	const char *config_path;
	bool help;
};

/**
 * Takes -c/--config, --help and --version out of argv. --version prints and exits. False, with a
 * line on stderr, when --config lacks its file.
 */
__attribute__((warn_unused_result)) bool options_take(
	struct options *ret_options, const char *program, int *argc, char **argv);

#endif
