#ifndef EXTRACT_PATTERN_H
#define EXTRACT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

/**
 * Regular expressions (PCRE2, UTF-8, extended syntax) with limits: one that would backtrack
 * without end gives "no match". For shapes such as numbers, dates and addresses; words belong into
 * vocabularies.
 */
struct pattern;

/** Groups of a match that are reported, the whole one being 0. */
enum { PATTERN_GROUPS_MAX = 10 };

struct pattern_match {
	size_t start; /**< of the whole match */
	size_t end;
	struct view groups[PATTERN_GROUPS_MAX]; /**< data is NULL where a group took no part */
};

/** Compiles; case does not matter unless the expression says (?-i). Fails with ERROR_PROGRAM. */
__attribute__((warn_unused_result)) bool pattern_new(
	struct pattern **ret_pattern, const char *expression, struct error *err);
void pattern_free(struct pattern *pattern);
DEFINE_CLEANUP(struct pattern *, pattern_free);

/** The first match in `text` at or after `from`. An empty match does not count. */
bool pattern_find(const struct pattern *pattern, struct view text, size_t from,
	struct pattern_match *ret_match);

/** The shapes that finders look for, compiled once: see the table in pattern.c. */
enum shape {
	SHAPE_URL,
	SHAPE_EMAIL,
	SHAPE_NUMBER,   /**< 4300 4,300 4.300 4 300 4.3k 1,2 Mio: digits in group 1, unit in 2 */
	SHAPE_YEAR,     /**< 2019: group 1 */
	SHAPE_ISO_DATE, /**< 2019-05-17, 2019-05: groups 1, 2, 3 */
	SHAPE_NUMERIC_DATE, /**< 17.05.2019, 17/5/2019: groups 1, 2, 3 */
	SHAPE_QUARTER,      /**< Q3 2019, 2019-Q3, T3 2019, 3Q19: number and year in any order */
};
enum { SHAPE_COUNT = SHAPE_QUARTER + 1 };

struct shapes;
__attribute__((warn_unused_result)) bool shapes_new(struct shapes **ret_shapes, struct error *err);
void shapes_free(struct shapes *shapes);
DEFINE_CLEANUP(struct shapes *, shapes_free);
const struct pattern *shape(const struct shapes *shapes, enum shape which);

#endif
