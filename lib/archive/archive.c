/*
 * Reading the archive. Raw bytes leave it as they came, piece by piece.
 */
#include "archive/archive.h"

#include <stdio.h>
#include <stdlib.h>

#include "archive/pack.h"
#include "archive/schema.h"

enum { SOURCES_MAX = 10000, FOLDERS_MAX = 10000 };

struct archive {
	struct db *db;
	struct packer *packer; /* NULL until raw bytes are asked for */
};

bool
archive_open(
	struct archive **ret_archive, const char *directory, enum db_mode mode, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(4096);
	CLEANUP(archive_closep) struct archive *archive = calloc(1, sizeof(*archive));

	if (!archive)
		abort();
	str_append_format(&path, "%s/archive.db", directory);
	if (!db_open(&archive->db, str_text(&path), mode, archive_schema(), err))
		return false;
	*ret_archive = TAKE(archive);
	return true;
}

void
archive_close(struct archive *archive)
{
	if (!archive)
		return;
	packer_free(archive->packer);
	db_close(archive->db);
	free(archive);
}

struct db *
archive_db(struct archive *archive)
{
	return archive->db;
}

static enum archive_found
read_message(struct statement *row, struct archive_message *ret_message, struct error *err)
{
	enum db_step step = db_next(row, err);
	struct view sha256;

	if (step != DB_ROW)
		return step == DB_DONE ? ARCHIVE_ABSENT : ARCHIVE_FAILED;
	*ret_message = (struct archive_message){
		.seq = db_int(row, "seq"),
		.id = db_int(row, "id"),
		.size_bytes = (uint64_t)db_int(row, "size_bytes"),
		.archived_at = db_int(row, "archived_at"),
		.received_at = db_int(row, "received_at"),
		.answered = db_int(row, "answered") != 0,
	};
	sha256 = db_blob(row, "sha256");
	if (sha256.size == SHA256_SIZE)
		memcpy(ret_message->sha256, sha256.data, SHA256_SIZE);
	db_reset(row);
	return ARCHIVE_FOUND;
}

enum archive_found
archive_next(struct archive *archive, int64_t after_seq, struct archive_message *ret_message,
	struct error *err)
{
	struct statement *row = db_use(archive->db, "message_next");

	db_bind_int(row, ":after", after_seq);
	return read_message(row, ret_message, err);
}

enum archive_found
archive_find(
	struct archive *archive, int64_t id, struct archive_message *ret_message, struct error *err)
{
	struct statement *row = db_use(archive->db, "message_by_id");

	db_bind_int(row, ":id", id);
	return read_message(row, ret_message, err);
}

bool
archive_count_after(
	struct archive *archive, int64_t after_seq, int64_t *ret_count, struct error *err)
{
	struct statement *row = db_use(archive->db, "message_count_after");

	db_bind_int(row, ":after", after_seq);
	if (db_next(row, err) != DB_ROW)
		return false;
	*ret_count = db_int(row, "count");
	db_reset(row);
	return true;
}

bool
archive_read_packed(struct archive *archive, int64_t seq, struct str *ret_packed, struct error *err)
{
	struct statement *piece = db_use(archive->db, "raw_read");
	enum db_step step;

	db_bind_int(piece, ":message", seq);
	while ((step = db_next(piece, err)) == DB_ROW)
		str_append(ret_packed, db_blob(piece, "zstd"));
	if (step == DB_FAILED)
		return false;
	if (ret_packed->overflowed)
		return error_set(err, ERROR_MESSAGE, "the message is too large to be read");
	return true;
}

bool
archive_read_raw(struct archive *archive, int64_t seq,
	bool (*sink)(void *context, struct view bytes), void *context, struct error *err)
{
	struct statement *piece = db_use(archive->db, "raw_read");
	struct view raw;
	enum db_step step;

	if (!archive->packer)
		archive->packer = packer_new();
	db_bind_int(piece, ":message", seq);
	while ((step = db_next(piece, err)) == DB_ROW) {
		if (!packer_unpack(archive->packer, db_blob(piece, "zstd"), &raw, err)) {
			db_reset(piece);
			return false;
		}
		if (!sink(context, raw))
			break;
	}
	db_reset(piece);
	return step != DB_FAILED;
}

bool
archive_sources(struct archive *archive, int64_t seq, struct arena *arena,
	struct view **ret_sources, size_t *ret_count, struct error *err)
{
	struct statement *row = db_use(archive->db, "sources");
	struct view *sources = NULL;
	size_t count = 0, capacity = 0;
	enum db_step step;

	db_bind_int(row, ":message", seq);
	while ((step = db_next(row, err)) == DB_ROW) {
		struct view *source = arena_push(
			arena, &sources, &count, &capacity, sizeof(*sources), SOURCES_MAX);

		if (!source)
			break;
		*source = arena_copy(arena, db_text(row, "source"));
	}
	db_reset(row);
	*ret_sources = sources;
	*ret_count = count;
	return step != DB_FAILED;
}

bool
archive_accounts(struct archive *archive, struct arena *arena, struct folder_account **ret_accounts,
	size_t *ret_count, struct error *err)
{
	struct statement *row = db_use(archive->db, "folder_accounts");
	struct folder_account *accounts = NULL;
	size_t count = 0, capacity = 0;
	enum db_step step;

	while ((step = db_next(row, err)) == DB_ROW) {
		struct folder_account *account = arena_push(
			arena, &accounts, &count, &capacity, sizeof(*accounts), FOLDERS_MAX);

		if (!account)
			break;
		*account = (struct folder_account){
			.mailbox = arena_copy(arena, db_text(row, "mailbox")),
			.folder = arena_copy(arena, db_text(row, "name")),
			.uidvalidity = (uint32_t)db_int(row, "uidvalidity"),
			.on_server = (uint64_t)db_int(row, "on_server"),
			.archived = (uint64_t)db_int(row, "archived"),
			.refused = (uint64_t)db_int(row, "refused"),
			.pending = (uint64_t)db_int(row, "pending"),
			.compared_at = db_int(row, "compared_at"),
		};
	}
	db_reset(row);
	*ret_accounts = accounts;
	*ret_count = count;
	return step != DB_FAILED;
}
