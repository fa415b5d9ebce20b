/*
 * A connection for reading cases.db, and what its queries have in common.
 */
#include "casebook/reader.h"

#include <stdlib.h>

#include "casebook/schema.h"
#include "extract/extract.h"

enum {
	TOTALS_BYTES_MAX = 8 * 1024 * 1024, /* some hundred thousand counts */
	PATH_SIZE_MAX = 4096,
	ROWS_MAX = 100000, /* values of a case or messages of a thread: more is no case */
};

bool
reader_open(struct reader **ret_reader, const char *directory, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(PATH_SIZE_MAX);
	CLEANUP(reader_closep) struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		abort();
	str_append_format(&path, "%s/cases.db", directory);
	if (path.overflowed)
		return error_set(err, ERROR_USAGE, "the store's path is too long");
	if (!db_open(&reader->db, str_text(&path), DB_READ, casebook_schema(), err))
		return false;
	reader->totals_arena = arena_new(TOTALS_BYTES_MAX);
	*ret_reader = TAKE(reader);
	return true;
}

void
reader_close(struct reader *reader)
{
	if (!reader)
		return;
	db_close(reader->db);
	arena_free(reader->totals_arena);
	free(reader);
}

bool
reader_version(struct reader *reader, uint64_t *ret_version, struct error *err)
{
	struct statement *version = db_use(reader->db, "version");
	CLEANUP(str_free) struct str text = str_new(256);
	uint8_t digest[SHA256_SIZE];

	if (db_next(version, err) != DB_ROW)
		return false;
	str_append_format(&text, "%lld %lld %lld ", (long long)db_int(version, "change"),
		(long long)db_int(version, "at"), (long long)db_int(version, "set_aside"));
	str_append(&text, db_text(version, "position"));
	db_reset(version);
	digest_sha256(str_view(&text), digest);
	memcpy(ret_version, digest, sizeof(*ret_version));
	return true;
}

void
reader_interrupt(struct reader *reader)
{
	db_interrupt(reader->db);
}

struct view
reader_text(struct arena *arena, struct statement *statement, const char *column)
{
	struct view text = db_text(statement, column);

	return text.size ? arena_copy(arena, text) : (struct view){0};
}

bool
reader_is_full(struct error *err)
{
	return error_set(err, ERROR_MESSAGE, "the answer is larger than this program allows");
}

bool
reader_failed(struct reader *reader, struct error *err)
{
	if (db_time_is_up(reader->db))
		error_set(err, ERROR_USAGE,
			"This took longer than %d seconds and was stopped; ask for less, or add a "
			"filter",
			QUERY_TIME_MS / 1000);
	db_limit_time(reader->db, 0);
	return false;
}

void
reader_take_message(struct statement *statement, struct arena *arena, struct message_row *ret_row)
{
	*ret_row = (struct message_row){
		.id = db_int(statement, "id"),
		.subject = reader_text(arena, statement, "subject"),
		.from_name = reader_text(arena, statement, "from_name"),
		.from_address = reader_text(arena, statement, "from_address"),
		.class = reader_text(arena, statement, "class"),
		.state = reader_text(arena, statement, "state"),
		.set_aside_reason = reader_text(arena, statement, "set_aside_reason"),
		.language = reader_text(arena, statement, "language"),
		.answered = reader_text(arena, statement, "answered"),
		.sorted_at = db_int(statement, "sorted_at"),
	};
}

enum found
reader_case_row(struct reader *reader, struct view id, struct arena *arena,
	struct case_row *ret_row, struct error *err)
{
	struct statement *row = db_use(reader->db, "case_row");
	enum db_step step;

	db_bind_text(row, ":id", id);
	step = db_next(row, err);
	if (step != DB_ROW)
		return step == DB_DONE ? ABSENT : FAILED;
	*ret_row = (struct case_row){
		.id = reader_text(arena, row, "id"),
		.title = reader_text(arena, row, "title"),
		.category = reader_text(arena, row, "category"),
		.stage = reader_text(arena, row, "stage"),
		.confidentiality = reader_text(arena, row, "confidentiality"),
		.countries = reader_text(arena, row, "countries"),
		.sectors = reader_text(arena, row, "sectors"),
		.platforms = reader_text(arena, row, "platforms"),
		.organisation = reader_text(arena, row, "organisation"),
		.first_at = db_int(row, "first_at"),
		.last_at = db_int(row, "last_at"),
		.message_count = (uint64_t)db_int(row, "message_count"),
	};
	db_reset(row);
	return FOUND;
}

/* Rows come by the field's name; people read them in the order of enum field. Stable: the rows of
 * one field stay in their order. */
static bool
order_by_field(const struct value_row *rows, size_t count, struct value_row *ret_rows)
{
	size_t placed = 0;

	for (int field = 0; field < FIELD_COUNT; field++) {
		struct view name = view_of(field_name((enum field)field));

		for (size_t i = 0; i < count; i++)
			if (view_equal(rows[i].field, name))
				ret_rows[placed++] = rows[i];
	}
	return placed == count;
}

bool
reader_take_values(struct statement *statement, struct arena *arena, struct value_row **ret_values,
	size_t *ret_count, struct error *err)
{
	struct value_row *rows = NULL, *ordered, *row;
	size_t count = 0, capacity = 0;
	enum db_step step;

	while ((step = db_next(statement, err)) == DB_ROW) {
		row = arena_push(arena, &rows, &count, &capacity, sizeof(*rows), ROWS_MAX);
		if (!row) {
			db_reset(statement);
			return reader_is_full(err);
		}
		*row = (struct value_row){
			.case_id = reader_text(arena, statement, "case_id"),
			.field = reader_text(arena, statement, "field"),
			.value = reader_text(arena, statement, "value"),
			.confidence = db_real(statement, "confidence"),
			.method = reader_text(arena, statement, "method"),
			.message = db_int(statement, "message"),
			.part = reader_text(arena, statement, "part"),
			.start = (uint64_t)db_int(statement, "start"),
			.end = (uint64_t)db_int(statement, "end"),
			.quote = reader_text(arena, statement, "quote"),
		};
	}
	if (step == DB_FAILED)
		return false;
	ordered = arena_alloc_array(arena, count ? count : 1, sizeof(*ordered));
	if (!ordered || arena_is_full(arena))
		return reader_is_full(err);
	*ret_values = order_by_field(rows, count, ordered) ? ordered : rows;
	*ret_count = count;
	return true;
}

bool
reader_take_messages(struct statement *statement, struct arena *arena,
	struct message_row **ret_rows, size_t *ret_count, struct error *err)
{
	struct message_row *rows = NULL, *row;
	size_t count = 0, capacity = 0;
	enum db_step step;

	while ((step = db_next(statement, err)) == DB_ROW) {
		row = arena_push(arena, &rows, &count, &capacity, sizeof(*rows), ROWS_MAX);
		if (!row) {
			db_reset(statement);
			return reader_is_full(err);
		}
		reader_take_message(statement, arena, row);
	}
	*ret_rows = rows;
	*ret_count = count;
	return step == DB_DONE;
}
