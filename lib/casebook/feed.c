/*
 * The change feed: append-only, numbered, and silent about what did not change.
 */
#include "base/clock.h"
#include "casebook/private.h"

static bool
append(struct db *db, struct view kind, struct view id, struct view what, struct view digest,
	struct error *err)
{
	struct statement *put = db_use(db, "change_put");

	db_bind_int(put, ":at", clock_now());
	db_bind_text(put, ":kind", kind);
	db_bind_text(put, ":id", id);
	db_bind_text(put, ":what", what);
	db_bind_text(put, ":digest", digest);
	return db_run(put, err);
}

/* Whether the last thing told of the object is this. */
static enum db_step
was_told(struct db *db, struct view kind, struct view id, struct view what, struct view digest,
	bool *ret_same, struct error *err)
{
	struct statement *last = db_use(db, "change_last");
	enum db_step step;

	db_bind_text(last, ":kind", kind);
	db_bind_text(last, ":id", id);
	step = db_next(last, err);
	*ret_same = step == DB_ROW && view_equal(db_text(last, "what"), what) &&
		    view_equal(db_text(last, "digest"), digest);
	db_reset(last);
	return step;
}

bool
feed_put(struct db *db, struct view kind, struct view id, const uint8_t digest[SHA256_SIZE],
	struct error *err)
{
	char hex[SHA256_HEX_SIZE];
	bool same;

	digest_to_hex(digest, hex);
	if (was_told(db, kind, id, VIEW("put"), view_of(hex), &same, err) == DB_FAILED)
		return false;
	return same || append(db, kind, id, VIEW("put"), view_of(hex), err);
}

bool
feed_drop(struct db *db, struct view kind, struct view id, struct error *err)
{
	bool same;
	enum db_step step = was_told(db, kind, id, VIEW("drop"), VIEW(""), &same, err);

	if (step == DB_FAILED)
		return false;
	return same || step == DB_DONE || append(db, kind, id, VIEW("drop"), VIEW(""), err);
}

/* The first object that the feed has and the casebook no more; kept while its row is reset. */
static enum db_step
first_vanished(struct db *db, struct str *kind, struct str *id, struct error *err)
{
	struct statement *row = db_use(db, "change_vanished");
	enum db_step step = db_next(row, err);

	if (step == DB_ROW) {
		str_clear(kind);
		str_clear(id);
		str_append(kind, db_text(row, "kind"));
		str_append(id, db_text(row, "id"));
		db_reset(row);
	}
	return step;
}

bool
feed_drop_vanished(struct db *db, struct error *err)
{
	CLEANUP(str_free) struct str kind = str_new(64);
	CLEANUP(str_free) struct str id = str_new(64);
	enum db_step step;

	while ((step = first_vanished(db, &kind, &id, err)) == DB_ROW)
		if (!feed_drop(db, str_view(&kind), str_view(&id), err))
			return false;
	return step == DB_DONE;
}
