/*
 * What to take next, decided on numbers alone.
 */
#include "fetch/sync.h"

#include <stdlib.h>

bool
sync_next_batch(const struct sync_message *messages, size_t count, size_t from,
	struct sync_batch *ret_batch)
{
	uint64_t bytes = 0;
	size_t end = from;

	if (from >= count)
		return false;
	while (end < count && end - from < SYNC_BATCH_COUNT_MAX &&
		messages[end].size_bytes <= SYNC_LARGE_BYTES &&
		bytes + messages[end].size_bytes <= SYNC_BATCH_BYTES_MAX)
		bytes += messages[end++].size_bytes;
	*ret_batch = (struct sync_batch){
		.first = from,
		.count = end > from ? end - from : 1,
		.large = end == from,
	};
	return true;
}

void
sync_batch_uids(
	const struct sync_message *messages, const struct sync_batch *batch, struct uidset *ret_set)
{
	for (size_t i = 0; i < batch->count; i++) {
		uint32_t uid = messages[batch->first + i].uid;

		uidset_add(ret_set, uid, uid);
	}
}

void
sync_take_part(const struct uidset *set, uint64_t count_max, struct uidset *ret_part)
{
	for (size_t i = 0; i < set->count && count_max > 0; i++) {
		struct uid_range range = set->ranges[i];
		uint64_t count = (uint64_t)range.last - range.first + 1;

		if (count > count_max)
			range.last = range.first + (uint32_t)(count_max - 1);
		uidset_add(ret_part, range.first, range.last);
		count_max -= count < count_max ? count : count_max;
	}
}

static int
by_uid(const void *a, const void *b)
{
	const struct sync_message *left = a, *right = b;

	return (left->uid > right->uid) - (left->uid < right->uid);
}

size_t
sync_tidy(struct sync_message *messages, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(messages, count, sizeof(*messages), by_uid);
	for (size_t i = 0; i < count; i++)
		if (messages[i].uid != 0 &&
			(kept == 0 || messages[kept - 1].uid != messages[i].uid))
			messages[kept++] = messages[i];
	return kept;
}
