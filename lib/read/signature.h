#ifndef READ_SIGNATURE_H
#define READ_SIGNATURE_H

#include "read/lines.h"
#include "read/reading.h"

/**
 * Marks what stands around the sender's words in lines that are SPAN_OWN: banners of gateways at
 * the top, signatures behind "-- " or recognised by what is in them, "Sent from my …", footers of
 * lists, legal disclaimers. The greeting and the name at the end stay the sender's own. Linear.
 *
 * @sender  display name of the author; may be empty
 */
void signature_mark(const struct reading *reading, struct lines *lines, struct view sender);

#endif
