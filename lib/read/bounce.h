#ifndef READ_BOUNCE_H
#define READ_BOUNCE_H

#include "base/arena.h"
#include "read/mail.h"
#include "read/reading.h"

enum { BOUNCE_RECIPIENTS_MAX = 1000 };

struct bounce_list {
	struct bounce_recipient *items;
	size_t count;
	size_t capacity;
};

/**
 * Recipients of a message/delivery-status part (RFC 3464 2.3): one block of fields each. Where the
 * status is missing or says no more than its class ("5.0.0"), the code in the diagnostic counts.
 * Appends to the list, which lives in the arena. Damaged blocks give what can be got.
 */
void bounce_parse_status(struct view content, struct arena *arena, struct bounce_list *list);

/**
 * Recipients that a report in prose names, with the codes that stand behind them. Looks only at
 * mail that a mail system sends about mail; appends nothing for any other.
 *
 * @mail    its envelope, automation and text are set; not yet its bounces
 * @failed  value of X-Failed-Recipients; may be empty
 */
void bounce_parse_text(const struct reading *reading, const struct mail *mail, struct view failed,
	struct arena *arena, struct bounce_list *list);

/** The first code of RFC 3463 in a text from an offset on; empty if there is none. */
struct view bounce_find_status(struct view text, size_t from, size_t end);

#endif
