/*
 * Values beside the words that say them: tables of values, and messages with these words marked.
 */
#include "serve/parts.h"

#include "serve/highlight.h"
#include "serve/words.h"

static const struct slot part_slots[] = {
	TEXT(struct part_view, name),
	TEXT(struct part_view, type),
	TEXT(struct part_view, size),
	MARKUP(struct part_view, text),
	FLAG(struct part_view, has_marks),
};
const struct shape part_shape = SHAPE(struct part_view, part_slots);

static const struct slot message_view_slots[] = {
	NUMBER(struct message_view, id),
	OBJECT(struct message_view, line, message_line_shape),
	TEXT(struct message_view, from),
	TEXT(struct message_view, address),
	TEXT(struct message_view, date),
	MARKUP(struct message_view, subject),
	MARKUP(struct message_view, text),
	LIST(struct message_view, attachments, attachment_count, part_shape),
};
const struct shape message_view_shape = SHAPE(struct message_view, message_view_slots);

static const struct slot value_slots[] = {
	TEXT(struct value_line, value),
	TEXT(struct value_line, coded),
	TEXT(struct value_line, method),
	TEXT(struct value_line, confidence),
	TEXT(struct value_line, quote),
	TEXT(struct value_line, part),
	TEXT(struct value_line, anchor),
	NUMBER(struct value_line, message),
	FLAG(struct value_line, is_weak),
	FLAG(struct value_line, is_link),
};
static const struct shape value_shape = SHAPE(struct value_line, value_slots);

static const struct slot field_slots[] = {
	TEXT(struct field_line, field),
	TEXT(struct field_line, label),
	LIST(struct field_line, values, value_count, value_shape),
};
const struct shape field_shape = SHAPE(struct field_line, field_slots);

static struct view
label_of(struct arena *arena, const struct value_row *value)
{
	struct view field = words_plain(arena, value->field);
	struct view word = words_value(arena, value->field, value->value);

	return arena_format(
		arena, "%.*s: %.*s", (int)field.size, field.data, (int)word.size, word.data);
}

/* The marks of one part of one message. */
static bool
marks_in(struct arena *arena, const struct value_row *values, size_t value_count, int64_t message,
	struct view part, struct mark **ret_marks, size_t *ret_count)
{
	struct mark *marks = arena_alloc_array(arena, value_count + 1, sizeof(*marks));
	size_t count = 0;

	for (size_t i = 0; marks && i < value_count; i++) {
		if (values[i].message != message || !view_equal(values[i].part, part))
			continue;
		marks[count++] = (struct mark){
			.start = (size_t)values[i].start,
			.end = (size_t)values[i].end,
			.label = label_of(arena, &values[i]),
			.anchor = arena_format(arena, "v%zu", i),
		};
	}
	*ret_marks = marks;
	*ret_count = count;
	return marks != NULL;
}

static bool
show_attachments(struct arena *arena, const struct message_detail *detail,
	const struct value_row *values, size_t value_count, struct message_view *view)
{
	view->attachments =
		arena_alloc_array(arena, detail->attachment_count + 1, sizeof(*view->attachments));
	if (!view->attachments)
		return false;
	view->attachment_count = detail->attachment_count;
	for (size_t i = 0; i < detail->attachment_count; i++) {
		const struct attachment_row *attachment = &detail->attachments[i];
		struct view part = arena_format(arena, "attachment:%.*s",
			(int)attachment->name.size, attachment->name.data);
		struct mark *marks;
		size_t mark_count;

		if (!marks_in(
			    arena, values, value_count, detail->row.id, part, &marks, &mark_count))
			return false;
		view->attachments[i] = (struct part_view){
			.name = attachment->name.size ? attachment->name : VIEW("(no name)"),
			.type = attachment->type,
			.size = words_size(arena, attachment->size_bytes),
			.text = highlight_text(arena, attachment->text, NULL, 0, marks, mark_count),
			.has_marks = mark_count > 0,
		};
	}
	return true;
}

bool
parts_of_message(struct arena *arena, const struct message_detail *detail,
	const struct value_row *values, size_t value_count, struct message_view *ret_view)
{
	struct message_view view = {
		.id = detail->row.id,
		.from = detail->row.from_name,
		.address = detail->row.from_address,
		.date = detail->date.size
				? arena_format(arena, "%.10s %.5s %.*s", detail->date.data,
					  detail->date.size > 16 ? detail->date.data + 11 : "",
					  detail->date.size > 19 ? (int)(detail->date.size - 19)
								 : 0,
					  detail->date.size > 19 ? detail->date.data + 19 : "")
				: words_time(arena, detail->row.sorted_at),
	};
	struct message_line *line = page_message_lines(arena, &detail->row, 1);
	struct mark *marks;
	size_t count;

	if (!line ||
		!marks_in(arena, values, value_count, view.id, VIEW("subject"), &marks, &count))
		return false;
	view.line = *line;
	view.subject = highlight_text(arena, detail->row.subject, NULL, 0, marks, count);
	if (!marks_in(arena, values, value_count, view.id, VIEW("text"), &marks, &count))
		return false;
	view.text = highlight_text(
		arena, detail->text, detail->spans, detail->span_count, marks, count);
	if (!show_attachments(arena, detail, values, value_count, &view))
		return false;
	*ret_view = view;
	return !arena_is_full(arena);
}

static struct value_line
line_of(struct arena *arena, const struct value_row *value, size_t number)
{
	struct view word = words_value(arena, value->field, value->value);

	return (struct value_line){
		.value = word,
		.coded = view_equal(word, value->value) ? (struct view){0} : value->value,
		.method = words_plain(arena, value->method),
		.confidence = arena_format(arena, "%.0f %%", value->confidence * 100),
		.quote = value->quote,
		.part = view_starts_with(value->part, VIEW("attachment:"))
				? arena_format(arena, "attachment %.*s", (int)value->part.size - 11,
					  value->part.data + 11)
				: value->part,
		.anchor = value->part.size ? arena_format(arena, "v%zu", number) : (struct view){0},
		.message = value->message,
		.is_weak = value->confidence < 0.5,
		.is_link = view_equal(value->field, VIEW("links")),
	};
}

bool
parts_of_values(struct arena *arena, const struct value_row *values, size_t value_count,
	struct field_line **ret_fields, size_t *ret_count)
{
	struct field_line *fields = arena_alloc_array(arena, value_count + 1, sizeof(*fields));
	struct value_line *lines = arena_alloc_array(arena, value_count + 1, sizeof(*lines));
	size_t count = 0;

	if (!fields || !lines)
		return false;
	for (size_t i = 0; i < value_count; i++) {
		lines[i] = line_of(arena, &values[i], i);
		if (i == 0 || !view_equal(values[i].field, values[i - 1].field))
			fields[count++] = (struct field_line){
				.field = values[i].field,
				.label = words_plain(arena, values[i].field),
				.values = &lines[i],
			};
		fields[count - 1].value_count++;
	}
	*ret_fields = fields;
	*ret_count = count;
	return true;
}
