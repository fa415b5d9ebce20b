/* The site over a real socket: who sees what, and what rude clients meet. */
#include "../unit.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../casebook/fixture.h"
#include "base/clock.h"
#include "client.h"
#include "logins.h"
#include "serve/server.h"

static const char *const researchers_only[] = {"/cases", "/cases/alpha", "/cases/nope", "/messages",
	"/messages/101", "/messages/999", "/messages/101/raw", "/cases.csv", "/cases.ndjson",
	"/messages.csv", "/messages.ndjson", "/feed.atom", "/api/v1/cases", "/api/v1/cases/alpha",
	"/api/v1/messages", "/api/v1/messages/101", "/login"};
static const char *const for_everyone[] = {"/", "/api/v1/status", "/api/v1/openapi.json",
	"/healthz", "/readyz", "/metrics", "/site.css", "/robots.txt", "/icon.svg"};

/* What no visitor without a login may read: names, addresses, subjects, quotes, ids. */
static const char *const secrets[] = {"Mari", "maasikas", "mari@", "Eve", "Land register", "alpha",
	"farmers", "Hyperledger Fabric", "plan \"", "script", "question?", "101"};

struct site_test {
	struct fixture fixture;
	struct health *health;
	struct server *server;
	char researchers[96];
	struct str answer;
};

static void
start(struct site_test *test, const char *listen, bool with_logins)
{
	struct server_options options = {
		.listen = listen,
		.researchers = with_logins ? test->researchers : NULL,
		.directory = test->fixture.directory,
		.health = test->health,
		.header_seconds = 2,
	};
	struct error err = {0};

	assert_ok(server_start(&test->server, &options, &err), err);
}

static int
set_up(void **state)
{
	struct site_test *test = calloc(1, sizeof(*test));
	struct mailbox_health mailbox = {.phase = MAILBOX_WAITING, .compared_at = clock_now()};

	fixture_make(&test->fixture);
	snprintf(test->researchers, sizeof(test->researchers), "%s/researchers",
		test->fixture.directory);
	logins_write(test->researchers, "ada", "correct horse");
	test->health = health_new(clock_now());
	snprintf(mailbox.name, sizeof(mailbox.name), "research");
	health_set_mailbox(test->health, health_add_mailbox(test->health, "research"), &mailbox);
	test->answer = str_new(64 << 20);
	*state = test;
	start(test, "127.0.0.1:0", true);
	return 0;
}

static int
tear_down(void **state)
{
	struct site_test *test = *state;

	server_stop(test->server);
	health_free(test->health);
	str_free(&test->answer);
	fixture_remove(&test->fixture);
	free(test);
	return 0;
}

static int
get(struct site_test *test, const char *target, const char *headers)
{
	return client_get(server_address(test->server), target, headers, &test->answer);
}

static void
answer_has(struct site_test *test, const char *part)
{
	if (!strstr(str_text(&test->answer), part))
		fail_msg("%s is not in:\n%s", part, str_text(&test->answer));
}

static void
answer_lacks(struct site_test *test, const char *part)
{
	if (strstr(str_text(&test->answer), part))
		fail_msg("%s is in:\n%s", part, str_text(&test->answer));
}

static void
without_a_login_a_researchers_page_is_401_and_tells_nothing(void **state)
{
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(researchers_only) / sizeof(researchers_only[0]); i++) {
		assert_int_equal(get(test, researchers_only[i], ""), 401);
		answer_has(test, "WWW-Authenticate: Basic realm=\"casepost\"");
		for (size_t j = 0; j < sizeof(secrets) / sizeof(secrets[0]); j++)
			answer_lacks(test, secrets[j]);
	}
}

static void
without_a_login_what_is_for_everyone_holds_totals_only(void **state)
{
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(for_everyone) / sizeof(for_everyone[0]); i++) {
		assert_int_equal(get(test, for_everyone[i], ""), 200);
		if (strcmp(for_everyone[i], "/api/v1/openapi.json") == 0)
			continue; /* speaks of everything, and shows nothing */
		answer_lacks(test, "Mari");
		answer_lacks(test, "Land register");
		answer_lacks(test, "alpha");
		answer_lacks(test, "Hyperledger Fabric");
	}
	assert_int_equal(get(test, "/", ""), 200);
	answer_has(test, "&lt;3");
	answer_has(test, "all accounted for");
	assert_int_equal(get(test, "/api/v1/status", ""), 200);
	answer_has(test, "{\"name\":\"EE\",\"count\":null}");
}

static void
a_wrong_login_is_refused_even_where_none_is_needed(void **state)
{
	struct site_test *test = *state;

	assert_int_equal(get(test, "/", "Authorization: Basic YWRhOng=\r\n"), 401);
	assert_int_equal(get(test, "/cases", "Authorization: Basic %%%\r\n"), 401);
	assert_int_equal(get(test, "/cases", "Authorization: Bearer x\r\n"), 401);
	assert_int_equal(get(test, "/cases", "Authorization: Basic\r\n"), 401);
}

static void
guessing_ends_in_429(void **state)
{
	struct site_test *test = *state;
	int status = 401;

	for (int i = 0; i < 12 && status == 401; i++)
		status = get(test, "/cases", "Authorization: Basic YWRhOng=\r\n");
	assert_int_equal(status, 429);
	answer_has(test, "Retry-After: ");
	assert_int_equal(get(test, "/", ""), 200);
}

static void
a_researcher_sees_everything(void **state)
{
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(researchers_only) / sizeof(researchers_only[0]); i++) {
		const char *path = researchers_only[i];
		int expected = strstr(path, "nope") || strstr(path, "999") ? 404
			       : strcmp(path, "/login") == 0               ? 303
									   : 200;

		assert_int_equal(get(test, path, client_ada), expected);
	}
	assert_int_equal(get(test, "/", client_ada), 200);
	answer_has(test, "Newest cases");
}

static void
a_case_shows_its_words_in_text_subject_and_attachment(void **state)
{
	struct site_test *test = *state;

	assert_int_equal(get(test, "/cases/alpha", client_ada), 200);
	answer_has(test, "<mark title=\"country: Estonia\">Estonia</mark>");
	answer_has(test, "<mark title=\"sector: land\">Land register</mark> in Estonia");
	answer_has(test, "<mark title=\"users: 4300\">4300</mark> farmers");
	answer_has(test, "<span class=\"signature\">");
	assert_int_equal(get(test, "/cases/gamma", client_ada), 200);
	answer_has(test, "Case alpha");
}

static void
a_strangers_markup_is_text_on_every_page(void **state)
{
	static const char *const pages[] = {"/", "/cases", "/cases/beta", "/messages",
		"/messages/102", "/messages?q=%3Cscript%3Ealert(9)", "/cases?country=%22%3E%3Cu",
		"/cases?q=%22%3E%3Cscript%3E", "/feed.atom", "/cases/%3Cscript%3E"};
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		assert_true(get(test, pages[i], client_ada) >= 200);
		answer_lacks(test, "<script");
		answer_lacks(test, "<img");
		answer_lacks(test, "<b>Eve");
		answer_lacks(test, "\"><u");
	}
	assert_int_equal(get(test, "/messages/102", client_ada), 200);
	answer_has(test, "&lt;img src=x onerror=alert(2)&gt;");
}

static void
every_answer_carries_its_safety_headers(void **state)
{
	static const char *const pages[] = {
		"/", "/cases", "/nothing", "/api/v1/status", "/healthz"};
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		(void)get(test, pages[i], "");
		answer_has(test, "Content-Security-Policy: default-src 'none'");
		answer_has(test, "frame-ancestors 'none'");
		answer_has(test, "X-Content-Type-Options: nosniff");
		answer_has(test, "Referrer-Policy: no-referrer");
	}
}

static void
a_raw_message_is_saved_and_never_shown(void **state)
{
	struct site_test *test = *state;

	assert_int_equal(get(test, "/messages/101/raw", client_ada), 200);
	answer_has(test, "Content-Type: text/plain");
	answer_has(test, "Content-Disposition: attachment; filename=\"message-101.eml.txt\"");
}

static void
what_has_not_changed_is_not_sent_again(void **state)
{
	static const char *const pages[] = {"/cases", "/cases/alpha", "/api/v1/cases", "/site.css"};
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		char headers[256], etag[64] = "";
		const char *found;

		assert_int_equal(get(test, pages[i], client_ada), 200);
		found = strstr(str_text(&test->answer), "ETag: ");
		assert_non_null(found);
		assert_int_equal(sscanf(found, "ETag: %63s", etag), 1);
		snprintf(headers, sizeof(headers), "%sIf-None-Match: %s\r\n", client_ada, etag);
		assert_int_equal(get(test, pages[i], headers), 304);
		if (strcmp(pages[i], "/site.css") == 0)
			continue;
		fixture_change(&test->fixture, "INSERT INTO change (at, kind, id, what, digest) "
					       "VALUES (1, 'case', 'beta', 'put', 'q')");
		assert_int_equal(get(test, pages[i], headers), 200);
	}
	assert_int_equal(get(test, "/cases", "If-None-Match: *\r\n"), 401);
}

static void
a_wrong_filter_or_search_is_explained(void **state)
{
	struct site_test *test = *state;

	assert_int_equal(get(test, "/cases?q=%22land", client_ada), 400);
	answer_has(test, "has no end");
	answer_has(test, "value=\"&quot;land\"");
	assert_int_equal(get(test, "/messages?since=yesterday", client_ada), 400);
	answer_has(test, "a day such as 2020-03-04");
	assert_int_equal(get(test, "/api/v1/cases?colour=red", client_ada), 400);
	answer_has(test, "Content-Type: application/problem+json");
	answer_has(test, "\"status\":400");
	assert_int_equal(get(test, "/api/v1/cases?q=NEAR(%22%22,*%5E", client_ada), 200);
	assert_int_equal(get(test, "/cases.csv?limit=x", client_ada), 400);
}

static void
a_list_turns_its_pages(void **state)
{
	struct site_test *test = *state;

	assert_int_equal(get(test, "/api/v1/messages?limit=2&sort=oldest", client_ada), 200);
	answer_has(test, "\"total\":5,\"offset\":0,\"next\":\"messages?limit=2\\u0026sort=oldest"
			 "\\u0026offset=2\"");
	assert_int_equal(get(test, "/messages?limit=2&offset=2&q=", client_ada), 200);
	answer_has(test, "3 to 4 of 5");
	answer_has(test, "href=\"?limit=2\">Previous");
	answer_has(test, "href=\"?limit=2&amp;offset=4\">Next");
}

static void
only_get_and_head_are_answered(void **state)
{
	static const char *const methods[] = {
		"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "BREW"};
	struct site_test *test = *state;
	CLEANUP(str_free) struct str request = str_new(4096);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		str_clear(&request);
		str_append_format(&request,
			"%s / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
			"0\r\n\r\n",
			methods[i]);
		assert_int_equal(
			client_raw(server_address(test->server), str_view(&request), &test->answer),
			405);
		answer_has(test, "Allow: GET, HEAD");
	}
	assert_int_equal(
		client_raw(server_address(test->server),
			VIEW("HEAD /site.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
			&test->answer),
		200);
	assert_true(view_ends_with(str_view(&test->answer), VIEW("\r\n\r\n")));
}

static void
paths_that_play_tricks_lead_nowhere(void **state)
{
	static const char *const tricks[] = {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
		"//etc/passwd", "/cases/../messages/101", "/cases/alpha/", "/cases/alpha%2F..",
		"/messages/-1", "/messages/101/raw/", "/messages/99999999999999999999999",
		"/site.css/x", "/cases%00", "/%zz", "/%", "/%c0%ae", "/cases?q=%", "/cases?q=%ff",
		"/cases?q=%00", "*", "http://evil.example/cases", "/CASES", "/api/v1/../../cases"};
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]); i++) {
		int status = get(test, tricks[i], client_ada);

		if (status != 400 && status != 404)
			fail_msg("%s got %d", tricks[i], status);
	}
}

static void
long_addresses_and_headers_have_an_answer(void **state)
{
	struct site_test *test = *state;
	CLEANUP(str_free) struct str target = str_new(1 << 20);

	str_append(&target, VIEW("/cases?q="));
	for (int i = 0; i < 10000; i++)
		str_append_byte(&target, 'a');
	assert_int_equal(get(test, str_text(&target), client_ada), 414);
	for (int i = 0; i < 90000; i++)
		str_append_byte(&target, 'a');
	assert_int_equal(get(test, str_text(&target), ""), 414);
	str_clear(&target);
	str_append(&target, VIEW("X-Long: "));
	for (int i = 0; i < 100000; i++)
		str_append_byte(&target, 'a');
	str_append(&target, VIEW("\r\n"));
	assert_int_equal(get(test, "/", str_text(&target)), 431);
	str_clear(&target);
	str_append(&target, VIEW("/cases?"));
	for (int i = 0; i < 100; i++)
		str_append(&target, VIEW("q=a&"));
	assert_int_equal(get(test, str_text(&target), client_ada), 400);
	assert_int_equal(get(test, "/healthz", ""), 200);
}

static void
what_is_no_http_is_turned_away(void **state)
{
	static const char *const garbage[] = {"\r\n\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00",
		"GET / HTTP/9.9\r\n\r\n", "GET / FTP/1.0\r\n\r\n",
		"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\n bad folding\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
		"5\r\n\r\n"
		"0\r\n\r\nGET /cases HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
		"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"};
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		int fd = client_connect(server_address(test->server));

		str_clear(&test->answer);
		client_send(fd, view_of(garbage[i]));
		shutdown(fd, SHUT_WR);
		client_read(fd, 5000, &test->answer);
		close(fd);
		answer_lacks(test, "HTTP/1.1 500");
		answer_lacks(test, "HTTP/1.1 200 OK\r\nHTTP");
	}
	assert_int_equal(get(test, "/healthz", ""), 200);
}

static void
a_connection_answers_one_request_after_another(void **state)
{
	struct site_test *test = *state;
	int fd = client_connect(server_address(test->server));
	size_t count = 0;

	str_clear(&test->answer);
	client_send(fd, VIEW("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
			     "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
			     "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
	client_read(fd, 5000, &test->answer);
	close(fd);
	for (size_t at = 0;
		(at = view_find(str_view(&test->answer), VIEW("HTTP/1.1 200"), at)) != SIZE_MAX;
		at++)
		count++;
	assert_int_equal(count, 3);
}

static void
headers_that_drip_are_cut_while_others_are_served(void **state)
{
	struct site_test *test = *state;
	int fd = client_connect(server_address(test->server));
	int64_t began_ms = clock_monotonic_ms();
	char byte;

	client_send(fd, VIEW("GET / HTTP/1.1\r\nHost: x\r\n"));
	/* A byte every 200 ms is never silent; the deadline of two seconds counts all the same. */
	while (clock_monotonic_ms() - began_ms < 10000) {
		struct timespec pause = {.tv_nsec = 200 * 1000 * 1000};

		client_send(fd, VIEW("x"));
		nanosleep(&pause, NULL);
		if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
			break;
		assert_int_equal(get(test, "/healthz", ""), 200);
	}
	close(fd);
	assert_true(clock_monotonic_ms() - began_ms < 6000);
}

static void
without_a_researchers_file_there_are_totals_only(void **state)
{
	struct site_test *test = *state;

	server_stop(test->server);
	start(test, "127.0.0.1:0", false);
	assert_int_equal(get(test, "/", ""), 200);
	assert_int_equal(get(test, "/cases", client_ada), 403);
	answer_lacks(test, "alpha");
}

static void
without_a_casebook_the_site_says_so_and_lives(void **state)
{
	struct site_test *test = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/cases.db", test->fixture.directory);
	assert_int_equal(get(test, "/", ""), 200);
	assert_int_equal(rename(path, "/tmp/casepost-unit-away"), 0);
	assert_int_equal(get(test, "/", ""), 503);
	answer_has(test, "Retry-After");
	assert_int_equal(get(test, "/api/v1/status", ""), 503);
	assert_int_equal(get(test, "/healthz", ""), 200);
	assert_int_equal(get(test, "/metrics", ""), 200);
	assert_int_equal(rename("/tmp/casepost-unit-away", path), 0);
	assert_int_equal(get(test, "/", ""), 200);
}

static void
readiness_follows_the_mailboxes(void **state)
{
	struct site_test *test = *state;
	struct mailbox_health lost = {.phase = MAILBOX_BACKOFF, .compared_at = 1};

	assert_int_equal(get(test, "/readyz", ""), 200);
	snprintf(lost.name, sizeof(lost.name), "research");
	snprintf(lost.error, sizeof(lost.error), "imap.example.org refuses the password");
	health_set_mailbox(test->health, 0, &lost);
	assert_int_equal(get(test, "/readyz", ""), 503);
	assert_int_equal(get(test, "/", ""), 200);
	answer_has(test, "Not every mailbox was reached recently");
	answer_lacks(test, "imap.example.org");
	assert_int_equal(get(test, "/", client_ada), 200);
	answer_has(test, "imap.example.org refuses the password");
}

static void
a_unix_socket_serves_and_is_removed(void **state)
{
	struct site_test *test = *state;
	char address[128];

	server_stop(test->server);
	snprintf(address, sizeof(address), "unix:%s/web.sock", test->fixture.directory);
	start(test, address, true);
	assert_string_equal(server_address(test->server), address);
	assert_int_equal(get(test, "/cases", client_ada), 200);
	server_stop(test->server);
	test->server = NULL;
	assert_int_equal(access(address + 5, F_OK), -1);
}

static void
a_wrong_address_is_explained(void **state)
{
	static const char *const wrong[] = {"8025", "127.0.0.1", "127.0.0.1:http", "[::1:80",
		"127.0.0.1:99999", "unix:relative", ":80", "no.such.host.invalid:80"};
	struct site_test *test = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct server_options options = {.listen = wrong[i],
			.directory = test->fixture.directory,
			.health = test->health};
		struct server *server = NULL;
		struct error err = {0};

		assert_false(server_start(&server, &options, &err));
		assert_int_equal(err.reach, ERROR_USAGE);
	}
}

static void
passwords_do_not_cross_a_network_in_the_clear(void **state)
{
	struct site_test *test = *state;
	struct server_options options = {.listen = "0.0.0.0:0",
		.researchers = test->researchers,
		.directory = test->fixture.directory,
		.health = test->health};
	struct server *server = NULL;
	struct error err = {0};

	assert_false(server_start(&server, &options, &err));
	assert_contains(err.text, "in the clear");
	options.behind_proxy = true;
	assert_ok(server_start(&server, &options, &err), err);
	server_stop(server);
}

static void
it_stops_within_a_second_although_clients_hang_on(void **state)
{
	struct site_test *test = *state;
	int idle = client_connect(server_address(test->server));
	int half = client_connect(server_address(test->server));
	int64_t began_ms;

	client_send(half, VIEW("GET /cas"));
	assert_int_equal(get(test, "/healthz", ""), 200);
	began_ms = clock_monotonic_ms();
	server_stop(test->server);
	test->server = NULL;
	assert_true(clock_monotonic_ms() - began_ms < 2000);
	close(idle);
	close(half);
}

#define site_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(without_a_login_a_researchers_page_is_401_and_tells_nothing),
		site_test(without_a_login_what_is_for_everyone_holds_totals_only),
		site_test(a_wrong_login_is_refused_even_where_none_is_needed),
		site_test(guessing_ends_in_429),
		site_test(a_researcher_sees_everything),
		site_test(a_case_shows_its_words_in_text_subject_and_attachment),
		site_test(a_strangers_markup_is_text_on_every_page),
		site_test(every_answer_carries_its_safety_headers),
		site_test(a_raw_message_is_saved_and_never_shown),
		site_test(what_has_not_changed_is_not_sent_again),
		site_test(a_wrong_filter_or_search_is_explained),
		site_test(a_list_turns_its_pages),
		site_test(only_get_and_head_are_answered),
		site_test(paths_that_play_tricks_lead_nowhere),
		site_test(long_addresses_and_headers_have_an_answer),
		site_test(what_is_no_http_is_turned_away),
		site_test(a_connection_answers_one_request_after_another),
		site_test(headers_that_drip_are_cut_while_others_are_served),
		site_test(without_a_researchers_file_there_are_totals_only),
		site_test(without_a_casebook_the_site_says_so_and_lives),
		site_test(readiness_follows_the_mailboxes),
		site_test(a_unix_socket_serves_and_is_removed),
		site_test(a_wrong_address_is_explained),
		site_test(passwords_do_not_cross_a_network_in_the_clear),
		site_test(it_stops_within_a_second_although_clients_hang_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
