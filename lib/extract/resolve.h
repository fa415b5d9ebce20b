#ifndef EXTRACT_RESOLVE_H
#define EXTRACT_RESOLVE_H

#include "extract/candidate.h"
#include "extract/classify.h"

/**
 * From candidates to values: for each case, the candidates of a field are grouped by value, groups
 * are weighed, and what is sure enough is kept. Stage and category are decided together
 * (settle.c). All values have evidence; `confidence` is the group's probability.
 *
 * Fails only when the arena is full.
 */
__attribute__((warn_unused_result)) bool resolve_cases(const struct document *document,
	const struct candidates *candidates, enum message_class class,
	struct mention **ret_mentions, size_t *ret_count, struct error *err);

/** Candidates of one value of one field, added up. */
struct group {
	enum field field;
	struct view value;
	double score;                   /**< that the value is right */
	const struct candidate *best;   /**< whose words are the evidence */
	const struct candidate *latest; /**< the last that was added */
	size_t count;
	size_t last_sentence; /**< of the latest candidate; NO_SENTENCE if none has one */
};

/** A case's groups of one field, the best first. */
struct groups {
	struct group *items;
	size_t count;
};

/** What stages and signals say of a case, decided together (settle.c). */
struct settled {
	struct view category;
	struct view stage; /**< empty: none is told */
	double category_score;
	double stage_score;
	const struct candidate *category_words; /**< may be NULL */
	const struct candidate *stage_words;    /**< NULL if there is no stage */
};

/** @groups  by field, FIELD_COUNT of them */
struct settled settle(const struct document *document, const struct groups *groups);

/** The group of a value, or NULL. */
const struct group *group_of(const struct groups *groups, const char *value);

#endif
