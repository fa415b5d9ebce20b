#ifndef SERVE_WORDS_H
#define SERVE_WORDS_H

#include "base/arena.h"
#include "serve/template.h"

/*
 * Values of the exports in words for people. In the arena.
 */

/** "first_hand" → "first hand"; what is no word of ours stays as it is. */
struct view words_plain(struct arena *arena, struct view value);

/** "EE" → "Estonia" (CLDR); a code that is none stays as it is. */
struct view words_country(struct arena *arena, struct view code);

/** A field's value for people: countries by name, words with spaces, the rest as it is. */
struct view words_value(struct arena *arena, struct view field, struct view value);

/** "2020-03-04 09:12 UTC"; empty for 0. */
struct view words_time(struct arena *arena, int64_t unix_seconds);
/** "2020-03-04"; empty for 0. */
struct view words_day(struct arena *arena, int64_t unix_seconds);
/** "3 seconds", "14 hours", "9 days". */
struct view words_duration(struct arena *arena, int64_t seconds);
/** "1.2 MB". */
struct view words_size(struct arena *arena, uint64_t bytes);

/** A count in a cell, "12,345"; one below STATUS_FEW is "<3" unless `exact`. */
struct view words_count(struct arena *arena, uint64_t count, bool exact);

#endif
