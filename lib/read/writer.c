/*
 * Words and line feeds as HTML asks for them: nothing is written before it is needed, so that any
 * number of nested blocks begin one line.
 */
#include "read/writer.h"

#include "base/str.h"

enum { QUOTE_DEPTH_MAX = 20, BREAKS_MAX = 3 };

static void
start_line(struct writer *writer)
{
	for (unsigned i = 0; i < writer->quotes && i < QUOTE_DEPTH_MAX; i++)
		str_append(writer->out, VIEW("> "));
	writer->at_line_start = true;
}

/* Writes the line feeds and the space that are due. */
void
writer_flush(struct writer *writer)
{
	bool is_first = writer->out->size == writer->begin;

	if (is_first) {
		start_line(writer);
	} else if (writer->breaks) {
		for (unsigned i = 0; i < writer->breaks; i++) {
			str_append_byte(writer->out, '\n');
			if (i + 1 == writer->breaks)
				start_line(writer);
			else
				for (unsigned q = 0; q < writer->quotes && q < QUOTE_DEPTH_MAX; q++)
					str_append_byte(writer->out, '>');
		}
	} else if (writer->cell_due) {
		str_append(writer->out, VIEW(" | "));
	} else if (writer->space && !writer->at_line_start) {
		str_append_byte(writer->out, ' ');
	}
	writer->breaks = 0;
	writer->space = writer->cell_due = writer->in_cell = false;
}

void
writer_need_breaks(struct writer *writer, unsigned breaks)
{
	if (writer->in_cell)
		return;
	if (writer->breaks < breaks)
		writer->breaks = breaks;
	writer->space = false;
	writer->cell_due = false;
}

void
writer_add_break(struct writer *writer)
{
	if (writer->breaks < BREAKS_MAX)
		writer->breaks++;
	writer->space = false;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

void
writer_words(struct writer *writer, struct view text)
{
	size_t at = 0;

	while (at < text.size) {
		size_t start;

		while (at < text.size && is_space(text.data[at])) {
			writer->space = true;
			at++;
		}
		for (start = at; at < text.size && !is_space(text.data[at]);)
			at++;
		if (at == start)
			return;
		writer_flush(writer);
		str_append(writer->out, view_slice(text, start, at));
		writer->at_line_start = false;
	}
}

void
writer_preformatted(struct writer *writer, struct view text)
{
	struct view rest = text, line;

	while (view_next_line(&rest, &line)) {
		if (line.size) {
			writer_flush(writer);
			str_append(writer->out, line);
			writer->at_line_start = false;
		}
		if (rest.size || (text.size && text.data[text.size - 1] == '\n'))
			writer->breaks++;
	}
}
