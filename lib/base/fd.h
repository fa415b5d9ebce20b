#ifndef BASE_FD_H
#define BASE_FD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/** CLEANUP(fd_close) int fd = -1; closes if >= 0 and leaves -1. */
void fd_close(int *fd);

/** Returns *fd and leaves -1 behind: the descriptor is handed on. */
int fd_take(int *fd);

/** Writes all bytes to a blocking descriptor; retries EINTR and short writes. */
__attribute__((warn_unused_result)) bool fd_write_all(int fd, struct view bytes, struct error *err);

/** Reads a regular file of at most `maximum` bytes into *ret_text (replaced). */
__attribute__((warn_unused_result)) bool fd_read_file(
	const char *path, size_t maximum, struct str *ret_text, struct error *err);

/** Makes a rename or creation in a directory durable. */
__attribute__((warn_unused_result)) bool fd_sync_directory(const char *path, struct error *err);

/** Makes a directory of mode 0750 and its missing parents; an existing one is no error. */
__attribute__((warn_unused_result)) bool fd_make_directory(const char *path, struct error *err);

#endif
