#ifndef EXTRACT_FOLD_H
#define EXTRACT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/**
 * Text as the matcher sees it: letters in lower case without accents (ß is ss, æ is ae), a run of
 * white space, hyphens and dashes is one space, apostrophes and quotation marks are plain. Each
 * folded byte knows the byte of the original that it came from.
 */
struct folded {
	struct view text;
	const uint32_t *from; /**< text.size + 1 offsets into the original; the last is its size */
};

/** Folds a text of at most UINT32_MAX bytes. False when the arena is full. */
__attribute__((warn_unused_result)) bool fold_text(
	struct view text, struct arena *arena, struct folded *ret_folded);

/** The folded text alone; {NULL, 0} when the arena is full. */
struct view fold_view(struct view text, struct arena *arena);

/** True for bytes of folded text that make words: letters, digits and all beyond ASCII. */
bool fold_is_word(unsigned char byte);

/** Equal after folding? Names that differ in case and accents only. False when the arena is full.
 */
bool fold_equal(struct view a, struct view b, struct arena *arena);

/** Character properties (Unicode): a letter in upper or title case; any letter. */
bool fold_is_upper(uint32_t point);
bool fold_is_letter(uint32_t point);

#endif
