#ifndef READ_COMPOSE_H
#define READ_COMPOSE_H

#include "base/arena.h"
#include "read/attachment.h"
#include "read/mail.h"
#include "read/parts.h"

/**
 * From parts to one text: which leaves are the body, which are attachments, what is forwarded.
 */

/** A stretch of the text that comes from one place. */
struct segment {
	size_t start;
	size_t end;
	enum span_kind kind; /**< SPAN_OWN, SPAN_FORWARD_HEADER, SPAN_FORWARDED, SPAN_QUOTE */
	unsigned level;
};

struct composed {
	struct str text;          /**< freed by the caller */
	struct segment *segments; /**< in order; they cover the text and end at line ends */
	size_t segment_count;
	struct attachment *attachments;
	size_t attachment_count;
	bool attachments_cut;
	bool is_calendar;
	bool is_partial; /**< holds message/partial or message/external-body: content is elsewhere
			  */
	bool is_encrypted;
	struct text_damage damage;
};

/** Fills *ret_composed. False when the arena is full. */
__attribute__((warn_unused_result)) bool compose(
	const struct parts *parts, struct arena *arena, struct composed *ret_composed);

#endif
