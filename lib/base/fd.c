/*
 * Descriptors, files and directories: the few calls that need a loop or a second thought.
 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing is lost: what must be durable was synced before */
	*fd = -1;
}

int
fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

bool
fd_write_all(int fd, struct view bytes, struct error *err)
{
	while (bytes.size > 0) {
		ssize_t written = write(fd, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_set_errno(err,
				errno == ENOSPC || errno == EDQUOT ? ERROR_STORAGE : ERROR_PROGRAM,
				"cannot write");
		bytes = view_slice(bytes, (size_t)written, bytes.size);
	}
	return true;
}

static bool
read_to_end(int fd, struct str *text, struct error *err)
{
	char buffer[16384];

	for (;;) {
		ssize_t got = read(fd, buffer, sizeof(buffer));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, ERROR_PROGRAM, "cannot read");
		if (got == 0)
			return true;
		str_append(text, view_make(buffer, (size_t)got));
		if (text->overflowed)
			return error_set(
				err, ERROR_PROGRAM, "is larger than %zu bytes", text->maximum);
	}
}

bool
fd_read_file(const char *path, size_t maximum, struct str *ret_text, struct error *err)
{
	CLEANUP(str_free) struct str text = str_new(maximum);
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot open %s", path);
	if (!read_to_end(fd, &text, err))
		return error_context(err, "%s", path);
	str_free(ret_text);
	*ret_text = text;
	text = str_new(0);
	return true;
}

bool
fd_sync_directory(const char *path, struct error *err)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return error_set_errno(err, ERROR_STORAGE, "cannot sync %s", path);
	return true;
}

static bool
make_one(const char *path, mode_t mode, struct error *err)
{
	struct stat there;

	if (mkdir(path, mode) == 0)
		return true;
	if (errno == EEXIST && stat(path, &there) == 0) {
		if (S_ISDIR(there.st_mode))
			return true;
		errno = ENOTDIR;
	}
	return error_set_errno(err, ERROR_STORAGE, "cannot make %s", path);
}

bool
fd_make_directory(const char *path, struct error *err)
{
	CLEANUP(freep) char *copy = strdup(path);

	if (!copy)
		abort();
	for (size_t i = 1; path[0] && path[i]; i++) {
		if (copy[i] != '/')
			continue;
		copy[i] = '\0';
		if (!make_one(copy, 0755, err))
			return false;
		copy[i] = '/';
	}
	return make_one(path, 0750, err);
}
