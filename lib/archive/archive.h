#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/digest.h"
#include "base/error.h"

/**
 * The archive: what came from outside, DIRECTORY/archive.db. Reading it is here; taking messages
 * in is archive/batch.h. An archive is one connection and belongs to one thread; any number of
 * readers may stand beside the one writer.
 */
struct archive;

/** Opens (DB_WRITE: creates, migrates) DIRECTORY/archive.db. Errors as db_open(). */
__attribute__((warn_unused_result)) bool archive_open(
	struct archive **ret_archive, const char *directory, enum db_mode mode, struct error *err);
void archive_close(struct archive *archive);
DEFINE_CLEANUP(struct archive *, archive_close);

/** The connection, for the modules of lib/archive. */
struct db *archive_db(struct archive *archive);

struct archive_message {
	int64_t seq; /**< order of arrival */
	int64_t id;  /**< public number, the same wherever these bytes arrive */
	uint8_t sha256[SHA256_SIZE];
	uint64_t size_bytes;
	int64_t archived_at; /**< Unix seconds */
	int64_t received_at; /**< earliest INTERNALDATE of its places, Unix seconds; 0: none */
	bool answered;       /**< one of its places carries \Answered */
};

enum archive_found { ARCHIVE_FOUND, ARCHIVE_ABSENT, ARCHIVE_FAILED };

/** The first message with a seq greater than `after_seq`. */
enum archive_found archive_next(struct archive *archive, int64_t after_seq,
	struct archive_message *ret_message, struct error *err);

enum archive_found archive_find(struct archive *archive, int64_t id,
	struct archive_message *ret_message, struct error *err);

/** How many messages have a seq greater than `after_seq`. */
__attribute__((warn_unused_result)) bool archive_count_after(
	struct archive *archive, int64_t after_seq, int64_t *ret_count, struct error *err);

/** Appends the message's pieces as stored: complete zstd frames, one after the other. */
__attribute__((warn_unused_result)) bool archive_read_packed(
	struct archive *archive, int64_t seq, struct str *ret_packed, struct error *err);

/** Hands the raw bytes to `sink` piece by piece; a sink that returns false ends it. */
__attribute__((warn_unused_result)) bool archive_read_raw(struct archive *archive, int64_t seq,
	bool (*sink)(void *context, struct view bytes), void *context, struct error *err);

/**
 * Every place where the message was seen, in the order of their names, so that it does not matter
 * which came first: "imap:research/INBOX", or the path as given to import. In the arena.
 */
__attribute__((warn_unused_result)) bool archive_sources(struct archive *archive, int64_t seq,
	struct arena *arena, struct view **ret_sources, size_t *ret_count, struct error *err);

/** The accounting of one folder: on_server = archived + refused + pending, or something is amiss.
 */
struct folder_account {
	struct view mailbox;
	struct view folder;
	uint32_t uidvalidity;
	uint64_t on_server;  /**< at the last comparison */
	uint64_t archived;   /**< places that the server still has */
	uint64_t refused;    /**< announced and not delivered, with a reason */
	uint64_t pending;    /**< not taken yet at the last comparison */
	int64_t compared_at; /**< Unix seconds; 0: never */
};

/** One row a folder, the newest UIDVALIDITY of each; in the arena. */
__attribute__((warn_unused_result)) bool archive_accounts(struct archive *archive,
	struct arena *arena, struct folder_account **ret_accounts, size_t *ret_count,
	struct error *err);

#endif
