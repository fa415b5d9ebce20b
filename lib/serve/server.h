#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include <stdbool.h>

#include "base/cleanup.h"

#include "base/error.h"
#include "base/health.h"

/**
 * The site: HTML, JSON, CSV, Atom and metrics over HTTP, read-only. It has threads of its own,
 * each with its own read-only connections, and never waits for a writer.
 */
struct server;

struct server_options {
	const char *listen;      /**< "127.0.0.1:8025", "[::1]:8025" or "unix:/path"; port 0: any */
	const char *researchers; /**< file with name:hash lines; NULL: totals only, no logins */
	const char *tls_certificate; /**< PEM files, both or none: HTTPS */
	const char *tls_key;
	const char *directory; /**< of the store */
	struct health *health; /**< borrowed until server_stop() */
	/** Plain HTTP beyond loopback is meant: a proxy that speaks TLS is in front. */
	bool behind_proxy;
	/** Unattended tests only: 0 takes the built-in number of seconds for a request's headers.
	 */
	unsigned header_seconds;
};

/**
 * Binds, and answers from then on. A store without a casebook is answered with 503 until there is
 * one.
 *
 * Fails with ERROR_USAGE when the address, a certificate or the researchers' file is wrong, or
 * when logins would cross a network in the clear; with ERROR_PROGRAM when it cannot listen.
 */
__attribute__((warn_unused_result)) bool server_start(
	struct server **ret_server, const struct server_options *options, struct error *err);

/** Stops listening at once, gives requests under way a second, and frees all. NULL is accepted. */
void server_stop(struct server *server);
DEFINE_CLEANUP(struct server *, server_stop);

/** "http://127.0.0.1:8025/" with the true port, or "unix:/path"; the server's. */
const char *server_address(const struct server *server);

#endif
