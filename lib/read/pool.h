#ifndef READ_POOL_H
#define READ_POOL_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/channel.h"
#include "base/error.h"

/**
 * The parent's side of reading: a few casepost-reader processes, each with at most one message in
 * hand, limits on time and memory, and replacement of those that die.
 *
 * A message whose worker dies or runs out of time is given once more, alone, to a fresh worker;
 * if that one dies too, the verdict is a failure with the reason, and the pool goes on.
 *
 * Belongs to one thread. Use: while there is room give messages with pool_give(); poll() on
 * pool_fill_pollfds() with pool_timeout_ms(); call pool_advance(); take verdicts.
 */
struct pool;

struct pool_options {
	const char *program;    /**< path of casepost-reader */
	char *const *arguments; /**< argv of the worker, NULL-terminated, argv[0] included */
	unsigned workers;       /**< 1 to 16 */
	int time_limit_ms;      /**< wall clock for one message */
	uint64_t memory_limit;  /**< bytes of address space of a worker */
};

enum { POOL_WORKERS_MAX = 16 };

/** One message's outcome: a frame of facts, or a failure in words. */
struct verdict {
	uint64_t ticket; /**< as given */
	bool ok;
	struct frame_reader facts; /**< if ok; valid until the next pool_ call */
	struct error error;        /**< if not */
};

__attribute__((warn_unused_result)) bool pool_new(
	struct pool **ret_pool, const struct pool_options *options, struct error *err);
/** Ends the workers and waits for them. */
void pool_free(struct pool *pool);
DEFINE_CLEANUP(struct pool *, pool_free);

/** True while a worker is free and no message is being tried alone. */
bool pool_has_room(const struct pool *pool);
bool pool_is_busy(const struct pool *pool);

/**
 * Gives a message: `compressed` is the raw message as zstd chunks of the archive, one after the
 * other (each a complete zstd frame), `size_bytes` its size unpacked. Copied.
 *
 * Fails with ERROR_PROGRAM when no worker can be started.
 */
__attribute__((warn_unused_result)) bool pool_give(struct pool *pool, uint64_t ticket,
	struct view compressed, uint64_t size_bytes, struct error *err);

/** Descriptors to wait for; returns how many (at most POOL_WORKERS_MAX). */
size_t pool_fill_pollfds(const struct pool *pool, struct pollfd *ret_fds);
/** Milliseconds until the next time limit; -1 if nothing is in hand. */
int pool_timeout_ms(const struct pool *pool);

/** Reads what workers sent, enforces limits, replaces the dead. Never waits. */
__attribute__((warn_unused_result)) bool pool_advance(struct pool *pool, struct error *err);

/** The next finished message, if any. */
bool pool_take(struct pool *pool, struct verdict *ret_verdict);

/** Workers that died or were killed since the start, for the metrics. */
uint64_t pool_replaced(const struct pool *pool);

/** Fingerprint of the vocabulary that the workers said hello with; "" before the first hello. */
const char *pool_fingerprint(const struct pool *pool);

#endif
