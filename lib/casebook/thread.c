/*
 * Threads: messages that refer to each other by Message-ID (RFC 5322 3.6.4), directly or through
 * others. A thread's number is its smallest message id, so that it does not depend on the order of
 * arrival. A Message-ID proves nothing (anybody can write one): threads only suggest, merge.c asks
 * for more before two accounts become one case.
 */
#include "casebook/private.h"

enum { NEIGHBOURS_MAX = 10000 };

static bool
read_ids(struct statement *row, const char *column, struct arena *arena, int64_t **ret_ids,
	size_t *ret_count, struct error *err)
{
	int64_t *ids = NULL;
	size_t count = 0, capacity = 0;
	enum db_step step;

	while ((step = db_next(row, err)) == DB_ROW) {
		int64_t *id =
			arena_push(arena, &ids, &count, &capacity, sizeof(*ids), NEIGHBOURS_MAX);

		if (!id)
			break;
		*id = db_int(row, column);
	}
	db_reset(row);
	*ret_ids = ids;
	*ret_count = count;
	return step != DB_FAILED;
}

/* Lets go of the cases told in a thread: with new company, its mentions may belong otherwise. */
static bool
dissolve_cases(struct db *db, int64_t thread, struct error *err)
{
	for (;;) {
		struct statement *row = db_use(db, "case_of_thread");
		CLEANUP(str_free) struct str id = str_new(64);
		enum db_step step;

		db_bind_int(row, ":thread", thread);
		step = db_next(row, err);
		if (step != DB_ROW)
			return step == DB_DONE;
		str_append(&id, db_text(row, "case_id"));
		db_reset(row);
		if (!merge_dissolve(db, str_view(&id), err))
			return false;
	}
}

static bool
move_thread(struct db *db, int64_t from, int64_t to, struct error *err)
{
	struct statement *move = db_use(db, "thread_move");

	if (from == to)
		return true;
	db_bind_int(move, ":from", from);
	db_bind_int(move, ":to", to);
	return db_run(move, err);
}

bool
thread_join(struct db *db, int64_t message_id, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct statement *row = db_use(db, "thread_neighbours");
	int64_t *threads, smallest = message_id;
	size_t count, others = 0;

	db_bind_int(row, ":id", message_id);
	if (!read_ids(row, "thread", arena, &threads, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		others += threads[i] != message_id;
		if (threads[i] < smallest)
			smallest = threads[i];
	}
	for (size_t i = 0; i < count; i++)
		if ((others > 1 && !dissolve_cases(db, threads[i], err)) ||
			!move_thread(db, threads[i], smallest, err))
			return false;
	return move_thread(db, message_id, smallest, err);
}

bool
thread_leave(struct db *db, int64_t message_id, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct statement *row = db_use(db, "message_known");
	int64_t thread, *members;
	size_t count;

	db_bind_int(row, ":id", message_id);
	if (db_next(row, err) != DB_ROW)
		return error_set(err, ERROR_PROGRAM, "a message to be forgotten is not there");
	thread = db_int(row, "thread");
	db_reset(row);
	if (!dissolve_cases(db, thread, err))
		return false;
	row = db_use(db, "thread_messages");
	db_bind_int(row, ":thread", thread);
	if (!read_ids(row, "id", arena, &members, &count, err))
		return false;
	row = db_use(db, "thread_scatter");
	db_bind_int(row, ":thread", thread);
	if (!db_run(row, err))
		return false;
	row = db_use(db, "message_drop");
	db_bind_int(row, ":id", message_id);
	if (!db_run(row, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (members[i] != message_id && !thread_join(db, members[i], err))
			return false;
	return true;
}
