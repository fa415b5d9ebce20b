#ifndef FETCH_TLS_H
#define FETCH_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/**
 * TLS on a connected, non-blocking socket, by GnuTLS: version 1.2 or newer, the certificate chain,
 * the dates and the host name (RFC 9525) verified inside the handshake, so that nothing of ours is
 * sent to a server that is not the one meant. There is no switch to leave that out; a private
 * authority is named by ca_file.
 */
struct tls;

/**
 * Prepares a session.
 *
 * @fd       borrowed
 * @host     DNS name or IP address that the certificate must carry; sent as SNI if a name
 * @ca_file  PEM file with the authorities to trust; NULL or empty: the system's
 *
 * Fails with ERROR_MAILBOX when no authority can be loaded.
 */
__attribute__((warn_unused_result)) bool tls_new(
	struct tls **ret_tls, int fd, const char *host, const char *ca_file, struct error *err);

/** @polite says good-bye to the peer first (never waits). */
void tls_free(struct tls *tls, bool polite);

enum tls_step { TLS_DONE, TLS_WANTS_READ, TLS_WANTS_WRITE, TLS_FAILED };

/**
 * Goes on with the handshake as far as the socket allows. TLS_FAILED fills *err: ERROR_MAILBOX with
 * a sentence that says what is wrong with the certificate, ERROR_CONNECTION for the rest.
 */
enum tls_step tls_handshake(struct tls *tls, struct error *err);

/**
 * Bytes moved; -1 with err->reach == ERROR_NONE when the socket has to be waited for, -1 with
 * *err filled (ERROR_CONNECTION) when it is over, the peer's orderly end included.
 */
ssize_t tls_read(struct tls *tls, void *buffer, size_t size, struct error *err);
ssize_t tls_write(struct tls *tls, const void *bytes, size_t size, struct error *err);

/** Decrypted bytes wait that poll(2) does not know of. */
bool tls_has_pending(const struct tls *tls);

#endif
