#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/**
 * The one gate for text: what passes it is valid UTF-8 (RFC 3629: no surrogates, no overlong
 * forms), without NUL and without control characters other than tab and line feed; CRLF and bare
 * CR become LF; bidirectional overrides and isolates (U+202A..202E, U+2066..2069) and U+FEFF are
 * left out. Bytes that are not UTF-8 become U+FFFD each.
 *
 * Appends to *out and returns the number of places that were damaged (invalid bytes and NULs;
 * line ends, controls and marks left out do not count).
 */
size_t utf8_clean(struct str *out, struct view bytes);

bool utf8_is_valid(struct view text);

/**
 * Decodes the character at *offset of valid or invalid UTF-8 and moves *offset past it. An
 * invalid byte gives U+FFFD and counts one. Call only with *offset < text.size.
 */
uint32_t utf8_next(struct view text, size_t *offset);

/** Appends one code point; U+FFFD for what is none (surrogates, beyond U+10FFFF). */
void utf8_append(struct str *out, uint32_t code_point);

/** The largest offset <= `offset` that does not split a character. */
size_t utf8_floor(struct view text, size_t offset);

#endif
