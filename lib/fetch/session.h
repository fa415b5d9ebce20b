#ifndef FETCH_SESSION_H
#define FETCH_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "fetch/sync.h"
#include "fetch/transport.h"
#include "fetch/uidset.h"
#include "fetch/wake.h"

/**
 * An IMAP session (RFC 3501) in the few words that we need, by libetpan. It reads only: EXAMINE and
 * BODY.PEEK, no command that changes anything on the server.
 *
 * Errors: ERROR_CONNECTION ends the session (come back later). ERROR_MAILBOX is a refusal that
 * somebody has to look at. ERROR_MESSAGE means that the answer about the messages asked for cannot
 * be used: ask for fewer, then go without that one. session_is_broken() tells whether the session
 * can go on; when it is broken, the only thing left is session_close().
 */
struct session;

struct session_options {
	const char *host;
	uint16_t port;
	enum security security;
	const char *ca_file; /**< NULL or empty: the system's authorities */
	const char *user;
	const char *secret;
};

/**
 * Connects, verifies, logs in. Options are borrowed for the call, @wake for the session's life (it
 * may be NULL).
 */
__attribute__((warn_unused_result)) bool session_open(struct session **ret_session,
	const struct session_options *options, struct wake *wake, struct error *err);

/** Says LOGOUT where the connection still stands (2 s at most). */
void session_close(struct session *session);
DEFINE_CLEANUP(struct session *, session_close);

bool session_is_broken(const struct session *session);

/** The server has IDLE (RFC 2177). */
bool session_has_idle(const struct session *session);

/** At most so many folders are looked at for one pattern. */
enum { SESSION_FOLDERS_MAX = 10000 };

/**
 * Calls `each` for every selectable folder that matches (LIST: "*" is any text, "%" any within a
 * level). Names are UTF-8, borrowed for the call.
 */
__attribute__((warn_unused_result)) bool session_list(struct session *session, struct view pattern,
	void (*each)(void *context, struct view folder), void *context, struct error *err);

struct session_folder {
	uint32_t uidvalidity; /**< 0: the server gives none, so that nothing can be said of UIDs */
	uint32_t exists;
};

/** Opens a folder read-only (EXAMINE). ERROR_MAILBOX if there is no such folder. */
__attribute__((warn_unused_result)) bool session_examine(struct session *session,
	struct view folder, struct session_folder *ret_folder, struct error *err);

/** Adds the UIDs >= `first` of the open folder to *ret_uids. */
__attribute__((warn_unused_result)) bool session_list_uids(
	struct session *session, uint32_t first, struct uidset *ret_uids, struct error *err);

/**
 * Sizes of the messages of a set, ascending; those that are gone are not in the list.
 *
 * @ret_messages  from malloc(); the caller frees
 */
__attribute__((warn_unused_result)) bool session_list_sizes(struct session *session,
	const struct uidset *uids, struct sync_message **ret_messages, size_t *ret_count,
	struct error *err);

struct session_message {
	uint32_t uid;
	uint32_t size_bytes; /**< as announced */
	int64_t received_at; /**< INTERNALDATE, Unix seconds, UTC; 0: none or not usable */
	bool answered;
};

/** Who gets what arrives. Failures are remembered; the rest of the answer is then passed over. */
struct session_sink {
	void *context;
	/** A small message, whole. */
	bool (*message)(void *context, const struct session_message *message, struct view raw,
		struct error *err);
	/** The next bytes of the one large message asked for. */
	bool (*bytes)(void *context, struct view bytes, struct error *err);
};

/**
 * Fetches messages of at most about SYNC_LARGE_BYTES each: every one that arrives whole goes to
 * sink->message, in the server's order. Which of those asked for did not arrive, the caller sees.
 * One that is much larger than announced is left out.
 *
 * A failure of the sink is returned as it is, with the session intact.
 */
__attribute__((warn_unused_result)) bool session_fetch(struct session *session,
	const struct uidset *uids, uint64_t size_bytes, const struct session_sink *sink,
	struct error *err);

/** Everything about one message but its bytes; *ret_found false if it is not there (any more). */
__attribute__((warn_unused_result)) bool session_fetch_attributes(struct session *session,
	uint32_t uid, struct session_message *ret_message, bool *ret_found, struct error *err);

/** Streams one message of any size to sink->bytes. */
__attribute__((warn_unused_result)) bool session_fetch_body(struct session *session,
	const struct session_message *message, const struct session_sink *sink, bool *ret_found,
	struct error *err);

/**
 * A tagged answer is the only proof that a connection lives: IDLE is ended and NOOP is said at
 * least that often. NATs forget a quiet connection after 5 to 15 minutes.
 */
enum { SESSION_PROOF_MS = 5 * 60 * 1000 };

enum session_event {
	SESSION_CHANGED, /**< the server said that the open folder has changed */
	SESSION_QUIET,   /**< the time is up, and the server answered since */
	SESSION_WOKEN,   /**< wake->sync_now */
};

/**
 * Waits for news of the open folder: by IDLE if `idle` and the server has it, else by NOOP.
 *
 * @timeout_ms  at most SESSION_PROOF_MS of it are waited
 */
__attribute__((warn_unused_result)) bool session_wait(struct session *session, bool idle,
	int timeout_ms, enum session_event *ret_event, struct error *err);

#endif
