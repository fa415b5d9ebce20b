/* Logins: who gets in, what it costs, and what guessing meets. */
#include "../unit.h"

#include <sys/stat.h>
#include <time.h>

#include "logins.h"
#include "serve/access.h"

struct door {
	char *folder;
	char *path;
	struct access *access;
};

static int
set_up(void **state)
{
	struct door *door = calloc(1, sizeof(*door));
	struct error err = {0};

	door->folder = unit_make_folder();
	if (asprintf(&door->path, "%s/researchers", door->folder) < 0)
		return 1;
	logins_write(door->path, "ada", "correct horse");
	*state = door;
	return access_open(&door->access, door->path, &err) ? 0 : 1;
}

static int
tear_down(void **state)
{
	struct door *door = *state;

	access_close(door->access);
	free(door->path);
	unit_remove_folder(door->folder);
	free(door);
	return 0;
}

static enum access_verdict
judge(struct door *door, const char *name, const char *password, const char *from)
{
	unsigned wait_s = 0;
	enum access_verdict verdict = access_judge(
		door->access, view_of(name), view_of(password), view_of(from), &wait_s);

	assert_true((verdict == ACCESS_SLOWED) == (wait_s > 0));
	return verdict;
}

static void
the_right_password_opens(void **state)
{
	assert_int_equal(judge(*state, "ada", "correct horse", "10.0.0.1"), ACCESS_GRANTED);
	assert_int_equal(judge(*state, "ada", "correct horse", "10.0.0.1"), ACCESS_GRANTED);
}

static void
nothing_else_opens(void **state)
{
	struct door *door = *state;
	char *endless = malloc(100001);

	assert_int_equal(judge(door, "ada", "correct hors", "a"), ACCESS_DENIED);
	assert_int_equal(judge(door, "ada", "correct horse ", "b"), ACCESS_DENIED);
	assert_int_equal(judge(door, "Ada", "correct horse", "c"), ACCESS_DENIED);
	assert_int_equal(judge(door, "", "", "d"), ACCESS_DENIED);
	assert_int_equal(judge(door, "ada", "", "e"), ACCESS_DENIED);
	assert_int_equal(judge(door, "eve", "correct horse", "f"), ACCESS_DENIED);
	memset(endless, 'x', 100000);
	endless[100000] = '\0';
	assert_int_equal(judge(door, "ada", endless, "g"), ACCESS_DENIED);
	assert_int_equal(judge(door, endless, "correct horse", "h"), ACCESS_DENIED);
	free(endless);
}

static void
a_name_is_not_a_prefix_of_another(void **state)
{
	/* The remembered pair is name, NUL, password: "adacorrect" and " horse" is another. */
	assert_int_equal(judge(*state, "ada", "correct horse", "a"), ACCESS_GRANTED);
	assert_int_equal(judge(*state, "adacorrect", " horse", "a"), ACCESS_DENIED);
	assert_int_equal(judge(*state, "ad", "acorrect horse", "a"), ACCESS_DENIED);
}

static double
seconds_of(struct door *door, const char *name, const char *password, const char *from)
{
	struct timespec before, after;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	(void)judge(door, name, password, from);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
	return (double)(after.tv_sec - before.tv_sec) +
	       (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void
a_verified_password_is_not_hashed_again(void **state)
{
	double first = seconds_of(*state, "ada", "correct horse", "a");
	double second = seconds_of(*state, "ada", "correct horse", "a");

	assert_true(second < first / 4);
}

static void
an_unknown_name_costs_what_a_wrong_password_costs(void **state)
{
	double wrong = 0, unknown = 0;

	for (int i = 0; i < 4; i++) {
		wrong += seconds_of(*state, "ada", "wrong", "a");
		unknown += seconds_of(*state, "eve", "wrong", "b");
	}
	assert_true(unknown > wrong / 4 && unknown < wrong * 4);
}

static void
guessing_is_slowed_where_it_comes_from_and_nowhere_else(void **state)
{
	struct door *door = *state;
	enum access_verdict verdict = ACCESS_DENIED;

	for (int i = 0; i < 10 && verdict == ACCESS_DENIED; i++)
		verdict = judge(door, "ada", "guess", "10.0.0.66");
	assert_int_equal(verdict, ACCESS_SLOWED);
	assert_int_equal(judge(door, "ada", "correct horse", "10.0.0.66"), ACCESS_SLOWED);
	assert_int_equal(judge(door, "ada", "correct horse", "10.0.0.1"), ACCESS_GRANTED);
	/* Who is verified already is not locked out by a neighbour's guesses. */
	assert_int_equal(judge(door, "ada", "correct horse", "10.0.0.66"), ACCESS_GRANTED);
}

static void
a_changed_file_counts_at_once(void **state)
{
	struct door *door = *state;

	assert_int_equal(judge(door, "ada", "correct horse", "a"), ACCESS_GRANTED);
	logins_write(door->path, "grace", "another password");
	assert_int_equal(judge(door, "ada", "correct horse", "a"), ACCESS_DENIED);
	assert_int_equal(judge(door, "grace", "another password", "a"), ACCESS_GRANTED);
}

static void
a_file_that_is_gone_or_wrong_lets_nobody_in(void **state)
{
	struct door *door = *state;
	FILE *file;

	assert_int_equal(judge(door, "ada", "correct horse", "a"), ACCESS_GRANTED);
	file = fopen(door->path, "we");
	fputs("this is no login\n", file);
	fclose(file);
	assert_int_equal(judge(door, "ada", "correct horse", "a"), ACCESS_DENIED);
	remove(door->path);
	assert_int_equal(judge(door, "ada", "correct horse", "b"), ACCESS_DENIED);
}

static void
a_wrong_line_is_named(void **state)
{
	static const char *const wrong[] = {"ada", ":hash", "ada:", "ada:plain", "ada:$"};
	struct door *door = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct access *access = NULL;
		struct error err = {0};
		FILE *file = fopen(door->path, "we");

		fprintf(file, "# first\n%s\n", wrong[i]);
		fclose(file);
		assert_false(access_open(&access, door->path, &err));
		assert_int_equal(err.reach, ERROR_USAGE);
		assert_contains(err.text, "researchers:2:");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_right_password_opens, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_else_opens, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_name_is_not_a_prefix_of_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_verified_password_is_not_hashed_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_unknown_name_costs_what_a_wrong_password_costs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			guessing_is_slowed_where_it_comes_from_and_nowhere_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_changed_file_counts_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_gone_or_wrong_lets_nobody_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_line_is_named, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
