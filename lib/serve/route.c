/*
 * One table: path, function, who may. What is not in it is not there.
 */
#include "serve/route.h"

#include "serve/store.h"

enum { ID_MAX = 32, RETRY_S = 5 };

static const struct route routes[] = {
	{"/", NULL, page_front, FOR_EVERYONE, STORE_NEEDED, false, false},
	{"/cases", NULL, page_cases, FOR_RESEARCHERS, STORE_NEEDED, false, false},
	{"/cases/", "", page_case, FOR_RESEARCHERS, STORE_NEEDED, false, false},
	{"/messages", NULL, page_messages, FOR_RESEARCHERS, STORE_NEEDED, false, false},
	{"/messages/", "", page_message, FOR_RESEARCHERS, STORE_NEEDED, false, false},
	{"/messages/", "/raw", page_raw, FOR_RESEARCHERS, STORE_NEEDED, false, false},
	{"/cases.csv", NULL, feed_cases_csv, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/cases.ndjson", NULL, feed_cases_ndjson, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/messages.csv", NULL, feed_messages_csv, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/messages.ndjson", NULL, feed_messages_ndjson, FOR_RESEARCHERS, STORE_NEEDED, true,
		false},
	{"/feed.atom", NULL, feed_atom, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/api/v1/status", NULL, api_status, FOR_EVERYONE, STORE_NEEDED, true, false},
	{"/api/v1/cases", NULL, api_cases, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/api/v1/cases/", "", api_case, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/api/v1/messages", NULL, api_messages, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/api/v1/messages/", "", api_message, FOR_RESEARCHERS, STORE_NEEDED, true, false},
	{"/api/v1/openapi.json", NULL, api_openapi, FOR_EVERYONE, STORE_UNUSED, true, false},
	{"/login", NULL, page_login, FOR_RESEARCHERS, STORE_UNUSED, false, false},
	{"/healthz", NULL, probe_health, FOR_EVERYONE, STORE_UNUSED, true, true},
	{"/readyz", NULL, probe_ready, FOR_EVERYONE, STORE_UNUSED, true, true},
	{"/metrics", NULL, probe_metrics, FOR_EVERYONE, STORE_IF_THERE, true, true},
	{"/site.css", NULL, page_css, FOR_EVERYONE, STORE_UNUSED, false, true},
	{"/icon.svg", NULL, page_icon, FOR_EVERYONE, STORE_UNUSED, false, true},
	{"/robots.txt", NULL, page_robots, FOR_EVERYONE, STORE_UNUSED, true, true},
};

/* Ids are made by us: lower-case letters and digits. */
static bool
is_id(struct view text)
{
	if (text.size == 0 || text.size > ID_MAX)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

static bool
matches(const struct route *route, struct view path, struct view *ret_tail)
{
	struct view prefix = view_of(route->path), suffix = view_of(route->suffix);

	if (!route->suffix) {
		*ret_tail = (struct view){0};
		return view_equal(path, prefix);
	}
	if (path.size < prefix.size + suffix.size || !view_starts_with(path, prefix) ||
		!view_ends_with(path, suffix))
		return false;
	*ret_tail = view_slice(path, prefix.size, path.size - suffix.size);
	return is_id(*ret_tail);
}

const struct route *
route_find(struct view path, struct view *ret_tail)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (matches(&routes[i], path, ret_tail))
			return &routes[i];
	return NULL;
}

struct view
route_root(struct view path, struct arena *arena)
{
	CLEANUP(str_free) struct str root = str_new(1024);

	for (size_t i = 1; i < path.size; i++)
		if (path.data[i] == '/')
			str_append(&root, VIEW("../"));
	if (root.size == 0 || root.overflowed)
		return VIEW("./");
	return arena_copy(arena, str_view(&root));
}

static void
refuse(const struct route *route, const struct request *request, struct reply *reply,
	unsigned status, struct view title, struct view detail)
{
	export_free(reply->export);
	reply->export = NULL;
	reply->etag[0] = '\0';
	reply->filename[0] = '\0';
	if (route->is_for_programs)
		api_problem(status, title, detail, reply);
	else
		page_problem(request, status, title, detail, reply);
}

static void
explain(const struct route *route, const struct request *request, struct reply *reply,
	const struct error *err)
{
	switch (err->reach) {
	case ERROR_USAGE:
		refuse(route, request, reply, 400, VIEW("This request cannot be answered"),
			view_of(err->text));
		break;
	case ERROR_STORAGE:
		refuse(route, request, reply, 503, VIEW("The casebook is not there yet"),
			VIEW("It is being made, or the store cannot be read. Please come back in "
			     "a moment."));
		reply->retry_after_s = RETRY_S;
		break;
	case ERROR_NONE:
	case ERROR_MESSAGE:
	case ERROR_CONNECTION:
	case ERROR_MAILBOX:
	case ERROR_PROGRAM:
		refuse(route, request, reply, 500, VIEW("Something went wrong here"),
			VIEW("The reason stands in the log of casepostd."));
		break;
	}
}

void
route_serve(const struct route *route, struct request *request, struct reply *reply,
	struct error *ret_err)
{
	struct lease lease = {0};
	bool has_store =
		route->store != STORE_UNUSED && store_borrow(request->site->store, &lease, ret_err);

	if (route->store == STORE_NEEDED && !has_store) {
		/* Whatever keeps the store from being opened, to a visitor it is not there. */
		struct error closed = {.reach = ERROR_STORAGE};

		explain(route, request, reply, &closed);
		return;
	}
	request->reader = lease.reader;
	request->archive = lease.archive;
	*ret_err = (struct error){0};
	if (!route->serve(request, reply, ret_err))
		explain(route, request, reply, ret_err);
	else if (reply->body.overflowed)
		refuse(route, request, reply, 500, VIEW("The answer is too large"),
			VIEW("Ask for less, or take an export."));
	else
		*ret_err = (struct error){0}; /* explained on the page */
	if (reply->status >= 400)
		reply->etag[0] = '\0';
	if (has_store)
		store_return(request->site->store, &lease);
}
