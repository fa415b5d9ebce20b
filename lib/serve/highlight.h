#ifndef SERVE_HIGHLIGHT_H
#define SERVE_HIGHLIGHT_H

#include "base/arena.h"
#include "casebook/query.h"
#include "serve/template.h"

/** A stretch of a part that a value stands on. */
struct mark {
	size_t start; /**< UTF-8 byte offsets in the part, end exclusive */
	size_t end;
	struct view label;  /**< for people: "country: EE" */
	struct view anchor; /**< id of the element, for links to it; letters, digits, "-" */
};

/** More marks than this in one part are left unmarked: no case has as many values. */
enum { MARKS_MAX = 4096, SHOWN_TEXT_MAX = 256 * 1024 };

/**
 * The text as HTML: escaped, spans that are not the sender's own words in
 * <span class="quote">…, marks in <mark title="…">. Marks may overlap. Offsets beyond the text or
 * inside a character are moved to its border. Only the first SHOWN_TEXT_MAX bytes are shown.
 *
 * @spans     in order, not overlapping; may be none
 * @marks     sorted here by start
 */
struct markup highlight_text(struct arena *arena, struct view text, const struct span_row *spans,
	size_t span_count, struct mark *marks, size_t mark_count);

/** A search's snippet: matches between U+0002 and U+0003 become <mark>. */
struct markup highlight_snippet(struct arena *arena, struct view snippet);

#endif
