/*~
 * Reading a message: the raw bytes become parts (parts.c), the parts one text (compose.c), the
 * text spans that say whose words they are (quote.c, signature.c), the headers facts (header.c,
 * address.c, date.c). The extractor takes it from here.
 */
#include "read/message.h"

#include <stdint.h>

#include "base/utf8.h"
#include "read/bounce.h"
#include "read/compose.h"
#include "read/header.h"
#include "read/language.h"
#include "read/lines.h"
#include "read/parts.h"
#include "read/quote.h"
#include "read/reading.h"
#include "read/signature.h"

enum { REFERENCES_MAX = 200, LETTERS_MIN = 2 };

struct reader {
	const struct reading *reading;
	struct arena *arena;
	struct mail *mail;
	size_t problem_capacity;
};

static void
add_problem(struct reader *reader, const char *code, struct view detail)
{
	struct mail *mail = reader->mail;
	struct problem *problem = arena_push(reader->arena, &mail->problems, &mail->problem_count,
		&reader->problem_capacity, sizeof(*problem), MESSAGE_PROBLEMS_MAX);

	if (problem)
		*problem = (struct problem){code, detail};
}

/* ---- headers */

static struct view
text_of(struct reader *reader, const struct part *root, const char *name)
{
	struct view value = part_field(root, view_of(name));

	return value.data ? header_text(value, reader->arena) : VIEW("");
}

static struct view
token_of(struct reader *reader, const struct part *root, const char *name)
{
	struct view value = part_field(root, view_of(name));

	return value.data ? header_token(value, reader->arena) : VIEW("");
}

static struct address
first_address(struct reader *reader, const struct part *root, const char *name)
{
	struct address_list list = {0};

	address_parse(part_field(root, view_of(name)), reader->arena, &list);
	return list.count ? list.items[0] : (struct address){VIEW(""), VIEW("")};
}

static void
read_ids(struct reader *reader, const struct part *root)
{
	struct mail *mail = reader->mail;
	struct view ids[REFERENCES_MAX];

	mail->message_id = mail->in_reply_to = VIEW("");
	if (header_ids(part_field(root, VIEW("Message-ID")), reader->arena, ids, 1))
		mail->message_id = ids[0];
	if (header_ids(part_field(root, VIEW("In-Reply-To")), reader->arena, ids, 1))
		mail->in_reply_to = ids[0];
	mail->reference_count = header_ids(
		part_field(root, VIEW("References")), reader->arena, ids, REFERENCES_MAX);
	mail->references =
		arena_alloc_array(reader->arena, mail->reference_count, sizeof(*mail->references));
	if (mail->references)
		memcpy(mail->references, ids, mail->reference_count * sizeof(ids[0]));
}

static void
read_recipients(struct reader *reader, const struct part *root)
{
	struct address_list list = {0};

	for (size_t i = 0; i < root->field_count; i++)
		if (view_equal_nocase(root->fields[i].name, VIEW("To")) ||
			view_equal_nocase(root->fields[i].name, VIEW("Cc")))
			address_parse(root->fields[i].value, reader->arena, &list);
	reader->mail->to = list.items;
	reader->mail->to_count = list.count;
}

static void
read_date(struct reader *reader, const struct part *root)
{
	struct mail *mail = reader->mail;
	struct view value = part_field(root, VIEW("Date"));

	mail->has_date = header_date(value, &mail->date, &mail->date_offset_minutes);
	if (!value.data)
		add_problem(reader, "date_missing", VIEW("there is no Date header"));
	else if (!mail->has_date)
		add_problem(reader, "date_unreadable", VIEW("the Date header is no date"));
}

static void
read_envelope(struct reader *reader, const struct part *root)
{
	struct mail *mail = reader->mail;

	read_ids(reader, root);
	mail->from = first_address(reader, root, "From");
	if (mail->from.address.size == 0 && mail->from.name.size == 0)
		mail->from = first_address(reader, root, "Sender");
	mail->reply_to = first_address(reader, root, "Reply-To");
	read_recipients(reader, root);
	mail->subject = text_of(reader, root, "Subject");
	read_date(reader, root);
	if (mail->from.address.size == 0)
		add_problem(reader, "from_missing", VIEW("the From header names no address"));
}

/* Headers by which a program says that it answers by itself. X-Auto-Response-Suppress is none: it
 * asks others not to. */
static struct view
auto_reply_of(struct reader *reader, const struct part *root)
{
	static const char *const NAMES[] = {"X-Autoreply", "X-Auto-Reply", "X-Autorespond",
		"X-Autoresponder", "X-Auto-Response", "X-AutoReply-From", "X-Mail-Autoreply",
		"X-FC-MachineGenerated", "X-POST-MessageClass"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		struct view value = text_of(reader, root, NAMES[i]);

		if (value.size && !view_equal_nocase(value, VIEW("no")) &&
			!view_equal_nocase(value, VIEW("false")))
			return value;
	}
	return VIEW("");
}

static struct view
spam_status_of(struct reader *reader, const struct part *root)
{
	struct view flag = token_of(reader, root, "X-Spam-Flag");

	return flag.size ? flag : token_of(reader, root, "X-Spam-Status");
}

static void
read_automation(struct reader *reader, const struct part *root)
{
	struct automation *automation = &reader->mail->automation;
	struct view return_path = part_field(root, VIEW("Return-Path"));
	struct view type = part_field(root, VIEW("Content-Type"));

	automation->auto_submitted = token_of(reader, root, "Auto-Submitted");
	automation->precedence = token_of(reader, root, "Precedence");
	automation->list_id = text_of(reader, root, "List-Id");
	automation->return_path =
		return_path.data ? header_text(return_path, reader->arena) : VIEW("");
	automation->content_type = root->type;
	automation->report_type = VIEW("");
	if (view_equal(root->type, VIEW("multipart/report"))) {
		struct view report = header_param(type, VIEW("report-type"), reader->arena);

		automation->report_type =
			report.size ? header_token(report, reader->arena) : VIEW("");
	}
	automation->auto_reply = auto_reply_of(reader, root);
	automation->spam_status = spam_status_of(reader, root);
	automation->mailer = text_of(reader, root, "X-Mailer");
	if (automation->mailer.size == 0)
		automation->mailer = text_of(reader, root, "User-Agent");
	automation->list_unsubscribe = part_field(root, VIEW("List-Unsubscribe")).data != NULL;
}

/* ---- text */

/* Finds the owners of the words of one segment; the rest of the text is not its business. */
static void
mark_segment(struct reader *reader, const struct lines *all, const struct segment *segment,
	size_t *next_line)
{
	struct lines lines = {.items = all->items + *next_line, .text = all->text};

	while (*next_line < all->count && all->items[*next_line].start < segment->end) {
		(*next_line)++;
		lines.count++;
	}
	lines_mark(&lines, 0, lines.count, segment->kind, segment->level);
	if (segment->kind == SPAN_OWN)
		quote_mark(reader->reading, &lines, reader->mail->subject);
	signature_mark(reader->reading, &lines, reader->mail->from.name);
}

static bool
is_kept(enum span_kind kind)
{
	return kind == SPAN_OWN || kind == SPAN_FORWARDED;
}

static size_t
count_letters(const struct lines *lines, bool only_kept)
{
	size_t letters = 0;

	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];

		if (only_kept && !is_kept(line->kind))
			continue;
		for (size_t at = line->start; at < line->end; at++) {
			unsigned char c = (unsigned char)lines->text.data[at];

			letters += (c >= '0' && c <= '9') || (c | 0x20) >= 'a';
		}
	}
	return letters;
}

/* A reply that consists of quotes alone is more likely misread than empty. */
static void
undo_stripping(struct reader *reader, struct lines *lines)
{
	if (count_letters(lines, true) >= LETTERS_MIN || count_letters(lines, false) < LETTERS_MIN)
		return;
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].kind == SPAN_QUOTE || lines->items[i].kind == SPAN_SIGNATURE)
			lines->items[i].kind = SPAN_OWN;
	add_problem(reader, "nothing_but_quotes",
		VIEW("without quotes and signature next to nothing is left, so they are kept"));
}

static struct view
join_kept(struct reader *reader)
{
	const struct mail *mail = reader->mail;
	CLEANUP(str_free) struct str joined = str_new(MESSAGE_TEXT_MAX + 1);
	struct view text;

	for (size_t i = 0; i < mail->span_count; i++) {
		struct view span = view_slice(mail->text, mail->spans[i].start, mail->spans[i].end);

		if (!is_kept(mail->spans[i].kind))
			continue;
		/* where something was cut out, its blank lines on both sides are one */
		while (span.size && span.data[0] == '\n' &&
			view_ends_with(str_view(&joined), VIEW("\n\n")))
			span = view_slice(span, 1, span.size);
		str_append(&joined, span);
	}
	text = str_view(&joined);
	while (text.size && view_find_byte(view_slice(text, 0, 1), '\n', 0) == 0)
		text = view_slice(text, 1, text.size);
	while (text.size && strchr(" \t\n", text.data[text.size - 1]))
		text.size--;
	return arena_copy(reader->arena, text);
}

static void
read_words(struct reader *reader)
{
	struct mail *mail = reader->mail;

	mail->signature = VIEW("");
	for (size_t i = 0; i < mail->span_count && mail->signature.size == 0; i++)
		if (mail->spans[i].kind == SPAN_SIGNATURE)
			mail->signature = view_trim(
				view_slice(mail->text, mail->spans[i].start, mail->spans[i].end));
	mail->reply_text = join_kept(reader);
	mail->language = language_guess(reader->reading, mail->reply_text);
	if (mail->language.size == 0)
		mail->language = language_guess(reader->reading, mail->subject);
}

static bool
read_text(struct reader *reader, const struct composed *composed)
{
	struct mail *mail = reader->mail;
	struct lines lines;
	size_t line = 0;

	mail->text = arena_copy(reader->arena, str_view(&composed->text));
	if (!lines_split(mail->text, reader->arena, &lines))
		return false;
	for (size_t i = 0; i < composed->segment_count; i++)
		mark_segment(reader, &lines, &composed->segments[i], &line);
	undo_stripping(reader, &lines);
	if (!lines_to_spans(&lines, reader->arena, &mail->spans, &mail->span_count))
		return false;
	read_words(reader);
	return true;
}

/* ---- the rest */

static void
append_to_str(void *context, struct view bytes)
{
	str_append(context, bytes);
}

static void
read_bounces(struct reader *reader, const struct parts *parts)
{
	enum { STATUS_SIZE_MAX = 1024 * 1024 };
	struct bounce_list list = {0};

	for (size_t i = 0; i < parts->count; i++) {
		CLEANUP(str_free) struct str content = str_new(STATUS_SIZE_MAX);
		const struct part *part = &parts->items[i];

		if (!view_equal(part->type, VIEW("message/delivery-status")) &&
			!view_equal(part->type, VIEW("message/global-delivery-status")))
			continue;
		part_decode(part->transfer, view_slice(part->content, 0, STATUS_SIZE_MAX),
			append_to_str, &content);
		bounce_parse_status(str_view(&content), reader->arena, &list);
	}
	if (list.count == 0)
		bounce_parse_text(reader->reading, reader->mail,
			text_of(reader, &parts->items[0], "X-Failed-Recipients"), reader->arena,
			&list);
	reader->mail->bounces = list.items;
	reader->mail->bounce_count = list.count;
}

static void
name_structure_problems(struct reader *reader, const struct parts *parts)
{
	if (parts->is_cut)
		add_problem(reader, "too_many_parts",
			VIEW("more or deeper parts than are read; the rest is left out"));
	if (parts->has_no_header)
		add_problem(reader, "header_missing", VIEW("it does not begin with a header"));
	if (parts->has_bad_boundary)
		add_problem(reader, "boundary_bad",
			VIEW("the line that separates its parts is missing or never appears"));
}

static void
name_text_problems(struct reader *reader, const struct composed *composed)
{
	const struct text_damage *damage = &composed->damage;

	if (damage->charset_unknown)
		add_problem(reader, "charset_unknown", VIEW("nobody knows the charset it names"));
	if (damage->charset_guessed)
		add_problem(reader, "charset_guessed", VIEW("it names no charset"));
	if (damage->charset_mislabelled)
		add_problem(reader, "charset_mislabelled",
			VIEW("the text is in another charset than it says"));
	if (damage->replaced)
		add_problem(reader, "text_damaged",
			arena_format(reader->arena, "%zu characters cannot be decoded",
				damage->replaced));
	if (damage->html_costly)
		add_problem(reader, "html_too_costly", VIEW("HTML too deep to be laid out"));
	if (composed->text.overflowed)
		add_problem(reader, "text_too_long", VIEW("only the front of the text is kept"));
	if (composed->attachments_cut)
		add_problem(reader, "too_many_attachments", VIEW("some attachments are left out"));
	if (composed->is_partial)
		add_problem(reader, "content_elsewhere",
			VIEW("it holds only a piece of a message, or a pointer to one"));
	if (composed->is_encrypted)
		add_problem(reader, "encrypted", VIEW("a part is encrypted"));
}

bool
message_read(const struct reading *reading, struct view raw, struct arena *arena,
	struct mail *ret_mail, struct error *err)
{
	struct mail mail = {0};
	struct reader reader = {.reading = reading, .arena = arena, .mail = &mail};
	struct composed composed = {0};
	struct parts parts;
	bool done;

	if (!parts_parse(raw, arena, &parts, err))
		return false;
	if (raw.size == 0)
		add_problem(&reader, "empty", VIEW("the message is empty"));
	name_structure_problems(&reader, &parts);
	read_envelope(&reader, &parts.items[0]);
	read_automation(&reader, &parts.items[0]);
	done = compose(&parts, arena, &composed) && read_text(&reader, &composed);
	if (done) {
		mail.attachments = composed.attachments;
		mail.attachment_count = composed.attachment_count;
		mail.automation.is_calendar = composed.is_calendar;
		read_bounces(&reader, &parts);
		name_text_problems(&reader, &composed);
	}
	str_free(&composed.text);
	if (!done || arena_is_full(arena))
		return error_set(err, ERROR_MESSAGE, "the message needs too much memory");
	*ret_mail = mail;
	return true;
}
