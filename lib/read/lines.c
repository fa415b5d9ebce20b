/*
 * Lines of a text with their quote marks, and spans made of them.
 */
#include "read/lines.h"

#include <stdint.h>

enum { DEPTH_MAX = 100 };

/* "> > text", ">> text", "| text" (some programs draw a bar). */
static void
read_marks(struct view content, struct line *line)
{
	size_t at = 0, behind = 0;

	while (at < content.size && line->depth < DEPTH_MAX) {
		char c = content.data[at];

		if (c == '>') {
			line->depth++;
			behind = at + 1;
		} else if (c != ' ' || at > behind + 3) {
			break;
		}
		at++;
	}
	line->words = view_trim(view_slice(content, behind, content.size));
	line->is_blank = line->words.size == 0;
}

bool
lines_split(struct view text, struct arena *arena, struct lines *ret_lines)
{
	struct lines lines = {.text = text};
	size_t capacity = 0, start = 0;

	while (start < text.size) {
		size_t feed = view_find_byte(text, '\n', start);
		size_t end = feed == SIZE_MAX ? text.size : feed + 1;
		struct line *line = arena_push(
			arena, &lines.items, &lines.count, &capacity, sizeof(*line), SIZE_MAX);

		if (!line)
			return false;
		line->start = start;
		line->end = end;
		line->kind = SPAN_OWN;
		read_marks(view_slice(text, start, end), line);
		start = end;
	}
	*ret_lines = lines;
	return true;
}

void
lines_mark(struct lines *lines, size_t first, size_t last, enum span_kind kind, unsigned level)
{
	for (size_t i = first; i < last && i < lines->count; i++) {
		lines->items[i].kind = kind;
		lines->items[i].level = level;
	}
}

size_t
lines_next(const struct lines *lines, size_t from, size_t last)
{
	while (from < last && lines->items[from].is_blank)
		from++;
	return from;
}

bool
lines_to_spans(
	const struct lines *lines, struct arena *arena, struct span **ret_spans, size_t *ret_count)
{
	struct span *spans = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];
		struct span *last = count ? &spans[count - 1] : NULL;

		if (last && last->kind == line->kind && last->level == line->level) {
			last->end = line->end;
			continue;
		}
		last = arena_push(arena, &spans, &count, &capacity, sizeof(*last), SIZE_MAX);
		if (!last)
			return false;
		*last = (struct span){line->kind, line->start, line->end, line->level};
	}
	*ret_spans = spans;
	*ret_count = count;
	return true;
}
