/*
 * One answer, kept for a moment.
 */
#include "serve/memo.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

struct memo {
	pthread_mutex_t lock; /* guards all below */
	struct str body;
	char etag[sizeof(((struct reply *)NULL)->etag)];
	const char *type;
	int64_t until_ms; /* of clock_monotonic_ms() */
};

struct memo *
memo_new(void)
{
	struct memo *memo = calloc(1, sizeof(*memo));

	if (!memo || pthread_mutex_init(&memo->lock, NULL) != 0)
		abort();
	memo->body = str_new(REPLY_BYTES_MAX);
	return memo;
}

void
memo_free(struct memo *memo)
{
	if (!memo)
		return;
	str_free(&memo->body);
	pthread_mutex_destroy(&memo->lock);
	free(memo);
}

bool
memo_recall(struct memo *memo, struct reply *reply)
{
	bool is_fresh;

	pthread_mutex_lock(&memo->lock);
	is_fresh = clock_monotonic_ms() < memo->until_ms;
	if (is_fresh) {
		str_clear(&reply->body);
		str_append(&reply->body, str_view(&memo->body));
		memcpy(reply->etag, memo->etag, sizeof(reply->etag));
		reply->type = memo->type;
	}
	pthread_mutex_unlock(&memo->lock);
	return is_fresh;
}

void
memo_keep(struct memo *memo, const struct reply *reply)
{
	pthread_mutex_lock(&memo->lock);
	str_clear(&memo->body);
	str_append(&memo->body, str_view(&reply->body));
	memcpy(memo->etag, reply->etag, sizeof(memo->etag));
	memo->type = reply->type;
	memo->until_ms = memo->body.overflowed ? 0 : clock_monotonic_ms() + MEMO_MS;
	pthread_mutex_unlock(&memo->lock);
}
