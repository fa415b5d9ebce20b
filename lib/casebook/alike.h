#ifndef CASEBOOK_ALIKE_H
#define CASEBOOK_ALIKE_H

#include "casebook/names.h"
#include "casebook/private.h"

/**
 * What speaks for and against two mentions being of one case. A pure, symmetric comparison, so
 * that the cases do not depend on the order of arrival.
 */
enum { TRAITS_SET_MAX = 16 };

struct trait_set {
	struct view values[TRAITS_SET_MAX];
	size_t count;
};

/** What is compared of a mention; in the arena. */
struct traits {
	struct view id;
	int64_t message;
	int64_t thread;
	int64_t ordinal;
	int64_t siblings;    /**< mentions of the same message, itself included */
	struct view case_id; /**< empty: none yet */
	struct view sender;  /**< address, lower case */
	struct name project;
	struct name organisation;
	struct trait_set countries, sectors, platforms, links;
};

/** Loads a mention's traits from the casebook. */
bool traits_load(struct db *db, struct view mention, struct arena *arena, struct traits *ret_traits,
	struct error *err);

/** Points for (positive) and against being one case; ALIKE_ENOUGH joins. */
double traits_compare(const struct traits *a, const struct traits *b);

/** Name, or organisation with country, sector and platform, or a reply by the same person. */
#define ALIKE_ENOUGH 3.5

#endif
