/*
 * Text with the words marked that values stand on, for the pages of cases and messages. The text
 * is a stranger's: all of it is escaped, and only elements made here are around it.
 */
#include "serve/highlight.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "read/mail.h"

enum { MARKUP_MAX = 16 * 1024 * 1024 };

static const char *
span_class(unsigned kind)
{
	switch (kind) {
	case SPAN_OWN:
		return NULL;
	case SPAN_FORWARDED:
		return "forwarded";
	case SPAN_FORWARD_HEADER:
	case SPAN_QUOTE_HEADER:
		return "quote-header";
	case SPAN_QUOTE:
		return "quote";
	case SPAN_SIGNATURE:
		return "signature";
	default:
		return "boilerplate";
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end < y->end) - (x->end > y->end);
}

/* Where the text is while it is written. */
struct pen {
	struct str *out;
	struct view text;
	const struct span_row *spans;
	size_t span_count;
	size_t span; /* the first that does not end before `at` */
	struct mark *marks;
	size_t mark_count;
	size_t first_open; /* marks before it have ended */
	size_t next_mark;  /* the first that has not begun */
	size_t at;
};

/* Marks begin and end on characters, so a piece between two borders is valid UTF-8. */
static void
settle(struct pen *pen)
{
	for (size_t i = 0; i < pen->mark_count; i++) {
		struct mark *mark = &pen->marks[i];

		mark->start = utf8_floor(
			pen->text, mark->start < pen->text.size ? mark->start : pen->text.size);
		mark->end = utf8_floor(
			pen->text, mark->end < pen->text.size ? mark->end : pen->text.size);
	}
	qsort(pen->marks, pen->mark_count, sizeof(*pen->marks), by_start);
}

/* The next place where a span or a mark begins or ends. */
static size_t
next_border(const struct pen *pen)
{
	size_t border = pen->text.size;

	if (pen->span < pen->span_count) {
		const struct span_row *span = &pen->spans[pen->span];
		size_t edge = span->start > pen->at ? span->start : span->end;

		if (edge > pen->at && edge < border)
			border = utf8_floor(pen->text, edge);
	}
	if (pen->next_mark < pen->mark_count && pen->marks[pen->next_mark].start < border)
		border = pen->marks[pen->next_mark].start;
	for (size_t i = pen->first_open; i < pen->next_mark; i++)
		if (pen->marks[i].end > pen->at && pen->marks[i].end < border)
			border = pen->marks[i].end;
	return border > pen->at ? border : pen->text.size;
}

static void
open_mark(struct pen *pen)
{
	bool is_first = true;

	str_append(pen->out, VIEW("<mark title=\""));
	for (size_t i = pen->first_open; i < pen->next_mark; i++) {
		if (pen->marks[i].end <= pen->at)
			continue;
		if (!is_first)
			str_append(pen->out, VIEW("; "));
		is_first = false;
		template_escape(pen->out, pen->marks[i].label);
	}
	str_append(pen->out, VIEW("\">"));
}

static bool
is_marked(const struct pen *pen)
{
	for (size_t i = pen->first_open; i < pen->next_mark; i++)
		if (pen->marks[i].end > pen->at)
			return true;
	return false;
}

static const char *
class_here(struct pen *pen)
{
	while (pen->span < pen->span_count && pen->spans[pen->span].end <= pen->at)
		pen->span++;
	if (pen->span == pen->span_count || pen->spans[pen->span].start > pen->at)
		return NULL;
	return span_class(pen->spans[pen->span].kind);
}

/* Takes up the marks that begin here, and sets a target for links in front of each. */
static void
begin_marks(struct pen *pen)
{
	for (; pen->next_mark < pen->mark_count && pen->marks[pen->next_mark].start <= pen->at;
		pen->next_mark++) {
		if (!pen->marks[pen->next_mark].anchor.size)
			continue;
		str_append(pen->out, VIEW("<span class=\"target\" id=\""));
		template_escape(pen->out, pen->marks[pen->next_mark].anchor);
		str_append(pen->out, VIEW("\"></span>"));
	}
	while (pen->first_open < pen->next_mark && pen->marks[pen->first_open].end <= pen->at)
		pen->first_open++;
}

static void
write_piece(struct pen *pen)
{
	const char *class;
	bool marked;
	size_t border;

	begin_marks(pen);
	class = class_here(pen);
	marked = is_marked(pen);
	border = next_border(pen);
	if (class)
		str_append_format(pen->out, "<span class=\"%s\">", class);
	if (marked)
		open_mark(pen);
	template_escape(pen->out, view_slice(pen->text, pen->at, border));
	if (marked)
		str_append(pen->out, VIEW("</mark>"));
	if (class)
		str_append(pen->out, VIEW("</span>"));
	pen->at = border;
}

struct markup
highlight_text(struct arena *arena, struct view text, const struct span_row *spans,
	size_t span_count, struct mark *marks, size_t mark_count)
{
	CLEANUP(str_free) struct str out = str_new(MARKUP_MAX);
	bool is_cut = text.size > SHOWN_TEXT_MAX;
	struct pen pen = {
		.out = &out,
		.text = view_slice(text, 0, utf8_floor(text, is_cut ? SHOWN_TEXT_MAX : text.size)),
		.spans = spans,
		.span_count = span_count,
		.marks = marks,
		.mark_count = mark_count < MARKS_MAX ? mark_count : MARKS_MAX,
	};

	if (pen.mark_count)
		settle(&pen);
	while (pen.at < pen.text.size)
		write_piece(&pen);
	if (is_cut)
		str_append(&out, VIEW("<span class=\"cut\">… The text goes on; the exports and the "
				      "raw message have all of it.</span>"));
	return (struct markup){arena_copy(arena, str_view(&out))};
}

struct markup
highlight_snippet(struct arena *arena, struct view snippet)
{
	CLEANUP(str_free) struct str out = str_new(MARKUP_MAX);
	bool is_open = false;

	for (size_t i = 0; i < snippet.size; i++) {
		char c = snippet.data[i];

		if (c == '\x02' && !is_open)
			str_append(&out, VIEW("<mark>"));
		else if (c == '\x03' && is_open)
			str_append(&out, VIEW("</mark>"));
		else if (c != '\x02' && c != '\x03')
			template_escape(&out, view_slice(snippet, i, i + 1));
		if (c == '\x02' || c == '\x03')
			is_open = c == '\x02';
	}
	if (is_open)
		str_append(&out, VIEW("</mark>"));
	return (struct markup){arena_copy(arena, str_view(&out))};
}
