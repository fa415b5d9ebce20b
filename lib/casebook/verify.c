/*
 * Does the casebook hold what the archive has?
 */
#include "casebook/verify.h"

#include "casebook/schema.h"

static bool
read_position(struct db *db, int64_t *ret_position, struct error *err)
{
	struct statement *get = db_use(db, "meta_get");
	enum db_step step;

	db_bind_text(get, ":key", VIEW("position"));
	step = db_next(get, err);
	*ret_position = 0;
	if (step == DB_ROW && !view_to_i64(db_text(get, "value"), ret_position))
		step = DB_FAILED;
	db_reset(get);
	return step != DB_FAILED;
}

/* Walks both in the order of the archive. */
static bool
compare(struct db *db, struct archive *archive, int64_t position,
	struct casebook_verification *verification, struct error *err)
{
	struct statement *row = db_use(db, "message_seqs_after");
	struct archive_message message = {0};
	enum archive_found found;
	enum db_step step;

	db_bind_int(row, ":after", 0);
	step = db_next(row, err);
	while ((found = archive_next(archive, message.seq, &message, err)) == ARCHIVE_FOUND) {
		while (step == DB_ROW && db_int(row, "seq") < message.seq)
			step = db_next(row, err);
		if (step == DB_FAILED)
			return false;
		if (step == DB_ROW && db_int(row, "seq") == message.seq)
			verification->messages++;
		else if (message.seq > position)
			verification->waiting++;
		else
			verification->missing++;
	}
	db_reset(row);
	return found == ARCHIVE_ABSENT;
}

bool
casebook_verify(const char *directory, struct archive *archive,
	struct casebook_verification *ret_verification, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(4096);
	CLEANUP(db_closep) struct db *db = NULL;
	struct casebook_verification verification = {0};
	int64_t position;

	str_append_format(&path, "%s/cases.db", directory);
	if (!db_open(&db, str_text(&path), DB_READ, casebook_schema(), err) || !db_check(db, err) ||
		!read_position(db, &position, err) ||
		!compare(db, archive, position, &verification, err))
		return false;
	*ret_verification = verification;
	return true;
}
