#ifndef TESTS_UNIT_SERVE_CLIENT_H
#define TESTS_UNIT_SERVE_CLIENT_H

#include "base/str.h"

/** A client that can be as rude as it likes: bytes out, bytes in. */

/** Connects to the port of "http://127.0.0.1:PORT/" or to "unix:/path". */
int client_connect(const char *address);

/** Sends; an error means that the server has closed already, which some tests want. */
void client_send(int fd, struct view bytes);

/** Reads until the server closes, or `timeout_ms` have passed without a byte. */
void client_read(int fd, int timeout_ms, struct str *out);

/** One request on a connection of its own; *out is the whole answer. Returns its status, 0: none.
 */
int client_get(const char *address, const char *target, const char *headers, struct str *out);

/** The same with all bytes of the request given. */
int client_raw(const char *address, struct view request, struct str *out);

/** "Authorization: Basic …\r\n" of ada with the right password. */
extern const char client_ada[];

#endif
