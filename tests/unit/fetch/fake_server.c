#include "fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "cmocka_all.h"
#include "fetch/uidset.h"

struct connection {
	struct fake_server *server;
	FILE *in;
	int fd;
	unsigned visible; /* messages that have arrived */
	bool over;
};

static void
say(struct connection *connection, struct view bytes)
{
	while (bytes.size > 0) {
		ssize_t sent = send(connection->fd, bytes.data, bytes.size, MSG_NOSIGNAL);

		if (sent <= 0) {
			connection->over = true;
			return;
		}
		bytes = view_slice(bytes, (size_t)sent, bytes.size);
	}
}

__attribute__((format(printf, 2, 3))) static void
sayf(struct connection *connection, const char *format, ...)
{
	char line[4096];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	say(connection, view_make(line, (size_t)size));
}

/* One message's answer to a FETCH; appended, so that an answer comes in one piece. */
static void
append_answer(
	struct str *out, const struct fake_message *message, unsigned number, const char *items)
{
	size_t size = strlen(message->text);

	str_append_format(out, "* %u FETCH (", number);
	if (message->fault != FAULT_UID_LAST || !strstr(items, "BODY"))
		str_append_format(out, "UID %u ", (unsigned)message->uid);
	if (strstr(items, "FLAGS"))
		str_append_format(out, "FLAGS (%s) INTERNALDATE \"04-Mar-2020 09:12:00 +0100\" ",
			message->flags ? message->flags : "");
	if (strstr(items, "RFC822.SIZE"))
		str_append_format(out, "RFC822.SIZE %zu ", size);
	if (strstr(items, "BODY")) {
		if (message->fault == FAULT_NIL)
			str_append(out, VIEW("BODY[] NIL "));
		else if (message->fault == FAULT_QUOTED)
			str_append_format(out, "BODY[] \"%s\" ", message->text);
		else
			str_append_format(out, "BODY[] {%zu}\r\n%s ", size, message->text);
		if (message->fault == FAULT_UID_LAST)
			str_append_format(out, "UID %u ", (unsigned)message->uid);
	}
	str_truncate(out, out->size - 1);
	str_append(out, VIEW(")\r\n"));
}

/* What a fault makes of the answer; *ret_end is the tagged answer, NULL to hang up. */
static bool
append_fault(struct str *out, struct fake_message *message, const char *items, const char **ret_end)
{
	bool body = strstr(items, "BODY") != NULL;

	switch (message->fault) {
	case FAULT_NO:
		*ret_end = body ? "NO that one is broken" : *ret_end;
		return body;
	case FAULT_UNAVAILABLE:
		if (body) {
			*ret_end = "NO [UNAVAILABLE] later";
			message->fault = FAULT_NONE;
		}
		return body;
	case FAULT_OMIT:
		return body;
	case FAULT_GARBAGE:
		if (body)
			str_append(out, VIEW("* 1 FETCH (UID x BODY[] oops)\r\n"));
		return body;
	case FAULT_BAD_ATTRIBUTE:
		if (strstr(items, "FLAGS"))
			str_append(out, VIEW("* 1 FETCH (FLAGS ({}) UID 1)\r\n"));
		return strstr(items, "FLAGS") != NULL;
	case FAULT_HANG_UP:
	case FAULT_HANG_UP_ONCE:
		if (!body)
			return false;
		str_append(out, VIEW("* 1 FETCH (BODY[] {100}\r\nhalf"));
		if (message->fault == FAULT_HANG_UP_ONCE)
			message->fault = FAULT_NONE;
		*ret_end = NULL;
		return true;
	case FAULT_GONE:
		return strchr(items, ' ') != NULL; /* not listed with anything but the UID */
	case FAULT_HUGE:
		if (body)
			str_append_format(out, "* 1 FETCH (UID %u BODY[] {4294967295}\r\n",
				(unsigned)message->uid);
		return body;
	case FAULT_NONE:
	case FAULT_NIL:
	case FAULT_QUOTED:
	case FAULT_UID_LAST:
		break;
	}
	return false;
}

/* "1:4,9:*": the last message belongs to any set with "*" (RFC 3501 6.4.8). */
static bool
is_asked_for(const struct connection *connection, const char *set, unsigned at)
{
	struct view text = view_make(set, strcspn(set, " "));
	struct uidset uids = {0};
	struct error err = {0};
	uint32_t uid = connection->server->messages[at].uid;
	bool asked;

	if (view_ends_with(text, VIEW(":*")))
		return uid >= (uint32_t)strtoul(set, NULL, 10) || at + 1 == connection->visible;
	assert_true(uidset_parse(text, &uids, &err));
	asked = uidset_contains(&uids, uid);
	uidset_free(&uids);
	return asked;
}

static void
fetch(struct connection *connection, const char *tag, const char *arguments)
{
	CLEANUP(str_free) struct str out = str_new(1 << 26);
	const char *items = strchr(arguments, '(');
	const char *end = "OK done";

	assert_non_null(items);
	for (unsigned i = 0; i < connection->visible && end; i++) {
		struct fake_message *message = &connection->server->messages[i];

		if (!is_asked_for(connection, arguments, i))
			continue;
		if (!append_fault(&out, message, items, &end))
			append_answer(&out, message, i + 1, items);
	}
	say(connection, str_view(&out));
	if (end)
		sayf(connection, "%s %s\r\n", tag, end);
	else
		connection->over = true;
}

static void
idle(struct connection *connection, const char *tag)
{
	char line[256];

	if (connection->server->idle_first)
		sayf(connection, "%s\r\n", connection->server->idle_first);
	sayf(connection, "+ idling\r\n");
	if (connection->visible < connection->server->count) {
		connection->visible = connection->server->count;
		sayf(connection, "* %u EXISTS\r\n", connection->visible);
	}
	if (!fgets(line, sizeof(line), connection->in))
		connection->over = true;
	sayf(connection, "%s OK idled\r\n", tag);
}

static void
examine(struct connection *connection, const char *tag, const char *folder)
{
	if (strstr(folder, "absent")) {
		sayf(connection, "%s NO no such folder\r\n", tag);
		return;
	}
	sayf(connection, "* FLAGS (\\Answered)\r\n* %u EXISTS\r\n* 0 RECENT\r\n",
		connection->visible);
	if (connection->server->examined++ > 0 && connection->server->new_uidvalidity)
		connection->server->uidvalidity = connection->server->new_uidvalidity;
	if (connection->server->uidvalidity)
		sayf(connection, "* OK [UIDVALIDITY %u] ok\r\n",
			(unsigned)connection->server->uidvalidity);
	sayf(connection,
		"* OK [UIDNEXT 4000000000] far ahead, as some servers say\r\n"
		"%s OK [READ-ONLY] done\r\n",
		tag);
}

static void
capability(struct connection *connection, const char *tag)
{
	const char *words = connection->server->capabilities;

	sayf(connection, "* CAPABILITY %s\r\n%s OK done\r\n", words ? words : "IMAP4rev1 IDLE",
		tag);
}

static void
obey(struct connection *connection, const char *tag, const char *command)
{
	const struct fake_server *server = connection->server;

	if (strncmp(command, "CAPABILITY", 10) == 0)
		capability(connection, tag);
	else if (strncmp(command, "LOGIN", 5) == 0)
		sayf(connection, "%s %s\r\n", tag,
			server->login_answer ? server->login_answer : "OK in");
	else if (strncmp(command, "STARTTLS", 8) == 0) {
		sayf(connection, "%s OK begin\r\n%s", tag,
			server->after_starttls ? server->after_starttls : "");
		connection->over = true; /* it has no TLS */
	} else if (strncmp(command, "EXAMINE ", 8) == 0)
		examine(connection, tag, command + 8);
	else if (strncmp(command, "UID FETCH ", 10) == 0)
		fetch(connection, tag, command + 10);
	else if (strncmp(command, "IDLE", 4) == 0)
		idle(connection, tag);
	else if (strncmp(command, "LIST", 4) == 0)
		sayf(connection,
			"* LIST () \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" x\r\n"
			"* LIST () \"/\" \"Entw&APw-rfe\"\r\n%s OK done\r\n",
			tag);
	else if (strncmp(command, "LOGOUT", 6) == 0) {
		sayf(connection, "* BYE\r\n%s OK out\r\n", tag);
		connection->over = true;
	} else {
		sayf(connection, "%s %s\r\n", tag,
			strncmp(command, "NOOP", 4) == 0 ? "OK done" : "BAD what");
	}
}

static void
converse(struct fake_server *server, int fd)
{
	struct connection connection = {
		.server = server, .fd = fd, .visible = server->count - server->arrives};
	char line[8192];

	if (server->connections > 1)
		connection.visible = server->count;
	connection.in = fdopen(fd, "r");
	assert_non_null(connection.in);
	sayf(&connection, "%s\r\n", server->greeting ? server->greeting : "* OK ready");
	while (!connection.over && fgets(line, sizeof(line), connection.in)) {
		char *space = strchr(line, ' ');

		if (!space)
			break;
		*space = '\0';
		str_append(&server->commands, view_of(space + 1));
		obey(&connection, line, space + 1);
	}
	fclose(connection.in);
}

static void *
serve(void *context)
{
	struct fake_server *server = context;

	for (;;) {
		int fd = accept(server->listen_fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		server->connections++;
		converse(server, fd);
	}
}

void
fake_server_start(struct fake_server *server)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	server->commands = str_new(1 << 20);
	server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server->listen_fd >= 0);
	assert_int_equal(bind(server->listen_fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server->listen_fd, 8), 0);
	assert_int_equal(getsockname(server->listen_fd, (struct sockaddr *)&address, &size), 0);
	server->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

void
fake_server_stop(struct fake_server *server)
{
	shutdown(server->listen_fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listen_fd);
	str_free(&server->commands);
}
