#ifndef READ_LINES_H
#define READ_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "read/mail.h"

/**
 * A text as lines, which is how people and programs mark quotes and signatures. What finds them
 * changes `kind` and `level` of lines; spans are made of lines of one kind.
 */
struct line {
	size_t start;
	size_t end;        /**< with its line feed */
	struct view words; /**< without quote marks, without blanks at its ends */
	unsigned depth;    /**< quote marks at its front */
	bool is_blank;
	unsigned char label; /**< quote.c's note of what field it begins with; 0 at first */
	enum span_kind kind;
	unsigned level;
};

struct lines {
	struct line *items;
	size_t count;
	struct view text;
};

/** All lines of a text as SPAN_OWN; false when the arena is full. */
__attribute__((warn_unused_result)) bool lines_split(
	struct view text, struct arena *arena, struct lines *ret_lines);

/** Gives lines from `first` to before `last` a kind and a level. */
void lines_mark(
	struct lines *lines, size_t first, size_t last, enum span_kind kind, unsigned level);

/** The first line at or after `from`, before `last`, that is not blank; `last` if there is none. */
size_t lines_next(const struct lines *lines, size_t from, size_t last);

/** Makes spans of runs of lines; they cover the text. False when the arena is full. */
__attribute__((warn_unused_result)) bool lines_to_spans(
	const struct lines *lines, struct arena *arena, struct span **ret_spans, size_t *ret_count);

#endif
