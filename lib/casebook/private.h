#ifndef CASEBOOK_PRIVATE_H
#define CASEBOOK_PRIVATE_H

/* What the modules of the casebook's writing side tell each other. */

#include "casebook/casebook.h"

/** Ids of mentions and cases: 50 bits of a digest in base 32, and the terminator. */
enum { CASE_ID_SIZE = 11 };

/** thread.c: joins a new message to the threads it refers to and that refer to it. */
bool thread_join(struct db *db, int64_t message_id, struct error *err);

/** thread.c: takes a message out of its thread; the rest is joined anew. To be called before it
 * goes. */
bool thread_leave(struct db *db, int64_t message_id, struct error *err);

/** merge.c: writes a mention's keys, from its values and its sender. */
bool merge_put_keys(struct db *db, const char *mention, const struct mention *said,
	struct view from_address, struct error *err);

/** merge.c: gives every mention without a case its case, and resolves what has changed. */
bool merge_settle(struct db *db, struct error *err);

/** merge.c: lets go of all mentions of a case, and of its merged values. */
bool merge_dissolve(struct db *db, struct view case_id, struct error *err);

/** resolve.c: makes the values of a case from its mentions. The id is the earliest mention's. */
bool resolve_case(struct db *db, struct view case_id, struct error *err);

/** feed.c: tells that an object is now as `digest` says, unless that is what was told last. */
bool feed_put(struct db *db, struct view kind, struct view id, const uint8_t digest[SHA256_SIZE],
	struct error *err);

/** feed.c: tells that objects which the feed still has are gone. */
bool feed_drop_vanished(struct db *db, struct error *err);
bool feed_drop(struct db *db, struct view kind, struct view id, struct error *err);

#endif
