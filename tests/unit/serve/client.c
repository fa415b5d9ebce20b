/*
 * The tests' HTTP client: no library, so that it can send what no library would.
 */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ada:correct horse */
const char client_ada[] = "Authorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=\r\n";

int
client_connect(const char *address)
{
	struct sockaddr_in tcp = {.sin_family = AF_INET};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	const char *port = strrchr(address, ':');
	bool is_unix = strncmp(address, "unix:", 5) == 0;
	int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tcp.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
	if (is_unix)
		snprintf(local.sun_path, sizeof(local.sun_path), "%s", address + 5);
	if (fd < 0 || connect(fd, is_unix ? (struct sockaddr *)&local : (struct sockaddr *)&tcp,
			      is_unix ? sizeof(local) : sizeof(tcp)) < 0) {
		perror(address);
		abort();
	}
	return fd;
}

void
client_send(int fd, struct view bytes)
{
	while (bytes.size) {
		ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes = view_slice(bytes, (size_t)sent, bytes.size);
	}
}

void
client_read(int fd, int timeout_ms, struct str *out)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	char buffer[16384];

	while (poll(&readable, 1, timeout_ms) > 0) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);

		if (got <= 0)
			return;
		str_append(out, view_make(buffer, (size_t)got));
	}
}

int
client_raw(const char *address, struct view request, struct str *out)
{
	int fd = client_connect(address), status = 0;

	str_clear(out);
	client_send(fd, request);
	client_read(fd, 5000, out);
	close(fd);
	(void)sscanf(str_text(out), "HTTP/1.%*d %d", &status);
	return status;
}

int
client_get(const char *address, const char *target, const char *headers, struct str *out)
{
	struct str request = str_new(1 << 20);
	int status;

	str_append_format(&request,
		"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", target,
		headers);
	status = client_raw(address, str_view(&request), out);
	str_free(&request);
	return status;
}
