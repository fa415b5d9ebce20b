/*
 * The limit of a download: LOGIN, EXAMINE, one UID FETCH 1:* (BODY.PEEK[]) over TLS, the bytes of
 * the literals counted and dropped. What a sync takes longer than this is ours.
 *
 *	stream CA_FILE HOST PORT USER PASSWORD
 *
 * Prints "MESSAGES BYTES SECONDS". Built by tests/bench/run; GnuTLS as in the program.
 */
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct stream {
	gnutls_session_t tls;
	char buffer[1 << 16];
	size_t taken, filled;
	unsigned long long messages, bytes;
};

static void
fail(const char *what)
{
	fprintf(stderr, "stream: %s\n", what);
	exit(1);
}

static int
open_socket(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		fail("no such host");
	for (struct addrinfo *next = found; next && fd < 0; next = next->ai_next) {
		fd = socket(next->ai_family, next->ai_socktype, 0);
		if (connect(fd, next->ai_addr, next->ai_addrlen) < 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	if (fd < 0)
		fail("cannot connect");
	return fd;
}

static void
open_tls(struct stream *stream, const char *ca_file, const char *host, const char *port)
{
	gnutls_certificate_credentials_t trust;
	int fd = open_socket(host, port), status;

	if (gnutls_certificate_allocate_credentials(&trust) < 0 ||
		gnutls_certificate_set_x509_trust_file(trust, ca_file, GNUTLS_X509_FMT_PEM) < 1)
		fail("no certificate authority");
	if (gnutls_init(&stream->tls, GNUTLS_CLIENT) < 0 ||
		gnutls_set_default_priority(stream->tls) < 0 ||
		gnutls_credentials_set(stream->tls, GNUTLS_CRD_CERTIFICATE, trust) < 0)
		fail("no TLS");
	gnutls_session_set_verify_cert(stream->tls, host, 0);
	gnutls_transport_set_int2(stream->tls, fd, fd);
	do
		status = gnutls_handshake(stream->tls);
	while (status < 0 && !gnutls_error_is_fatal(status));
	if (status < 0)
		fail(gnutls_strerror(status));
}

static void
fill(struct stream *stream)
{
	ssize_t got;

	do
		got = gnutls_record_recv(stream->tls, stream->buffer, sizeof(stream->buffer));
	while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
	if (got <= 0)
		fail("the connection ended");
	stream->taken = 0;
	stream->filled = (size_t)got;
}

static void
send_text(struct stream *stream, const char *text)
{
	if (gnutls_record_send(stream->tls, text, strlen(text)) != (ssize_t)strlen(text))
		fail("cannot send");
}

/* A line without its end, cut to the size. */
static void
read_line(struct stream *stream, char *line, size_t size)
{
	size_t used = 0;

	for (;;) {
		if (stream->taken == stream->filled)
			fill(stream);
		char byte = stream->buffer[stream->taken++];

		if (byte == '\n')
			break;
		if (byte != '\r' && used + 1 < size)
			line[used++] = byte;
	}
	line[used] = '\0';
}

static void
skip(struct stream *stream, unsigned long long size)
{
	stream->messages++;
	stream->bytes += size;
	while (size > 0) {
		if (stream->taken == stream->filled)
			fill(stream);
		size_t here = stream->filled - stream->taken;

		if (here > size)
			here = (size_t)size;
		stream->taken += here;
		size -= here;
	}
}

static void
read_answer(struct stream *stream, const char *tag)
{
	char line[8192];

	for (;;) {
		read_line(stream, line, sizeof(line));
		if (strncmp(line, tag, strlen(tag)) == 0) {
			if (strncmp(line + strlen(tag), " OK", 3) != 0)
				fail(line);
			return;
		}
		char *brace = strrchr(line, '{');

		if (brace && line[strlen(line) - 1] == '}')
			skip(stream, strtoull(brace + 1, NULL, 10));
	}
}

int
main(int argc, char **argv)
{
	static struct stream stream;
	struct timespec begun, ended;
	char text[1024];

	if (argc != 6)
		fail("usage: stream CA_FILE HOST PORT USER PASSWORD");
	clock_gettime(CLOCK_MONOTONIC, &begun);
	open_tls(&stream, argv[1], argv[2], argv[3]);
	read_line(&stream, text, sizeof(text));
	snprintf(text, sizeof(text), "a LOGIN \"%s\" \"%s\"\r\n", argv[4], argv[5]);
	send_text(&stream, text);
	read_answer(&stream, "a");
	send_text(&stream, "b EXAMINE INBOX\r\n");
	read_answer(&stream, "b");
	send_text(&stream, "c UID FETCH 1:* (BODY.PEEK[])\r\n");
	read_answer(&stream, "c");
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("%llu %llu %.4f\n", stream.messages, stream.bytes,
		(double)(ended.tv_sec - begun.tv_sec) +
			(double)(ended.tv_nsec - begun.tv_nsec) / 1e9);
	return 0;
}
