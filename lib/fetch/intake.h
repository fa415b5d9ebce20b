#ifndef FETCH_INTAKE_H
#define FETCH_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "fetch/uidset.h"

/**
 * What a source (an IMAP folder, a Maildir, an mbox file) needs of whoever keeps its messages.
 * fetch does not know the archive: behind this table stands the archive itself (import without a
 * daemon), or a channel to the daemon, which answers from its archive.
 *
 * Order of calls for one batch: begin, append…, finish (or refuse) for each message, then commit.
 * Nothing is kept for good before commit() has returned true; after a false, or after the process
 * died, the whole batch is taken again. Calls that fail with ERROR_STORAGE may be tried again
 * later; the batch has to be begun anew.
 */

/** Where a message was seen. Views are borrowed for the call. */
struct place {
	struct view mailbox; /**< the configured name; empty for files */
	struct view folder; /**< UTF-8 name; for files: the path as given, and what lies below it */
	uint32_t uidvalidity; /**< RFC 3501 2.3.1.1; 0 for files */
	uint32_t uid;         /**< for an mbox the ordinal of the message, else 0 */
	int64_t received_at;  /**< INTERNALDATE in Unix seconds, UTC; 0: none given */
	bool answered;        /**< the \Answered flag was set */
};

/** The result of comparing a folder with the server, for the accounting line. */
struct comparison {
	struct view mailbox;
	struct view folder;
	uint32_t uidvalidity;
	uint64_t on_server; /**< messages in the folder */
	uint64_t pending;   /**< of these, not taken yet */
	const struct uidset
		*gone; /**< UIDs known here that the server no longer has; may be NULL */
};

struct intake {
	void *context;

	/** The UIDs of this folder and UIDVALIDITY that are kept or refused already. */
	bool (*known)(void *context, struct view mailbox, struct view folder, uint32_t uidvalidity,
		struct uidset *ret_known, struct error *err);

	/** Starts a message; `size_bytes` as announced, 0 if unknown. */
	bool (*begin)(
		void *context, const struct place *place, uint64_t size_bytes, struct error *err);

	/** Raw bytes as the server sent them, CRLF kept. */
	bool (*append)(void *context, struct view bytes, struct error *err);
	bool (*finish)(void *context, struct error *err);

	/** Gives up a message that was begun. */
	bool (*cancel)(void *context, struct error *err);

	/** The server or its answer does not give this message: remember the reason, go on. */
	bool (*refuse)(
		void *context, const struct place *place, struct view reason, struct error *err);

	/** Makes all since the last commit durable, together with its places. */
	bool (*commit)(void *context, struct error *err);

	/** A round's outcome for one folder. */
	bool (*compared)(void *context, const struct comparison *comparison, struct error *err);
};

#endif
