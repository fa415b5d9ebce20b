#ifndef FETCH_GUARD_H
#define FETCH_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/**
 * A filter between the server and the IMAP parser: libetpan recurses on parentheses, allocates what
 * a literal announces, reads past the end in some responses (NAMESPACE), and gives up on any it
 * does not know. The guard reads the stream's outer grammar (lines, literals, parentheses; RFC 3501
 * 9) and refuses what no decent server sends to the commands we use, with a sentence that names it.
 * Linear, no allocation; the stream may come in pieces of any size.
 */
enum {
	/** A line without its literals. "* SEARCH" and FLAGS are the long ones; ours stay short. */
	GUARD_LINE_MAX = 1024 * 1024,
	/** libetpan recurses; FETCH answers to our commands nest three deep. */
	GUARD_DEPTH_MAX = 100,
	/** No common server lets a larger message in; the archive refuses it as well. */
	GUARD_LITERAL_MAX = 200 * 1024 * 1024,
};

struct guard {
	uint64_t literal_left;
	uint64_t literal_size; /* the number inside "{…}" so far */
	uint32_t line_size;
	uint32_t depth;
	uint8_t literal_state;
	bool is_text; /* a status line: free text, no literals */
	bool is_checked;
	char head[32]; /* the beginning of the line */
};

/** A guard for a new connection. */
struct guard guard_new(void);

/** Looks at the next bytes. Fails with ERROR_MESSAGE: the answer to one command is not usable. */
__attribute__((warn_unused_result)) bool guard_feed(
	struct guard *guard, struct view bytes, struct error *err);

#endif
