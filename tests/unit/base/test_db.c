/*
 * The database layer: versions, owners, statements by name, failures with their reach.
 */
#include "../unit.h"

#include "base/db.h"

static const struct embedded ONE = {
	"001-init.sql", {"CREATE TABLE t (a INTEGER, b TEXT) STRICT;",
				sizeof("CREATE TABLE t (a INTEGER, b TEXT) STRICT;") - 1}};
static const struct embedded TWO = {"002-more.sql",
	{"ALTER TABLE t ADD COLUMN c BLOB;", sizeof("ALTER TABLE t ADD COLUMN c BLOB;") - 1}};
static const struct embedded BROKEN = {"002-broken.sql",
	{"CREATE TABLE u (a); INSERT INTO nothing VALUES (1);",
		sizeof("CREATE TABLE u (a); INSERT INTO nothing VALUES (1);") - 1}};

static const char WORDS[] = "-- put: a row\n"
			    "-- with a comment: that is no name\n"
			    "INSERT INTO t (a, b) VALUES (:a, :b);\n"
			    "\n"
			    "-- all: the rows\n"
			    "SELECT a, b, a * 0.5 AS half FROM t ORDER BY a;\n";

static struct db_schema
schema_of(const struct embedded *migrations, size_t count)
{
	static const struct embedded STATEMENTS[] = {
		{"statements.sql", {WORDS, sizeof(WORDS) - 1}}};

	return (struct db_schema){
		.name = "testbook",
		.application_id = 0x54455354,
		.migrations = migrations,
		.migration_count = count,
		.statements = STATEMENTS,
		.statement_file_count = 1,
	};
}

static struct db *
open_at(const char *folder, const struct db_schema *schema)
{
	CLEANUP(freep) char *path = NULL;
	struct error err = {0};
	struct db *db = NULL;

	assert_true(asprintf(&path, "%s/t.db", folder) > 0);
	assert_ok(db_open(&db, path, DB_WRITE, schema, &err), err);
	return db;
}

static void
fails_to_open(
	const char *folder, enum db_mode mode, const struct db_schema *schema, struct error *err)
{
	CLEANUP(freep) char *path = NULL;
	struct db *db = NULL;

	assert_true(asprintf(&path, "%s/t.db", folder) > 0);
	assert_false(db_open(&db, path, mode, schema, err));
	assert_null(db);
	assert_contains(err->text, path);
}

static bool
put(struct db *db, int64_t a, struct view b, struct error *err)
{
	struct statement *put = db_use(db, "put");

	db_bind_int(put, ":a", a);
	db_bind_text_or_null(put, ":b", b);
	return db_run(put, err);
}

static int
row_count(struct db *db)
{
	struct statement *all = db_use(db, "all");
	struct error err = {0};
	enum db_step step;
	int count = 0;

	while ((step = db_next(all, &err)) == DB_ROW)
		count++;
	assert_int_equal(step, DB_DONE);
	return count;
}

static void
statements_and_columns_go_by_name(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	CLEANUP(db_closep) struct db *db = open_at(*state, &schema);
	struct error err = {0};
	struct statement *all;

	assert_ok(put(db, 3, VIEW("three"), &err), err);
	assert_ok(put(db, 5, view_of(NULL), &err), err);
	all = db_use(db, "all");
	assert_int_equal(db_next(all, &err), DB_ROW);
	assert_int_equal(db_int(all, "a"), 3);
	assert_view(db_text(all, "b"), "three");
	assert_true(db_real(all, "half") == 1.5);
	assert_int_equal(db_next(all, &err), DB_ROW);
	assert_true(db_is_null(all, "b"));
	assert_int_equal(db_next(all, &err), DB_DONE);
}

static void
an_older_database_is_brought_up_to_date_and_keeps_its_rows(void **state)
{
	const struct embedded both[] = {ONE, TWO};
	struct db_schema old = schema_of(both, 1), new = schema_of(both, 2);
	struct error err = {0};
	struct db *db = open_at(*state, &old);

	assert_ok(put(db, 1, VIEW("kept"), &err), err);
	db_close(db);
	fails_to_open(*state, DB_READ, &new, &err);
	assert_contains(err.text, "older casepost");
	db = open_at(*state, &new);
	assert_int_equal(row_count(db), 1);
	assert_ok(db_execute(db, "UPDATE t SET c = x'00'", &err), err);
	db_close(db);
}

static void
a_migration_that_fails_leaves_the_version_before_it(void **state)
{
	const struct embedded broken[] = {ONE, BROKEN}, both[] = {ONE, TWO};
	struct db_schema old = schema_of(broken, 1), bad = schema_of(broken, 2);
	struct db_schema good = schema_of(both, 2);
	struct error err = {0};
	struct db *db = open_at(*state, &old);

	assert_ok(put(db, 1, VIEW("kept"), &err), err);
	db_close(db);
	fails_to_open(*state, DB_WRITE, &bad, &err);
	assert_contains(err.text, "migration 002-broken.sql");
	db = open_at(*state, &good);
	assert_int_equal(row_count(db), 1);
	assert_false(db_execute(db, "SELECT * FROM u", &err)); /* its first half is undone */
	db_close(db);
}

static void
a_newer_database_is_refused_in_a_sentence(void **state)
{
	const struct embedded both[] = {ONE, TWO};
	struct db_schema old = schema_of(both, 1), new = schema_of(both, 2);
	struct error err = {0};

	db_close(open_at(*state, &new));
	fails_to_open(*state, DB_WRITE, &old, &err);
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, "newer casepost");
	assert_contains(err.text, "install that version");
	fails_to_open(*state, DB_READ, &old, &err);
	assert_int_equal(err.reach, ERROR_USAGE);
}

static void
another_programs_database_is_refused_and_left_alone(void **state)
{
	struct db_schema ours = schema_of(&ONE, 1), theirs = schema_of(&ONE, 1);
	struct error err = {0};

	theirs.application_id = 4711;
	db_close(open_at(*state, &theirs));
	fails_to_open(*state, DB_WRITE, &ours, &err);
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, "not casepost's testbook");
	db_close(open_at(*state, &theirs));
}

static void
a_file_that_is_no_database_is_refused_and_left_alone(void **state)
{
	static const char TEXT[] = "This is a letter, and a long one at that. It says nothing "
				   "of databases, and it is longer than a hundred bytes.";
	CLEANUP(freep)
	char *path = unit_write_file(*state, "t.db", view_make(TEXT, sizeof(TEXT) - 1));
	struct db_schema schema = schema_of(&ONE, 1);
	struct error err = {0};
	char content[sizeof(TEXT)] = "";
	FILE *file;

	fails_to_open(*state, DB_WRITE, &schema, &err);
	assert_contains(err.text, "not a database");
	file = fopen(path, "rb");
	assert_int_equal(fread(content, 1, sizeof(content), file), sizeof(TEXT) - 1);
	assert_memory_equal(content, TEXT, sizeof(TEXT) - 1);
	fclose(file);
}

static void
a_database_that_is_not_there_cannot_be_read(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	struct error err = {0};

	fails_to_open(*state, DB_READ, &schema, &err);
	assert_int_equal(err.reach, ERROR_STORAGE);
}

static void
what_is_rolled_back_was_never_there(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	CLEANUP(db_closep) struct db *db = open_at(*state, &schema);
	struct error err = {0};

	assert_ok(db_begin(db, &err), err);
	assert_true(db_in_transaction(db));
	assert_ok(put(db, 1, VIEW("x"), &err), err);
	db_rollback(db);
	assert_false(db_in_transaction(db));
	assert_int_equal(row_count(db), 0);
	db_rollback(db);
	assert_ok(db_begin(db, &err), err);
	assert_ok(put(db, 1, VIEW("x"), &err), err);
	assert_ok(db_commit(db, &err), err);
	assert_int_equal(row_count(db), 1);
}

static void
a_full_disk_reaches_the_storage_and_is_over_when_there_is_room(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	CLEANUP(db_closep) struct db *db = open_at(*state, &schema);
	CLEANUP(freep) char *large = calloc(1, 1 << 20);
	struct error err = {0};

	memset(large, 'x', 1 << 20);
	assert_ok(db_execute(db, "PRAGMA max_page_count = 10", &err), err);
	assert_ok(db_begin(db, &err), err);
	assert_ok(put(db, 1, VIEW("fits"), &err), err);
	assert_false(put(db, 2, view_make(large, 1 << 20), &err));
	assert_int_equal(err.reach, ERROR_STORAGE);
	assert_contains(err.text, "the disk is full");
	db_rollback(db);
	assert_int_equal(row_count(db), 0);
	assert_ok(db_execute(db, "PRAGMA max_page_count = 10000", &err), err);
	assert_ok(put(db, 2, view_make(large, 1 << 20), &err), err);
	assert_int_equal(row_count(db), 1);
}

static void
a_copy_replaces_the_whole_content_and_a_reader_sees_one_or_the_other(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	char *other = unit_make_folder();
	struct db *target = open_at(*state, &schema), *source = open_at(other, &schema);
	struct db *reader = open_at(*state, &schema);
	struct error err = {0};
	struct statement *all;

	for (int i = 0; i < 5; i++)
		assert_ok(put(source, i, VIEW("new"), &err), err);
	assert_ok(put(target, 1, VIEW("old"), &err), err);
	all = db_use(reader, "all");
	assert_int_equal(db_next(all, &err), DB_ROW);
	assert_ok(db_copy(target, source, &err), err);
	assert_view(db_text(all, "b"), "old");
	db_reset(all);
	assert_int_equal(row_count(reader), 5);
	assert_int_equal(row_count(target), 5);
	assert_ok(db_check(target, &err), err);
	db_close(reader);
	db_close(target);
	db_close(source);
	unit_remove_folder(other);
}

static void
a_copy_onto_a_locked_database_says_that_it_failed(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	char *other = unit_make_folder();
	struct db *target = open_at(*state, &schema), *source = open_at(other, &schema);
	struct db *writer = open_at(*state, &schema);
	struct error err = {0};

	assert_ok(put(source, 1, VIEW("new"), &err), err);
	assert_ok(db_execute(target, "PRAGMA busy_timeout = 1", &err), err);
	assert_ok(db_begin(writer, &err), err);
	assert_false(db_copy(target, source, &err));
	assert_int_equal(err.reach, ERROR_STORAGE);
	db_rollback(writer);
	assert_int_equal(row_count(target), 0);
	db_close(writer);
	db_close(target);
	db_close(source);
	unit_remove_folder(other);
}

static void
what_is_committed_is_synced_into_pages_that_suit_blobs(void **state)
{
	struct db_schema schema = schema_of(&ONE, 1);
	CLEANUP(db_closep) struct db *db = open_at(*state, &schema);
	static const char CHECK[] =
		"CREATE TEMP TABLE facts (x INTEGER CHECK (x = 1));"
		"INSERT INTO facts SELECT page_size = 16384 FROM pragma_page_size;"
		"INSERT INTO facts SELECT synchronous = 2 FROM pragma_synchronous;"
		"INSERT INTO facts SELECT journal_mode = 'wal' FROM pragma_journal_mode;"
		"INSERT INTO facts SELECT foreign_keys = 1 FROM pragma_foreign_keys;";
	struct error err = {0};

	assert_ok(db_execute(db, CHECK, &err), err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(statements_and_columns_go_by_name),
		folder_test(an_older_database_is_brought_up_to_date_and_keeps_its_rows),
		folder_test(a_migration_that_fails_leaves_the_version_before_it),
		folder_test(a_newer_database_is_refused_in_a_sentence),
		folder_test(another_programs_database_is_refused_and_left_alone),
		folder_test(a_file_that_is_no_database_is_refused_and_left_alone),
		folder_test(a_database_that_is_not_there_cannot_be_read),
		folder_test(what_is_rolled_back_was_never_there),
		folder_test(a_full_disk_reaches_the_storage_and_is_over_when_there_is_room),
		folder_test(a_copy_replaces_the_whole_content_and_a_reader_sees_one_or_the_other),
		folder_test(a_copy_onto_a_locked_database_says_that_it_failed),
		folder_test(what_is_committed_is_synced_into_pages_that_suit_blobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
