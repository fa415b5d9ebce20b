/*
 * Facts over a channel: writing and reading side by side, field by field in the order of the
 * structs. The reader of a frame trusts nothing: it may come from a process that a message has
 * taken over.
 */
#include "extract/facts.h"

#include <math.h>

#include "base/utf8.h"

/* A captured worker must not make the daemon allocate without end; these are far above any mail. */
enum {
	LIST_MAX = 100000,
	METHOD_SIZE_MAX = 32,
};

struct getter {
	struct frame_reader *reader;
	struct arena *arena;
	const char *wrong; /* NULL: nothing so far */
};

static void
refuse(struct getter *getter, const char *what)
{
	if (!getter->wrong)
		getter->wrong = what;
}

/* ---- text */

/* All text has to be clean already; whoever sends other text is not our reader. */
static struct view
get_text(struct getter *getter)
{
	struct view text = frame_get_bytes(getter->reader);
	struct view copy;

	if (getter->reader->failed)
		return VIEW("");
	if (!utf8_is_valid(text) || memchr(text.data, '\0', text.size))
		refuse(getter, "text that is not clean");
	copy = arena_copy(getter->arena, text);
	if (!copy.data) {
		refuse(getter, "more than there is memory for");
		return VIEW("");
	}
	return copy;
}

static size_t
get_count(struct getter *getter, size_t maximum)
{
	size_t count = frame_get_count(getter->reader);

	if (count > maximum) {
		refuse(getter, "a list that is too long");
		return 0;
	}
	return count;
}

static void *
get_array(struct getter *getter, size_t count, size_t size)
{
	void *array = arena_alloc_array(getter->arena, count, size);

	if (!array)
		refuse(getter, "more than there is memory for");
	return array;
}

static bool
get_bool(struct getter *getter)
{
	uint64_t value = frame_get_u64(getter->reader);

	if (value > 1)
		refuse(getter, "a truth value that is none");
	return value == 1;
}

static uint64_t
get_below(struct getter *getter, uint64_t limit, const char *what)
{
	uint64_t value = frame_get_u64(getter->reader);

	if (value >= limit) {
		refuse(getter, what);
		return 0;
	}
	return value;
}

/* ---- addresses */

static void
put_address(struct frame *frame, const struct address *address)
{
	frame_put_bytes(frame, address->name);
	frame_put_bytes(frame, address->address);
}

static struct address
get_address(struct getter *getter)
{
	struct address address;

	address.name = get_text(getter);
	address.address = get_text(getter);
	return address;
}

/* ---- the headers */

static void
put_headers(struct frame *frame, const struct mail *mail)
{
	frame_put_bytes(frame, mail->message_id);
	frame_put_bytes(frame, mail->in_reply_to);
	frame_put_u64(frame, mail->reference_count);
	for (size_t i = 0; i < mail->reference_count; i++)
		frame_put_bytes(frame, mail->references[i]);
	put_address(frame, &mail->from);
	put_address(frame, &mail->reply_to);
	frame_put_u64(frame, mail->to_count);
	for (size_t i = 0; i < mail->to_count; i++)
		put_address(frame, &mail->to[i]);
	frame_put_bytes(frame, mail->subject);
	frame_put_u64(frame, mail->has_date);
	frame_put_i64(frame, mail->date);
	frame_put_i64(frame, mail->date_offset_minutes);
}

static void
get_headers(struct getter *getter, struct mail *mail)
{
	int64_t offset;

	mail->message_id = get_text(getter);
	mail->in_reply_to = get_text(getter);
	mail->reference_count = get_count(getter, LIST_MAX);
	mail->references = get_array(getter, mail->reference_count, sizeof(*mail->references));
	for (size_t i = 0; !getter->wrong && i < mail->reference_count; i++)
		mail->references[i] = get_text(getter);
	mail->from = get_address(getter);
	mail->reply_to = get_address(getter);
	mail->to_count = get_count(getter, LIST_MAX);
	mail->to = get_array(getter, mail->to_count, sizeof(*mail->to));
	for (size_t i = 0; !getter->wrong && i < mail->to_count; i++)
		mail->to[i] = get_address(getter);
	mail->subject = get_text(getter);
	mail->has_date = get_bool(getter);
	mail->date = frame_get_i64(getter->reader);
	offset = frame_get_i64(getter->reader);
	if (offset < -24 * 60 || offset > 24 * 60)
		refuse(getter, "a time zone that is none");
	else
		mail->date_offset_minutes = (int)offset;
}

/* ---- text and spans */

static void
put_body(struct frame *frame, const struct mail *mail)
{
	frame_put_bytes(frame, mail->text);
	frame_put_u64(frame, mail->span_count);
	for (size_t i = 0; i < mail->span_count; i++) {
		frame_put_u64(frame, mail->spans[i].kind);
		frame_put_u64(frame, mail->spans[i].start);
		frame_put_u64(frame, mail->spans[i].end);
		frame_put_u64(frame, mail->spans[i].level);
	}
	frame_put_bytes(frame, mail->reply_text);
	frame_put_bytes(frame, mail->signature);
	frame_put_bytes(frame, mail->language);
}

static void
get_spans(struct getter *getter, struct mail *mail)
{
	size_t end = 0;

	mail->span_count = get_count(getter, LIST_MAX * 10);
	mail->spans = get_array(getter, mail->span_count, sizeof(*mail->spans));
	for (size_t i = 0; !getter->wrong && i < mail->span_count; i++) {
		struct span *span = &mail->spans[i];

		span->kind =
			(enum span_kind)get_below(getter, SPAN_KIND_COUNT, "a span of no kind");
		span->start = (size_t)frame_get_u64(getter->reader);
		span->end = (size_t)frame_get_u64(getter->reader);
		span->level = (unsigned)get_below(getter, LIST_MAX, "a span too deep");
		if (span->start < end || span->end < span->start || span->end > mail->text.size)
			refuse(getter, "spans that do not lie in the text");
		end = span->end;
	}
}

static void
get_body(struct getter *getter, struct mail *mail)
{
	mail->text = get_text(getter);
	get_spans(getter, mail);
	mail->reply_text = get_text(getter);
	mail->signature = get_text(getter);
	mail->language = get_text(getter);
}

/* ---- attachments, bounces, problems */

static void
put_lists(struct frame *frame, const struct mail *mail)
{
	frame_put_u64(frame, mail->attachment_count);
	for (size_t i = 0; i < mail->attachment_count; i++) {
		const struct attachment *attachment = &mail->attachments[i];

		frame_put_bytes(frame, attachment->name);
		frame_put_bytes(frame, attachment->type);
		frame_put_u64(frame, attachment->size_bytes);
		frame_put_bytes(frame, view_make(attachment->sha256, SHA256_SIZE));
		frame_put_u64(frame, attachment->is_inline);
		frame_put_bytes(frame, attachment->text);
	}
	frame_put_u64(frame, mail->bounce_count);
	for (size_t i = 0; i < mail->bounce_count; i++) {
		frame_put_bytes(frame, mail->bounces[i].address);
		frame_put_bytes(frame, mail->bounces[i].action);
		frame_put_bytes(frame, mail->bounces[i].status);
	}
	frame_put_u64(frame, mail->problem_count);
	for (size_t i = 0; i < mail->problem_count; i++) {
		frame_put_bytes(frame, view_of(mail->problems[i].code));
		frame_put_bytes(frame, mail->problems[i].detail);
	}
}

static void
get_attachment(struct getter *getter, struct attachment *attachment)
{
	struct view sha256;

	attachment->name = get_text(getter);
	attachment->type = get_text(getter);
	attachment->size_bytes = get_below(getter, INT64_MAX, "an attachment without end");
	sha256 = frame_get_bytes(getter->reader);
	if (sha256.size == SHA256_SIZE)
		memcpy(attachment->sha256, sha256.data, SHA256_SIZE);
	else
		refuse(getter, "a digest of another size");
	attachment->is_inline = get_bool(getter);
	attachment->text = get_text(getter);
}

static void
get_lists(struct getter *getter, struct mail *mail)
{
	mail->attachment_count = get_count(getter, LIST_MAX);
	mail->attachments = get_array(getter, mail->attachment_count, sizeof(*mail->attachments));
	for (size_t i = 0; !getter->wrong && i < mail->attachment_count; i++)
		get_attachment(getter, &mail->attachments[i]);
	mail->bounce_count = get_count(getter, LIST_MAX);
	mail->bounces = get_array(getter, mail->bounce_count, sizeof(*mail->bounces));
	for (size_t i = 0; !getter->wrong && i < mail->bounce_count; i++) {
		mail->bounces[i].address = get_text(getter);
		mail->bounces[i].action = get_text(getter);
		mail->bounces[i].status = get_text(getter);
	}
	mail->problem_count = get_count(getter, LIST_MAX);
	mail->problems = get_array(getter, mail->problem_count, sizeof(*mail->problems));
	for (size_t i = 0; !getter->wrong && i < mail->problem_count; i++) {
		mail->problems[i].code = get_text(getter).data; /* a copy, terminated */
		mail->problems[i].detail = get_text(getter);
	}
}

/* ---- automation */

enum { AUTOMATION_TEXTS = 9 };

static void
list_automation(struct automation *automation, struct view *ret_texts[AUTOMATION_TEXTS])
{
	struct view *texts[AUTOMATION_TEXTS] = {&automation->auto_submitted,
		&automation->precedence, &automation->list_id, &automation->return_path,
		&automation->content_type, &automation->report_type, &automation->auto_reply,
		&automation->spam_status, &automation->mailer};

	memcpy(ret_texts, texts, sizeof(texts));
}

static void
put_automation(struct frame *frame, const struct mail *mail)
{
	struct automation automation = mail->automation;
	struct view *texts[AUTOMATION_TEXTS];

	list_automation(&automation, texts);
	for (size_t i = 0; i < AUTOMATION_TEXTS; i++)
		frame_put_bytes(frame, *texts[i]);
	frame_put_u64(frame, automation.list_unsubscribe);
	frame_put_u64(frame, automation.is_calendar);
}

static void
get_automation(struct getter *getter, struct mail *mail)
{
	struct view *texts[AUTOMATION_TEXTS];

	list_automation(&mail->automation, texts);
	for (size_t i = 0; i < AUTOMATION_TEXTS; i++)
		*texts[i] = get_text(getter);
	mail->automation.list_unsubscribe = get_bool(getter);
	mail->automation.is_calendar = get_bool(getter);
}

/* ---- what was understood */

static void
put_value(struct frame *frame, const struct value *value)
{
	frame_put_u64(frame, value->field);
	frame_put_bytes(frame, value->text);
	frame_put_real(frame, value->confidence);
	frame_put_bytes(frame, view_of(value->method));
	frame_put_u64(frame, value->evidence.part);
	frame_put_u64(frame, value->evidence.attachment);
	frame_put_u64(frame, value->evidence.start);
	frame_put_u64(frame, value->evidence.end);
}

static void
put_extraction(struct frame *frame, const struct extraction *extraction)
{
	frame_put_u64(frame, extraction->class);
	frame_put_real(frame, extraction->class_confidence);
	frame_put_bytes(frame, extraction->class_reason);
	frame_put_u64(frame, extraction->mention_count);
	for (size_t i = 0; i < extraction->mention_count; i++) {
		const struct mention *mention = &extraction->mentions[i];

		frame_put_u64(frame, mention->value_count);
		for (size_t j = 0; j < mention->value_count; j++)
			put_value(frame, &mention->values[j]);
	}
}

static double
get_confidence(struct getter *getter)
{
	double confidence = frame_get_real(getter->reader);

	if (!(confidence >= 0 && confidence <= 1)) {
		refuse(getter, "a confidence that is none");
		return 0;
	}
	return confidence;
}

/* The text that the evidence speaks of. */
static struct view
part_text(struct getter *getter, const struct mail *mail, const struct evidence *evidence)
{
	switch (evidence->part) {
	case PART_NONE:
		break;
	case PART_SUBJECT:
		return mail->subject;
	case PART_TEXT:
		return mail->text;
	case PART_ATTACHMENT:
		if (evidence->attachment < mail->attachment_count)
			return mail->attachments[evidence->attachment].text;
		refuse(getter, "words in an attachment that is not there");
		break;
	}
	return VIEW("");
}

/* The quote is not sent but cut from the text here: it cannot be other than what stands there. */
static void
get_evidence(struct getter *getter, const struct mail *mail, struct evidence *evidence)
{
	struct view text;

	evidence->part = (enum part_kind)get_below(getter, PART_ATTACHMENT + 1, "words in no part");
	evidence->attachment = (size_t)frame_get_u64(getter->reader);
	evidence->start = (size_t)frame_get_u64(getter->reader);
	evidence->end = (size_t)frame_get_u64(getter->reader);
	text = part_text(getter, mail, evidence);
	if (evidence->part == PART_NONE)
		return;
	if (evidence->start >= evidence->end || evidence->end > text.size ||
		utf8_floor(text, evidence->start) != evidence->start ||
		utf8_floor(text, evidence->end) != evidence->end)
		refuse(getter, "words that do not stand in the text");
	else
		evidence->quote = view_slice(text, evidence->start, evidence->end);
}

static void
get_value(struct getter *getter, const struct mail *mail, struct value *value)
{
	struct view method;

	value->field = (enum field)get_below(getter, FIELD_COUNT, "a field that there is not");
	value->text = get_text(getter);
	value->confidence = get_confidence(getter);
	method = get_text(getter);
	if (method.size == 0 || method.size > METHOD_SIZE_MAX)
		refuse(getter, "a method that is none");
	value->method = method.data;
	get_evidence(getter, mail, &value->evidence);
}

static void
get_mention(struct getter *getter, const struct mail *mail, struct mention *mention)
{
	mention->value_count = get_count(getter, EXTRACT_VALUES_MAX);
	mention->values = get_array(getter, mention->value_count, sizeof(*mention->values));
	for (size_t i = 0; !getter->wrong && i < mention->value_count; i++)
		get_value(getter, mail, &mention->values[i]);
}

static void
get_extraction(struct getter *getter, const struct mail *mail, struct extraction *extraction)
{
	extraction->class =
		(enum message_class)get_below(getter, CLASS_COUNT, "a class that there is not");
	extraction->class_confidence = get_confidence(getter);
	extraction->class_reason = get_text(getter);
	extraction->mention_count = get_count(getter, EXTRACT_MENTIONS_MAX);
	extraction->mentions =
		get_array(getter, extraction->mention_count, sizeof(*extraction->mentions));
	for (size_t i = 0; !getter->wrong && i < extraction->mention_count; i++)
		get_mention(getter, mail, &extraction->mentions[i]);
}

void
facts_put(struct frame *frame, const struct facts *facts)
{
	put_headers(frame, &facts->mail);
	put_body(frame, &facts->mail);
	put_lists(frame, &facts->mail);
	put_automation(frame, &facts->mail);
	put_extraction(frame, &facts->extraction);
}

bool
facts_get(struct frame_reader *reader, struct arena *arena, struct facts *ret_facts,
	struct error *err)
{
	struct getter getter = {reader, arena, NULL};
	struct facts facts = {0};

	get_headers(&getter, &facts.mail);
	if (!getter.wrong)
		get_body(&getter, &facts.mail);
	if (!getter.wrong)
		get_lists(&getter, &facts.mail);
	if (!getter.wrong)
		get_automation(&getter, &facts.mail);
	if (!getter.wrong)
		get_extraction(&getter, &facts.mail, &facts.extraction);
	if (getter.wrong)
		return error_set(err, ERROR_MESSAGE, "the reader sent %s", getter.wrong);
	if (!frame_end(reader))
		return error_set(err, ERROR_MESSAGE, "the reader sent facts of another size");
	*ret_facts = facts;
	return true;
}
