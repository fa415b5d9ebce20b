/*
 * What the casebook holds, in numbers: the front page and `casepost status`.
 */
#include "casebook/query.h"

#include "base/clock.h"
#include "casebook/reader.h"

enum {
	COUNTS_MAX = 20000,
	COST_SHARE = 10, /* at most a tenth of the time goes into counting */
};

static bool
take_counts(struct statement *statement, struct arena *arena, struct counts *ret_counts,
	struct error *err)
{
	struct counts counts = {0};
	size_t capacity = 0;
	enum db_step step;

	while ((step = db_next(statement, err)) == DB_ROW) {
		struct count_row *row = arena_push(
			arena, &counts.rows, &counts.count, &capacity, sizeof(*row), COUNTS_MAX);

		if (!row) {
			db_reset(statement);
			return reader_is_full(err);
		}
		row->name = reader_text(arena, statement, "name");
		row->second = reader_text(arena, statement, "second");
		row->count = (uint64_t)db_int(statement, "count");
	}
	*ret_counts = counts;
	return step == DB_DONE;
}

static bool
count_by(struct reader *reader, const char *name, struct counts *ret_counts, struct error *err)
{
	return take_counts(db_use(reader->db, name), reader->totals_arena, ret_counts, err);
}

static bool
count_field(struct reader *reader, const char *field, struct counts *ret_counts, struct error *err)
{
	struct statement *statement = db_use(reader->db, "count_by_field");

	db_bind_text(statement, ":field", view_of(field));
	return take_counts(statement, reader->totals_arena, ret_counts, err);
}

static bool
take_sums(struct reader *reader, struct totals *totals, struct error *err)
{
	struct statement *sums = db_use(reader->db, "totals");
	struct statement *gap = db_use(reader->db, "usual_gap");
	enum db_step step;

	if (db_next(sums, err) != DB_ROW)
		return false;
	totals->messages = (uint64_t)db_int(sums, "messages");
	totals->cases = (uint64_t)db_int(sums, "cases");
	totals->set_aside = (uint64_t)db_int(sums, "set_aside");
	totals->unanswered = (uint64_t)db_int(sums, "unanswered");
	totals->last_message_at = db_int(sums, "last_message_at");
	db_reset(sums);
	step = db_next(gap, err);
	if (step == DB_ROW)
		totals->usual_gap_s = db_int(gap, "gap");
	db_reset(gap);
	return step != DB_FAILED;
}

static bool
count_all(struct reader *reader, struct totals *totals, struct error *err)
{
	return take_sums(reader, totals, err) &&
	       count_by(reader, "count_by_class", &totals->by_class, err) &&
	       count_by(reader, "count_by_language", &totals->by_language, err) &&
	       count_by(reader, "count_by_category", &totals->by_category, err) &&
	       count_by(reader, "count_by_stage", &totals->by_stage, err) &&
	       count_by(reader, "count_by_month", &totals->by_month, err) &&
	       count_field(reader, "country", &totals->by_country, err) &&
	       count_field(reader, "sector", &totals->by_sector, err) &&
	       count_field(reader, "platform", &totals->by_platform, err) &&
	       count_field(reader, "reasons", &totals->by_reason, err);
}

bool
query_totals(struct reader *reader, const struct totals **ret_totals, struct error *err)
{
	int64_t now = clock_monotonic_ms();
	uint64_t version;

	if (!reader_version(reader, &version, err))
		return false;
	if (!reader->has_totals ||
		(version != reader->totals_version &&
			now - reader->totals_at_ms >= reader->totals_cost_ms * COST_SHARE)) {
		reader->has_totals = false;
		arena_reset(reader->totals_arena);
		reader->totals = (struct totals){0};
		if (!count_all(reader, &reader->totals, err))
			return false;
		if (arena_is_full(reader->totals_arena))
			return reader_is_full(err);
		reader->has_totals = true;
		reader->totals_version = version;
		reader->totals_at_ms = clock_monotonic_ms();
		reader->totals_cost_ms = reader->totals_at_ms - now;
	}
	*ret_totals = &reader->totals;
	return true;
}
