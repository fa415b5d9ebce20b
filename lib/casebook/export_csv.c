/*
 * The CSV exports (RFC 4180): for spreadsheets, R and pandas. What people mailed must not become a
 * formula when it is opened, so such cells get an apostrophe in front (OWASP, CSV injection).
 */
#include "casebook/export_csv.h"

#include <inttypes.h>

#include "base/clock.h"
#include "extract/extract.h"

enum { CELL_MAX = 128 * 1024 * 1024 };

static bool
is_formula(struct view text)
{
	return text.size && strchr("=+-@\t\r", text.data[0]) && text.data[0] != '\0';
}

static void
put_cell(struct str *out, struct view text, bool is_last)
{
	str_append_byte(out, '"');
	if (is_formula(text))
		str_append_byte(out, '\'');
	for (size_t start = 0, quote; start < text.size; start = quote + 1) {
		quote = view_find_byte(text, '"', start);
		if (quote == SIZE_MAX) {
			str_append(out, view_slice(text, start, text.size));
			break;
		}
		str_append(out, view_slice(text, start, quote));
		str_append(out, VIEW("\"\""));
	}
	str_append(out, is_last ? VIEW("\"\r\n") : VIEW("\","));
}

static void
put_number(struct str *out, int64_t number)
{
	str_append_format(out, "%" PRId64 ",", number);
}

static void
join(struct str *cell, struct view text)
{
	if (cell->size)
		str_append(cell, VIEW("; "));
	str_append(cell, text);
}

void
csv_case_header(struct str *out)
{
	str_append(out, VIEW("id,title,messages,first_message,last_message"));
	for (int field = 0; field < FIELD_COUNT; field++)
		str_append_format(out, ",%s", field_name((enum field)field));
	str_append(out, VIEW("\r\n"));
}

static void
put_time(struct str *out, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format_utc(at, text);
	put_cell(out, view_of(text), false);
}

void
csv_case(struct str *out, const struct case_detail *detail)
{
	CLEANUP(str_free) struct str cell = str_new(CELL_MAX);

	put_cell(out, detail->row.id, false);
	put_cell(out, detail->row.title, false);
	for (size_t i = 0; i < detail->message_count; i++)
		str_append_format(&cell, "%s%" PRId64, i ? "; " : "", detail->messages[i].id);
	put_cell(out, str_view(&cell), false);
	put_time(out, detail->row.first_at);
	put_time(out, detail->row.last_at);
	for (int field = 0; field < FIELD_COUNT; field++) {
		str_clear(&cell);
		for (size_t i = 0; i < detail->value_count; i++)
			if (view_equal(detail->values[i].field,
				    view_of(field_name((enum field)field))))
				join(&cell, detail->values[i].value);
		put_cell(out, str_view(&cell), field == FIELD_COUNT - 1);
	}
}

void
csv_message_header(struct str *out)
{
	str_append(out, VIEW("id,message_id,sha256,sources,date,from_name,from_address,to,subject,"
			     "class,class_confidence,language,thread,cases,answered,attachments,"
			     "problems,set_aside,reply_text,text\r\n"));
}

static void
put_lists(struct str *out, const struct message_detail *detail)
{
	CLEANUP(str_free) struct str cell = str_new(CELL_MAX);

	for (size_t i = 0; i < detail->case_count; i++)
		join(&cell, detail->cases[i].id);
	put_cell(out, str_view(&cell), false);
	put_cell(out, detail->row.answered, false);
	str_clear(&cell);
	for (size_t i = 0; i < detail->attachment_count; i++)
		join(&cell, detail->attachments[i].name);
	put_cell(out, str_view(&cell), false);
	str_clear(&cell);
	for (size_t i = 0; i < detail->problem_count; i++)
		join(&cell, detail->problems[i].code);
	put_cell(out, str_view(&cell), false);
}

void
csv_message(struct str *out, const struct message_detail *detail, const struct view *sources,
	size_t source_count)
{
	CLEANUP(str_free) struct str cell = str_new(CELL_MAX);

	put_number(out, detail->row.id);
	put_cell(out, detail->message_id, false);
	put_cell(out, detail->sha256, false);
	for (size_t i = 0; i < source_count; i++)
		join(&cell, sources[i]);
	put_cell(out, str_view(&cell), false);
	put_cell(out, detail->date, false);
	put_cell(out, detail->row.from_name, false);
	put_cell(out, detail->row.from_address, false);
	put_cell(out, detail->recipients_text, false);
	put_cell(out, detail->row.subject, false);
	put_cell(out, detail->row.class, false);
	str_append_format(out, "%.4g,", detail->class_confidence);
	put_cell(out, detail->row.language, false);
	put_number(out, detail->thread);
	put_lists(out, detail);
	put_cell(out, detail->row.set_aside_reason, false);
	put_cell(out, detail->reply_text, false);
	put_cell(out, detail->text, true);
}
