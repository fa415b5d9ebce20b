#ifndef FETCH_INTAKE_CHANNEL_H
#define FETCH_INTAKE_CHANNEL_H

#include <stdbool.h>

#include "base/channel.h"
#include "fetch/intake.h"
#include "fetch/wake.h"

/**
 * An intake at the other end of a channel: a fetcher hands messages to its daemon. See
 * fetch/protocol.h for the frames.
 */

/** Bytes of a message travel in pieces of at most this. */
enum { INTAKE_PIECE_MAX = 256 * 1024 };

/** The fetcher's end. */
struct intake_client {
	struct channel *channel; /**< borrowed */
	struct wake wake;        /**< for mailbox_run(): FETCHER_STOP, FETCHER_SYNC_NOW, the end */
	struct intake intake;    /**< speaks through the channel */
};

/**
 * Fills *client, which must stay where it is. Calls of the intake wait for the daemon without a
 * limit (a full disk may take hours); they fail with ERROR_PROGRAM once the channel has ended or
 * FETCHER_STOP has come.
 */
void intake_client_init(struct intake_client *client, struct channel *channel);

/** The daemon's end: one a channel, begun anew with each. */
struct intake_server {
	const struct intake *intake; /**< borrowed */
	/** The channel's own, borrowed; its peer cannot speak for another. Empty: an import. */
	struct view mailbox;
	struct error failure; /**< of the batch; told with the next commit */
	bool is_open;         /**< a message was begun */
	struct place place;   /**< of that message; its folder is in `folder` */
	struct str folder;
};

struct intake_server intake_server_new(const struct intake *intake, struct view mailbox);
void intake_server_free(struct intake_server *server);

/** True if the frame's type is one of the intake's. */
bool intake_serves(uint16_t type);

/**
 * Does what a frame asks of the intake and sends the reply, if it has one, to `reply_to` (waiting
 * for room at most a second; a fetcher always reads its replies).
 *
 * Fails with ERROR_CONNECTION when the frame is none that a fetcher of ours sends at this point;
 * end the fetcher then. Failures of the intake are no failure here: the fetcher is told, and comes
 * back.
 */
__attribute__((warn_unused_result)) bool intake_serve_frame(struct intake_server *server,
	struct frame_reader *frame, struct channel *reply_to, struct error *err);

#endif
