/*
 * How much of a message the parser is given. One pass over its lines, before anything else looks
 * at it: GMime makes 2 KB of objects of each part and compares every line that begins with "--"
 * with every open boundary.
 */
#include "read/limits.h"

#include <stddef.h>

#include "read/message.h"

enum {
	BOUNDARIES_MAX = 256,    /* declared in one message; real mail has fewer than 50 */
	BOUNDARY_SIZE_MAX = 200, /* RFC 2046 allows 70 */
	COMPARISONS_MAX = 200 * 1000 * 1000 /* of lines with boundaries: about a second */
};

/* Boundaries declared so far, as an open hash table. */
struct boundaries {
	struct view slots[BOUNDARIES_MAX * 4];
	size_t count;
};

static size_t
hash(struct view text)
{
	size_t h = 5381;

	for (size_t i = 0; i < text.size; i++)
		h = h * 33 + (unsigned char)text.data[i];
	return h;
}

static struct view *
find_slot(struct boundaries *set, struct view boundary)
{
	size_t slot = hash(boundary) % (BOUNDARIES_MAX * 4);

	while (set->slots[slot].data && !view_equal(set->slots[slot], boundary))
		slot = (slot + 1) % (BOUNDARIES_MAX * 4);
	return &set->slots[slot];
}

/* Notes the value behind each "boundary=" of a line. */
static void
note_boundary(struct boundaries *set, struct view line)
{
	static const struct view NAME = {"boundary=", 9};
	struct view value, *slot;
	size_t at, end = 0;

	for (at = 0; at + NAME.size < line.size; at++)
		if ((line.data[at] | 0x20) == 'b' &&
			view_starts_with_nocase(view_slice(line, at, line.size), NAME))
			break;
	if (at + NAME.size >= line.size)
		return;
	value = view_slice(line, at + NAME.size, at + NAME.size + BOUNDARY_SIZE_MAX);
	if (value.size && value.data[0] == '"')
		value = view_slice(value, 1, value.size);
	while (end < value.size && value.data[end] != '"' && value.data[end] != ';' &&
		value.data[end] != '\r')
		end++;
	slot = find_slot(set, view_slice(value, 0, end));
	if (!slot->data && end > 0) {
		*slot = view_slice(value, 0, end);
		set->count++;
	}
}

static bool
is_boundary_line(struct boundaries *set, struct view line)
{
	struct view text = view_slice(line, 2, line.size);

	while (text.size && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\r'))
		text.size--;
	return text.size && find_slot(set, text)->data != NULL;
}

/*
 * The front of a message that has at most MESSAGE_PARTS_MAX parts and BOUNDARIES_MAX boundaries.
 * One pass over its lines.
 */
struct view
limits_cut(struct view raw)
{
	struct boundaries set = {0};
	size_t start = 0, parts = 0, comparisons = 0;

	while (start < raw.size) {
		size_t end = view_find_byte(raw, '\n', start);
		struct view line = view_slice(raw, start, end == SIZE_MAX ? raw.size : end);

		if (line.size < 1000)
			note_boundary(&set, line);
		if (line.size >= 2 && line.data[0] == '-' && line.data[1] == '-') {
			comparisons += set.count;
			parts += is_boundary_line(&set, line) ? 1 : 0;
		}
		if (parts > MESSAGE_PARTS_MAX || set.count > BOUNDARIES_MAX ||
			comparisons > COMPARISONS_MAX)
			return view_slice(raw, 0, start);
		if (end == SIZE_MAX)
			break;
		start = end + 1;
	}
	return raw;
}
