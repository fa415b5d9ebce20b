#ifndef EXTRACT_PERSON_H
#define EXTRACT_PERSON_H

#include "extract/document.h"

/**
 * A person's name as one would write it to them: "Prescott, Hannah" and "PRESCOTT Hannah" become
 * "Hannah Prescott", titles and degrees, what stands in brackets and behind a bar go. In the arena
 * or borrowed from `name`; empty for what is no person's name (an address, one with digits).
 * {NULL, 0} also when the arena is full.
 */
struct view person_clean(
	const struct vocabulary *vocabulary, struct view name, struct arena *arena);

/** Words of a name separated by spaces. */
size_t person_word_count(struct view name);

#endif
