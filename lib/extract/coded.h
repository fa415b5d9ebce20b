#ifndef EXTRACT_CODED_H
#define EXTRACT_CODED_H

#include "extract/candidate.h"

/** What the finders of coded fields (country, sector, platform …) share. */

/** A visitor of hits: adds candidates for one hit of a sentence that asserts. */
typedef bool hit_visitor(const struct document *document, struct candidates *candidates,
	size_t sentence, const struct hit *hit, struct error *err);

/**
 * Visits all hits of a table, in the language of their block, in all sentences that assert, in the
 * order of the text.
 */
__attribute__((warn_unused_result)) bool coded_visit(const struct document *document,
	struct candidates *candidates, enum table table, hit_visitor *visit, struct error *err);

/**
 * Adds a candidate for a hit. In a block labelled with the field the method is "label" and the
 * score high; under another field's label the score is halved.
 */
__attribute__((warn_unused_result)) bool coded_add(const struct document *document,
	struct candidates *candidates, size_t sentence, const struct hit *hit, enum field field,
	struct view value, double score, struct error *err);

/** True if a cue of that value stands in the sentence. */
bool coded_has_cue(const struct document *document, size_t sentence, const char *value);

/** True if a negation stands in the hit's clause outside the hit's own words. */
bool coded_is_negated(const struct document *document, size_t sentence, const struct hit *hit);

/** True if a cue of that value stands in any sentence of the sentence's block. */
bool coded_block_has_cue(const struct document *document, size_t sentence, const char *value);

#endif
