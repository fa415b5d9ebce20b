/*
 * A rebuilt casebook takes the place of the running one: the feed goes on with its numbers, and
 * the content changes in one transaction, so that readers see the old or the new one.
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
	if (step == DB_DONE && db_commit(to, err))
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
	if (!feed_drop_vanished(db, err) || !db_commit(db, err)) {
		db_rollback(db);
		return false;
	}
	return db_copy(casebook_db(running), db, err);
}
