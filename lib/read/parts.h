#ifndef READ_PARTS_H
#define READ_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/**
 * The structure of a message: its parts in document order, as raw as they came. What GMime is
 * needed for happens behind this header and nowhere else.
 */

/** A header field as it stands in the message: folded, encoded, perhaps 8-bit. */
struct field {
	struct view name;
	struct view value;
};

/** RFC 2045 6.1, and the uuencode of old. */
enum transfer { TRANSFER_NONE, TRANSFER_BASE64, TRANSFER_QUOTED_PRINTABLE, TRANSFER_UUENCODE };

/**
 * One node of the tree. parts[i]'s descendants are parts[i + 1] … parts[end - 1].
 */
struct part {
	size_t parent; /**< index; PARTS_NONE for the message itself */
	size_t end;
	unsigned depth;
	struct view type; /**< "text/plain", lower case; the default where there is none */
	bool has_type;    /**< a Content-Type stands there */
	bool is_multipart;
	bool is_message;      /**< message/rfc822: parts[i + 1] is the message within */
	struct field *fields; /**< of the part's header; for the root all of the message's */
	size_t field_count;
	enum transfer transfer;
	struct view content; /**< the encoded bytes; empty for multiparts */
};

#define PARTS_NONE SIZE_MAX

struct parts {
	struct part *items;
	size_t count;
	bool is_cut;           /**< a limit was reached: something is left out */
	bool has_no_header;    /**< the bytes do not begin with a header: all is one text */
	bool has_bad_boundary; /**< a multipart's boundary was missing or never appeared */
};

/** Makes GMime ready. Once per process, before the sandbox closes. */
void parts_prepare(void);

/**
 * Takes a message apart. Views borrow from `raw`, or live in the arena. There is always at least
 * one part. Limits are those of read/message.h.
 *
 * Fails with ERROR_MESSAGE only when the arena is full.
 */
__attribute__((warn_unused_result)) bool parts_parse(
	struct view raw, struct arena *arena, struct parts *ret_parts, struct error *err);

/** The value of the first field of that name; {NULL, 0} if there is none. */
struct view part_field(const struct part *part, struct view name);

/** Takes the bytes of a body as they are decoded. */
typedef void part_sink(void *context, struct view bytes);

/** Decodes `content` in pieces. Damaged encodings give what can be got. */
void part_decode(enum transfer transfer, struct view content, part_sink *sink, void *context);

#endif
