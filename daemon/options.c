/*
 * Options that all programs share.
 */
#include "daemon/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_config(const char *argument)
{
	return strcmp(argument, "-c") == 0 || strcmp(argument, "--config") == 0;
}

bool
options_take(struct options *ret_options, const char *program, int *argc, char **argv)
{
	struct options options = {.config_path = OPTIONS_CONFIG_DEFAULT};
	int kept = 1, i;

	for (i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--version") == 0) {
			printf("%s %s\n", program, CASEPOST_VERSION);
			exit(0);
		}
		if (is_config(argv[i])) {
			if (++i == *argc) {
				fprintf(stderr, "%s: %s needs a file\n", program, argv[i - 1]);
				return false;
			}
			options.config_path = argv[i];
		} else if (strncmp(argv[i], "--config=", 9) == 0) {
			options.config_path = argv[i] + 9;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			options.help = true;
		} else {
			argv[kept++] = argv[i];
		}
	}
	while (i < *argc)
		argv[kept++] = argv[i++];
	argv[kept] = NULL;
	*argc = kept;
	*ret_options = options;
	return true;
}
