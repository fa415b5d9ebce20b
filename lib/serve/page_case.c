/*
 * A case: its values, each with its confidence and the words that say it, beside the messages in
 * which these words are marked.
 */
#include "serve/page.h"
#include "serve/parts.h"
#include "serve/words.h"

enum { MESSAGES_SHOWN = 20 };

struct case_values {
	struct frame_values frame;
	struct case_line line;
	struct view id;
	struct field_line *fields;
	size_t field_count;
	struct message_view *messages;
	size_t message_count;
	struct message_line *others; /**< messages that are not shown in full */
	size_t other_count;
};

static const struct slot case_slots[] = {
	OBJECT(struct case_values, frame, frame_shape),
	OBJECT(struct case_values, line, case_line_shape),
	TEXT(struct case_values, id),
	LIST(struct case_values, fields, field_count, field_shape),
	LIST(struct case_values, messages, message_count, message_view_shape),
	LIST(struct case_values, others, other_count, message_line_shape),
};
static const struct shape case_shape = SHAPE(struct case_values, case_slots);
const struct page_source page_case_source = {"case.html", &case_shape};

static bool
put_messages(struct request *request, const struct case_detail *detail, struct case_values *values,
	struct error *err)
{
	size_t shown =
		detail->message_count < MESSAGES_SHOWN ? detail->message_count : MESSAGES_SHOWN;

	values->messages = arena_alloc_array(request->arena, shown + 1, sizeof(*values->messages));
	if (!values->messages)
		return error_set(err, ERROR_MESSAGE, "the page is too large");
	for (size_t i = 0; i < shown; i++) {
		struct message_detail message;

		switch (query_message(
			request->reader, detail->messages[i].id, request->arena, &message, err)) {
		case FOUND:
			if (!parts_of_message(request->arena, &message, detail->values,
				    detail->value_count,
				    &values->messages[values->message_count++]))
				return error_set(err, ERROR_MESSAGE, "the page is too large");
			break;
		case ABSENT:
			break;
		case FAILED:
			return false;
		}
	}
	values->others = page_message_lines(
		request->arena, detail->messages + shown, detail->message_count - shown);
	values->other_count = detail->message_count - shown;
	return true;
}

bool
page_case(struct request *request, struct reply *reply, struct error *err)
{
	struct case_values values = {.frame = page_frame(request, VIEW("Case"))};
	struct case_detail detail;
	struct case_line *line;
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	switch (query_case(request->reader, request->tail, request->arena, &detail, err)) {
	case FOUND:
		break;
	case ABSENT:
		page_problem(request, 404, VIEW("There is no such case"),
			VIEW("It may never have been there, or its message was erased."), reply);
		return true;
	case FAILED:
		return false;
	}
	line = page_case_lines(request->arena, &detail.row, 1);
	if (!line || !parts_of_values(request->arena, detail.values, detail.value_count,
			     &values.fields, &values.field_count))
		return error_set(err, ERROR_MESSAGE, "the page is too large");
	values.line = *line;
	values.id = detail.row.id;
	values.frame.title = values.line.title;
	values.frame.is_cases = true;
	if (!put_messages(request, &detail, &values, err))
		return false;
	page_render(request, PAGE_CASE, &values, reply);
	return true;
}
