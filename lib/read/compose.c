/*
 * One text out of many parts, as a mail program shows them: of alternatives the plain one, then
 * what follows in document order; attached messages under the lines of their header, as a forward.
 */
#include "read/compose.h"

#include <stdint.h>

#include "base/utf8.h"
#include "read/header.h"
#include "read/message.h"

/* What becomes of a leaf. */
enum fate { FATE_OPEN, FATE_DROPPED, FATE_ATTACHED };

struct composer {
	const struct parts *parts;
	struct arena *arena;
	struct composed *composed;
	enum fate *fates;
	size_t segment_capacity;
	size_t attachment_capacity;
	bool has_body;
};

static bool
is_text(const struct part *part)
{
	return view_equal(part->type, VIEW("text/plain")) ||
	       view_equal(part->type, VIEW("text/html"));
}

/* The text leaf that an alternative would show, SIZE_MAX if it has none. */
static size_t
find_text(const struct composer *composer, size_t first, size_t end, struct view type)
{
	for (size_t i = first; i < end; i++)
		if (view_equal(composer->parts->items[i].type, type) &&
			!composer->parts->items[i].is_multipart)
			return i;
	return SIZE_MAX;
}

static size_t
letters_of(struct composer *composer, size_t index)
{
	struct str text = str_new(MESSAGE_TEXT_MAX);
	struct text_damage damage = {0};
	size_t letters = 0;

	attachment_text(&composer->parts->items[index], composer->arena, &text, &damage);
	for (size_t i = 0; i < text.size; i++)
		letters += (unsigned char)text.data[i] > '@';
	str_free(&text);
	return letters;
}

/*
 * Of alternatives (RFC 2046 5.1.4) the plain text, since it is what the sender's program made for
 * reading without a browser; unless it is empty or only says that there is HTML.
 */
static size_t
choose_alternative(struct composer *composer, size_t index)
{
	enum { STUB_LETTERS = 200, STUB_FACTOR = 5 };
	size_t first = index + 1, end = composer->parts->items[index].end;
	size_t plain = find_text(composer, first, end, VIEW("text/plain"));
	size_t html = find_text(composer, first, end, VIEW("text/html"));
	size_t letters;

	if (plain == SIZE_MAX || html == SIZE_MAX)
		return plain == SIZE_MAX ? html : plain;
	letters = letters_of(composer, plain);
	if (letters > STUB_LETTERS)
		return plain;
	return letters_of(composer, html) > letters * STUB_FACTOR + STUB_LETTERS || letters == 0
		       ? html
		       : plain;
}

/* Other texts of the same type are no alternatives, whatever they are called. */
static void
drop_other_texts(struct composer *composer, size_t index, size_t chosen)
{
	const struct part *items = composer->parts->items;
	size_t end = items[index].end;

	for (size_t child = index + 1; child < end; child = items[child].end) {
		if (chosen >= child && chosen < items[child].end)
			continue;
		for (size_t i = child; i < items[child].end; i++)
			if (is_text(&items[i]) && !items[i].is_multipart &&
				!view_equal(items[i].type, items[chosen].type))
				composer->fates[i] = FATE_DROPPED;
	}
}

/* Of a multipart/related everything but the root serves the root (RFC 2387). */
static void
attach_related(struct composer *composer, size_t index)
{
	const struct part *items = composer->parts->items;
	size_t root = index + 1;

	for (size_t child = items[root].end; child < items[index].end; child = items[child].end)
		if (composer->fates[child] == FATE_OPEN)
			composer->fates[child] = FATE_ATTACHED;
}

static bool
end_segment(struct composer *composer, size_t start, enum span_kind kind, unsigned level)
{
	struct composed *composed = composer->composed;
	struct segment *segment;

	if (composed->text.size == start)
		return true;
	if (composed->text.data[composed->text.size - 1] != '\n')
		str_append_byte(&composed->text, '\n');
	segment = arena_push(composer->arena, &composed->segments, &composed->segment_count,
		&composer->segment_capacity, sizeof(*segment), SIZE_MAX);
	if (!segment)
		return false;
	*segment = (struct segment){start, composed->text.size, kind, level};
	return true;
}

/* How a leaf belongs to the message: the messages it is attached in, and whether a report holds
 * them, since what a report returns is no forward. */
static unsigned
nesting(const struct composer *composer, size_t index, bool *ret_is_returned)
{
	const struct part *items = composer->parts->items;
	unsigned level = 0;

	*ret_is_returned = false;
	for (size_t i = items[index].parent; i != PARTS_NONE; i = items[i].parent) {
		if (items[i].is_message)
			level++;
		else if (level > 0 && view_equal(items[i].type, VIEW("multipart/report")))
			*ret_is_returned = true;
	}
	return level;
}

/* A blank line between parts; the first line of the text begins it. */
static void
separate(struct composer *composer)
{
	struct str *text = &composer->composed->text;

	if (text->size > 0 && !view_ends_with(str_view(text), VIEW("\n\n")))
		str_append_byte(text, '\n');
	if (composer->composed->segment_count > 0)
		composer->composed->segments[composer->composed->segment_count - 1].end =
			text->size;
}

static bool
add_body(struct composer *composer, size_t index)
{
	const struct part *part = &composer->parts->items[index];
	struct composed *composed = composer->composed;
	bool is_returned;
	unsigned level = nesting(composer, index, &is_returned);
	size_t start;

	separate(composer);
	start = composed->text.size;
	attachment_text(part, composer->arena, &composed->text, &composed->damage);
	if (level == 0)
		composer->has_body = true;
	return end_segment(composer, start,
		is_returned ? SPAN_QUOTE
		: level     ? SPAN_FORWARDED
			    : SPAN_OWN,
		level);
}

static void
append_field(struct composer *composer, const struct part *part, const char *name)
{
	struct view value = part_field(part, view_of(name));
	struct view text = value.data ? header_text(value, composer->arena) : VIEW("");

	if (text.size)
		str_append_format(&composer->composed->text, "%s: %.*s\n", name,
			(int)(text.size < 2000 ? text.size : utf8_floor(text, 2000)), text.data);
}

/* The lines that a mail program puts above what it forwards. */
static bool
add_message_header(struct composer *composer, size_t index)
{
	static const char *const NAMES[] = {"From", "Date", "Subject", "To", "Cc"};
	const struct part *message = &composer->parts->items[index];
	struct composed *composed = composer->composed;
	bool is_returned;
	unsigned level;
	size_t start;

	if (message->end <= index + 1)
		return true;
	level = nesting(composer, index + 1, &is_returned);
	separate(composer);
	start = composed->text.size;
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		append_field(composer, message + 1, NAMES[i]);
	return end_segment(
		composer, start, is_returned ? SPAN_QUOTE_HEADER : SPAN_FORWARD_HEADER, level);
}

static bool
add_attachment(struct composer *composer, size_t index)
{
	struct composed *composed = composer->composed;
	const struct part *part = &composer->parts->items[index];
	struct attachment attachment, *item;

	if (composed->attachment_count == MESSAGE_ATTACHMENTS_MAX) {
		composed->attachments_cut = true;
		return true;
	}
	if (view_equal(part->type, VIEW("text/calendar")))
		composed->is_calendar = true;
	if (view_equal(part->type, VIEW("message/partial")) ||
		view_equal(part->type, VIEW("message/external-body")))
		composed->is_partial = true;
	if (view_equal(part->type, VIEW("application/pgp-encrypted")) ||
		view_equal(part->type, VIEW("application/pkcs7-mime")) ||
		view_equal(part->type, VIEW("application/x-pkcs7-mime")))
		composed->is_encrypted = true;
	if (!attachment_read(part, composer->arena, &attachment))
		return false;
	item = arena_push(composer->arena, &composed->attachments, &composed->attachment_count,
		&composer->attachment_capacity, sizeof(*item), MESSAGE_ATTACHMENTS_MAX);
	if (!item)
		return false;
	*item = attachment;
	return true;
}

/* A text is shown in the mail unless it says that it is a file. */
static bool
is_body(struct composer *composer, size_t index)
{
	const struct part *part = &composer->parts->items[index];
	struct view disposition;

	if (!is_text(part) || composer->fates[index] == FATE_ATTACHED)
		return false;
	disposition = attachment_disposition(part, composer->arena);
	if (view_equal(disposition, VIEW("attachment")))
		return false;
	return attachment_name(part, composer->arena).size == 0 ||
	       (!composer->has_body && !view_equal(disposition, VIEW("attachment")));
}

static bool
add_part(struct composer *composer, size_t index)
{
	const struct part *part = &composer->parts->items[index];

	if (part->is_multipart) {
		if (view_equal(part->type, VIEW("multipart/alternative"))) {
			size_t chosen = choose_alternative(composer, index);

			if (chosen != SIZE_MAX)
				drop_other_texts(composer, index, chosen);
		} else if (view_equal(part->type, VIEW("multipart/related")) &&
			   part->end > index + 1) {
			attach_related(composer, index);
		}
		return true;
	}
	if (composer->fates[index] == FATE_DROPPED)
		return true;
	if (part->is_message)
		return add_message_header(composer, index) && add_attachment(composer, index);
	if (is_body(composer, index))
		return add_body(composer, index);
	return add_attachment(composer, index);
}

bool
compose(const struct parts *parts, struct arena *arena, struct composed *ret_composed)
{
	struct composed composed = {.text = str_new(MESSAGE_TEXT_MAX)};
	struct composer composer = {
		.parts = parts,
		.arena = arena,
		.composed = &composed,
		.fates = arena_alloc_array(arena, parts->count, sizeof(enum fate)),
	};

	for (size_t i = 0; composer.fates && i < parts->count; i++) {
		if (!add_part(&composer, i)) {
			str_free(&composed.text);
			return false;
		}
	}
	*ret_composed = composed;
	return composer.fates != NULL;
}
