#ifndef READ_WORDS_H
#define READ_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/tsv.h"

/**
 * Lists of phrases from the vocabulary tables, and how a line of a mail is compared with them:
 * both are folded (lower case, white space as one space, decoration at both ends left out), and a
 * "*" in a phrase stands for any characters.
 */
struct words {
	struct view *items; /**< by their first byte */
	size_t count;
	size_t *least;      /**< bytes that a text needs to be like the phrase */
	size_t starts[257]; /**< items[starts[b]] … items[starts[b + 1] - 1] begin with byte b */
};

/**
 * Collects the cells under `column` of the rows whose cell under `kind_column` is `kind`, folded.
 * Lives in the arena. Fails with ERROR_USAGE when a kind has no row at all.
 */
__attribute__((warn_unused_result)) bool words_collect(struct words *ret_words,
	const struct tsv *table, struct view kind, struct arena *arena, struct error *err);

/** Columns that every such table has, in this order: what words_collect() expects. */
enum { WORDS_KIND, WORDS_PHRASE, WORDS_COLUMNS };
extern const char *const WORDS_COLUMN_NAMES[WORDS_COLUMNS];

/** Folds text for comparison; appended. Valid UTF-8 in, valid UTF-8 out. */
void words_fold(struct str *out, struct view text);

/** True if a folded text is, from its first to its last character, like the phrase. Linear. */
bool words_like(struct view phrase, struct view folded);

/** True if the folded text is one of the phrases, none of which has a "*". */
bool words_hold(const struct words *words, struct view folded);

/** A phrase that the folded text is like; SIZE_MAX if none. */
size_t words_find_like(const struct words *words, struct view folded);

/** A phrase that stands in the folded text, as whole words; SIZE_MAX if none. */
size_t words_find_within(const struct words *words, struct view folded);

/** True if the folded text begins with one of the phrases, ending at the end of a word. */
bool words_begin(const struct words *words, struct view folded);

#endif
