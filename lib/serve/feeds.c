/*
 * Downloads of what a list shows, and the Atom feed (RFC 4287) of new and changed cases.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "serve/page.h"
#include "serve/words.h"

enum { FEED_ENTRIES = 50 };

static bool
start_export(struct request *request, struct reply *reply, enum export_kind kind,
	enum export_format format, struct error *err)
{
	struct filter filter;

	if (!request_filter(request, &filter, err) ||
		!export_start(&reply->export, kind, format, &filter, request->reader, err))
		return false;
	reply->type = format == EXPORT_CSV ? "text/csv; charset=utf-8; header=present"
					   : "application/x-ndjson";
	snprintf(reply->filename, sizeof(reply->filename), "%s.%s",
		kind == EXPORT_CASES ? "cases" : "messages",
		format == EXPORT_CSV ? "csv" : "ndjson");
	return true;
}

bool
feed_cases_csv(struct request *request, struct reply *reply, struct error *err)
{
	return start_export(request, reply, EXPORT_CASES, EXPORT_CSV, err);
}

bool
feed_cases_ndjson(struct request *request, struct reply *reply, struct error *err)
{
	return start_export(request, reply, EXPORT_CASES, EXPORT_NDJSON, err);
}

bool
feed_messages_csv(struct request *request, struct reply *reply, struct error *err)
{
	return start_export(request, reply, EXPORT_MESSAGES, EXPORT_CSV, err);
}

bool
feed_messages_ndjson(struct request *request, struct reply *reply, struct error *err)
{
	return start_export(request, reply, EXPORT_MESSAGES, EXPORT_NDJSON, err);
}

static void
put_entry(const struct case_row *row, struct arena *arena, struct str *out)
{
	struct view category = words_plain(arena, row->category);
	char at[CLOCK_TEXT_SIZE];

	clock_format_utc(row->last_at, at);
	str_append(out, VIEW("<entry><id>urn:casepost:case:"));
	template_escape(out, row->id);
	str_append(out, VIEW("</id><title>"));
	template_escape(out, row->title);
	str_append_format(out, "</title><updated>%s</updated><link href=\"cases/", at);
	template_escape(out, row->id);
	str_append(out, VIEW("\"/><summary>"));
	template_escape(out, category);
	if (row->countries.size)
		str_append(out, VIEW("; "));
	template_escape(out, row->countries);
	if (row->sectors.size)
		str_append(out, VIEW("; "));
	template_escape(out, row->sectors);
	str_append(out, VIEW("</summary></entry>\n"));
}

bool
feed_atom(struct request *request, struct reply *reply, struct error *err)
{
	struct case_rows found;
	struct filter filter;
	char at[CLOCK_TEXT_SIZE];
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	if (!request_filter(request, &filter, err))
		return false;
	if (filter.limit == 0 || filter.limit > FEED_ENTRIES)
		filter.limit = FEED_ENTRIES;
	if (!query_cases(request->reader, &filter, request->arena, &found, err))
		return false;
	clock_format_utc(found.count ? found.rows[0].last_at : 0, at);
	str_append_format(&reply->body,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:casepost:cases</id>"
		"<title>casepost: new and changed cases</title><updated>%s</updated>"
		"<author><name>casepost</name></author>\n",
		at);
	for (size_t i = 0; i < found.count; i++)
		put_entry(&found.rows[i], request->arena, &reply->body);
	str_append(&reply->body, VIEW("</feed>\n"));
	reply->type = "application/atom+xml; charset=utf-8";
	return true;
}
