#ifndef FETCH_TRANSPORT_H
#define FETCH_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "fetch/guard.h"
#include "fetch/tls.h"
#include "fetch/wake.h"

/**
 * A connection to a server: our own socket, with TLS on top of it, deadlines on everything, and the
 * guard on what comes in. Instead of libetpan's own, which verifies no certificate, has no total
 * deadline and spins at the end of the stream.
 *
 * Failures stick: after the first, every call fails at once and `failure` says why.
 */
enum security { SECURITY_TLS, SECURITY_STARTTLS, SECURITY_INSECURE };

/** Time limits. A server that says nothing for a minute in the middle of an answer is gone. */
enum {
	TRANSPORT_CONNECT_MS = 20 * 1000, /**< per address */
	TRANSPORT_IDLE_MS = 60 * 1000,    /**< without a byte */
};

struct transport {
	int fd;
	struct tls *tls; /**< NULL: plain */
	struct wake *wake;
	int64_t deadline; /**< clock_monotonic_ms() by which the current command has to end */
	bool failed;
	struct error failure;
	struct guard guard;
	uint64_t received; /**< bytes */
};

/**
 * Connects to the host's addresses one after the other.
 *
 * @security  SECURITY_INSECURE fails with ERROR_USAGE unless the address that was reached is a
 *            loopback one
 * @wake      borrowed for the transport's life; may be NULL
 *
 * Fails with ERROR_CONNECTION (name, route, refusal, time).
 */
__attribute__((warn_unused_result)) bool transport_connect(struct transport *ret_transport,
	const char *host, uint16_t port, enum security security, struct wake *wake,
	struct error *err);

/** Puts TLS on the connection: see tls_start(). */
__attribute__((warn_unused_result)) bool transport_start_tls(
	struct transport *transport, const char *host, const char *ca_file, struct error *err);

void transport_close(struct transport *transport);

/** Every read and write from now on ends within so many milliseconds, all together. */
void transport_set_deadline(struct transport *transport, int64_t total_ms);

/** At least one byte, or -1; never 0, which libetpan takes for "try again". */
ssize_t transport_read(struct transport *transport, void *buffer, size_t size);
ssize_t transport_write(struct transport *transport, const void *bytes, size_t size);

enum transport_ready { TRANSPORT_DATA, TRANSPORT_QUIET, TRANSPORT_WOKEN, TRANSPORT_FAILED };

/** Waits until the server says something, `timeout_ms` have passed, or wake asks for attention. */
enum transport_ready transport_await(struct transport *transport, int timeout_ms);

#endif
