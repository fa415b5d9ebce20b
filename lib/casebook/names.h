#ifndef CASEBOOK_NAMES_H
#define CASEBOOK_NAMES_H

#include "base/arena.h"
#include "base/str.h"

/**
 * When two names mean the same: after folding case, accents, punctuation and articles they are
 * equal, or one holds the other and is at most twice as long in words.
 */
enum { NAME_WORDS_MAX = 40 };

struct name {
	struct view words[NAME_WORDS_MAX]; /**< folded, without articles; in the arena */
	size_t count;
};

/** Folds a name. Longer ones are cut at NAME_WORDS_MAX words. */
void name_fold(struct view text, struct arena *arena, struct name *ret_name);

bool name_same(const struct name *a, const struct name *b);

/** Folds and compares. */
bool name_same_text(struct view a, struct view b);

#endif
