#ifndef EXTRACT_CANDIDATE_H
#define EXTRACT_CANDIDATE_H

#include "extract/document.h"

/**
 * What a finder proposes: a value, the words that say it, and how sure the finder is on its own.
 * resolve() weighs candidates of one case against each other.
 *
 * Scores are probabilities: 0.9 means that nine of ten such candidates are right. The finder has
 * taken the context into account (a negated launch is no candidate, or one with a low score).
 */
struct candidate {
	enum field field;
	struct view value; /**< as it will be exported: "4300", "2019-05", "EE" */
	size_t part;       /**< index into document->parts; NO_PART for METHOD_SENDER */
	size_t start;      /**< evidence: bytes of that part */
	size_t end;
	size_t sentence;    /**< index into document->sentences, or NO_SENTENCE */
	int case_index;     /**< as of the sentence: 0 …, CASE_SHARED, CASE_NONE */
	const char *method; /**< one of the METHOD_ words */
	double score;
};

#define NO_PART SIZE_MAX
#define NO_SENTENCE SIZE_MAX

#define METHOD_LABEL "label"
#define METHOD_PATTERN "pattern"
#define METHOD_VOCABULARY "vocabulary"
#define METHOD_CLASSIFIER "classifier"
#define METHOD_SENDER "sender" /**< from the address or date: the only one without words */

/** Candidates of one message: more is no mail. */
enum { CANDIDATES_MAX = 20000 };

struct candidates {
	struct arena *arena;
	struct candidate *items;
	size_t count;
	size_t capacity;
};

/**
 * Adds a candidate. Give field, value, sentence, start, end, method and score; part and case are
 * taken from the sentence:
 *
 *	candidate_add(candidates, document, &(struct candidate){.field = FIELD_USERS,
 *		.value = VIEW("92"), .sentence = index, .start = hit->start, .end = hit->end,
 *		.method = METHOD_PATTERN, .score = 0.8}, err)
 *
 * With NO_SENTENCE, part and case_index are taken as given (NO_PART for METHOD_SENDER). White
 * space at both ends of the evidence is left out. The value is borrowed (text of the mail, of the
 * vocabulary, or in the arena). Past CANDIDATES_MAX it is dropped. False when the arena is full.
 */
__attribute__((warn_unused_result)) bool candidate_add(struct candidates *candidates,
	const struct document *document, const struct candidate *candidate, struct error *err);

/**
 * A finder looks through the whole document, all cases at once, and adds what it finds. Sentences
 * that do not assert are its to skip. Linear in the document. Fails only when the arena is full.
 */
typedef bool finder(
	const struct document *document, struct candidates *candidates, struct error *err);

/* Coded fields */
finder find_countries;
finder find_levels;
finder find_sectors;
finder find_platforms;
finder find_networks;
finder find_stages;
finder find_reasons;
finder find_confidentiality;

/* Names and numbers */
finder find_project_names; /**< runs before split_cases(): all its candidates are CASE_SHARED */
finder find_organisations; /**< organisation and partners */
finder find_dates;         /**< started, launched, expected, ended */
finder find_users;
finder find_links;
finder find_contacts; /**< contact_name and contact_email */
finder find_lessons;

#endif
