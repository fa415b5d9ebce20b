#ifndef FETCH_BACKOFF_H
#define FETCH_BACKOFF_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/**
 * How long to stay away after failures. Pure: time and randomness are given.
 *
 * A transient fault is tried again after about 1, 2, 4 … seconds, a refusal (password, certificate,
 * folder) after about 30, 60, 120 …, since asking again does not heal it and providers lock
 * accounts that knock too often. Neither ever waits longer than the poll interval (a refusal:
 * five times it), and none gives up.
 */
struct backoff {
	uint32_t failures; /**< in a row */
};

/**
 * Counts a failure and returns the milliseconds to wait.
 *
 * @poll_interval_ms  the upper limit, at least 1000
 * @random            any 32 random bits: the wait is spread over the upper half of the step, so
 * that many clients of one server that went down do not come back at once
 */
int64_t backoff_next_ms(
	struct backoff *backoff, enum error_reach reach, int64_t poll_interval_ms, uint32_t random);

void backoff_reset(struct backoff *backoff);

/**
 * The wait that a server asks for in its words ("Suggested Backoff Time: 299910 milliseconds", as
 * Microsoft 365 says when it throttles), at most one hour; 0 if it asks for none.
 */
int64_t backoff_suggested_ms(struct view words);

#endif
