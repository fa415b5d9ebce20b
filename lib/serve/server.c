/*~
 * The site's front door: libmicrohttpd behind one file. It takes a request apart, lets it in or
 * not, has it answered by the table of routes, and sends the reply. Its threads each run an event
 * loop; no handler waits for a writer, and no query runs longer than two seconds.
 */
#include "serve/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fd.h"
#include "base/log.h"
#include "serve/access.h"
#include "serve/listen.h"
#include "serve/memo.h"
#include "serve/metrics.h"
#include "serve/respond.h"
#include "serve/route.h"
#include "serve/store.h"
#include "serve/uri.h"
#include "serve/watch.h"
#include "serve_assets.h"
#include "serve_pages.h"

enum {
	THREADS = 4, /* two cores serve; two more while one hashes a password */
	CONNECTIONS_MAX = 512,
	CONNECTIONS_PER_IP = 64,               /* a browser opens six */
	CONNECTION_BYTES = 32 * 1024,          /* of a request's line and headers */
	SILENCE_S = 15,                        /* a connection on which nothing moves is closed */
	HEADERS_S = 10,                        /* from its first byte to the end of its headers */
	ANSWER_S = 15 * 60,                    /* the largest export over a thin line */
	STOP_MS = 1000,                        /* for requests under way when the server stops */
	REQUEST_BYTES_MAX = 256 * 1024 * 1024, /* a page's working memory; a message is 50 MB */
	TLS_FILE_MAX = 1024 * 1024,
};

struct server {
	struct site site;
	struct metrics metrics;
	struct listener listener;
	struct MHD_Daemon *daemon;
	struct str address;
	struct str certificate, key;
	struct str directory;
	int64_t headers_ms;
	atomic_int under_way;
};

/* A request from its first line to its last byte. */
struct exchange {
	char *target; /* as it came; NULL: longer than any link of ours */
	size_t target_size;
	bool is_begun;
};

/* What hangs on a connection. */
struct link {
	struct watched *watched;
	struct exchange *exchange; /* NULL between requests */
};

static struct link *
link_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static struct watched *
watched_of(struct MHD_Connection *connection)
{
	struct link *link = link_of(connection);

	return link ? link->watched : NULL;
}

static void
end_exchange(struct server *server, struct link *link)
{
	if (!link || !link->exchange)
		return;
	free(link->exchange->target);
	free(link->exchange);
	link->exchange = NULL;
	atomic_fetch_sub(&server->under_way, 1);
}

static void
on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
	enum MHD_ConnectionNotificationCode what)
{
	struct server *server = context;
	struct link *link = *socket_context;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (link)
			watch_remove(server->site.watch, link->watched);
		/* Of a request that the library refused it does not always tell the end. */
		end_exchange(server, link);
		free(link);
		*socket_context = NULL;
		return;
	}
	link = calloc(1, sizeof(*link));
	if (!link)
		abort();
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info)
		link->watched = watch_add(server->site.watch, info->connect_fd,
			clock_monotonic_ms() + server->headers_ms);
	*socket_context = link;
}

/* The library is asked to leave "%" alone; decoding is uri_parse()'s. */
static size_t
leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

static void *
on_request_line(void *context, const char *target, struct MHD_Connection *connection)
{
	struct server *server = context;
	struct link *link = link_of(connection);
	struct exchange *exchange;

	if (!link)
		return NULL; /* no request without a connection */
	end_exchange(server, link);
	exchange = calloc(1, sizeof(*exchange));
	if (!exchange)
		abort();
	exchange->target_size = strlen(target);
	if (exchange->target_size <= REQUEST_URI_MAX)
		exchange->target = strdup(target);
	link->exchange = exchange;
	atomic_fetch_add(&server->under_way, 1);
	return exchange;
}

static void
on_completed(void *context, struct MHD_Connection *connection, void **request_context,
	enum MHD_RequestTerminationCode why)
{
	struct server *server = context;

	(void)why;
	if (!*request_context)
		return;
	*request_context = NULL;
	end_exchange(server, link_of(connection));
	/* The next request on it begins within SILENCE_S, or the library closes it. */
	watch_set(server->site.watch, watched_of(connection),
		clock_monotonic_ms() + SILENCE_S * 1000 + server->headers_ms);
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Who asks, for slowing down guesses. Behind a Unix socket stands our own proxy, whose word for
 * the last hop counts. */
static struct view
address_of(const struct server *server, struct MHD_Connection *connection, struct arena *arena)
{
	const union MHD_ConnectionInfo *info;
	char text[INET6_ADDRSTRLEN] = "";

	if (server->listener.path.size) {
		struct view forwarded = view_of(header(connection, "X-Forwarded-For"));
		struct view last = forwarded, rest = forwarded;

		while (rest.data && view_next_field(&rest, ',', &last))
			continue;
		return arena_copy(arena, view_slice(view_trim(last), 0, INET6_ADDRSTRLEN));
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET,
			&((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
			text, sizeof(text));
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6,
			&((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr,
			text, sizeof(text));
	return arena_copy(arena, view_of(text));
}

static enum access_verdict
judge(struct server *server, struct MHD_Connection *connection, struct request *request,
	unsigned *ret_wait_s)
{
	char *password = NULL;
	char *name = MHD_basic_auth_get_username_password(connection, &password);
	enum access_verdict verdict = ACCESS_DENIED;

	if (name && password)
		verdict = access_judge(server->site.access, view_of(name), view_of(password),
			address_of(server, connection, request->arena), ret_wait_s);
	if (verdict == ACCESS_GRANTED)
		request->user = arena_copy(request->arena, view_of(name));
	if (password)
		explicit_bzero(password, strlen(password));
	MHD_free(name);
	MHD_free(password);
	return verdict;
}

static void
refuse(const struct route *route, const struct request *request, struct reply *reply,
	unsigned status, const char *title, const char *detail)
{
	if (route && route->is_for_programs)
		api_problem(status, view_of(title), view_of(detail), reply);
	else
		page_problem(request, status, view_of(title), view_of(detail), reply);
}

/* True if the request may go on; otherwise the reply says why not. */
static bool
let_in(struct server *server, struct MHD_Connection *connection, const struct route *route,
	struct request *request, struct reply *reply)
{
	bool has_credentials = header(connection, "Authorization") != NULL;
	enum access_verdict verdict = ACCESS_DENIED;

	if (has_credentials && server->site.access)
		verdict = judge(server, connection, request, &reply->retry_after_s);
	if (verdict == ACCESS_GRANTED)
		return true;
	if (verdict == ACCESS_SLOWED) {
		refuse(route, request, reply, 429, "Too many failed logins",
			"Please wait a moment before the next attempt.");
		return false;
	}
	if (has_credentials && server->site.access) {
		atomic_fetch_add(&server->metrics.logins_failed, 1);
		log_warning("a login was refused event=login-refused from=%s",
			address_of(server, connection, request->arena).data);
	} else if (route->who == FOR_EVERYONE) {
		return true;
	}
	if (!server->site.access) {
		refuse(route, request, reply, 403, "There are no logins here",
			"This site shows totals only. An administrator adds researchers with "
			"`casepost researcher add`.");
		return false;
	}
	refuse(route, request, reply, 401, "Please log in",
		"This page is for the researchers of the study.");
	reply->asks_for_login = true;
	return false;
}

/* The address as it came, cut, without the query, which may hold what somebody searched for. */
static void
log_access(const struct route *route, const struct exchange *exchange,
	const struct request *request, const struct reply *reply, int64_t began_ms)
{
	struct view path = view_slice((struct view){exchange->target, exchange->target_size}, 0,
		view_find_byte(view_make(exchange->target, exchange->target_size), '?', 0));

	if (route && route->is_quiet)
		return;
	log_info("site: %u for %.*s event=request user=%.*s took_ms=%lld", reply->status,
		(int)(path.size < 200 ? path.size : 200), path.data,
		request->user.size ? (int)request->user.size : 1,
		request->user.size ? request->user.data : "-",
		(long long)(clock_monotonic_ms() - began_ms));
}

static void
answer(struct server *server, struct MHD_Connection *connection, struct exchange *exchange,
	struct request *request, struct reply *reply)
{
	struct view target = {exchange->target, exchange->target_size};
	int64_t began_ms = clock_monotonic_ms();
	const struct route *route = NULL;
	struct error err = {0};
	struct uri uri = {0};

	request->root = VIEW("./");
	if (!exchange->target) {
		page_problem(
			request, 414, VIEW("This address is too long"), (struct view){0}, reply);
		return;
	}
	if (!uri_parse(target, request->arena, &uri)) {
		refuse(NULL, request, reply, 400, "This address is malformed", "");
	} else {
		request->path = uri.path;
		request->query = uri.query;
		request->parameters = uri.parameters;
		request->parameter_count = uri.parameter_count;
		request->root = route_root(uri.path, request->arena);
		request->if_none_match = view_of(header(connection, "If-None-Match"));
		route = route_find(uri.path, &request->tail);
		if (!route)
			refuse(NULL, request, reply, 404, "There is no such page", "");
		else if (let_in(server, connection, route, request, reply))
			route_serve(route, request, reply, &err);
	}
	if (reply->status == 0)
		reply->status = 200;
	if (err.reach == ERROR_PROGRAM || err.reach == ERROR_MESSAGE)
		log_err("site: a page failed: %s event=page-failed", err.text);
	log_access(route, exchange, request, reply, began_ms);
}

/* What a read-only site takes: GET and HEAD, without a body. Anything else is answered at once,
 * which also ends the connection, so that no second request hides behind a body. */
static unsigned
find_fault(struct MHD_Connection *connection, const char *method)
{
	const char *length = header(connection, "Content-Length");

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return 405;
	if (header(connection, "Transfer-Encoding") || (length && strcmp(length, "0") != 0))
		return 400;
	return 0;
}

static enum MHD_Result
send_fault(struct server *server, struct MHD_Connection *connection, unsigned status)
{
	struct reply reply = {.status = status, .body = str_new(1024), .type = "text/plain"};
	enum MHD_Result result;

	if (status == 405)
		reply.allow = "GET, HEAD";
	str_append(&reply.body, status == 405 ? VIEW("This site is read-only: GET and HEAD.\n")
					      : VIEW("A request here has no body.\n"));
	atomic_fetch_add(&server->metrics.answers[4], 1);
	result = respond(connection, &server->site, &reply, false);
	reply_free(&reply);
	return result;
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *upload, size_t *upload_size, void **request_context)
{
	struct server *server = context;
	struct exchange *exchange = *request_context;
	struct request request = {.site = &server->site};
	struct reply reply = {.body = str_new(REPLY_BYTES_MAX)};
	enum MHD_Result result;
	unsigned fault;

	(void)url;
	(void)version;
	(void)upload;
	if (!exchange)
		return MHD_NO;
	if (!exchange->is_begun) {
		exchange->is_begun = true;
		watch_set(server->site.watch, watched_of(connection),
			clock_monotonic_ms() + ANSWER_S * 1000);
		fault = find_fault(connection, method);
		/* An answer at this first call costs the connection; a good request waits for the
		 * second one. */
		return fault ? send_fault(server, connection, fault) : MHD_YES;
	}
	if (*upload_size > 0)
		return MHD_NO;
	request.arena = arena_new(REQUEST_BYTES_MAX);
	answer(server, connection, exchange, &request, &reply);
	atomic_fetch_add(&server->metrics.answers[reply.status / 100 % 6], 1);
	result = respond(connection, &server->site, &reply, request.user.size > 0);
	reply_free(&reply);
	arena_free(request.arena);
	return result;
}

__attribute__((format(printf, 2, 0))) static void
on_library_log(void *context, const char *format, va_list arguments)
{
	char text[512];

	(void)context;
	vsnprintf(text, sizeof(text), format, arguments);
	log_debug("site: %s", text);
}

static bool
compile_pages(struct server *server, struct error *err)
{
	const struct page_source *const sources[PAGE_COUNT] = {
		[PAGE_FRONT] = &page_front_source,
		[PAGE_CASES] = &page_cases_source,
		[PAGE_CASE] = &page_case_source,
		[PAGE_MESSAGES] = &page_messages_source,
		[PAGE_MESSAGE] = &page_message_source,
		[PAGE_PROBLEM] = &page_problem_source,
	};

	for (int i = 0; i < PAGE_COUNT; i++)
		if (!template_compile(&server->site.pages[i], serve_pages, serve_pages_count,
			    sources[i]->file, sources[i]->shape, err))
			return false;
	return true;
}

static struct view
find_asset(const char *name)
{
	for (size_t i = 0; i < serve_assets_count; i++)
		if (strcmp(serve_assets[i].name, name) == 0)
			return serve_assets[i].content;
	abort(); /* lib/serve/CMakeLists.txt lists them */
}

static void
load_assets(struct server *server)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	server->site.css = find_asset("site.css");
	server->site.icon = find_asset("icon.svg");
	server->site.openapi = find_asset("openapi.json");
	digest_sha256(server->site.css, digest);
	digest_to_hex(digest, hex);
	snprintf(server->site.css_version, sizeof(server->site.css_version), "%.16s", hex);
}

static bool
open_parts(struct server *server, const struct server_options *options, struct error *err)
{
	server->headers_ms = (options->header_seconds ? options->header_seconds : HEADERS_S) * 1000;
	str_append(&server->directory, view_of(options->directory));
	server->site.directory = str_text(&server->directory);
	server->site.health = options->health;
	server->site.metrics = &server->metrics;
	server->site.is_https = options->tls_certificate != NULL;
	server->site.watch = watch_new();
	server->site.front = memo_new();
	server->site.store = store_new(options->directory, THREADS);
	load_assets(server);
	if (!compile_pages(server, err))
		return false;
	if (!options->tls_certificate != !options->tls_key)
		return error_set(err, ERROR_USAGE,
			"tls_certificate and tls_key belong together: give both or none");
	if (options->researchers && !access_open(&server->site.access, options->researchers, err))
		return false;
	if (options->tls_certificate &&
		(!fd_read_file(options->tls_certificate, TLS_FILE_MAX, &server->certificate, err) ||
			!fd_read_file(options->tls_key, TLS_FILE_MAX, &server->key, err)))
		return error_context(err, "HTTPS");
	if (!listener_open(&server->listener, options->listen, err))
		return false;
	if (!server->listener.is_local && !server->site.is_https && server->site.access &&
		!options->behind_proxy)
		return error_set(err, ERROR_USAGE,
			"%s is reachable from other machines, and passwords would cross the "
			"network in the clear: set tls_certificate and tls_key, or listen on "
			"127.0.0.1 or a Unix socket behind a proxy",
			options->listen);
	return true;
}

static bool
start_daemon(struct server *server, struct error *err)
{
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, server->certificate.data},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, server->key.data},
		{MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned flags =
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;

	if (server->site.is_https)
		flags |= MHD_USE_TLS;
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, server,
		MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL, MHD_OPTION_LISTEN_SOCKET,
		server->listener.fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)CONNECTIONS_PER_IP,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK,
		on_request_line, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_ARRAY,
		server->site.is_https ? tls : plain, MHD_OPTION_END);
	if (!server->daemon)
		return error_set(err, server->site.is_https ? ERROR_USAGE : ERROR_PROGRAM,
			server->site.is_https
				? "HTTPS cannot be served: tls_certificate or tls_key is not a "
				  "PEM certificate with its key"
				: "HTTP cannot be served");
	return true;
}

static void
free_server(struct server *server)
{
	for (int i = 0; i < PAGE_COUNT; i++)
		template_free(server->site.pages[i]);
	watch_free(server->site.watch);
	memo_free(server->site.front);
	store_free(server->site.store);
	access_close(server->site.access);
	listener_close(&server->listener);
	if (server->key.data)
		explicit_bzero(server->key.data, server->key.size);
	str_free(&server->key);
	str_free(&server->certificate);
	str_free(&server->directory);
	str_free(&server->address);
	free(server);
}

bool
server_start(struct server **ret_server, const struct server_options *options, struct error *err)
{
	CLEANUP(server_stopp) struct server *server = calloc(1, sizeof(*server));

	if (!server)
		abort();
	server->listener.fd = -1;
	server->address = str_new(1024);
	server->certificate = str_new(TLS_FILE_MAX);
	server->key = str_new(TLS_FILE_MAX);
	server->directory = str_new(4096);
	signal(SIGPIPE, SIG_IGN); /* a client that goes away is no reason to die */
	if (!open_parts(server, options, err) || !start_daemon(server, err))
		return error_context(err, "the site");
	if (server->listener.path.size)
		str_append(&server->address, str_view(&server->listener.address));
	else
		str_append_format(&server->address, "%s://%s/",
			server->site.is_https ? "https" : "http",
			str_text(&server->listener.address));
	*ret_server = TAKE(server);
	return true;
}

void
server_stop(struct server *server)
{
	const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
	int64_t deadline_ms = clock_monotonic_ms() + STOP_MS;

	if (!server)
		return;
	if (server->daemon) {
		/* Nobody new; who is being answered has a second. */
		(void)MHD_quiesce_daemon(server->daemon);
		while (atomic_load(&server->under_way) > 0 && clock_left_ms(deadline_ms) > 0)
			nanosleep(&pause, NULL);
		MHD_stop_daemon(server->daemon);
	}
	free_server(server);
}

const char *
server_address(const struct server *server)
{
	return str_text(&server->address);
}
