#ifndef READ_ATTACHMENT_H
#define READ_ATTACHMENT_H

#include "base/arena.h"
#include "read/mail.h"
#include "read/parts.h"

/** Text of one attachment that is kept: 250 pages. */
enum { ATTACHMENT_TEXT_MAX = 1024 * 1024 };

/**
 * Fills *ret_attachment from a leaf: name without path, type, size and digest of the decoded
 * content, and its text where it is text, CSV or HTML. False when the arena is full.
 */
__attribute__((warn_unused_result)) bool attachment_read(
	const struct part *part, struct arena *arena, struct attachment *ret_attachment);

/** The name a part gives itself, without any path; empty if none. */
struct view attachment_name(const struct part *part, struct arena *arena);

/** Content-Disposition of a part, lower case: "attachment", "inline", "". */
struct view attachment_disposition(const struct part *part, struct arena *arena);

/**
 * The text of a part of type text/…, in clean UTF-8: charset decoded, HTML made plain,
 * format=flowed (RFC 3676) unwrapped; appended to *out.
 */
struct text_damage {
	bool charset_unknown;
	bool charset_guessed;
	bool charset_mislabelled;
	bool html_costly;
	size_t replaced; /**< characters that could not be decoded */
};
void attachment_text(
	const struct part *part, struct arena *arena, struct str *out, struct text_damage *damage);

#endif
