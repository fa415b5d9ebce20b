/*
 * The socket of the site, bound by us and handed to the HTTP library.
 */
#include "serve/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

enum { BACKLOG = 128, TEXT_MAX = 512 };

/* "host:port" or "[v6]:port" into its two halves. */
static bool
split(struct view where, char host[TEXT_MAX], char port[TEXT_MAX], struct error *err)
{
	bool is_v6 = where.size > 0 && where.data[0] == '[';
	size_t end = is_v6 ? view_find(where, VIEW("]:"), 1) : view_find_byte(where, ':', 0);
	struct view name, number;
	uint64_t value;

	if (end == SIZE_MAX)
		return error_set(err, ERROR_USAGE,
			"\"%.*s\" is no address: write host:port, [v6]:port or unix:/path",
			(int)where.size, where.data);
	name = view_slice(where, is_v6, end);
	number = view_slice(where, end + 1 + is_v6, where.size);
	if (name.size == 0 || name.size >= TEXT_MAX || !view_to_u64(number, &value) ||
		value > UINT16_MAX)
		return error_set(err, ERROR_USAGE,
			"\"%.*s\" is no address: the port has to be a number up to 65535",
			(int)where.size, where.data);
	snprintf(host, TEXT_MAX, "%.*s", (int)name.size, name.data);
	snprintf(port, TEXT_MAX, "%.*s", (int)number.size, number.data);
	return true;
}

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)address;

		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	return address->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(
		       &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

/* What the system bound, with the port that it chose. */
static bool
describe(struct listener *listener, struct error *err)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof(address);
	char host[INET6_ADDRSTRLEN], port[8];

	if (getsockname(listener->fd, (struct sockaddr *)&address, &size) < 0 ||
		getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return error_set_errno(err, ERROR_PROGRAM, "the address is not known");
	listener->is_local = is_loopback((struct sockaddr *)&address);
	str_append_format(&listener->address, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
		host, port);
	return true;
}

static bool
bind_tcp(struct listener *listener, const char *where, struct error *err)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char host[TEXT_MAX], port[TEXT_MAX];
	int code, on = 1;
	bool ok;

	if (!split(view_of(where), host, port, err))
		return false;
	code = getaddrinfo(host, port, &hints, &found);
	if (code != 0)
		return error_set(err, ERROR_USAGE, "%s: %s", where, gai_strerror(code));
	listener->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ok = listener->fd >= 0 &&
	     setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	     bind(listener->fd, found->ai_addr, found->ai_addrlen) == 0;
	freeaddrinfo(found);
	if (!ok)
		return error_set_errno(err, ERROR_PROGRAM, "cannot listen on %s", where);
	return describe(listener, err);
}

/* A socket file stays behind when a program is killed. One that answers is somebody's. */
static bool
remove_stale(const struct sockaddr_un *address, struct error *err)
{
	CLEANUP(fd_close) int probe = -1;
	struct stat file;

	if (lstat(address->sun_path, &file) < 0)
		return true;
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!S_ISSOCK(file.st_mode) ||
		(probe >= 0 &&
			connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0))
		return error_set(err, ERROR_PROGRAM, "%s is in use", address->sun_path);
	if (unlink(address->sun_path) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot replace %s", address->sun_path);
	return true;
}

static bool
bind_unix(struct listener *listener, const char *path, struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (path[0] != '/' || strlen(path) >= sizeof(address.sun_path))
		return error_set(err, ERROR_USAGE,
			"unix:%s: a socket's path begins with / and has at most %zu characters",
			path, sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (!remove_stale(&address, err))
		return false;
	listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0 ||
		bind(listener->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot listen on unix:%s", path);
	/* The web server in front is of another user, and shares a group with us. */
	if (chmod(path, 0660) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "unix:%s", path);
	listener->is_local = true;
	str_append(&listener->path, view_of(path));
	str_append_format(&listener->address, "unix:%s", path);
	return true;
}

bool
listener_open(struct listener *ret_listener, const char *where, struct error *err)
{
	struct listener listener = {
		.fd = -1, .address = str_new(TEXT_MAX), .path = str_new(TEXT_MAX)};
	bool ok = view_starts_with(view_of(where), VIEW("unix:"))
			  ? bind_unix(&listener, where + 5, err)
			  : bind_tcp(&listener, where, err);

	if (ok && listen(listener.fd, BACKLOG) < 0)
		ok = error_set_errno(err, ERROR_PROGRAM, "cannot listen on %s", where);
	if (!ok) {
		listener_close(&listener);
		return false;
	}
	*ret_listener = listener;
	return true;
}

void
listener_close(struct listener *listener)
{
	fd_close(&listener->fd);
	if (listener->path.size)
		(void)unlink(str_text(&listener->path)); /* nobody is left to tell */
	str_free(&listener->address);
	str_free(&listener->path);
}
