#ifndef SERVE_PARTS_H
#define SERVE_PARTS_H

#include "casebook/query.h"
#include "serve/page.h"

/** A subject, a text or an attachment as the pages show it. */
struct part_view {
	struct view name; /**< of an attachment */
	struct view type, size;
	struct markup text; /**< with evidence marked; empty: it has none */
	bool has_marks;
};
extern const struct shape part_shape;

/** A message with its evidence marked. */
struct message_view {
	int64_t id;
	struct message_line line;
	struct view from, address, date;
	struct markup subject, text;
	struct part_view *attachments;
	size_t attachment_count;
};
extern const struct shape message_view_shape;

/**
 * Marks in a message the values that point into it. The anchor of values[i] is "v" and i.
 *
 * Returns false when the arena is full.
 */
bool parts_of_message(struct arena *arena, const struct message_detail *detail,
	const struct value_row *values, size_t value_count, struct message_view *ret_view);

/** A value beside its evidence, for tables. */
struct value_line {
	struct view value; /**< in words */
	struct view coded; /**< as exported, where that differs */
	struct view method;
	struct view confidence; /**< "93 %" */
	struct view quote;
	struct view part;   /**< in words: "subject", "text", "attachment x.pdf" */
	struct view anchor; /**< "v12"; empty: no evidence */
	int64_t message;
	bool is_weak; /**< says so beside the value: confidence under one half */
	bool is_link; /**< an http(s) address; shown as text all the same */
};
struct field_line {
	struct view field; /**< as exported */
	struct view label;
	struct value_line *values;
	size_t value_count;
};
extern const struct shape field_shape;

/** Values in groups by field; they come in the order of fields. */
bool parts_of_values(struct arena *arena, const struct value_row *values, size_t value_count,
	struct field_line **ret_fields, size_t *ret_count);

#endif
