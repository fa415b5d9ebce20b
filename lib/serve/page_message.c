/*
 * A message as it was read: safe text with the sender's own words in front, attachments and their
 * text, what was odd about it, and the cases it tells of. The raw bytes go out as plain text to be
 * saved, never to be shown: they are a stranger's.
 */
#include "serve/page.h"
#include "serve/parts.h"
#include "serve/words.h"

#include <inttypes.h>
#include <stdio.h>

struct message_values {
	struct frame_values frame;
	struct message_view view;
	struct view recipients, message_id, sha256, size, class_reason, class_confidence,
		class_words;
	struct problem_row *problems;
	size_t problem_count;
	struct case_line *cases;
	size_t case_count;
	struct message_line *thread;
	size_t thread_count;
	struct source_line *places;
	size_t place_count;
	bool is_bounce;
};

struct source_line {
	struct view source;
};

static const struct slot problem_row_slots[] = {
	TEXT(struct problem_row, code),
	TEXT(struct problem_row, detail),
};
static const struct shape problem_row_shape = SHAPE(struct problem_row, problem_row_slots);

static const struct slot source_slots[] = {
	TEXT(struct source_line, source),
};
static const struct shape source_shape = SHAPE(struct source_line, source_slots);

static const struct slot message_slots[] = {
	OBJECT(struct message_values, frame, frame_shape),
	OBJECT(struct message_values, view, message_view_shape),
	TEXT(struct message_values, recipients),
	TEXT(struct message_values, message_id),
	TEXT(struct message_values, sha256),
	TEXT(struct message_values, size),
	TEXT(struct message_values, class_reason),
	TEXT(struct message_values, class_confidence),
	TEXT(struct message_values, class_words),
	LIST(struct message_values, problems, problem_count, problem_row_shape),
	LIST(struct message_values, cases, case_count, case_line_shape),
	LIST(struct message_values, thread, thread_count, message_line_shape),
	LIST(struct message_values, places, place_count, source_shape),
	FLAG(struct message_values, is_bounce),
};
static const struct shape message_shape = SHAPE(struct message_values, message_slots);
const struct page_source page_message_source = {"message.html", &message_shape};

static bool
absent(struct request *request, struct reply *reply)
{
	page_problem(request, 404, VIEW("There is no such message"),
		VIEW("It may never have been there, or it was erased."), reply);
	return true;
}

static bool
put_places(struct request *request, const struct message_detail *detail,
	struct message_values *values, struct error *err)
{
	struct view *sources;
	size_t count;

	if (!archive_sources(request->archive, detail->seq, request->arena, &sources, &count, err))
		return false;
	values->places = arena_alloc_array(request->arena, count + 1, sizeof(*values->places));
	for (size_t i = 0; values->places && i < count; i++)
		values->places[i].source = sources[i];
	values->place_count = values->places ? count : 0;
	return true;
}

static bool
put_details(struct request *request, const struct message_detail *detail,
	struct message_values *values, struct error *err)
{
	struct arena *arena = request->arena;

	values->recipients = detail->recipients_text;
	values->message_id = detail->message_id;
	values->sha256 = detail->sha256;
	values->size = words_size(arena, detail->size_bytes);
	values->class_reason = detail->class_reason;
	values->class_words = words_plain(arena, detail->row.class);
	if (detail->row.class.size)
		values->class_confidence =
			arena_format(arena, "%.0f %%", detail->class_confidence * 100);
	values->problems = detail->problems;
	values->problem_count = detail->problem_count;
	values->cases = page_case_lines(arena, detail->cases, detail->case_count);
	values->case_count = detail->case_count;
	values->thread = page_message_lines(arena, detail->thread_messages, detail->thread_count);
	values->thread_count = detail->thread_count;
	values->is_bounce = detail->bounce.size > 0;
	if (!parts_of_message(arena, detail, detail->values, detail->value_count, &values->view))
		return error_set(err, ERROR_MESSAGE, "the page is too large");
	return put_places(request, detail, values, err);
}

bool
page_message(struct request *request, struct reply *reply, struct error *err)
{
	struct message_values values = {.frame = page_frame(request, VIEW("Message"))};
	struct message_detail detail;
	bool known = false;
	int64_t id;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	if (!request_message_id(request->tail, &id))
		return absent(request, reply);
	switch (query_message(request->reader, id, request->arena, &detail, err)) {
	case FOUND:
		break;
	case ABSENT:
		return absent(request, reply);
	case FAILED:
		return false;
	}
	if (!put_details(request, &detail, &values, err))
		return false;
	values.frame.title = values.view.line.subject;
	values.frame.is_messages = true;
	page_render(request, PAGE_MESSAGE, &values, reply);
	return true;
}

static bool
append_piece(void *context, struct view bytes)
{
	struct str *out = context;

	str_append(out, bytes);
	return !out->overflowed;
}

bool
page_raw(struct request *request, struct reply *reply, struct error *err)
{
	struct archive_message message;
	int64_t id;

	if (!request_message_id(request->tail, &id))
		return absent(request, reply);
	switch (archive_find(request->archive, id, &message, err)) {
	case ARCHIVE_FOUND:
		break;
	case ARCHIVE_ABSENT:
		return absent(request, reply);
	case ARCHIVE_FAILED:
		return false;
	}
	if (!archive_read_raw(request->archive, message.seq, append_piece, &reply->body, err))
		return false;
	if (reply->body.overflowed)
		return error_set(err, ERROR_MESSAGE,
			"the message is larger than the site hands out; the archive has it");
	reply->type = "text/plain; charset=utf-8";
	snprintf(reply->filename, sizeof(reply->filename), "message-%" PRId64 ".eml.txt", id);
	return true;
}
