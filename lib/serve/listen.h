#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/** A bound socket that listens, and how to reach it. */
struct listener {
	int fd;             /**< close-on-exec, non-blocking */
	struct str address; /**< "127.0.0.1:8025", "[::1]:8025", "unix:/path" */
	struct str path;    /**< of a Unix socket; empty otherwise */
	bool is_local;      /**< loopback or a Unix socket */
};

/**
 * Binds "host:port", "[v6]:port" or "unix:/path". A Unix socket that nobody listens on any more is
 * replaced.
 *
 * Fails with ERROR_USAGE for what is no address, with ERROR_PROGRAM when it cannot be bound.
 */
__attribute__((warn_unused_result)) bool listener_open(
	struct listener *ret_listener, const char *where, struct error *err);

/** Closes, and removes a Unix socket from the file system. */
void listener_close(struct listener *listener);

#endif
