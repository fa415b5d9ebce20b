#ifndef DAEMON_WINDOW_H
#define DAEMON_WINDOW_H

#include "archive/archive.h"
#include "extract/facts.h"
#include "read/pool.h"

/**
 * Messages in hand between the archive and the casebook. They go to the workers in the order of
 * the archive and come back in any; the window puts them in order again, so that "all up to here"
 * is always a true thing to say. Bounded in messages and bytes.
 */
enum {
	WINDOW_MESSAGES = 64,
	WINDOW_BYTES = 32 * 1024 * 1024, /**< raw bytes, or one message if it is larger */
};

struct slot {
	struct archive_message message;
	struct arena *arena; /**< of its facts */
	bool given;          /**< to a worker */
	bool done;           /**< facts or error are there */
	bool failed;
	struct facts facts;
	struct error error;
};

struct window {
	struct archive *archive;            /**< borrowed */
	struct pool *pool;                  /**< borrowed */
	struct slot slots[WINDOW_MESSAGES]; /**< a ring: `count` slots from `head` on */
	size_t head;
	size_t count;
	uint64_t bytes;
	int64_t fetched; /**< archive seq of the last message taken in */
};

/** Empties the window and goes on behind `position`. */
void window_reset(struct window *window, int64_t position);
void window_free(struct window *window);

/** Takes messages from the archive as far as there is room, and gives them to free workers. */
__attribute__((warn_unused_result)) bool window_fill(struct window *window, struct error *err);

/** Puts what the workers have finished into its slots. Call after pool_advance(). */
void window_collect(struct window *window);

/** The first message, if it is done; window_pop() lets go of it. */
struct slot *window_front(struct window *window);
void window_pop(struct window *window);

/** Reads one message apart from the window, waiting for it; the caller frees slot->arena. */
__attribute__((warn_unused_result)) bool window_read_one(struct window *window,
	const struct archive_message *message, struct slot *ret_slot, struct error *err);

#endif
