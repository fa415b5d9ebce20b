/*
 * SQLite behind one file. Statements come from schema/<database>/statements.sql by name and are
 * prepared once a connection; columns are read by name, so that a statement and its reader can be
 * changed apart from each other.
 */
#include "base/db.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum {
	BUSY_TIMEOUT_MS = 30000, /* a backup or a checkpoint may hold the lock for seconds */
	JOURNAL_LIMIT = 64 * 1024 * 1024, /* the WAL is cut to this after a long read let it grow */
	CACHE_KIB = 8 * 1024,
	STEPS_BETWEEN_LOOKS =
		4000, /* of SQLite's machine, some 0.1 ms: how often the clock is read */
};

struct statement {
	struct db *db;
	struct view name;
	struct view sql;
	sqlite3_stmt *prepared; /* NULL until first used */
};

struct db {
	sqlite3 *handle;
	const struct db_schema *schema;
	struct statement *statements; /* sorted by name */
	size_t count;
	bool in_transaction;
	int64_t deadline_ms; /* of clock_monotonic_ms(); 0: none */
	bool time_is_up;
};

/* How far a failure of SQLite reaches. */
static enum error_reach
reach_of(int code)
{
	switch (code & 0xFF) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_BUSY:
		return ERROR_STORAGE;
	case SQLITE_TOOBIG:
		return ERROR_MESSAGE;
	default:
		return ERROR_PROGRAM;
	}
}

static bool
fail(struct db *db, struct error *err, const char *what)
{
	int code = sqlite3_extended_errcode(db->handle);

	return error_set(err, reach_of(code), "%s: %s: %s", db->schema->name, what,
		(code & 0xFF) == SQLITE_FULL ? "the disk is full" : sqlite3_errmsg(db->handle));
}

/* A name, parameter or column that is not there is a bug of ours, never input. */
static _Noreturn void
bug(const char *what, const char *name, struct view where)
{
	fprintf(stderr, "bug: no %s \"%s\" in \"%.*s\"\n", what, name, (int)where.size, where.data);
	abort();
}

bool
db_execute(struct db *db, const char *sql, struct error *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, err, "cannot run a statement");
	return true;
}

static bool
pragma_int(struct db *db, const char *sql, int64_t *ret_number, struct error *err)
{
	sqlite3_stmt *prepared = NULL;
	bool ok = sqlite3_prepare_v2(db->handle, sql, -1, &prepared, NULL) == SQLITE_OK &&
		  sqlite3_step(prepared) == SQLITE_ROW;

	if (ok)
		*ret_number = sqlite3_column_int64(prepared, 0);
	else
		fail(db, err, "cannot read the database");
	sqlite3_finalize(prepared);
	return ok;
}

static int
by_name(const void *a, const void *b)
{
	return view_compare(
		((const struct statement *)a)->name, ((const struct statement *)b)->name);
}

static struct statement *
add_statement(struct db *db, size_t *capacity)
{
	if (db->count == *capacity) {
		*capacity = *capacity ? *capacity * 2 : 64;
		db->statements = realloc(db->statements, *capacity * sizeof(*db->statements));
		if (!db->statements)
			abort();
	}
	return &db->statements[db->count++];
}

/* Splits a file at its "-- name:" lines. Other comments stay with their statement. */
static void
load_file(struct db *db, struct view rest, size_t *capacity)
{
	struct statement *last = NULL;
	struct view line;

	while (view_next_line(&rest, &line)) {
		size_t colon = view_find_byte(line, ':', 0);
		struct view name = view_slice(line, 3, colon == SIZE_MAX ? 0 : colon);

		if (view_starts_with(line, VIEW("-- ")) && name.size > 0 &&
			view_find_byte(name, ' ', 0) == SIZE_MAX) {
			last = add_statement(db, capacity);
			*last = (struct statement){.db = db, .name = name, .sql = {rest.data, 0}};
		} else if (last) {
			last->sql.size = (size_t)(line.data + line.size - last->sql.data);
		}
	}
}

static void
load_statements(struct db *db)
{
	size_t capacity = 0;

	for (size_t i = 0; i < db->schema->statement_file_count; i++)
		load_file(db, db->schema->statements[i].content, &capacity);
	if (db->count)
		qsort(db->statements, db->count, sizeof(*db->statements), by_name);
}

static bool
migrate_one(struct db *db, size_t index, struct error *err)
{
	const struct embedded *migration = &db->schema->migrations[index];
	CLEANUP(str_free) struct str sql = str_new(1 << 20);

	str_append(&sql, VIEW("BEGIN IMMEDIATE;"));
	str_append(&sql, migration->content);
	str_append_format(&sql, ";PRAGMA user_version = %zu;COMMIT;", index + 1);
	if (sql.overflowed)
		return error_set(err, ERROR_PROGRAM, "migration %s is too long", migration->name);
	if (db_execute(db, str_text(&sql), err))
		return true;
	(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL); /* the cause is in err */
	return error_context(err, "migration %s", migration->name);
}

static bool
check_owner(struct db *db, int64_t version, struct error *err)
{
	int64_t application = 0, objects = 0;

	if (!pragma_int(db, "PRAGMA application_id", &application, err) ||
		!pragma_int(db, "SELECT count(*) FROM sqlite_schema", &objects, err))
		return false;
	if (objects > 0 && application != db->schema->application_id)
		return error_set(err, ERROR_USAGE, "this is not casepost's %s", db->schema->name);
	if (version > db_schema_version(db->schema))
		return error_set(err, ERROR_USAGE,
			"the %s was written by a newer casepost (schema %lld, this program knows "
			"%d): install that version, or restore a backup made before the upgrade",
			db->schema->name, (long long)version, db_schema_version(db->schema));
	return true;
}

static bool
migrate(struct db *db, int64_t version, struct error *err)
{
	char claim[64];

	if (version == 0) {
		snprintf(claim, sizeof(claim), "PRAGMA application_id = %d",
			db->schema->application_id);
		if (!db_execute(db, claim, err))
			return false;
	}
	for (size_t i = (size_t)version; i < db->schema->migration_count; i++)
		if (!migrate_one(db, i, err))
			return false;
	return true;
}

static bool
set_up(struct db *db, enum db_mode mode, struct error *err)
{
	char pragmas[256];
	int64_t version = 0;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	/*
	 * Readers leave the write-ahead log to the writer, whatever the order they end in. So does
	 * a writer until it knows that the database is its own: what it refuses stays untouched.
	 */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	snprintf(pragmas, sizeof(pragmas),
		"PRAGMA foreign_keys = ON; PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY;",
		CACHE_KIB);
	if (!db_execute(db, pragmas, err) ||
		!pragma_int(db, "PRAGMA user_version", &version, err) ||
		!check_owner(db, version, err))
		return false;
	if (mode == DB_READ && version < db_schema_version(db->schema))
		return error_set(err, ERROR_USAGE,
			"the %s was written by an older casepost: start casepostd once to bring it "
			"up "
			"to date",
			db->schema->name);
	if (mode == DB_READ)
		return true;
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	/* The page size takes effect while the file is empty only. 16 KiB suits blobs and text. */
	snprintf(pragmas, sizeof(pragmas),
		"PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
		"PRAGMA journal_size_limit = %d;",
		JOURNAL_LIMIT);
	return db_execute(db, pragmas, err) && migrate(db, version, err);
}

bool
db_open(struct db **ret_db, const char *path, enum db_mode mode, const struct db_schema *schema,
	struct error *err)
{
	int flags =
		mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	CLEANUP(db_closep) struct db *db = calloc(1, sizeof(*db));

	if (!db)
		abort();
	db->schema = schema;
	if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		fail(db, err, "cannot open");
		return error_context(err, "%s", path);
	}
	if (!set_up(db, mode, err))
		return error_context(err, "%s", path);
	load_statements(db);
	*ret_db = TAKE(db);
	return true;
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < db->count; i++)
		sqlite3_finalize(db->statements[i].prepared);
	free(db->statements);
	sqlite3_close_v2(db->handle);
	free(db);
}

int
db_schema_version(const struct db_schema *schema)
{
	return (int)schema->migration_count;
}

struct statement *
db_use(struct db *db, const char *name)
{
	struct statement key = {.name = view_of(name)};
	struct statement *found =
		bsearch(&key, db->statements, db->count, sizeof(*db->statements), by_name);

	if (!found)
		bug("statement", name, view_of(db->schema->name));
	if (!found->prepared) {
		if (sqlite3_prepare_v3(db->handle, found->sql.data, (int)found->sql.size,
			    SQLITE_PREPARE_PERSISTENT, &found->prepared, NULL) != SQLITE_OK)
			bug(sqlite3_errmsg(db->handle), name, found->sql);
	} else {
		sqlite3_reset(found->prepared);
		sqlite3_clear_bindings(found->prepared);
	}
	return found;
}

static int
parameter(const struct statement *statement, const char *name)
{
	int index = sqlite3_bind_parameter_index(statement->prepared, name);

	if (index == 0)
		bug("parameter", name, statement->name);
	return index;
}

/* Binding fails only without memory or beyond SQLite's limit of 1 GB, which nothing reaches. */
static void
bound(const struct statement *statement, int code)
{
	if (code != SQLITE_OK)
		bug("room to bind", sqlite3_errstr(code), statement->name);
}

void
db_bind_int(struct statement *statement, const char *name, int64_t value)
{
	bound(statement,
		sqlite3_bind_int64(statement->prepared, parameter(statement, name), value));
}

void
db_bind_real(struct statement *statement, const char *name, double value)
{
	bound(statement,
		sqlite3_bind_double(statement->prepared, parameter(statement, name), value));
}

void
db_bind_text(struct statement *statement, const char *name, struct view text)
{
	bound(statement,
		sqlite3_bind_text64(statement->prepared, parameter(statement, name),
			text.data ? text.data : "", text.size, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void
db_bind_blob(struct statement *statement, const char *name, struct view bytes)
{
	bound(statement, sqlite3_bind_blob64(statement->prepared, parameter(statement, name),
				 bytes.data ? bytes.data : "", bytes.size, SQLITE_TRANSIENT));
}

void
db_bind_null(struct statement *statement, const char *name)
{
	bound(statement, sqlite3_bind_null(statement->prepared, parameter(statement, name)));
}

void
db_bind_text_or_null(struct statement *statement, const char *name, struct view text)
{
	if (text.data)
		db_bind_text(statement, name, text);
	else
		db_bind_null(statement, name);
}

enum db_step
db_next(struct statement *statement, struct error *err)
{
	int code = sqlite3_step(statement->prepared);

	if (code == SQLITE_ROW)
		return DB_ROW;
	if (code == SQLITE_DONE) {
		sqlite3_reset(statement->prepared);
		return DB_DONE;
	}
	fail(statement->db, err, "cannot run a statement");
	(void)error_context(err, "%.*s", (int)statement->name.size, statement->name.data);
	sqlite3_reset(statement->prepared);
	return DB_FAILED;
}

bool
db_run(struct statement *statement, struct error *err)
{
	enum db_step step;

	do {
		step = db_next(statement, err);
	} while (step == DB_ROW);
	return step == DB_DONE;
}

void
db_reset(struct statement *statement)
{
	sqlite3_reset(statement->prepared);
}

static int
column_index(struct statement *statement, const char *name)
{
	int count = sqlite3_column_count(statement->prepared);

	for (int i = 0; i < count; i++)
		if (strcmp(sqlite3_column_name(statement->prepared, i), name) == 0)
			return i;
	bug("column", name, statement->name);
}

int64_t
db_int(struct statement *statement, const char *column)
{
	return sqlite3_column_int64(statement->prepared, column_index(statement, column));
}

double
db_real(struct statement *statement, const char *column)
{
	return sqlite3_column_double(statement->prepared, column_index(statement, column));
}

struct view
db_text(struct statement *statement, const char *column)
{
	int index = column_index(statement, column);
	const unsigned char *text = sqlite3_column_text(statement->prepared, index);

	return view_make(text, (size_t)sqlite3_column_bytes(statement->prepared, index));
}

struct view
db_blob(struct statement *statement, const char *column)
{
	int index = column_index(statement, column);
	const void *bytes = sqlite3_column_blob(statement->prepared, index);

	return view_make(bytes, (size_t)sqlite3_column_bytes(statement->prepared, index));
}

bool
db_is_null(struct statement *statement, const char *column)
{
	return sqlite3_column_type(statement->prepared, column_index(statement, column)) ==
	       SQLITE_NULL;
}

bool
db_begin(struct db *db, struct error *err)
{
	assert(!db->in_transaction);
	if (!db_execute(db, "BEGIN IMMEDIATE", err))
		return false;
	db->in_transaction = true;
	return true;
}

bool
db_commit(struct db *db, struct error *err)
{
	assert(db->in_transaction);
	if (!db_execute(db, "COMMIT", err)) {
		db_rollback(db);
		return false;
	}
	db->in_transaction = false;
	return true;
}

void
db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	for (size_t i = 0; i < db->count; i++)
		sqlite3_reset(db->statements[i].prepared);
	/* Some failures have rolled back already; then this one says so, which is fine. */
	(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	db->in_transaction = false;
}

bool
db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

int64_t
db_last_rowid(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t
db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}

void
db_interrupt(struct db *db)
{
	sqlite3_interrupt(db->handle);
}

static int
look_at_clock(void *context)
{
	struct db *db = context;

	db->time_is_up = clock_monotonic_ms() >= db->deadline_ms;
	return db->time_is_up;
}

void
db_limit_time(struct db *db, int milliseconds)
{
	db->time_is_up = false;
	db->deadline_ms = milliseconds > 0 ? clock_monotonic_ms() + milliseconds : 0;
	sqlite3_progress_handler(
		db->handle, STEPS_BETWEEN_LOOKS, milliseconds > 0 ? look_at_clock : NULL, db);
}

bool
db_time_is_up(const struct db *db)
{
	return db->time_is_up || (db->deadline_ms > 0 && clock_monotonic_ms() >= db->deadline_ms);
}

bool
db_copy(struct db *target, struct db *source, struct error *err)
{
	sqlite3_backup *backup =
		sqlite3_backup_init(target->handle, "main", source->handle, "main");

	if (!backup)
		return fail(target, err, "cannot copy");
	(void)sqlite3_backup_step(backup, -1); /* its outcome is finish()'s too, a lock included */
	if (sqlite3_backup_finish(backup) != SQLITE_OK)
		return fail(target, err, "cannot copy");
	return true;
}

bool
db_check(struct db *db, struct error *err)
{
	sqlite3_stmt *prepared = NULL;
	bool ok = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &prepared, NULL) ==
			  SQLITE_OK &&
		  sqlite3_step(prepared) == SQLITE_ROW;

	if (!ok)
		fail(db, err, "cannot check");
	else if (strcasecmp((const char *)sqlite3_column_text(prepared, 0), "ok") != 0)
		ok = error_set(err, ERROR_PROGRAM, "%s: damaged: %s", db->schema->name,
			sqlite3_column_text(prepared, 0));
	sqlite3_finalize(prepared);
	return ok;
}
