/*
 * format=flowed (RFC 3676): between the decoded text of a part and the text of the message.
 */
#include "read/flowed.h"

#include <stddef.h>

static size_t
take_depth(struct view *line)
{
	size_t depth = 0;

	while (depth < line->size && line->data[depth] == '>')
		depth++;
	*line = view_slice(*line, depth, line->size);
	if (line->size && line->data[0] == ' ')
		*line = view_slice(*line, 1, line->size); /* stuffed (4.4) */
	return depth;
}

static void
start_line(struct str *out, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		str_append_byte(out, '>');
	if (depth)
		str_append_byte(out, ' ');
}

void
flowed_unwrap(struct view text, bool delsp, struct str *out)
{
	struct view rest = text, line;
	size_t open_depth = 0;
	bool is_open = false; /* the line before ended softly */

	while (view_next_line(&rest, &line)) {
		size_t depth = take_depth(&line);
		bool is_signature = view_equal(line, VIEW("-- "));
		bool is_soft = line.size && line.data[line.size - 1] == ' ' && !is_signature;

		if (is_open && (depth != open_depth || is_signature)) {
			str_append_byte(out, '\n');
			is_open = false;
		}
		if (!is_open)
			start_line(out, depth);
		if (is_soft && delsp)
			line.size--;
		str_append(out, line);
		if (!is_soft)
			str_append_byte(out, '\n');
		is_open = is_soft;
		open_depth = depth;
	}
	if (is_open)
		str_append_byte(out, '\n');
}
