#ifndef BASE_DB_H
#define BASE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/str.h"

/**
 * SQLite behind one file: open and migrate, statements by name, columns by name. A connection
 * belongs to one thread. Statements come from schema/<database>/statements.sql, where each begins
 * with a line `-- name: what it is for`; unknown names, parameters or columns are bugs and abort.
 */
struct db;
struct statement;

struct db_schema {
	const char *name;                  /**< for messages: "archive", "casebook" */
	int32_t application_id;            /**< PRAGMA application_id: tells our files apart */
	const struct embedded *migrations; /**< 001-….sql, 002-….sql, in order */
	size_t migration_count;
	const struct embedded *statements; /**< the files with the named statements */
	size_t statement_file_count;
};

enum db_mode {
	DB_READ,  /**< an existing database of exactly this schema */
	DB_WRITE, /**< created and migrated where needed; WAL, synchronous=FULL */
};

/**
 * Opens (and in DB_WRITE creates or migrates) the database at `path`. Each migration runs in a
 * transaction of its own and moves PRAGMA user_version to its number.
 *
 * Fails with ERROR_USAGE when the file is another program's or newer than this program, with
 * ERROR_STORAGE when it cannot be opened or written, with ERROR_PROGRAM when it is damaged.
 */
__attribute__((warn_unused_result)) bool db_open(struct db **ret_db, const char *path,
	enum db_mode mode, const struct db_schema *schema, struct error *err);
void db_close(struct db *db);
DEFINE_CLEANUP(struct db *, db_close);

/** The version a file of this schema has when it is up to date: the number of migrations. */
int db_schema_version(const struct db_schema *schema);

/**
 * The statement of that name, reset and without bindings. It stays the connection's; using the
 * same name again while its rows are being read starts it over.
 */
struct statement *db_use(struct db *db, const char *name);

/** Bind by name (":uid"). Text and blobs are copied. */
void db_bind_int(struct statement *statement, const char *name, int64_t value);
void db_bind_real(struct statement *statement, const char *name, double value);
void db_bind_text(struct statement *statement, const char *name, struct view text);
void db_bind_blob(struct statement *statement, const char *name, struct view bytes);
void db_bind_null(struct statement *statement, const char *name);
/** Text, or NULL where text.data is NULL. */
void db_bind_text_or_null(struct statement *statement, const char *name, struct view text);

enum db_step { DB_ROW, DB_DONE, DB_FAILED };

/** The next row. On DB_DONE and DB_FAILED the statement is reset. */
__attribute__((warn_unused_result)) enum db_step db_next(
	struct statement *statement, struct error *err);

/** Runs a statement that gives no rows (or whose rows do not matter) to its end. */
__attribute__((warn_unused_result)) bool db_run(struct statement *statement, struct error *err);

/** Ends reading early. Needed only where a loop leaves before DB_DONE. */
void db_reset(struct statement *statement);

/** Columns by name; text and blobs are valid until the statement's next step or reset. */
int64_t db_int(struct statement *statement, const char *column);
double db_real(struct statement *statement, const char *column);
struct view db_text(struct statement *statement, const char *column);
struct view db_blob(struct statement *statement, const char *column);
bool db_is_null(struct statement *statement, const char *column);

/** One transaction; they do not nest. db_rollback() is a no-op outside of one. */
__attribute__((warn_unused_result)) bool db_begin(struct db *db, struct error *err);
__attribute__((warn_unused_result)) bool db_commit(struct db *db, struct error *err);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

int64_t db_last_rowid(const struct db *db);
int64_t db_changes(const struct db *db);

/** Cancels what runs on this connection; may be called from another thread. */
void db_interrupt(struct db *db);

/**
 * From now on until the next call, statements of this connection are cancelled once
 * `milliseconds` have passed: db_next() gives DB_FAILED and db_time_is_up() says why. 0 lifts it.
 * A loop over many short statements asks db_time_is_up() itself.
 */
void db_limit_time(struct db *db, int milliseconds);
bool db_time_is_up(const struct db *db);

/** Runs SQL text of ours without results (pragmas, VACUUM, tests). */
__attribute__((warn_unused_result)) bool db_execute(
	struct db *db, const char *sql, struct error *err);

/** Copies the whole content of `source` over `target`, in one transaction of the target. */
__attribute__((warn_unused_result)) bool db_copy(
	struct db *target, struct db *source, struct error *err);

/** PRAGMA quick_check; fails with ERROR_PROGRAM and the first finding. */
__attribute__((warn_unused_result)) bool db_check(struct db *db, struct error *err);

#endif
