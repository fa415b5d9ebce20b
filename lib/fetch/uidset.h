#ifndef FETCH_UIDSET_H
#define FETCH_UIDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/**
 * A set of UIDs (RFC 3501 sequence-set: "1:4,7,9:12") as sorted, disjoint ranges, so that a folder
 * of any size that was taken in order costs a few bytes.
 */
struct uid_range {
	uint32_t first;
	uint32_t last; /**< inclusive */
};

struct uidset {
	struct uid_range *ranges; /**< owned */
	size_t count;
	size_t capacity;
};

void uidset_free(struct uidset *set);

/** Adds a range; cheap at the end, linear in the ranges elsewhere. Aborts without memory. */
void uidset_add(struct uidset *set, uint32_t first, uint32_t last);
bool uidset_contains(const struct uidset *set, uint32_t uid);
uint64_t uidset_size(const struct uidset *set);

/** *ret_rest = a without b. Linear. ret_rest must be another, empty set. */
void uidset_subtract(const struct uidset *a, const struct uidset *b, struct uidset *ret_rest);

/** Appends the RFC 3501 form. */
void uidset_format(const struct uidset *set, struct str *out);

/** Parses it; fails with ERROR_CONNECTION on anything else, on 0 and on "*". */
__attribute__((warn_unused_result)) bool uidset_parse(
	struct view text, struct uidset *ret_set, struct error *err);

#endif
