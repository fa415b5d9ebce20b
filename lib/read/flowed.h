#ifndef READ_FLOWED_H
#define READ_FLOWED_H

#include <stdbool.h>

#include "base/str.h"

/**
 * Appends text of format=flowed (RFC 3676) with its paragraphs joined: a line that ends in a
 * space goes on in the next one of the same quote depth. Quoted paragraphs keep their marks as
 * "> "; space-stuffing is undone; "-- " stays.
 *
 * @delsp  the space before a soft line break is no part of the text (RFC 3676 4.1)
 */
void flowed_unwrap(struct view text, bool delsp, struct str *out);

#endif
