/*
 * One writer at a time. flock(2) is let go by the kernel when its holder dies, so there is no
 * stale lock to clean up.
 */
#include "daemon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

static void
write_pid(int fd)
{
	char text[32];
	int size = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	/* For people only; the lock is what counts. */
	if (ftruncate(fd, 0) == 0 && size > 0 && pwrite(fd, text, (size_t)size, 0) < 0)
		return;
}

static void
describe_holder(int fd, const char *directory, struct error *err)
{
	char text[32] = "";
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	struct view pid = got > 0 ? view_trim(view_make(text, (size_t)got)) : VIEW("unknown");

	error_set(err, ERROR_STORAGE, "another casepost (process %.*s) is writing to %s already",
		(int)pid.size, pid.data, directory);
}

enum store_lock
store_lock(const char *directory, int *ret_fd, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(4096);
	CLEANUP(fd_close) int fd = -1;

	if (!fd_make_directory(directory, err))
		return STORE_FAILED;
	str_append_format(&path, "%s/lock", directory);
	fd = open(str_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0) {
		error_set_errno(err, ERROR_STORAGE, "cannot open %s", str_text(&path));
		return STORE_FAILED;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK) {
			error_set_errno(err, ERROR_STORAGE, "cannot lock %s", str_text(&path));
			return STORE_FAILED;
		}
		describe_holder(fd, directory, err);
		return STORE_BUSY;
	}
	write_pid(fd);
	*ret_fd = fd_take(&fd);
	return STORE_LOCKED;
}
