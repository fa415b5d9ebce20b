#ifndef READ_CHARSET_H
#define READ_CHARSET_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/**
 * Bytes of any charset to clean UTF-8, by ICU's tables, which are linked in: nothing is opened at
 * run time. Labels are what mail says, and mail is often wrong:
 *
 *  - "iso-8859-1" and "us-ascii" are read as windows-1252, as browsers do (WHATWG Encoding 4.2);
 *  - bytes that are valid UTF-8 are UTF-8 whatever single-byte charset the label names: text in
 *    such a charset forms valid multi-byte UTF-8 by accident about once in a million;
 *  - without a label, or with one that nobody knows, the charset is detected.
 */
enum charset_outcome {
	CHARSET_AS_LABELLED,
	CHARSET_GUESSED,     /**< no label, and not plain ASCII or UTF-8 */
	CHARSET_UNKNOWN,     /**< a label that ICU does not know; guessed */
	CHARSET_MISLABELLED, /**< the bytes cannot be what the label says */
};

/** Tells ICU to open no files. Once per process, before the first conversion. */
__attribute__((warn_unused_result)) bool charset_prepare(struct error *err);

/**
 * Appends `bytes` to *out as text that has passed utf8_clean().
 *
 * @label        of the Content-Type or the encoded word; may be empty
 * @ret_damaged  places that had to be replaced by U+FFFD are added to it
 */
enum charset_outcome charset_decode(
	struct str *out, struct view bytes, struct view label, size_t *ret_damaged);

/**
 * Appends `bytes` in the charset's own, uncleaned UTF-8, for a caller that joins pieces first.
 * Returns false if the label is not known; then nothing is appended.
 */
bool charset_convert(struct str *out, struct view bytes, struct view label);

#endif
