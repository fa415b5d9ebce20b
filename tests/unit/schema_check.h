#ifndef TESTS_UNIT_SCHEMA_CHECK_H
#define TESTS_UNIT_SCHEMA_CHECK_H

/*
 * Every named statement of a schema prepares on a fresh database, and none reads a whole table
 * but those that are meant to.
 */

#include "unit.h"

#include <sqlite3.h>

#include "base/db.h"

struct scan_allowed {
	const char *statement;
	const char *table; /**< as the query plan calls it */
};

/** Calls `each` with every statement's name and text, split as base/db.c splits them. */
static inline size_t
schema_each_statement(const struct db_schema *schema, void *context,
	void (*each)(void *context, const char *name, const char *sql))
{
	size_t count = 0;

	for (size_t i = 0; i < schema->statement_file_count; i++) {
		struct view rest = schema->statements[i].content, line;
		CLEANUP(str_free) struct str name = str_new(256), sql = str_new(1 << 20);

		while (view_next_line(&rest, &line)) {
			size_t colon = view_find_byte(line, ':', 0);

			if (view_starts_with(line, VIEW("-- ")) && colon != SIZE_MAX &&
				view_find_byte(view_slice(line, 3, colon), ' ', 0) == SIZE_MAX) {
				if (name.size)
					each(context, str_text(&name), str_text(&sql));
				str_clear(&name);
				str_clear(&sql);
				str_append(&name, view_slice(line, 3, colon));
				count++;
			} else {
				str_append(&sql, line);
				str_append_byte(&sql, '\n');
			}
		}
		if (name.size)
			each(context, str_text(&name), str_text(&sql));
	}
	return count;
}

struct schema_check {
	sqlite3 *handle;
	const struct scan_allowed *allowed;
	size_t allowed_count;
	int failures;
};

static inline bool
schema_scan_is_allowed(const struct schema_check *check, const char *name, const char *detail)
{
	/* What is built for the statement itself, a table-valued function, or the full text. */
	if (strstr(detail, "VIRTUAL TABLE") || strncmp(detail, "SCAN (", 6) == 0 ||
		strcmp(detail, "SCAN CONSTANT ROW") == 0)
		return true;
	for (size_t i = 0; i < check->allowed_count; i++) {
		const char *table = check->allowed[i].table;

		if (strcmp(check->allowed[i].statement, name) == 0 &&
			strncmp(detail + 5, table, strlen(table)) == 0 &&
			(detail[5 + strlen(table)] == ' ' || detail[5 + strlen(table)] == '\0'))
			return true;
	}
	return false;
}

static inline void
schema_check_statement(void *context, const char *name, const char *sql)
{
	CLEANUP(str_free) struct str explain = str_new(1 << 20);
	struct schema_check *check = context;
	sqlite3_stmt *prepared = NULL;
	const char *tail = "";

	str_append_format(&explain, "EXPLAIN QUERY PLAN %s", sql);
	if (sqlite3_prepare_v2(check->handle, str_text(&explain), -1, &prepared, &tail) !=
		SQLITE_OK) {
		print_error("%s: %s\n", name, sqlite3_errmsg(check->handle));
		check->failures++;
		return;
	}
	if (view_trim(view_of(tail)).size > 0 && strncmp(tail, "\n--", 3) != 0) {
		print_error("%s: more than one statement\n", name);
		check->failures++;
	}
	while (sqlite3_step(prepared) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(prepared, 3);

		if (strncmp(detail, "SCAN ", 5) == 0 &&
			!schema_scan_is_allowed(check, name, detail)) {
			print_error("%s: %s\n", name, detail);
			check->failures++;
		}
	}
	sqlite3_finalize(prepared);
}

/** Checks all statements on a database that has the schema's tables (and `extra_sql` on top). */
static inline void
schema_check_all(const struct db_schema *schema, const char *path, const char *extra_sql,
	const struct scan_allowed *allowed, size_t allowed_count)
{
	struct schema_check check = {.allowed = allowed, .allowed_count = allowed_count};

	assert_int_equal(sqlite3_open(path, &check.handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(check.handle, extra_sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(schema_each_statement(schema, &check, schema_check_statement) > 0);
	assert_int_equal(sqlite3_close(check.handle), SQLITE_OK);
	assert_int_equal(check.failures, 0);
}

struct schema_names {
	char *names[1000];
	size_t count;
};

static inline void
schema_check_name(void *context, const char *name, const char *sql)
{
	struct schema_names *seen = context;

	(void)sql;
	for (size_t i = 0; i < seen->count; i++)
		assert_string_not_equal(seen->names[i], name);
	assert_true(seen->count < 1000);
	seen->names[seen->count++] = strdup(name);
}

/** No two statements of a schema have one name. */
static inline void
schema_check_names(const struct db_schema *schema)
{
	struct schema_names seen = {.count = 0};

	schema_each_statement(schema, &seen, schema_check_name);
	for (size_t i = 0; i < seen.count; i++)
		free(seen.names[i]);
}

#endif
