#ifndef READ_LANGUAGE_H
#define READ_LANGUAGE_H

#include "read/reading.h"

/**
 * The language of a text by its most frequent function words: ISO 639-1, borrowed from the
 * reading; empty where too few are there or two languages are equally likely.
 */
struct view language_guess(const struct reading *reading, struct view text);

#endif
