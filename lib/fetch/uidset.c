/*
 * Sets of UIDs as sorted, disjoint, non-adjacent ranges: what is on the server, what is kept here,
 * and the difference, which is what has to be taken.
 */
#include "fetch/uidset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
uidset_free(struct uidset *set)
{
	free(set->ranges);
	*set = (struct uidset){0};
}

/* The number of ranges that end below `uid`: where one that holds or follows it stands. */
static size_t
position_of(const struct uidset *set, uint32_t uid)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].last < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
insert_at(struct uidset *set, size_t at, uint32_t first, uint32_t last)
{
	if (set->count == set->capacity) {
		set->capacity = set->capacity ? set->capacity * 2 : 8;
		set->ranges = reallocarray(set->ranges, set->capacity, sizeof(*set->ranges));
		if (!set->ranges)
			abort();
	}
	memmove(set->ranges + at + 1, set->ranges + at, (set->count - at) * sizeof(*set->ranges));
	set->ranges[at] = (struct uid_range){first, last};
	set->count++;
}

/* Swallows the ranges behind `at` that it now touches. */
static void
merge_from(struct uidset *set, size_t at)
{
	struct uid_range *range = &set->ranges[at];
	size_t next = at + 1;

	while (next < set->count &&
		(range->last == UINT32_MAX || set->ranges[next].first <= range->last + 1)) {
		if (set->ranges[next].last > range->last)
			range->last = set->ranges[next].last;
		next++;
	}
	memmove(set->ranges + at + 1, set->ranges + next,
		(set->count - next) * sizeof(*set->ranges));
	set->count -= next - at - 1;
}

void
uidset_add(struct uidset *set, uint32_t first, uint32_t last)
{
	size_t at;

	if (first == 0 || first > last)
		return;
	/* A range that ends right below `first` is to grow, so it is looked for one lower. */
	at = position_of(set, first - 1);
	if (at == set->count || (last < UINT32_MAX && set->ranges[at].first > last + 1)) {
		insert_at(set, at, first, last);
		return;
	}
	if (first < set->ranges[at].first)
		set->ranges[at].first = first;
	if (last > set->ranges[at].last)
		set->ranges[at].last = last;
	merge_from(set, at);
}

bool
uidset_contains(const struct uidset *set, uint32_t uid)
{
	size_t at = position_of(set, uid);

	return at < set->count && set->ranges[at].first <= uid;
}

uint64_t
uidset_size(const struct uidset *set)
{
	uint64_t size = 0;

	for (size_t i = 0; i < set->count; i++)
		size += (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
	return size;
}

/* Appends to *rest what of one range lies outside b; *next is the first range of b that matters. */
static void
subtract_range(
	struct uid_range range, const struct uidset *b, size_t *next, struct uidset *ret_rest)
{
	while (*next < b->count && b->ranges[*next].last < range.first)
		++*next;
	for (size_t i = *next; i < b->count && b->ranges[i].first <= range.last; i++) {
		if (b->ranges[i].first > range.first)
			uidset_add(ret_rest, range.first, b->ranges[i].first - 1);
		if (b->ranges[i].last >= range.last)
			return;
		range.first = b->ranges[i].last + 1;
		*next = i;
	}
	uidset_add(ret_rest, range.first, range.last);
}

void
uidset_subtract(const struct uidset *a, const struct uidset *b, struct uidset *ret_rest)
{
	size_t next = 0;

	for (size_t i = 0; i < a->count; i++)
		subtract_range(a->ranges[i], b, &next, ret_rest);
}

void
uidset_format(const struct uidset *set, struct str *out)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct uid_range *range = &set->ranges[i];

		str_append_format(out, "%s%" PRIu32, i ? "," : "", range->first);
		if (range->last != range->first)
			str_append_format(out, ":%" PRIu32, range->last);
	}
}

static bool
parse_uid(struct view text, uint32_t *ret_uid)
{
	uint64_t number;

	if (!view_to_u64(text, &number) || number == 0 || number > UINT32_MAX)
		return false;
	*ret_uid = (uint32_t)number;
	return true;
}

static bool
parse_range(struct view text, struct uidset *set)
{
	size_t colon = view_find_byte(text, ':', 0);
	uint32_t first, last;

	if (!parse_uid(view_slice(text, 0, colon), &first))
		return false;
	last = first;
	if (colon != SIZE_MAX && !parse_uid(view_slice(text, colon + 1, text.size), &last))
		return false;
	/* RFC 3501 6.4.8: "4:2" says the same as "2:4". */
	if (first <= last)
		uidset_add(set, first, last);
	else
		uidset_add(set, last, first);
	return true;
}

bool
uidset_parse(struct view text, struct uidset *ret_set, struct error *err)
{
	struct uidset set = {0};
	struct view rest = text, range;

	if (text.size == 0)
		rest.data = NULL;
	while (view_next_field(&rest, ',', &range)) {
		if (parse_range(range, &set))
			continue;
		uidset_free(&set);
		return error_set(err, ERROR_CONNECTION, "a set of UIDs cannot be read");
	}
	uidset_free(ret_set);
	*ret_set = set;
	return true;
}
