#ifndef CASEBOOK_READER_H
#define CASEBOOK_READER_H

/* What the modules of the casebook's reading side tell each other. */

#include "casebook/query.h"

struct reader {
	struct db *db;
	struct arena *totals_arena;
	struct totals totals;
	bool has_totals;
	uint64_t totals_version;
	int64_t totals_at_ms; /* of clock_monotonic_ms() */
	int64_t totals_cost_ms;
};

/** A copy of a column in the arena; NULL gives the empty view. */
struct view reader_text(struct arena *arena, struct statement *statement, const char *column);

/** Fills *err for an arena that is full. Returns false. */
bool reader_is_full(struct error *err);

/** Gives a failure of a statement its words for people, and lifts the time limit. Returns false. */
bool reader_failed(struct reader *reader, struct error *err);

/** The columns of a message row, but its snippet. */
void reader_take_message(
	struct statement *statement, struct arena *arena, struct message_row *ret_row);

/** Reads a case row by its exact id. */
enum found reader_case_row(struct reader *reader, struct view id, struct arena *arena,
	struct case_row *ret_row, struct error *err);

/** Runs a statement to its end and appends its value rows, in the order of enum field. */
bool reader_take_values(struct statement *statement, struct arena *arena,
	struct value_row **ret_values, size_t *ret_count, struct error *err);

/** Runs a statement to its end and appends its message rows. */
bool reader_take_messages(struct statement *statement, struct arena *arena,
	struct message_row **ret_rows, size_t *ret_count, struct error *err);

#endif
