/*~
 * Taking messages in: from here on nothing can be lost; nothing before has promised anything.
 *
 * The packed pieces of a batch wait in an unnamed file. Their index is in memory: a few dozen
 * bytes a message. A commit reads them back, piece by piece, into one transaction.
 */
#include "archive/batch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/pack.h"
#include "base/clock.h"
#include "base/fd.h"

enum {
	ENTRIES_MAX = 100000,
	INDEX_MAX = 64 * 1024 * 1024, /* bytes of index: names of places, sizes of pieces */
};

struct entry {
	struct batch_place place;
	struct view refusal; /* data != NULL: a refusal, no bytes */
	uint8_t sha256[SHA256_SIZE];
	uint64_t size_bytes;
	uint32_t *pieces; /* packed sizes */
	size_t piece_count, piece_capacity;
	off_t offset; /* of the first piece in the spool */
};

struct batch {
	struct archive *archive;
	int spool;
	off_t spool_end;
	struct arena *arena; /* entries and what they point to */
	struct entry *entries;
	size_t count, capacity;
	struct entry *open; /* the message being collected */
	struct digest *digest;
	struct str pending; /* raw bytes short of a piece */
	struct packer *packer;
};

bool
batch_open(
	struct batch **ret_batch, struct archive *archive, const char *directory, struct error *err)
{
	CLEANUP(batch_closep) struct batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		abort();
	batch->archive = archive;
	batch->arena = arena_new(INDEX_MAX);
	batch->pending = str_new(PACK_PIECE_MAX);
	batch->packer = packer_new();
	batch->spool = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (batch->spool < 0)
		return error_set_errno(
			err, ERROR_STORAGE, "cannot make a temporary file in %s", directory);
	*ret_batch = TAKE(batch);
	return true;
}

void
batch_close(struct batch *batch)
{
	if (!batch)
		return;
	batch_cancel(batch);
	str_free(&batch->pending);
	packer_free(batch->packer);
	arena_free(batch->arena);
	fd_close(&batch->spool);
	free(batch);
}

void
batch_clear(struct batch *batch)
{
	batch_cancel(batch);
	arena_reset(batch->arena);
	batch->entries = NULL;
	batch->count = batch->capacity = 0;
	/* What is left in the spool is overwritten; giving the room back is a courtesy. */
	(void)!ftruncate(batch->spool, 0);
	batch->spool_end = 0;
}

static struct entry *
add_entry(struct batch *batch, const struct batch_place *place, struct error *err)
{
	struct entry *entry = arena_push(batch->arena, &batch->entries, &batch->count,
		&batch->capacity, sizeof(*entry), ENTRIES_MAX);

	if (!entry) {
		error_set(err, ERROR_STORAGE, "a batch has more than %d messages", ENTRIES_MAX);
		return NULL;
	}
	entry->place = *place;
	entry->place.mailbox = arena_copy(batch->arena, place->mailbox);
	entry->place.folder = arena_copy(batch->arena, place->folder);
	if (!entry->place.mailbox.data || !entry->place.folder.data) {
		batch->count--; /* without its names it would pass for a file's */
		error_set(err, ERROR_STORAGE, "a batch has no room for more names of places");
		return NULL;
	}
	entry->offset = batch->spool_end;
	return entry;
}

bool
batch_begin(struct batch *batch, const struct batch_place *place, struct error *err)
{
	batch_cancel(batch);
	batch->open = add_entry(batch, place, err);
	if (!batch->open)
		return false;
	batch->digest = digest_start();
	return true;
}

static bool
spool(struct batch *batch, struct view packed, struct error *err)
{
	while (packed.size > 0) {
		ssize_t written = pwrite(batch->spool, packed.data, packed.size, batch->spool_end);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_set_errno(err, ERROR_STORAGE, "cannot keep a message");
		batch->spool_end += written;
		packed = view_slice(packed, (size_t)written, packed.size);
	}
	return true;
}

static bool
flush_piece(struct batch *batch, struct error *err)
{
	struct entry *entry = batch->open;
	struct view packed = packer_pack(batch->packer, str_view(&batch->pending));
	uint32_t *size = arena_push(batch->arena, &entry->pieces, &entry->piece_count,
		&entry->piece_capacity, sizeof(*size), BATCH_MESSAGE_MAX / PACK_PIECE_MAX + 2);

	if (!size && arena_is_full(batch->arena))
		return error_set(err, ERROR_STORAGE, "a batch has no room for more messages");
	if (!size)
		return error_set(err, ERROR_MESSAGE, "the message has too many pieces");
	*size = (uint32_t)packed.size;
	str_clear(&batch->pending);
	return spool(batch, packed, err);
}

bool
batch_append(struct batch *batch, struct view bytes, struct error *err)
{
	assert(batch->open);
	if (bytes.size > BATCH_MESSAGE_MAX - batch->open->size_bytes)
		return error_set(err, ERROR_MESSAGE, "the message is larger than %d MiB",
			BATCH_MESSAGE_MAX / (1024 * 1024));
	digest_update(batch->digest, bytes);
	batch->open->size_bytes += bytes.size;
	while (bytes.size > 0) {
		size_t room = PACK_PIECE_MAX - batch->pending.size;
		struct view now = view_slice(bytes, 0, room);

		str_append(&batch->pending, now);
		if (batch->pending.overflowed)
			return error_set(err, ERROR_STORAGE, "no memory to keep a message");
		bytes = view_slice(bytes, now.size, bytes.size);
		if (batch->pending.size == PACK_PIECE_MAX && !flush_piece(batch, err))
			return false;
	}
	return true;
}

bool
batch_finish(struct batch *batch, struct error *err)
{
	assert(batch->open);
	if ((batch->pending.size > 0 || batch->open->piece_count == 0) && !flush_piece(batch, err))
		return false;
	digest_finish(TAKE(batch->digest), batch->open->sha256);
	batch->open = NULL;
	return true;
}

void
batch_cancel(struct batch *batch)
{
	if (!batch->open)
		return;
	digest_finish(TAKE(batch->digest), NULL);
	str_clear(&batch->pending);
	batch->spool_end = batch->open->offset;
	batch->open = NULL;
	batch->count--; /* the open entry is always the last */
}

bool
batch_refuse(
	struct batch *batch, const struct batch_place *place, struct view reason, struct error *err)
{
	struct entry *entry;

	batch_cancel(batch);
	entry = add_entry(batch, place, err);
	if (!entry)
		return false;
	entry->refusal = arena_copy(batch->arena, reason);
	if (!entry->refusal.data) {
		batch->count--; /* without its reason it would pass for a message */
		return error_set(err, ERROR_STORAGE, "no room for the reason of a refusal");
	}
	return true;
}

/* The folder's row, made where it is missing. */
static bool
find_folder(struct db *db, const struct batch_place *place, int64_t *ret_folder, struct error *err)
{
	struct statement *row = db_use(db, "folder_find");
	struct statement *insert;
	enum db_step step;

	db_bind_text(row, ":mailbox", place->mailbox);
	db_bind_text(row, ":name", place->folder);
	db_bind_int(row, ":uidvalidity", place->uidvalidity);
	step = db_next(row, err);
	if (step == DB_ROW) {
		*ret_folder = db_int(row, "id");
		db_reset(row);
		return true;
	}
	if (step == DB_FAILED)
		return false;
	insert = db_use(db, "folder_insert");
	db_bind_text(insert, ":mailbox", place->mailbox);
	db_bind_text(insert, ":name", place->folder);
	db_bind_int(insert, ":uidvalidity", place->uidvalidity);
	if (!db_run(insert, err))
		return false;
	*ret_folder = db_last_rowid(db);
	return true;
}

bool
batch_known(struct batch *batch, const struct batch_place *folder,
	void (*each)(void *context, uint32_t uid), void *context, struct error *err)
{
	struct db *db = archive_db(batch->archive);
	struct statement *row = db_use(db, "folder_find");
	enum db_step step;
	int64_t id;

	db_bind_text(row, ":mailbox", folder->mailbox);
	db_bind_text(row, ":name", folder->folder);
	db_bind_int(row, ":uidvalidity", folder->uidvalidity);
	step = db_next(row, err);
	if (step != DB_ROW)
		return step == DB_DONE;
	id = db_int(row, "id");
	db_reset(row);
	row = db_use(db, "folder_known_uids");
	db_bind_int(row, ":folder", id);
	while ((step = db_next(row, err)) == DB_ROW)
		each(context, (uint32_t)db_int(row, "uid"));
	return step == DB_DONE;
}

/*
 * The public number: 52 bits of the digest, so that it is the same wherever and whenever these
 * bytes arrive, and exact in JSON. Where another message has it (once in some ten thousand
 * archives of a million messages, or because somebody took the trouble), the next free one.
 */
static bool
choose_id(struct db *db, const uint8_t sha256[SHA256_SIZE], int64_t *ret_id, struct error *err)
{
	uint64_t id = 0;

	for (size_t i = 0; i < 8; i++)
		id = id << 8 | sha256[i];
	id >>= 12;
	for (;; id++) {
		struct statement *taken = db_use(db, "message_id_taken");
		enum db_step step;

		db_bind_int(taken, ":id", (int64_t)id);
		step = db_next(taken, err);
		db_reset(taken);
		if (step == DB_FAILED)
			return false;
		if (step == DB_DONE && id > 0)
			break;
	}
	*ret_id = (int64_t)id;
	return true;
}

static bool
read_spool(int spool, struct str *buffer, size_t size, off_t offset, struct error *err)
{
	str_clear(buffer);
	while (buffer->size < size) {
		char bytes[65536];
		size_t want = size - buffer->size;
		ssize_t got = pread(spool, bytes, want < sizeof(bytes) ? want : sizeof(bytes),
			offset + (off_t)buffer->size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_set_errno(err, ERROR_STORAGE, "cannot read a message back");
		str_append(buffer, view_make(bytes, (size_t)got));
	}
	return true;
}

static bool
insert_raw(struct batch *batch, const struct entry *entry, int64_t seq, struct error *err)
{
	CLEANUP(str_free) struct str piece = str_new(2 * PACK_PIECE_MAX);
	struct db *db = archive_db(batch->archive);
	off_t offset = entry->offset;

	for (size_t i = 0; i < entry->piece_count; i++) {
		struct statement *insert = db_use(db, "raw_insert");

		if (!read_spool(batch->spool, &piece, entry->pieces[i], offset, err))
			return false;
		offset += (off_t)entry->pieces[i];
		db_bind_int(insert, ":message", seq);
		db_bind_int(insert, ":ordinal", (int64_t)i);
		db_bind_blob(insert, ":zstd", str_view(&piece));
		if (!db_run(insert, err))
			return false;
	}
	return true;
}

static bool
insert_message(struct batch *batch, const struct entry *entry, int64_t *ret_seq, struct error *err)
{
	struct db *db = archive_db(batch->archive);
	struct statement *insert;
	int64_t id;

	if (!choose_id(db, entry->sha256, &id, err))
		return false;
	insert = db_use(db, "message_insert");
	db_bind_int(insert, ":id", id);
	db_bind_blob(insert, ":sha256", view_make(entry->sha256, SHA256_SIZE));
	db_bind_int(insert, ":size_bytes", (int64_t)entry->size_bytes);
	db_bind_int(insert, ":archived_at", clock_now());
	if (!db_run(insert, err))
		return false;
	*ret_seq = db_last_rowid(db);
	return insert_raw(batch, entry, *ret_seq, err);
}

static bool
mark_gone(struct db *db, const char *statement, int64_t folder, struct uid_gone range,
	struct error *err)
{
	struct statement *mark = db_use(db, statement);

	db_bind_int(mark, ":folder", folder);
	db_bind_int(mark, ":first", range.first);
	db_bind_int(mark, ":last", range.last);
	if (strcmp(statement, "place_gone") == 0)
		db_bind_int(mark, ":at", clock_now());
	return db_run(mark, err);
}

static bool
insert_place(struct db *db, const struct batch_place *place, int64_t seq, struct error *err)
{
	struct statement *insert;
	int64_t folder;

	if (place->mailbox.size == 0) {
		insert = db_use(db, "file_place_insert");
		db_bind_text(insert, ":path", place->folder);
		db_bind_int(insert, ":ordinal", place->uid);
		db_bind_int(insert, ":message", seq);
		return db_run(insert, err);
	}
	if (!find_folder(db, place, &folder, err))
		return false;
	insert = db_use(db, "place_insert");
	db_bind_int(insert, ":folder", folder);
	db_bind_int(insert, ":uid", place->uid);
	db_bind_int(insert, ":message", seq);
	db_bind_int(insert, ":received_at", place->received_at);
	db_bind_int(insert, ":answered", place->answered);
	/* What was refused once and came after all is refused no more. */
	return db_run(insert, err) && mark_gone(db, "refusal_gone", folder,
					      (struct uid_gone){place->uid, place->uid}, err);
}

static bool
store_refusal(struct db *db, const struct entry *entry, struct error *err)
{
	struct statement *insert;
	int64_t folder;

	if (!find_folder(db, &entry->place, &folder, err))
		return false;
	insert = db_use(db, "refusal_insert");
	db_bind_int(insert, ":folder", folder);
	db_bind_int(insert, ":uid", entry->place.uid);
	db_bind_text(insert, ":reason", entry->refusal);
	db_bind_int(insert, ":at", clock_now());
	return db_run(insert, err);
}

static bool
store_entry(struct batch *batch, const struct entry *entry, struct batch_result *result,
	struct error *err)
{
	struct db *db = archive_db(batch->archive);
	struct statement *same;
	enum db_step step;
	int64_t seq = 0;

	if (entry->refusal.data) {
		result->refused++;
		return store_refusal(db, entry, err);
	}
	same = db_use(db, "message_by_digest");
	db_bind_blob(same, ":sha256", view_make(entry->sha256, SHA256_SIZE));
	step = db_next(same, err);
	if (step == DB_FAILED)
		return false;
	if (step == DB_ROW) {
		seq = db_int(same, "seq");
		db_reset(same);
		result->duplicate++;
	} else {
		if (!insert_message(batch, entry, &seq, err))
			return false;
		result->archived++;
		result->size_bytes += entry->size_bytes;
	}
	return insert_place(db, &entry->place, seq, err);
}

static bool
store_all(struct batch *batch, struct batch_result *result, struct error *err)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!store_entry(batch, &batch->entries[i], result, err))
			return false;
	return true;
}

bool
batch_commit(struct batch *batch, struct batch_result *ret_result, struct error *err)
{
	struct db *db = archive_db(batch->archive);
	struct batch_result result = {0};
	bool ok;

	batch_cancel(batch);
	ok = db_begin(db, err) && store_all(batch, &result, err) && db_commit(db, err);
	if (!ok)
		db_rollback(db);
	batch_clear(batch);
	if (ok)
		*ret_result = result;
	return ok;
}

static bool
store_comparison(struct db *db, const struct batch_place *place, uint64_t on_server,
	uint64_t pending, int64_t *ret_folder, struct error *err)
{
	struct statement *update;

	if (!find_folder(db, place, ret_folder, err))
		return false;
	update = db_use(db, "folder_compared");
	db_bind_int(update, ":folder", *ret_folder);
	db_bind_int(update, ":on_server", (int64_t)on_server);
	db_bind_int(update, ":pending", (int64_t)pending);
	db_bind_int(update, ":at", clock_now());
	return db_run(update, err);
}

bool
batch_compared(struct batch *batch, const struct batch_place *folder, uint64_t on_server,
	uint64_t pending, const struct uid_gone *gone, size_t gone_count, struct error *err)
{
	struct db *db = archive_db(batch->archive);
	int64_t id = 0;
	bool ok = db_begin(db, err) && store_comparison(db, folder, on_server, pending, &id, err);

	for (size_t i = 0; ok && i < gone_count; i++)
		ok = mark_gone(db, "place_gone", id, gone[i], err) &&
		     mark_gone(db, "refusal_gone", id, gone[i], err);
	ok = ok && db_commit(db, err);
	if (!ok)
		db_rollback(db);
	return ok;
}
