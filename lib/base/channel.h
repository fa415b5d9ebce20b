#ifndef BASE_CHANNEL_H
#define BASE_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/**
 * Typed frames over a stream socket between our own processes: a header of 8 bytes (size and type,
 * host order: both ends are on one machine), then fields in the order that the type's reader asks
 * for. The reader checks every length and frame_end() fails unless the last byte was consumed, so
 * a confused or captured peer gives an error, never a misread.
 */

/** The longest frame's payload: large bodies travel in pieces. */
enum { FRAME_SIZE_MAX = 64 * 1024 * 1024 };

/** Writing: a str with room for a header in front. */
struct frame {
	struct str bytes;
};

/** Starts a frame of a type. `frame_free()` or CLEANUP(frame_free) releases it. */
struct frame frame_new(uint16_t type);
void frame_free(struct frame *frame);
void frame_put_u64(struct frame *frame, uint64_t number);
void frame_put_i64(struct frame *frame, int64_t number);
void frame_put_real(struct frame *frame, double number);
void frame_put_bytes(struct frame *frame, struct view bytes);
/** Text that may be absent (data == NULL) stays absent. */
void frame_put_text(struct frame *frame, struct view text);

/**
 * Completes the header and returns the frame as it goes over the wire, for a sender that must not
 * wait and so sends by itself. Borrowed; nothing may be put any more. Empty if it is too large.
 */
struct view frame_seal(struct frame *frame);

/** Reading: fields in the order they were put. After a failure all further gets give 0 or empty. */
struct frame_reader {
	uint16_t type;
	struct view rest;
	bool failed;
};

uint64_t frame_get_u64(struct frame_reader *reader);
int64_t frame_get_i64(struct frame_reader *reader);
double frame_get_real(struct frame_reader *reader);
/** Borrowed from the frame. */
struct view frame_get_bytes(struct frame_reader *reader);
struct view frame_get_text(struct frame_reader *reader);
/** A number of items that follow, each of at least one byte: more than the frame holds fails. */
size_t frame_get_count(struct frame_reader *reader);
/** True if every get succeeded and nothing is left over. */
bool frame_end(struct frame_reader *reader);

/**
 * One end of a channel; owns its descriptor. Non-blocking use: channel_receive() takes what is
 * there, channel_take() gives whole frames. Blocking use: channel_read().
 */
struct channel {
	int fd;
	struct str in;   /**< bytes received and not yet taken */
	size_t taken;    /**< of them, bytes handed out */
	size_t size_max; /**< the longest frame accepted */
};

/** Takes over the descriptor. */
struct channel channel_new(int owned_fd, size_t frame_size_max);
void channel_close(struct channel *channel);

/** Two connected descriptors, close-on-exec. */
__attribute__((warn_unused_result)) bool channel_pair(int ret_fds[2], struct error *err);

/** Sends a whole frame, waiting for room at most `timeout_ms` (-1: for ever). */
__attribute__((warn_unused_result)) bool channel_send(
	struct channel *channel, const struct frame *frame, int timeout_ms, struct error *err);

/**
 * Receives what is there without waiting. False with ERROR_CONNECTION when the peer is gone or
 * sent what no peer sends.
 */
__attribute__((warn_unused_result)) bool channel_receive(
	struct channel *channel, struct error *err);

/** The next whole frame that has been received, if any; valid until the next receive. */
bool channel_take(struct channel *channel, struct frame_reader *ret_reader);

/** Waits for the next frame at most `timeout_ms` (-1: for ever). False with ERROR_CONNECTION. */
__attribute__((warn_unused_result)) bool channel_read(struct channel *channel, int timeout_ms,
	struct frame_reader *ret_reader, struct error *err);

#endif
