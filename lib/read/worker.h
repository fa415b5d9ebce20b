#ifndef READ_WORKER_H
#define READ_WORKER_H

#include "base/channel.h"
#include "base/error.h"
#include "base/str.h"

/**
 * The reader's side of pool.h: takes packed messages from a channel, one after the other, and
 * answers each with one frame. The frames:
 *
 *	WORKER_HELLO   worker -> pool   text: fingerprint
 *	WORKER_MESSAGE pool -> worker   u64: size unpacked, u64: size packed
 *	WORKER_PIECE   pool -> worker   the next bytes of the packed message
 *	WORKER_FACTS   worker -> pool   what the callback put into it
 *	WORKER_FAILED  worker -> pool   text: why this message cannot be read
 */
enum worker_frame {
	WORKER_HELLO = 1,
	WORKER_MESSAGE,
	WORKER_PIECE,
	WORKER_FACTS,
	WORKER_FAILED,
};

enum {
	WORKER_PIECE_MAX = 1024 * 1024,
	WORKER_MESSAGE_MAX = 200 * 1024 * 1024, /**< unpacked: four times what mail servers take */
	WORKER_CPU_SECONDS = 600, /**< after so much a worker ends between two messages; the
				       pool starts another: a leak in a library stays small */
	WORKER_EXIT_MEMORY = 70,  /**< exit status: its memory limit was reached */
};

/**
 * Turns a raw message into fields of *facts. False with ERROR_MESSAGE when that cannot be done:
 * the message is then set aside with the error's words, and the worker goes on.
 */
typedef bool worker_function(
	void *context, struct view raw, struct frame *facts, struct error *err);

/**
 * Says hello and serves until the channel is closed at the other end (true) or breaks (false,
 * ERROR_CONNECTION).
 *
 * @owned_fd     a stream socket; closed at the end
 * @fingerprint  of the vocabulary, at most 100 characters
 */
__attribute__((warn_unused_result)) bool worker_run(int owned_fd, const char *fingerprint,
	worker_function *function, void *context, struct error *err);

/**
 * Makes the process say so (WORKER_EXIT_MEMORY) when it dies of its memory limit, which libraries
 * that abort or crash do not tell. Before the sandbox closes.
 */
void worker_catch_memory(void);

#endif
