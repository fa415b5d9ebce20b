#ifndef EXTRACT_TONGUE_H
#define EXTRACT_TONGUE_H

#include "extract/document.h"

/**
 * Words by language: folding makes "råd" (Swedish: advice) and "Rad" (German: bicycle) one, so a
 * finder that lives on small words takes only those of the language that a block is written in.
 * That is the language with the most words in the block, or the message's where few tell.
 */
struct tongue {
	const struct document *document;
	size_t block;         /* that `language` is of; SIZE_MAX at first */
	struct view language; /* empty: undecided, every language is taken */
};

static inline struct tongue
tongue_new(const struct document *document)
{
	return (struct tongue){.document = document, .block = SIZE_MAX};
}

/** True if the word is of the language of the sentence's block, or of every language. Sentences
 * are best asked in order: the last block's language is kept. */
bool tongue_speaks(struct tongue *tongue, const struct sentence *sentence, const struct hit *hit);

/** As sentence_hit(), but of the block's language. */
const struct hit *tongue_hit(struct tongue *tongue, const struct sentence *sentence,
	enum table table, const char *value, size_t start, size_t end);

#endif
