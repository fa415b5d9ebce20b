#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <poll.h>

#include "archive/archive.h"
#include "base/health.h"
#include "daemon/deriver.h"

/**
 * The control socket, DIRECTORY/control: how commands hand their work to the daemon. Only
 * processes of the daemon's own user and root are let in (SO_PEERCRED, and the directory's mode).
 * A session speaks frames: those of the intake (fetch/protocol.h) to hand over messages, and
 * CONTROL_ASK to have something done.
 */
struct control;

enum { CONTROL_SESSIONS_MAX = 16, CONTROL_POLLFDS = 1 + 2 * CONTROL_SESSIONS_MAX };

/** Frame types beside those of the intake. */
enum control_frame {
	CONTROL_ASK = 200, /**< u64 request_kind, i64 message; answered by CONTROL_DONE */
	CONTROL_DONE,      /**< u64 ok, u64 error_reach, text */
};

/** Where the socket is; 108 bytes are what sockaddr_un holds. */
enum { CONTROL_PATH_SIZE = 108 };
__attribute__((warn_unused_result)) bool control_path(
	const char *directory, char ret_path[CONTROL_PATH_SIZE], struct error *err);

__attribute__((warn_unused_result)) bool control_listen(struct control **ret_control,
	const char *directory, struct archive *archive, struct deriver *deriver,
	struct health *health, struct error *err);
void control_close(struct control *control);

size_t control_fill_pollfds(const struct control *control, struct pollfd *ret_fds);

/** Takes new sessions, serves frames, answers what is done. Never waits. */
void control_advance(struct control *control);

#endif
