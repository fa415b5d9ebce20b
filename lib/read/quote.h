#ifndef READ_QUOTE_H
#define READ_QUOTE_H

#include "read/lines.h"
#include "read/reading.h"

/**
 * Finds earlier messages in a text: lines with quote marks, "On … wrote:", the header blocks of
 * Outlook and others in the languages of read_quote_headers.tsv, forwards. Marks them as quote,
 * quote header, forwarded or forward header; answers between quotes stay SPAN_OWN. Linear.
 *
 * @subject  of the message: a header block without a marker is a forward if it begins with "Fwd:"
 */
void quote_mark(const struct reading *reading, struct lines *lines, struct view subject);

#endif
