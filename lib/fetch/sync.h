#ifndef FETCH_SYNC_H
#define FETCH_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/uidset.h"

/**
 * What to take next: pure decisions on sets of UIDs and sizes. Gaps are normal, UIDNEXT may lie far
 * above the last UID, and "n:*" always gives the last message (RFC 3501 6.4.8), so that nothing
 * here is decided by a position: sets are compared.
 */

/**
 * Limits of a batch. A command for one message costs a round trip; beyond 50 to 200 messages a
 * command nothing is gained, and a batch is what is taken again after a fault.
 */
enum { SYNC_BATCH_COUNT_MAX = 200, SYNC_BATCH_BYTES_MAX = 8 * 1024 * 1024 };

/**
 * Messages above this size are taken alone and streamed; the others are collected in memory one at
 * a time, because the server may tell the UID behind the bytes.
 */
enum { SYNC_LARGE_BYTES = 1024 * 1024 };

/** A message on the server. */
struct sync_message {
	uint32_t uid;
	uint32_t size_bytes; /**< RFC822.SIZE: an announcement, not a promise */
};

struct sync_batch {
	size_t first, count; /**< indices into the messages */
	bool large;          /**< one message above SYNC_LARGE_BYTES */
};

/**
 * The next batch of `messages` (count of them, ascending UIDs) from index `from` on; false when
 * none is left.
 */
bool sync_next_batch(const struct sync_message *messages, size_t count, size_t from,
	struct sync_batch *ret_batch);

/** The UIDs of a batch, added to *ret_set. */
void sync_batch_uids(const struct sync_message *messages, const struct sync_batch *batch,
	struct uidset *ret_set);

/**
 * The first `count_max` UIDs of a set, added to *ret_part: a folder with a million missing
 * messages is gone through in parts.
 */
void sync_take_part(const struct uidset *set, uint64_t count_max, struct uidset *ret_part);

/** Sorts by UID, drops repeated UIDs and 0, which no server may send. Returns the new count. */
size_t sync_tidy(struct sync_message *messages, size_t count);

#endif
