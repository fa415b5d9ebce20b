/*
 * The exports, one object at a time. The command line and the site write the same bytes.
 */
#include "casebook/export.h"

#include <stdlib.h>

#include "casebook/export_csv.h"
#include "extract/extract.h"

enum {
	IDS_BYTES_MAX = 1024 * 1024 * 1024,   /* some ten million ids; only what is used is taken */
	OBJECT_BYTES_MAX = 512 * 1024 * 1024, /* a message of the largest size with all its texts */
};

struct export
{
	enum export_kind kind;
	enum export_format format;
	struct arena *ids;    /* owns the lists */
	struct arena *object; /* of the object being written */
	struct case_ids cases;
	struct message_ids messages;
	size_t next;
	bool header_written;
};

bool
export_kind_from_name(struct view name, enum export_kind *ret_kind)
{
	bool is_messages = view_equal(name, VIEW("messages"));

	if (!is_messages && !view_equal(name, VIEW("cases")))
		return false;
	*ret_kind = is_messages ? EXPORT_MESSAGES : EXPORT_CASES;
	return true;
}

bool
export_format_from_name(struct view name, enum export_format *ret_format)
{
	bool is_csv = view_equal(name, VIEW("csv"));

	if (!is_csv && !view_equal(name, VIEW("ndjson")))
		return false;
	*ret_format = is_csv ? EXPORT_CSV : EXPORT_NDJSON;
	return true;
}

static void
put_value(struct json *json, const struct value_row *value)
{
	json_object(json, NULL);
	json_text(json, "value", value->value);
	json_real(json, "confidence", value->confidence);
	json_text(json, "method", value->method);
	if (value->message)
		json_int(json, "message", value->message);
	if (value->part.size) {
		json_text(json, "part", value->part);
		json_int(json, "start", (int64_t)value->start);
		json_int(json, "end", (int64_t)value->end);
		json_text(json, "quote", value->quote);
	}
	json_end(json);
}

void
export_case_json(const struct case_detail *detail, struct json *json, const char *name)
{
	struct view open = {0};

	json_object(json, name);
	json_text(json, "id", detail->row.id);
	json_array(json, "messages");
	for (size_t i = 0; i < detail->message_count; i++)
		json_int(json, NULL, detail->messages[i].id);
	json_end(json);
	json_object(json, "fields");
	for (size_t i = 0; i < detail->value_count; i++) {
		const struct value_row *value = &detail->values[i];

		if (!view_equal(value->field, open)) {
			if (open.size)
				json_end(json);
			open = value->field;
			json_array(json, open.data); /* terminated: a copy in an arena */
		}
		put_value(json, value);
	}
	if (open.size)
		json_end(json);
	json_end(json);
	json_end(json);
}

static void
put_text_or_null(struct json *json, const char *name, struct view text)
{
	if (text.size)
		json_text(json, name, text);
	else
		json_null(json, name);
}

static void
put_attachments(struct json *json, const struct message_detail *detail)
{
	json_array(json, "attachments");
	for (size_t i = 0; i < detail->attachment_count; i++) {
		const struct attachment_row *attachment = &detail->attachments[i];

		json_object(json, NULL);
		json_text(json, "name", attachment->name);
		json_text(json, "type", attachment->type);
		json_int(json, "size", (int64_t)attachment->size_bytes);
		json_text(json, "sha256", attachment->sha256);
		put_text_or_null(json, "text", attachment->text);
		json_end(json);
	}
	json_end(json);
}

static void
put_sources(struct json *json, const struct view *sources, size_t count)
{
	put_text_or_null(json, "source", count ? sources[0] : (struct view){0});
	json_array(json, "sources");
	for (size_t i = 0; i < count; i++)
		json_text(json, NULL, sources[i]);
	json_end(json);
}

static void
put_heading(struct json *json, const struct message_detail *detail)
{
	put_text_or_null(json, "date", detail->date);
	json_object(json, "from");
	json_text(json, "name", detail->row.from_name);
	json_text(json, "address", detail->row.from_address);
	json_end(json);
	json_raw(json, "to", detail->recipients.size ? detail->recipients : VIEW("[]"));
	json_text(json, "subject", detail->row.subject);
	put_text_or_null(json, "class", detail->row.class);
	if (detail->row.class.size)
		json_real(json, "class_confidence", detail->class_confidence);
	else
		json_null(json, "class_confidence");
	put_text_or_null(json, "language", detail->row.language);
}

static void
put_outcome(struct json *json, const struct message_detail *detail)
{
	if (detail->bounce.size)
		json_raw(json, "bounce", detail->bounce);
	json_int(json, "thread", detail->thread);
	json_array(json, "cases");
	for (size_t i = 0; i < detail->case_count; i++)
		json_text(json, NULL, detail->cases[i].id);
	json_end(json);
	put_text_or_null(json, "answered", detail->row.answered);
	json_raw(json, "problems", detail->problems_json.size ? detail->problems_json : VIEW("[]"));
	if (view_equal(detail->row.state, VIEW("set_aside")))
		json_text(json, "set_aside", detail->row.set_aside_reason);
}

bool
export_message_json(const struct message_detail *detail, struct archive *archive,
	struct arena *arena, struct json *json, const char *name, struct error *err)
{
	struct view *sources;
	size_t source_count;

	if (!archive_sources(archive, detail->seq, arena, &sources, &source_count, err))
		return false;
	json_object(json, name);
	json_int(json, "id", detail->row.id);
	put_text_or_null(json, "message_id", detail->message_id);
	json_text(json, "sha256", detail->sha256);
	put_sources(json, sources, source_count);
	put_heading(json, detail);
	json_text(json, "text", detail->text);
	json_text(json, "reply_text", detail->reply_text);
	put_text_or_null(json, "signature", detail->signature);
	put_attachments(json, detail);
	put_outcome(json, detail);
	json_end(json);
	return true;
}

bool
export_start(struct export **ret_export, enum export_kind kind, enum export_format format,
	const struct filter *filter, struct reader *reader, struct error *err)
{
	CLEANUP(export_freep) struct export *export = calloc(1, sizeof(*export));

	if (!export)
		abort();
	*export = (struct export){
		.kind = kind,
		.format = format,
		.ids = arena_new(IDS_BYTES_MAX),
		.object = arena_new(OBJECT_BYTES_MAX),
		.header_written = format == EXPORT_NDJSON,
	};
	if (kind == EXPORT_CASES) {
		if (!query_case_ids(reader, filter, export->ids, &export->cases, err))
			return false;
	} else if (!query_message_ids(reader, filter, export->ids, &export->messages, err)) {
		return false;
	}
	*ret_export = TAKE(export);
	return true;
}

void
export_free(struct export *export)
{
	if (!export)
		return;
	arena_free(export->ids);
	arena_free(export->object);
	free(export);
}

static bool
write_case(struct export *export, struct reader *reader, struct str *out, struct error *err)
{
	struct json json = json_to(out);
	struct case_detail detail;
	enum found found =
		query_case(reader, export->cases.ids[export->next], export->object, &detail, err);

	/* One that was merged into another since is told by that other. */
	if (found == ABSENT ||
		(found == FOUND && !view_equal(detail.row.id, export->cases.ids[export->next])))
		return true;
	if (found == FAILED)
		return false;
	if (export->format == EXPORT_CSV) {
		csv_case(out, &detail);
		return true;
	}
	export_case_json(&detail, &json, NULL);
	str_append_byte(out, '\n');
	return true;
}

static bool
write_message(struct export *export, struct reader *reader, struct archive *archive,
	struct str *out, struct error *err)
{
	struct json json = json_to(out);
	struct message_detail detail;
	struct view *sources;
	size_t source_count;
	enum found found = query_message(
		reader, export->messages.ids[export->next], export->object, &detail, err);

	if (found != FOUND)
		return found == ABSENT;
	if (export->format == EXPORT_CSV) {
		if (!archive_sources(
			    archive, detail.seq, export->object, &sources, &source_count, err))
			return false;
		csv_message(out, &detail, sources, source_count);
		return true;
	}
	if (!export_message_json(&detail, archive, export->object, &json, NULL, err))
		return false;
	str_append_byte(out, '\n');
	return true;
}

bool
export_next(struct export *export, struct reader *reader, struct archive *archive, struct str *out,
	bool *ret_more, struct error *err)
{
	bool is_cases = export->kind == EXPORT_CASES;
	size_t count = is_cases ? export->cases.count : export->messages.count;

	if (!export->header_written) {
		if (is_cases)
			csv_case_header(out);
		else
			csv_message_header(out);
		export->header_written = true;
	}
	if (export->next < count) {
		arena_reset(export->object);
		if (is_cases ? !write_case(export, reader, out, err)
			     : !write_message(export, reader, archive, out, err))
			return false;
		export->next++;
	}
	if (out->overflowed)
		return error_set(err, ERROR_MESSAGE, "an object is larger than the export allows");
	*ret_more = export->next < count;
	return true;
}
