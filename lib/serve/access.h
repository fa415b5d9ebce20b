#ifndef SERVE_ACCESS_H
#define SERVE_ACCESS_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

/**
 * Who may see more than totals: HTTP Basic (RFC 7617) against a file of `name:hash` lines, hashes
 * as crypt(3) writes them (yescrypt). Empty lines and lines that begin with "#" are skipped. The
 * file is read again when it changes; one that has become unreadable or wrong lets nobody in.
 *
 * May be used from several threads.
 */
struct access;

/** Logins of a team, and a hash's length (crypt(5): 384 bytes is the longest). */
enum { ACCESS_RESEARCHERS_MAX = 1000, ACCESS_NAME_MAX = 64, ACCESS_PASSWORD_MAX = 512 };

/** Fails with ERROR_USAGE, naming file and line, when the file cannot be read or is wrong. */
__attribute__((warn_unused_result)) bool access_open(
	struct access **ret_access, const char *path, struct error *err);
void access_close(struct access *access);
DEFINE_CLEANUP(struct access *, access_close);

enum access_verdict {
	ACCESS_GRANTED,
	ACCESS_DENIED,
	ACCESS_SLOWED, /**< too many failures from there; come back later */
};

/**
 * Judges a name and password. A wrong name costs the same time as a wrong password. A verified
 * pair is remembered, as a salted digest, for a few minutes, because yescrypt is slow on purpose.
 *
 * @from         who asks, for slowing down failures: an address; may be empty
 * @ret_wait_s   for ACCESS_SLOWED: after how many seconds to come back
 */
enum access_verdict access_judge(struct access *access, struct view name, struct view password,
	struct view from, unsigned *ret_wait_s);

#endif
