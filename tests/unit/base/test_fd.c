/*
 * Files and directories.
 */
#include "../unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static void
a_directory_is_made_with_its_parents_and_an_existing_one_is_fine(void **state)
{
	CLEANUP(freep) char *path = NULL;
	struct error err = {0};
	struct stat there;

	assert_true(asprintf(&path, "%s/a//b/c/", (char *)*state) > 0);
	assert_ok(fd_make_directory(path, &err), err);
	assert_int_equal(stat(path, &there), 0);
	assert_ok(fd_make_directory(path, &err), err);
	assert_ok(fd_sync_directory(path, &err), err);
}

static void
a_file_in_the_place_of_a_directory_is_told_by_its_name(void **state)
{
	CLEANUP(freep) char *path = unit_write_file(*state, "file", VIEW(""));
	CLEANUP(freep) char *below = NULL;
	struct error err = {0};

	assert_true(asprintf(&below, "%s/below", path) > 0);
	assert_false(fd_make_directory(path, &err));
	assert_contains(err.text, path);
	assert_contains(err.text, "Not a directory");
	assert_false(fd_make_directory(below, &err));
}

static void
a_directory_without_a_name_is_an_error(void **state)
{
	struct error err = {0};

	(void)state;
	assert_false(fd_make_directory("", &err));
}

static void
a_file_is_read_whole_or_not_at_all(void **state)
{
	CLEANUP(freep) char *path = unit_write_file(*state, "file", VIEW("0123456789"));
	CLEANUP(str_free) struct str text = str_new(100);
	struct error err = {0};

	str_append(&text, VIEW("before"));
	assert_false(fd_read_file(path, 9, &text, &err));
	assert_string_equal(str_text(&text), "before");
	assert_contains(err.text, path);
	assert_ok(fd_read_file(path, 10, &text, &err), err);
	assert_string_equal(str_text(&text), "0123456789");
	assert_false(fd_read_file(*state, 10, &text, &err));
}

static void
a_descriptor_is_handed_on_and_closed_once(void **state)
{
	int fds[2], taken;
	struct error err = {0};
	char got[4];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	taken = fd_take(&fds[1]);
	assert_int_equal(fds[1], -1);
	fd_close(&fds[1]);
	assert_ok(fd_write_all(taken, VIEW("abc"), &err), err);
	fd_close(&taken);
	assert_int_equal(taken, -1);
	assert_int_equal(read(fds[0], got, sizeof(got)), 3);
	fd_close(&fds[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(a_directory_is_made_with_its_parents_and_an_existing_one_is_fine),
		folder_test(a_file_in_the_place_of_a_directory_is_told_by_its_name),
		cmocka_unit_test(a_directory_without_a_name_is_an_error),
		folder_test(a_file_is_read_whole_or_not_at_all),
		cmocka_unit_test(a_descriptor_is_handed_on_and_closed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
