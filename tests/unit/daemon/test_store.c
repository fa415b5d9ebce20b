/*
 * One writer at a time, and no stale lock.
 */
#include "../unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/store.h"

static void
the_second_writer_is_refused_with_the_firsts_number(void **state)
{
	struct error err = {0};
	int first = -1, second = -1;
	char pid[32];

	assert_int_equal(store_lock(*state, &first, &err), STORE_LOCKED);
	assert_int_equal(store_lock(*state, &second, &err), STORE_BUSY);
	assert_int_equal(second, -1);
	snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	assert_contains(err.text, pid);
	assert_contains(err.text, (char *)*state);
	fd_close(&first);
	assert_int_equal(store_lock(*state, &second, &err), STORE_LOCKED);
	fd_close(&second);
}

static void
the_lock_goes_with_its_process(void **state)
{
	struct error err = {0};
	int fd = -1, ends[2];
	char ready;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (store_lock(*state, &fd, &err) == STORE_LOCKED && write(ends[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &ready, 1), 1);
	assert_int_equal(store_lock(*state, &fd, &err), STORE_BUSY);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(store_lock(*state, &fd, &err), STORE_LOCKED);
	fd_close(&fd);
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}

static void
the_directory_is_made_where_it_is_missing(void **state)
{
	CLEANUP(freep) char *path = NULL;
	struct error err = {0};
	int fd = -1;

	assert_true(asprintf(&path, "%s/a/b", (char *)*state) > 0);
	assert_int_equal(store_lock(path, &fd, &err), STORE_LOCKED);
	fd_close(&fd);
}

static void
a_directory_that_cannot_be_is_an_error_of_the_storage(void **state)
{
	CLEANUP(freep) char *path = unit_write_file(*state, "file", VIEW(""));
	struct error err = {0};
	int fd = -1;

	assert_int_equal(store_lock(path, &fd, &err), STORE_FAILED);
	assert_int_equal(err.reach, ERROR_STORAGE);
	assert_contains(err.text, path);
	assert_int_equal(fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(the_second_writer_is_refused_with_the_firsts_number),
		folder_test(the_lock_goes_with_its_process),
		folder_test(the_directory_is_made_where_it_is_missing),
		folder_test(a_directory_that_cannot_be_is_an_error_of_the_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
