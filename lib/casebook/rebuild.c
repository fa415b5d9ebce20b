/*
 * A rebuilt casebook takes the place of the running one: the feed goes on with its numbers, and
 * the content changes in one transaction, so that readers see the old or the new one.
 *
 * While it is being made, a rebuilt casebook tells of cases that are not whole yet. Nobody has
 * read that; before it takes its place, all that was told since is reduced to what truly changed.
 */
#include "casebook/private.h"

static bool
copy_change(struct db *to, struct statement *row, struct error *err)
{
	struct statement *copy = db_use(to, "change_copy");

	db_bind_int(copy, ":seq", db_int(row, "seq"));
	db_bind_int(copy, ":at", db_int(row, "at"));
	db_bind_text(copy, ":kind", db_text(row, "kind"));
	db_bind_text(copy, ":id", db_text(row, "id"));
	db_bind_text(copy, ":what", db_text(row, "what"));
	db_bind_text(copy, ":digest", db_text(row, "digest"));
	return db_run(copy, err);
}

/* Remembers where the feed stood before the rebuild told anything. */
static bool
mark_told(struct db *db, struct error *err)
{
	struct statement *last = db_use(db, "change_max");
	CLEANUP(str_free) struct str seq = str_new(32);
	struct statement *put;

	if (db_next(last, err) != DB_ROW)
		return false;
	str_append_format(&seq, "%lld", (long long)db_int(last, "seq"));
	db_reset(last);
	put = db_use(db, "meta_put");
	db_bind_text(put, ":key", VIEW("told"));
	db_bind_text(put, ":value", str_view(&seq));
	return db_run(put, err);
}

static bool
reduce_to_true_changes(struct db *db, struct error *err)
{
	struct statement *get = db_use(db, "meta_get"), *reduce, *drop;
	enum db_step step;
	int64_t told = 0;

	db_bind_text(get, ":key", VIEW("told"));
	step = db_next(get, err);
	if (step == DB_ROW && !view_to_i64(db_text(get, "value"), &told))
		told = 0;
	db_reset(get);
	if (step != DB_ROW)
		return step == DB_DONE;
	reduce = db_use(db, "change_reduce");
	db_bind_int(reduce, ":told", told);
	drop = db_use(db, "meta_drop");
	db_bind_text(drop, ":key", VIEW("told"));
	return db_run(reduce, err) && db_run(drop, err);
}

bool
casebook_adopt_feed(struct casebook *rebuilt, struct casebook *running, struct error *err)
{
	struct db *to = casebook_db(rebuilt);
	struct statement *row = db_use(casebook_db(running), "change_all");
	enum db_step step;

	if (!db_begin(to, err))
		return false;
	while ((step = db_next(row, err)) == DB_ROW) {
		if (!copy_change(to, row, err)) {
			step = DB_FAILED;
			break;
		}
	}
	db_reset(row);
	if (step == DB_DONE && mark_told(to, err) && db_commit(to, err))
		return true;
	db_rollback(to);
	return false;
}

bool
casebook_replace(struct casebook *running, struct casebook *rebuilt, struct error *err)
{
	struct db *db = casebook_db(rebuilt);

	if (!db_begin(db, err))
		return false;
	if (!feed_drop_vanished(db, err) || !reduce_to_true_changes(db, err) ||
		!db_commit(db, err)) {
		db_rollback(db);
		return false;
	}
	return db_copy(casebook_db(running), db, err);
}
