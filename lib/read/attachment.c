/*
 * Leaves of a message: what they are called, how large they are, what they say. Content is decoded
 * in pieces through the digest; only what will be read as text is kept.
 */
#include "read/attachment.h"

#include "base/digest.h"
#include "base/utf8.h"
#include "read/charset.h"
#include "read/flowed.h"
#include "read/header.h"
#include "read/html.h"
#include "read/message.h"

enum { NAME_SIZE_MAX = 255 };

struct view
attachment_disposition(const struct part *part, struct arena *arena)
{
	return header_token(part_field(part, VIEW("Content-Disposition")), arena);
}

/* "C:\Users\x\a.pdf", "../../etc/passwd": only the last name counts, and it is no dot name. */
static struct view
without_path(struct view name)
{
	for (size_t i = name.size; i-- > 0;)
		if (name.data[i] == '/' || name.data[i] == '\\') {
			name = view_slice(name, i + 1, name.size);
			break;
		}
	if (view_equal(name, VIEW(".")) || view_equal(name, VIEW("..")))
		return VIEW("");
	return view_slice(name, 0, utf8_floor(name, NAME_SIZE_MAX));
}

struct view
attachment_name(const struct part *part, struct arena *arena)
{
	struct view name = header_param(
		part_field(part, VIEW("Content-Disposition")), VIEW("filename"), arena);

	if (name.size == 0)
		name = header_param(part_field(part, VIEW("Content-Type")), VIEW("name"), arena);
	return name.data ? without_path(view_trim(name)) : VIEW("");
}

struct measure {
	struct digest *digest;
	uint64_t size_bytes;
};

static void
measure_piece(void *context, struct view bytes)
{
	struct measure *measure = context;

	digest_update(measure->digest, bytes);
	measure->size_bytes += bytes.size;
}

static void
append_to_str(void *context, struct view bytes)
{
	str_append(context, bytes);
}

/* Of a text that is too long, the front. */
static void
append_clipped(struct str *out, struct view text)
{
	size_t room = out->maximum - out->size;

	str_append(out, text.size > room ? view_slice(text, 0, utf8_floor(text, room)) : text);
}

static void
note_outcome(enum charset_outcome outcome, struct text_damage *damage)
{
	switch (outcome) {
	case CHARSET_AS_LABELLED:
		break;
	case CHARSET_GUESSED:
		damage->charset_guessed = true;
		break;
	case CHARSET_UNKNOWN:
		damage->charset_unknown = true;
		break;
	case CHARSET_MISLABELLED:
		damage->charset_mislabelled = true;
		break;
	}
}

static bool
is_flowed(const struct part *part, struct arena *arena, bool *ret_delsp)
{
	struct view type = part_field(part, VIEW("Content-Type"));
	struct view format = header_param(type, VIEW("format"), arena);
	struct view delsp = header_param(type, VIEW("delsp"), arena);

	*ret_delsp = delsp.data && view_equal_nocase(view_trim(delsp), VIEW("yes"));
	return format.data && view_equal_nocase(view_trim(format), VIEW("flowed"));
}

void
attachment_text(
	const struct part *part, struct arena *arena, struct str *out, struct text_damage *damage)
{
	CLEANUP(str_free) struct str bytes = str_new((size_t)HTML_SIZE_MAX);
	CLEANUP(str_free) struct str text = str_new((size_t)HTML_SIZE_MAX * 3);
	bool is_html = view_equal(part->type, VIEW("text/html"));
	struct view label =
		header_param(part_field(part, VIEW("Content-Type")), VIEW("charset"), arena);
	bool delsp;

	part_decode(
		part->transfer, view_slice(part->content, 0, HTML_SIZE_MAX), append_to_str, &bytes);
	if (is_html && label.size == 0)
		label = html_charset(str_view(&bytes));
	note_outcome(charset_decode(&text, str_view(&bytes), label.data ? label : VIEW(""),
			     &damage->replaced),
		damage);
	if (is_html)
		damage->html_costly |= !html_to_text(str_view(&text), out);
	else if (is_flowed(part, arena, &delsp))
		flowed_unwrap(str_view(&text), delsp, out);
	else
		append_clipped(out, str_view(&text));
}

bool
attachment_read(const struct part *part, struct arena *arena, struct attachment *ret_attachment)
{
	struct attachment attachment = {.type = part->type, .text = VIEW("")};
	struct measure measure = {.digest = digest_start()};

	part_decode(part->transfer, part->content, measure_piece, &measure);
	digest_finish(measure.digest, attachment.sha256);
	attachment.size_bytes = measure.size_bytes;
	attachment.name = attachment_name(part, arena);
	attachment.is_inline = !view_equal(attachment_disposition(part, arena), VIEW("attachment"));
	if (view_starts_with(part->type, VIEW("text/")) || part->is_multipart) {
		struct str text = str_new(ATTACHMENT_TEXT_MAX);
		struct text_damage damage = {0};

		attachment_text(part, arena, &text, &damage);
		attachment.text = arena_copy(arena, str_view(&text));
		str_free(&text);
	}
	if (arena_is_full(arena))
		return false;
	*ret_attachment = attachment;
	return true;
}
