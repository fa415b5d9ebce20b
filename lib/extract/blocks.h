#ifndef EXTRACT_BLOCKS_H
#define EXTRACT_BLOCKS_H

#include "extract/document.h"

/**
 * Cuts a part into blocks: paragraphs, list items, "label: value" lines, table rows, headings,
 * greetings and closings. Appends to document->blocks. The part's hits are there already.
 *
 * Fails only when the arena is full.
 */
__attribute__((warn_unused_result)) bool blocks_build(
	struct document *document, size_t part, struct error *err);

/** Cuts the part's blocks into sentences and tokens (sentences.c). */
__attribute__((warn_unused_result)) bool sentences_build(
	struct document *document, size_t part, struct error *err);

/** Cuts a part's sentences into clauses and says what holds in them (context.c). */
__attribute__((warn_unused_result)) bool contexts_build(
	struct document *document, size_t part, struct error *err);

/** The most blocks, sentences, clauses and tokens: a text of 4 MB has fewer. */
enum {
	BLOCKS_MAX = 200000,
	SENTENCES_MAX = 500000,
	CLAUSES_MAX = 2000000,
	TOKENS_MAX = 4000000,
};

/**
 * The index of the first hit of a part that starts at or after `offset`. Binary search.
 */
size_t hits_from(const struct part *part, size_t offset);

#endif
