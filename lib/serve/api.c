/*
 * The API: JSON under /api/v1 (schema/openapi.json), the same filters as the pages and the same
 * objects as the exports. Failures are problem details (RFC 9457).
 */
#include <inttypes.h>
#include <stdio.h>

#include "serve/page.h"
#include "serve/status.h"

enum { API_ROWS_DEFAULT = 50, API_ROWS_MAX = 500 };

void
api_problem(unsigned status, struct view title, struct view detail, struct reply *reply)
{
	struct json json;

	str_clear(&reply->body);
	json = json_to(&reply->body);
	json_object(&json, NULL);
	json_text(&json, "type", VIEW("about:blank"));
	json_text(&json, "title", title);
	json_int(&json, "status", status);
	if (detail.size)
		json_text(&json, "detail", detail);
	json_end(&json);
	reply->status = status;
	reply->type = "application/problem+json";
}

static void
finish(struct reply *reply)
{
	str_append_byte(&reply->body, '\n');
	reply->type = "application/json";
}

bool
api_status(struct request *request, struct reply *reply, struct error *err)
{
	struct json json = json_to(&reply->body);
	struct status status;

	if (!status_take(request->reader, request->archive, request->site->health, request->arena,
		    &status, err))
		return false;
	status_json(&status, request->user.size > 0, &json);
	finish(reply);
	return true;
}

bool
api_openapi(struct request *request, struct reply *reply, struct error *err)
{
	(void)err;
	str_append(&reply->body, request->site->openapi);
	reply->type = "application/json";
	reply_tag_body(reply);
	reply_spare(request, reply);
	return true;
}

static bool
take_filter(const struct request *request, struct filter *ret_filter, struct error *err)
{
	if (!request_filter(request, ret_filter, err))
		return false;
	if (ret_filter->limit > API_ROWS_MAX)
		return error_set(err, ERROR_USAGE, "\"limit\" is at most %d", API_ROWS_MAX);
	if (ret_filter->limit == 0)
		ret_filter->limit = API_ROWS_DEFAULT;
	return true;
}

/* "next" is the address of what follows, relative to the API's root; null at the end. */
static void
put_next(struct request *request, const struct filter *filter, size_t count, uint64_t total,
	const char *list, struct json *json)
{
	struct view offset, query;

	json_int(json, "total", (int64_t)total);
	json_int(json, "offset", (int64_t)filter->offset);
	if (count == 0 || filter->offset + count >= total) {
		json_null(json, "next");
		return;
	}
	offset = arena_format(request->arena, "%" PRIu64, filter->offset + filter->limit);
	query = request_query_with(request, "offset", offset);
	json_text(json, "next",
		arena_format(request->arena, "%s%.*s", list, (int)query.size, query.data));
}

bool
api_cases(struct request *request, struct reply *reply, struct error *err)
{
	struct json json = json_to(&reply->body);
	struct case_detail detail;
	struct case_rows found;
	struct filter filter;
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	if (!take_filter(request, &filter, err) ||
		!query_cases(request->reader, &filter, request->arena, &found, err))
		return false;
	json_object(&json, NULL);
	put_next(request, &filter, found.count, found.total, "cases", &json);
	json_array(&json, "cases");
	for (size_t i = 0; i < found.count; i++)
		switch (query_case(
			request->reader, found.rows[i].id, request->arena, &detail, err)) {
		case FOUND:
			export_case_json(&detail, &json, NULL);
			break;
		case ABSENT:
			break;
		case FAILED:
			return false;
		}
	json_end(&json);
	json_end(&json);
	finish(reply);
	return true;
}

bool
api_messages(struct request *request, struct reply *reply, struct error *err)
{
	struct json json = json_to(&reply->body);
	struct message_detail detail;
	struct message_rows found;
	struct filter filter;
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	if (!take_filter(request, &filter, err) ||
		!query_messages(request->reader, &filter, request->arena, &found, err))
		return false;
	json_object(&json, NULL);
	put_next(request, &filter, found.count, found.total, "messages", &json);
	json_array(&json, "messages");
	for (size_t i = 0; i < found.count; i++)
		switch (query_message(
			request->reader, found.rows[i].id, request->arena, &detail, err)) {
		case FOUND:
			if (!export_message_json(
				    &detail, request->archive, request->arena, &json, NULL, err))
				return false;
			break;
		case ABSENT:
			break;
		case FAILED:
			return false;
		}
	json_end(&json);
	json_end(&json);
	finish(reply);
	return true;
}

bool
api_case(struct request *request, struct reply *reply, struct error *err)
{
	struct json json = json_to(&reply->body);
	struct case_detail detail;
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	switch (query_case(request->reader, request->tail, request->arena, &detail, err)) {
	case FOUND:
		export_case_json(&detail, &json, NULL);
		finish(reply);
		return true;
	case ABSENT:
		api_problem(404, VIEW("There is no such case"), (struct view){0}, reply);
		return true;
	case FAILED:
		break;
	}
	return false;
}

bool
api_message(struct request *request, struct reply *reply, struct error *err)
{
	struct json json = json_to(&reply->body);
	struct message_detail detail;
	enum found found = ABSENT;
	bool known = false;
	int64_t id;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	if (request_message_id(request->tail, &id))
		found = query_message(request->reader, id, request->arena, &detail, err);
	switch (found) {
	case FOUND:
		if (!export_message_json(
			    &detail, request->archive, request->arena, &json, NULL, err))
			return false;
		finish(reply);
		return true;
	case ABSENT:
		api_problem(404, VIEW("There is no such message"), (struct view){0}, reply);
		return true;
	case FAILED:
		break;
	}
	return false;
}
