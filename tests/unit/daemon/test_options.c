/*
 * Options stand wherever people put them; what is left is the program's own.
 */
#include "../unit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "daemon/options.h"

/* A command line of at most seven words in memory of its own. */
struct line {
	char words[8][64];
	char *argv[9];
	int argc;
};

static void
write_line(struct line *line, const char *const *words)
{
	*line = (struct line){.argc = 0};
	for (; words[line->argc]; line->argc++) {
		snprintf(line->words[line->argc], 64, "%s", words[line->argc]);
		line->argv[line->argc] = line->words[line->argc];
	}
}

static void
the_default_configuration_is_used_when_none_is_named(void **state)
{
	const char *const words[] = {"casepost", "status", NULL};
	struct options options;
	struct line line;

	(void)state;
	write_line(&line, words);
	assert_true(options_take(&options, "casepost", &line.argc, line.argv));
	assert_string_equal(options.config_path, "/etc/casepost/casepost.conf");
	assert_false(options.help);
	assert_int_equal(line.argc, 2);
	assert_string_equal(line.argv[1], "status");
	assert_null(line.argv[2]);
}

static void
the_configuration_may_be_named_anywhere_and_in_three_ways(void **state)
{
	const char *const before[] = {"casepost", "-c", "x.conf", "status", "--json", NULL};
	const char *const behind[] = {"casepost", "status", "--json", "--config", "x.conf", NULL};
	const char *const joined[] = {"casepost", "status", "--config=x.conf", "--json", NULL};
	const char *const *const ways[] = {before, behind, joined};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct options options;
		struct line line;

		write_line(&line, ways[i]);
		assert_true(options_take(&options, "casepost", &line.argc, line.argv));
		assert_string_equal(options.config_path, "x.conf");
		assert_int_equal(line.argc, 3);
		assert_string_equal(line.argv[1], "status");
		assert_string_equal(line.argv[2], "--json");
		assert_null(line.argv[3]);
	}
}

static void
behind_two_dashes_nothing_is_an_option(void **state)
{
	const char *const words[] = {"casepost", "search", "--", "--help", "-c", NULL};
	struct options options;
	struct line line;

	(void)state;
	write_line(&line, words);
	assert_true(options_take(&options, "casepost", &line.argc, line.argv));
	assert_false(options.help);
	assert_int_equal(line.argc, 5);
	assert_string_equal(line.argv[4], "-c");
}

static void
a_configuration_without_its_file_is_wrong(void **state)
{
	const char *const words[] = {"casepost", "status", "-c", NULL};
	struct options options;
	struct line line;

	(void)state;
	write_line(&line, words);
	assert_false(options_take(&options, "casepost", &line.argc, line.argv));
}

static void
help_is_noted_and_the_version_ends_the_program_well(void **state)
{
	const char *const help[] = {"casepost", "--help", NULL};
	const char *const version[] = {"casepost", "--version", NULL};
	struct options options;
	struct line line;
	int status = -1;
	pid_t child;

	(void)state;
	write_line(&line, help);
	assert_true(options_take(&options, "casepost", &line.argc, line.argv));
	assert_true(options.help);
	write_line(&line, version);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		(void)!options_take(&options, "casepost", &line.argc, line.argv);
		_exit(9);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_configuration_is_used_when_none_is_named),
		cmocka_unit_test(the_configuration_may_be_named_anywhere_and_in_three_ways),
		cmocka_unit_test(behind_two_dashes_nothing_is_an_option),
		cmocka_unit_test(a_configuration_without_its_file_is_wrong),
		cmocka_unit_test(help_is_noted_and_the_version_ends_the_program_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
