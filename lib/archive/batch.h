#ifndef ARCHIVE_BATCH_H
#define ARCHIVE_BATCH_H

#include "archive/archive.h"

/**
 * Taking messages in. One source (a mailbox's fetcher, an import) collects a batch: the packed
 * bytes go to an unnamed file in the store's directory, so that a batch of any size costs a few
 * MiB of memory and several sources can collect side by side. batch_commit() then moves messages,
 * places and positions into the database in one short transaction. Until it has returned true,
 * nothing has been promised; after false, or a crash, the source takes the same messages again.
 */
struct batch;

/** Where a message was seen; views are borrowed for the call. */
struct batch_place {
	struct view mailbox; /**< empty: from a file */
	struct view folder;  /**< UTF-8 name, or the path */
	uint32_t uidvalidity;
	uint32_t uid;        /**< for a file: ordinal in it, 0 if it is the message */
	int64_t received_at; /**< INTERNALDATE, Unix seconds; 0: none */
	bool answered;
};

/** The largest message that is taken; beyond it lies no mail that any common server lets in. */
enum { BATCH_MESSAGE_MAX = 200 * 1024 * 1024 };

/** @directory the store's; borrowed by the batch, as is the archive (opened DB_WRITE). */
__attribute__((warn_unused_result)) bool batch_open(struct batch **ret_batch,
	struct archive *archive, const char *directory, struct error *err);
void batch_close(struct batch *batch);
DEFINE_CLEANUP(struct batch *, batch_close);

/**
 * Calls `each` for every UID of the folder that is kept or refused, in ascending order; not for
 * those that are gone, so that one which shows again is taken again and counts again.
 */
__attribute__((warn_unused_result)) bool batch_known(struct batch *batch,
	const struct batch_place *folder, void (*each)(void *context, uint32_t uid), void *context,
	struct error *err);

/**
 * A message, in this order: begin, append…, then finish or cancel. append fails with
 * ERROR_MESSAGE beyond BATCH_MESSAGE_MAX, with ERROR_STORAGE when the disk takes no more.
 */
__attribute__((warn_unused_result)) bool batch_begin(
	struct batch *batch, const struct batch_place *place, struct error *err);
__attribute__((warn_unused_result)) bool batch_append(
	struct batch *batch, struct view bytes, struct error *err);
__attribute__((warn_unused_result)) bool batch_finish(struct batch *batch, struct error *err);
void batch_cancel(struct batch *batch);

/** Remembers that the server does not deliver this message, and why. Part of the batch. */
__attribute__((warn_unused_result)) bool batch_refuse(struct batch *batch,
	const struct batch_place *place, struct view reason, struct error *err);

struct batch_result {
	uint64_t archived;  /**< messages that were new */
	uint64_t duplicate; /**< bytes that were here already: only the place is new */
	uint64_t refused;
	uint64_t size_bytes; /**< raw, of the new ones */
};

/**
 * Makes the batch durable and empties it. On failure (ERROR_STORAGE: no room) nothing of it is in
 * the archive, and the batch is empty too: the source begins anew.
 */
__attribute__((warn_unused_result)) bool batch_commit(
	struct batch *batch, struct batch_result *ret_result, struct error *err);

/** Forgets what was collected. */
void batch_clear(struct batch *batch);

/** A comparison of the folder with the server, durable at once. UIDs in [first, last] are gone. */
struct uid_gone {
	uint32_t first, last;
};
__attribute__((warn_unused_result)) bool batch_compared(struct batch *batch,
	const struct batch_place *folder, uint64_t on_server, uint64_t pending,
	const struct uid_gone *gone, size_t gone_count, struct error *err);

#endif
