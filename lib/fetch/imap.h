#ifndef FETCH_IMAP_H
#define FETCH_IMAP_H

/*
 * The inside of a session, for session.c, download.c and idle.c: the only files that see libetpan.
 */
#include <libetpan/libetpan.h>

#include "fetch/session.h"

struct session {
	mailimap *imap;
	struct transport transport;
	struct wake *wake;
	bool broken;
	bool has_idle, has_starttls, has_plain, is_login_disabled;
	const char *user,
		*secret; /* borrowed while session_open() runs, to keep them out of words */
};

/* A command has so long, and a second for every 16 KiB that is asked for. */
enum { COMMAND_MS = 2 * 60 * 1000, BYTES_PER_MS = 16 };

/** Starts the clock of a command that brings about `size_bytes`. */
void session_start_command(struct session *session, uint64_t size_bytes);

/**
 * Turns libetpan's result of a command into an error: true for success; a tagged NO fails with
 * `refusal` as its reach and leaves the session intact, all else breaks it. An answer that cannot
 * be parsed is ERROR_MESSAGE.
 */
__attribute__((warn_unused_result)) bool session_judge(struct session *session, int result,
	const char *command, enum error_reach refusal, struct error *err);

#endif
