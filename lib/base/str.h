#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

/**
 * Borrowed bytes: not owned, not terminated, may hold NUL. Who lends them says until when.
 */
struct view {
	const char *data;
	size_t size;
};

/** Views of a string literal, of a C string (NULL gives the empty view), of bytes. */
#define VIEW(literal) ((struct view){(literal), sizeof(literal) - 1})

static inline struct view
view_of(const char *string)
{
	return (struct view){string, string ? strlen(string) : 0};
}

static inline struct view
view_make(const void *data, size_t size)
{
	return (struct view){data, size};
}

static inline bool
view_equal(struct view a, struct view b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/** Orders as memcmp() does, the shorter first. */
int view_compare(struct view a, struct view b);

/** ASCII letters are equal in both cases; every other byte to itself. */
bool view_equal_nocase(struct view a, struct view b);
bool view_starts_with(struct view text, struct view prefix);
bool view_starts_with_nocase(struct view text, struct view prefix);
bool view_ends_with(struct view text, struct view suffix);

/** The bytes from start (inclusive) to end (exclusive), both cut to the view's size. */
struct view view_slice(struct view text, size_t start, size_t end);

/** Without ASCII white space at both ends. */
struct view view_trim(struct view text);

/** The offset of the first needle or byte at or after `from`; SIZE_MAX if there is none. */
size_t view_find(struct view text, struct view needle, size_t from);
size_t view_find_byte(struct view text, char byte, size_t from);

/**
 * Takes the next line off the front of *rest: *ret_line is without its LF or CRLF. Returns false
 * when nothing is left. A last line without an end counts.
 */
bool view_next_line(struct view *rest, struct view *ret_line);

/**
 * Takes the next field up to `separator` off the front of *rest. "a,,b" gives "a", "", "b". Start
 * with *rest = the text; false when all is taken (rest->data is NULL then).
 */
bool view_next_field(struct view *rest, char separator, struct view *ret_field);

/** Parses the whole view as a decimal number; on failure *ret_number is untouched. */
bool view_to_u64(struct view text, uint64_t *ret_number);
bool view_to_i64(struct view text, int64_t *ret_number);

/**
 * Owned text that grows, always terminated, never past its maximum. One that hit the maximum or
 * ran out of memory keeps what fitted, ignores what is appended later, and says so in
 * `overflowed`: append freely, look once at the end.
 */
struct str {
	char *data; /**< terminated; NULL while nothing was appended */
	size_t size;
	size_t capacity;
	size_t maximum;
	bool overflowed;
};

/** An empty text of at most `maximum` bytes. Nothing is allocated yet. */
struct str str_new(size_t maximum);
void str_free(struct str *str);

void str_append(struct str *str, struct view bytes);
void str_append_byte(struct str *str, char byte);
__attribute__((format(printf, 2, 3))) void str_append_format(
	struct str *str, const char *format, ...);

/**
 * Room for `size` more bytes at the end, counted as content; the caller fills them and cuts what
 * it did not need with str_truncate(). NULL when that is not to be had.
 */
char *str_extend(struct str *str, size_t size);

/** Forgets the content, keeps the memory, clears `overflowed`. */
void str_clear(struct str *str);
void str_truncate(struct str *str, size_t size);

/** The content; valid until the next append or free. */
struct view str_view(const struct str *str);

/** The content as a C string, never NULL; valid until the next append or free. */
const char *str_text(const struct str *str);

/** CLEANUP(str_free) struct str text = str_new(4096); */

#endif
