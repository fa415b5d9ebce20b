#ifndef FETCH_PROTOCOL_H
#define FETCH_PROTOCOL_H

#include "base/channel.h"
#include "base/health.h"

/**
 * The conversation of casepostd (D) with a casepost-fetcher (F): types of frames, in the order in
 * which they appear. F sends nothing before CONFIG. The end of the channel ends both sides'
 * interest: F exits at once, D forgets what was not committed.
 *
 * The intake part is written and read by fetch/intake_channel.c: messages go without an answer
 * each; a failure on the way is the answer to the next FETCHER_COMMIT.
 */
enum fetcher_frame {
	FETCHER_CONFIG = 100, /**< D: mailbox_options_put() */
	FETCHER_STATE,        /**< F: fetcher_put_state() */
	FETCHER_ROUND_DONE,   /**< F, last frame with `once`: fetcher_put_result() */
	FETCHER_SYNC_NOW,     /**< D: do not wait for the next round; no fields */
	FETCHER_STOP,         /**< D: end; no fields */

	FETCHER_KNOWN = 120,  /**< F: folder, uidvalidity */
	FETCHER_KNOWN_REPLY,  /**< D: result, UIDs as text */
	FETCHER_BEGIN,        /**< F: place, announced size */
	FETCHER_APPEND,       /**< F: bytes */
	FETCHER_FINISH,       /**< F */
	FETCHER_CANCEL,       /**< F */
	FETCHER_REFUSE,       /**< F: place, reason */
	FETCHER_COMMIT,       /**< F */
	FETCHER_COMMIT_REPLY, /**< D: result */
	FETCHER_COMPARED,     /**< F: folder, uidvalidity, on_server, pending, UIDs gone as text */
	FETCHER_COMPARED_REPLY, /**< D: result */
};

/** A mailbox's state; the name stays out: D knows whom it asked. */
void fetcher_put_state(struct frame *frame, const struct mailbox_health *state);
/** False if the frame is not what fetcher_put_state() wrote. The name is left empty. */
bool fetcher_get_state(struct frame_reader *reader, struct mailbox_health *ret_state);

/** A result: success, or reach and words of an error. */
void fetcher_put_result(struct frame *frame, bool ok, const struct error *error);
/** Reads a result, which may have more fields behind it; false if it is none. */
bool fetcher_get_result(struct frame_reader *reader, bool *ret_ok, struct error *ret_error);

#endif
