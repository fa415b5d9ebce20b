#ifndef READ_HEADER_H
#define READ_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "read/mail.h"

/**
 * Header values (RFC 5322), from what stands in the message to what it says. All text returned is
 * clean UTF-8 in the arena; an empty view means "nothing there", also when the arena is full.
 */

/** Longest value looked at: a header of a megabyte is an attack or an accident. */
enum { HEADER_VALUE_MAX = 1024 * 1024, HEADER_WORDS_MAX = 1024 * 1024 };

/**
 * Unstructured text: unfolded, encoded words (RFC 2047) decoded, also where one splits a
 * character or is not set apart by blanks; 8-bit text is UTF-8 (RFC 6532) or detected.
 */
struct view header_text(struct view value, struct arena *arena);

/** The value before the first ";", lower case, without comments: "text/html", "attachment". */
struct view header_token(struct view value, struct arena *arena);

/**
 * A parameter of Content-Type or Content-Disposition: quoted or not, RFC 2231 with and without
 * continuations, RFC 2047 where it has no business. data is NULL if there is none of that name.
 */
struct view header_param(struct view value, struct view name, struct arena *arena);

/** The ids in angle brackets of Message-ID, In-Reply-To, References; at most `maximum`. */
size_t header_ids(struct view value, struct arena *arena, struct view *ret_ids, size_t maximum);

/**
 * Addresses of From, To, Cc (RFC 5322 3.4): names, comments, routes, groups (their members), and
 * what people write instead. Appends to *list, which lives in the arena.
 */
struct address_list {
	struct address *items;
	size_t count;
	size_t capacity;
};
void address_parse(struct view value, struct arena *arena, struct address_list *list);

/**
 * Date (RFC 5322 3.3) with obsolete years and zones, the form of ctime(3), ISO 8601. Returns
 * false if it is none; the day of the week is not looked at.
 */
bool header_date(struct view value, int64_t *ret_unix_seconds, int *ret_offset_minutes);

#endif
