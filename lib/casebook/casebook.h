#ifndef CASEBOOK_CASEBOOK_H
#define CASEBOOK_CASEBOOK_H

#include "archive/archive.h"
#include "base/db.h"
#include "extract/facts.h"

/**
 * The casebook: what casepost made of the archive, DIRECTORY/cases.db. It is a function of the set
 * of messages: the same set gives the same threads, cases and ids, whatever the order of arrival
 * and however often the program was killed on the way. This is the writing side (one connection,
 * one thread); reading is casebook/query.h.
 */
struct casebook;

/**
 * Opens or creates a casebook at `path` (DIRECTORY/cases.db; for a rebuild a file beside it).
 * Errors as db_open().
 */
__attribute__((warn_unused_result)) bool casebook_open(
	struct casebook **ret_casebook, const char *path, struct error *err);
void casebook_close(struct casebook *casebook);
DEFINE_CLEANUP(struct casebook *, casebook_close);

/** The connection, for the modules of lib/casebook. */
struct db *casebook_db(struct casebook *casebook);

/** The archive's seq up to which messages were derived. */
__attribute__((warn_unused_result)) bool casebook_position(
	struct casebook *casebook, int64_t *ret_seq, struct error *err);

/**
 * Whether this casebook was derived by this program with these vocabularies. An empty casebook
 * takes the derivation on; another one has to be rebuilt.
 */
__attribute__((warn_unused_result)) bool casebook_is_current(
	struct casebook *casebook, const char *derivation, bool *ret_current, struct error *err);

/**
 * One transaction of derivation: begin, put or set aside any number of messages, then commit,
 * which settles threads and cases, numbers the changes and moves the position to `position`.
 * Putting a message that is there already replaces it. After a failure call casebook_rollback().
 */
__attribute__((warn_unused_result)) bool casebook_begin(
	struct casebook *casebook, struct error *err);
__attribute__((warn_unused_result)) bool casebook_put(struct casebook *casebook,
	const struct archive_message *message, const struct facts *facts, struct error *err);
__attribute__((warn_unused_result)) bool casebook_set_aside(struct casebook *casebook,
	const struct archive_message *message, struct view reason, struct error *err);
__attribute__((warn_unused_result)) bool casebook_drop(
	struct casebook *casebook, int64_t message_id, struct error *err);
__attribute__((warn_unused_result)) bool casebook_commit(
	struct casebook *casebook, int64_t position, struct error *err);
void casebook_rollback(struct casebook *casebook);

/**
 * A rebuild: before anything is put into it, `rebuilt` takes on the change feed of `running`, so
 * that its numbers go on and only true changes are told; at the end its content replaces that of
 * `running` in one transaction; readers see either the old or the new one.
 */
__attribute__((warn_unused_result)) bool casebook_adopt_feed(
	struct casebook *rebuilt, struct casebook *running, struct error *err);
__attribute__((warn_unused_result)) bool casebook_replace(
	struct casebook *running, struct casebook *rebuilt, struct error *err);

/** Messages that could not be read: their positions in the archive, for a new try. */
__attribute__((warn_unused_result)) bool casebook_set_aside_seqs(struct casebook *casebook,
	struct arena *arena, int64_t **ret_ids, int64_t **ret_seqs, size_t *ret_count,
	struct error *err);

#endif
