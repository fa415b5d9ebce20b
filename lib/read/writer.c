/*
 * Words and line feeds as HTML asks for them: nothing is written before it is needed, so that any
 * number of nested blocks begin one line.
 */
#include "read/writer.h"

#include "base/str.h"

enum { QUOTE_DEPTH_MAX = 20, BREAKS_MAX = 3 };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Line feeds; a blank line between two depths of quotation belongs to the outer one. */
static void
write_breaks(struct writer *writer)
{
	unsigned depth = least(least(writer->quotes, writer->last_quotes), QUOTE_DEPTH_MAX);

	for (unsigned i = 0; i < writer->breaks; i++) {
		str_append_byte(writer->out, '\n');
		for (unsigned q = 0; i + 1 < writer->breaks && q < depth; q++)
			str_append_byte(writer->out, '>');
	}
}

static void
start_line(struct writer *writer)
{
	for (unsigned i = 0; i < least(writer->quotes, QUOTE_DEPTH_MAX); i++)
		str_append(writer->out, VIEW("> "));
	writer->at_line_start = true;
	writer->last_quotes = writer->quotes;
}

void
writer_flush(struct writer *writer)
{
	if (writer->out->size == writer->begin) {
		start_line(writer);
	} else if (writer->breaks) {
		write_breaks(writer);
		start_line(writer);
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

/* White space at `at`: its size in bytes. No-break spaces are layout in mail as the others are. */
static size_t
space_size(struct view text, size_t at)
{
	if (is_space(text.data[at]))
		return 1;
	return view_starts_with(view_slice(text, at, at + 2), VIEW("\xC2\xA0")) ? 2 : 0;
}

void
writer_words(struct writer *writer, struct view text)
{
	size_t at = 0;

	while (at < text.size) {
		size_t start, size;

		while (at < text.size && (size = space_size(text, at)) > 0) {
			writer->space = true;
			at += size;
		}
		for (start = at; at < text.size && space_size(text, at) == 0;)
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
