#ifndef EXTRACT_VOCABULARY_H
#define EXTRACT_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/str.h"
#include "base/tsv.h"

/**
 * The words that the extractor knows: all tables of schema/vocabulary, compiled into one linear
 * matcher (Aho-Corasick, 1975) over folded text. schema/vocabulary/README.md describes the tables
 * for those who edit them.
 *
 * A table has the columns `value`, `terms` (one or more, separated by ";"), `language` (ISO 639-1;
 * empty: any) and, if it likes, `weight` (a number; 1 where empty).
 *
 * A term matches whole words. Case, accents and the width of white space do not matter, and a
 * hyphen is a space. "term*" also matches the beginning of a longer word, "*term" its end. "=Term"
 * must be written exactly so (case and accents count). The value "-" marks a term that means
 * nothing and hides the shorter ones within it ("public sector" hides "public").
 */
enum table {
	TABLE_COUNTRIES, /**< ISO 3166-1 alpha-2 by name, demonym, capital, region, city, agency */
	TABLE_COUNTRY_DOMAINS, /**< domains of governments and country-code domains */
	TABLE_LEVELS,          /**< national, regional, local, supranational */
	TABLE_SECTORS,
	TABLE_PLATFORMS,
	TABLE_NETWORKS,
	TABLE_STAGES,     /**< words that assert a stage */
	TABLE_CATEGORIES, /**< words that speak for a category */
	TABLE_REASONS,
	TABLE_CONFIDENTIALITY,
	TABLE_CLASSES, /**< words that speak for a message class */
	TABLE_CUES,    /**< context: negation, plan, hypothesis, comparison, past … */
	TABLE_LABELS,  /**< "Country:", "Go-live date:" … → a field's name */
	TABLE_CALL,    /**< the call's own sentences and questions */
	TABLE_EVENTS,  /**< verbs and nouns that date something: start launch expect end … */
	TABLE_MONTHS,  /**< names of months → "01" … "12" */
	TABLE_SEASONS, /**< seasons, halves, quarters, "early", "mid" … */
	TABLE_RELATIVE_DATES, /**< "next month", "last year", "ago" … */
	TABLE_NUMBER_WORDS,   /**< "twelve" → 12, "dozen", "thousand" … */
	TABLE_USER_NOUNS,     /**< who can be a user: "citizens", "agencies" … */
	TABLE_USER_CUES,      /**< "used by", "served", "enrolled" … */
	TABLE_NOT_USERS,      /**< what is counted and is no user: "transactions", "euros" … */
	TABLE_TITLES,         /**< "Dr", "Ms", "Herr" … */
	TABLE_CONTACT_CUES,   /**< "please contact", "my colleague", "write to" … */
	TABLE_NAME_CUES,      /**< "called", "known as", "our project" … */
	TABLE_NAME_STOPS,     /**< capitalised words that are no part of a name */
	TABLE_ORG_WORDS, /**< "Ministry", "Agency", "GmbH" … → public, company, university … */
	TABLE_OWNER_CUES, /**< "led by", "the owner is" … → owner; "together with" → partner */
	TABLE_LESSON_CUES,
	TABLE_TOPICS, /**< blockchain and its kin: is this about the matter at all? */
};
enum { TABLE_COUNT = TABLE_TOPICS + 1 };

/** A term found in a text. */
struct hit {
	enum table table;
	uint32_t row;         /**< of the vocabulary; equal rows are equal values in one language */
	struct view value;    /**< borrowed from the vocabulary */
	struct view language; /**< ISO 639-1; empty: any */
	double weight;
	size_t start; /**< byte offsets in the text that was searched */
	size_t end;
};

struct vocabulary;

/**
 * Loads every table and builds the matcher.
 *
 * Fails with ERROR_USAGE, naming file and line, when a table is missing or wrong.
 */
__attribute__((warn_unused_result)) bool vocabulary_load(
	struct vocabulary **ret_vocabulary, const struct tsv_folders *folders, struct error *err);
void vocabulary_free(struct vocabulary *vocabulary);
DEFINE_CLEANUP(struct vocabulary *, vocabulary_free);

/** SHA-256 over all tables as hexadecimal digits. */
const char *vocabulary_fingerprint(const struct vocabulary *vocabulary);

/**
 * All hits of all tables in `text`, ordered by start, then table; of one table no hit lies within
 * another (cues and words of classes may, where their values differ), and what "-" hides is gone.
 * Linear in the text. False only when the arena is full.
 */
__attribute__((warn_unused_result)) bool vocabulary_search(const struct vocabulary *vocabulary,
	struct view text, struct arena *arena, struct hit **ret_hits, size_t *ret_count,
	struct error *err);

/** True if the hit is of that table and value. */
static inline bool
hit_is(const struct hit *hit, enum table table, const char *value)
{
	return hit->table == table && view_equal(hit->value, view_of(value));
}

#endif
