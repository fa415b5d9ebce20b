/*
 * The connection under the IMAP client: one place where everything waits.
 */
#include "fetch/transport.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"

static bool
fail(struct transport *transport, const char *words)
{
	if (!transport->failed)
		error_set(&transport->failure, ERROR_CONNECTION, "%s", words);
	transport->failed = true;
	return false;
}

static bool
fail_errno(struct transport *transport, const char *words)
{
	if (!transport->failed)
		error_set_errno(&transport->failure, ERROR_CONNECTION, "%s", words);
	transport->failed = true;
	return false;
}

/* Takes what the descriptor beside us says. */
static void
take_wake(struct wake *wake)
{
	if (wake && wake->fd >= 0)
		wake->receive(wake);
}

static bool
is_stopped(struct transport *transport)
{
	if (!transport->wake || !transport->wake->stop)
		return false;
	fail(transport, "stopped");
	return true;
}

/* Polls the socket and the wake descriptor once. */
static enum transport_ready
poll_once(struct transport *transport, short events, int timeout_ms)
{
	struct wake *wake = transport->wake;
	struct pollfd waiting[2] = {{transport->fd, events, 0}, {wake ? wake->fd : -1, POLLIN, 0}};
	int ready;

	if (is_stopped(transport))
		return TRANSPORT_FAILED;
	ready = poll(waiting, 2, timeout_ms);
	if (ready < 0 && errno == EINTR)
		return TRANSPORT_WOKEN;
	if (ready < 0) {
		fail_errno(transport, "cannot wait for the server");
		return TRANSPORT_FAILED;
	}
	if (waiting[1].revents)
		take_wake(wake);
	if (is_stopped(transport))
		return TRANSPORT_FAILED;
	if (waiting[0].revents)
		return TRANSPORT_DATA;
	return ready > 0 ? TRANSPORT_WOKEN : TRANSPORT_QUIET;
}

/* Waits for the socket within the command's deadline and the limit without a byte. */
static bool
await_socket(struct transport *transport, short events, int idle_ms)
{
	int64_t until = clock_monotonic_ms() + idle_ms;

	if (transport->deadline < until)
		until = transport->deadline;
	for (;;) {
		switch (poll_once(transport, events, clock_left_ms(until))) {
		case TRANSPORT_DATA:
			return true;
		case TRANSPORT_FAILED:
			return false;
		case TRANSPORT_QUIET:
			return fail(transport, "the server does not answer in time");
		case TRANSPORT_WOKEN:
			break;
		}
	}
}

static void
set_options(int fd)
{
	/* What the kernel does not know it refuses, and nothing depends on it. TCP_NODELAY: Nagle
	 * and delayed acknowledgements cost 40 ms a command. The others find a dead peer. */
	int on = 1, idle_s = 60, interval_s = 20, probes = 3;
	unsigned unacknowledged_ms = 120 * 1000;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
	(void)setsockopt(
		fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof(unacknowledged_ms));
}

static bool
connect_address(struct transport *transport, const struct addrinfo *address)
{
	int result = 0;
	socklen_t size = sizeof(result);

	transport->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (transport->fd < 0)
		return fail_errno(transport, "no socket");
	set_options(transport->fd);
	if (connect(transport->fd, address->ai_addr, address->ai_addrlen) == 0)
		return true;
	if (errno != EINPROGRESS)
		return fail_errno(transport, "cannot connect");
	if (!await_socket(transport, POLLOUT, TRANSPORT_CONNECT_MS))
		return false;
	if (getsockopt(transport->fd, SOL_SOCKET, SO_ERROR, &result, &size) < 0)
		result = errno;
	errno = result;
	return result == 0 || fail_errno(transport, "cannot connect");
}

/* By the address that was reached, not by the name that was written. */
static bool
is_loopback(int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t size = sizeof(peer);

	if (getpeername(fd, (struct sockaddr *)&peer, &size) < 0)
		return false;
	if (peer.ss_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, &peer, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	if (peer.ss_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, &peer, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) ||
		       (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) && in6.sin6_addr.s6_addr[12] == 127);
	}
	return false;
}

static bool
connect_any(struct transport *transport, const struct addrinfo *addresses)
{
	for (const struct addrinfo *at = addresses; at; at = at->ai_next) {
		transport->failed = false;
		transport->failure = (struct error){0};
		transport_set_deadline(transport, TRANSPORT_CONNECT_MS);
		if (connect_address(transport, at)) {
			transport->failure = (struct error){0};
			return true;
		}
		fd_close(&transport->fd);
		if (transport->wake && transport->wake->stop)
			return false;
	}
	return false;
}

bool
transport_connect(struct transport *ret_transport, const char *host, uint16_t port,
	enum security security, struct wake *wake, struct error *err)
{
	struct transport transport = {.fd = -1, .wake = wake, .guard = guard_new()};
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *addresses = NULL;
	char service[8];
	int result;

	snprintf(service, sizeof(service), "%u", (unsigned)port);
	result = getaddrinfo(host, service, &hints, &addresses);
	if (result != 0)
		return error_set(err, ERROR_CONNECTION, "the name %s cannot be resolved: %s", host,
			result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result));
	(void)connect_any(&transport, addresses); /* its failure is in the transport */
	freeaddrinfo(addresses);
	if (transport.fd < 0) {
		*err = transport.failure;
		return error_context(err, "%s port %u", host, (unsigned)port);
	}
	if (security == SECURITY_INSECURE && !is_loopback(transport.fd)) {
		fd_close(&transport.fd);
		return error_set(err, ERROR_USAGE,
			"%s is not this machine, and security = insecure sends the password in "
			"clear: use tls or starttls",
			host);
	}
	*ret_transport = transport;
	return true;
}

bool
transport_start_tls(
	struct transport *transport, const char *host, const char *ca_file, struct error *err)
{
	enum tls_step step;

	if (!tls_new(&transport->tls, transport->fd, host, ca_file, err)) {
		transport->failure = *err;
		transport->failed = true;
		return false;
	}
	transport_set_deadline(transport, TRANSPORT_CONNECT_MS);
	while ((step = tls_handshake(transport->tls, err)) != TLS_DONE) {
		short events = step == TLS_WANTS_WRITE ? POLLOUT : POLLIN;

		if (step == TLS_FAILED) {
			transport->failure = *err;
			transport->failed = true;
			return false;
		}
		if (!await_socket(transport, events, TRANSPORT_CONNECT_MS)) {
			*err = transport->failure;
			return error_context(err, "TLS handshake with %s", host);
		}
	}
	return true;
}

void
transport_close(struct transport *transport)
{
	if (transport->tls)
		tls_free(transport->tls, !transport->failed);
	transport->tls = NULL;
	fd_close(&transport->fd);
}

void
transport_set_deadline(struct transport *transport, int64_t total_ms)
{
	transport->deadline = clock_monotonic_ms() + total_ms;
}

/* One try; *ret_events says what to wait for when there is nothing yet (-1 with no failure). */
static ssize_t
try_read(struct transport *transport, void *buffer, size_t size, short *ret_events)
{
	ssize_t got;

	*ret_events = POLLIN;
	if (transport->tls) {
		got = tls_read(transport->tls, buffer, size, &transport->failure);
		if (got < 0 && transport->failure.reach != ERROR_NONE)
			transport->failed = true;
		return got;
	}
	got = recv(transport->fd, buffer, size, 0);
	if (got == 0)
		fail(transport, "the server closed the connection");
	else if (got < 0 && errno != EAGAIN && errno != EINTR)
		fail_errno(transport, "the connection broke");
	return got > 0 ? got : -1;
}

ssize_t
transport_read(struct transport *transport, void *buffer, size_t size)
{
	short events;
	ssize_t got;

	while (!transport->failed) {
		got = try_read(transport, buffer, size, &events);
		if (got > 0) {
			transport->received += (uint64_t)got;
			if (guard_feed(&transport->guard, view_make(buffer, (size_t)got),
				    &transport->failure))
				return got;
			transport->failed = true;
			return -1;
		}
		if (transport->failed || !await_socket(transport, events, TRANSPORT_IDLE_MS))
			return -1;
	}
	return -1;
}

static ssize_t
try_write(struct transport *transport, const void *bytes, size_t size)
{
	ssize_t sent;

	if (transport->tls) {
		sent = tls_write(transport->tls, bytes, size, &transport->failure);
		if (sent < 0 && transport->failure.reach != ERROR_NONE)
			transport->failed = true;
		return sent;
	}
	sent = send(transport->fd, bytes, size, MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		fail_errno(transport, "the connection broke");
	return sent;
}

ssize_t
transport_write(struct transport *transport, const void *bytes, size_t size)
{
	while (!transport->failed) {
		ssize_t sent = try_write(transport, bytes, size);

		if (sent >= 0)
			return sent;
		if (transport->failed || !await_socket(transport, POLLOUT, TRANSPORT_IDLE_MS))
			return -1;
	}
	return -1;
}

enum transport_ready
transport_await(struct transport *transport, int timeout_ms)
{
	if (transport->failed)
		return TRANSPORT_FAILED;
	if (transport->tls && tls_has_pending(transport->tls))
		return TRANSPORT_DATA;
	return poll_once(transport, POLLIN, timeout_ms);
}
