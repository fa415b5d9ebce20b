/*
 * How long to stay away after failures.
 */
#include "fetch/backoff.h"

enum {
	FIRST_TRANSIENT_MS = 1000,
	FIRST_REFUSAL_MS = 30 * 1000,
	REFUSAL_FACTOR = 5,
	DOUBLINGS_MAX = 16, /* 18 hours: the poll interval limits first */
	SUGGESTED_MAX_MS = 60 * 60 * 1000,
};

int64_t
backoff_next_ms(
	struct backoff *backoff, enum error_reach reach, int64_t poll_interval_ms, uint32_t random)
{
	bool refused = reach == ERROR_MAILBOX || reach == ERROR_USAGE;
	int64_t limit = refused ? poll_interval_ms * REFUSAL_FACTOR : poll_interval_ms;
	int64_t first = refused ? FIRST_REFUSAL_MS : FIRST_TRANSIENT_MS;
	uint32_t doublings = backoff->failures < DOUBLINGS_MAX ? backoff->failures : DOUBLINGS_MAX;
	int64_t step = first << doublings;

	if (backoff->failures < UINT32_MAX)
		backoff->failures++;
	if (step > limit)
		step = limit;
	return step / 2 + (int64_t)((uint64_t)(step / 2) * random >> 32);
}

void
backoff_reset(struct backoff *backoff)
{
	backoff->failures = 0;
}

int64_t
backoff_suggested_ms(struct view words)
{
	static const char MARK[] = "Backoff Time:";
	size_t at = view_find(words, view_of(MARK), 0);
	size_t start, end;
	uint64_t number;

	if (at == SIZE_MAX)
		return 0;
	start = at + sizeof(MARK) - 1;
	while (start < words.size && words.data[start] == ' ')
		start++;
	end = start;
	while (end < words.size && words.data[end] >= '0' && words.data[end] <= '9')
		end++;
	if (!view_to_u64(view_slice(words, start, end), &number))
		return 0;
	return number > SUGGESTED_MAX_MS ? SUGGESTED_MAX_MS : (int64_t)number;
}
