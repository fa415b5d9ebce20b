#ifndef READ_BOUNCE_H
#define READ_BOUNCE_H

#include "base/arena.h"
#include "read/mail.h"

enum { BOUNCE_RECIPIENTS_MAX = 1000 };

struct bounce_list {
	struct bounce_recipient *items;
	size_t count;
	size_t capacity;
};

/**
 * Recipients of a message/delivery-status part (RFC 3464 2.3): one block of fields each. Appends
 * to the list, which lives in the arena. Damaged blocks give what can be got.
 */
void bounce_parse_status(struct view content, struct arena *arena, struct bounce_list *list);

#endif
