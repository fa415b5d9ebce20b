#ifndef READ_WRITER_H
#define READ_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/**
 * The output of html.c: text with white space folded, line feeds and quote marks put where the
 * layout asks for them. Start with {.out = …, .at_line_start = true}.
 */
enum { LIST_DEPTH_MAX = 10 };

struct writer {
	struct str *out;
	size_t begin;    /* of our text in *out */
	unsigned breaks; /* line feeds due before the next character */
	bool space;      /* a space is due */
	bool at_line_start;
	bool cell_due; /* " | " is due */
	bool in_cell;  /* a separator was the last thing: blocks begin on its line */
	bool in_data_row;
	unsigned cells;   /* of the row, begun so far */
	size_t row_start; /* in *out */
	unsigned quotes;
	unsigned last_quotes; /* of the line written last */
	unsigned pre;
	unsigned lists;
	unsigned numbers[LIST_DEPTH_MAX]; /* of the next item; 0: not numbered */
};

/** Writes the line feeds, the " | " or the space that are due; quoted lines begin with "> ". */
void writer_flush(struct writer *writer);

/** At least so many line feeds before what comes next: 2 make a blank line. */
void writer_need_breaks(struct writer *writer, unsigned breaks);

/** One line feed more, as <br> asks for; at most two blank lines in a row. */
void writer_add_break(struct writer *writer);

/** Text of which only the words count. */
void writer_words(struct writer *writer, struct view text);

/** Text of <pre>: line feeds and blanks count. */
void writer_preformatted(struct writer *writer, struct view text);

#endif
