/*
 * Deadlines of connections, against clients that are slow on purpose.
 */
#include "serve/watch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

struct watched {
	int fd;
	int64_t deadline_ms;
	struct watched *previous, *next;
};

struct watch {
	pthread_t thread;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t stop;
	bool is_stopping;
	struct watched *first;
	uint64_t cut;
};

static void
cut_late(struct watch *watch)
{
	int64_t now_ms = clock_monotonic_ms();

	for (struct watched *one = watch->first; one; one = one->next) {
		if (one->deadline_ms > now_ms)
			continue;
		/* The library sees the end of the stream and closes; the descriptor is its own. */
		(void)shutdown(one->fd, SHUT_RDWR);
		one->deadline_ms = INT64_MAX;
		watch->cut++;
	}
}

static void *
run(void *context)
{
	struct watch *watch = context;
	struct timespec until;

	pthread_mutex_lock(&watch->lock);
	while (!watch->is_stopping) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		(void)pthread_cond_timedwait(&watch->stop, &watch->lock, &until);
		cut_late(watch);
	}
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

struct watch *
watch_new(void)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	pthread_condattr_t attributes;

	if (!watch || pthread_mutex_init(&watch->lock, NULL) != 0 ||
		pthread_condattr_init(&attributes) != 0 ||
		pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) != 0 ||
		pthread_cond_init(&watch->stop, &attributes) != 0 ||
		pthread_create(&watch->thread, NULL, run, watch) != 0)
		abort();
	pthread_condattr_destroy(&attributes);
	return watch;
}

void
watch_free(struct watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->is_stopping = true;
	pthread_cond_signal(&watch->stop);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->stop);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

struct watched *
watch_add(struct watch *watch, int fd, int64_t deadline_ms)
{
	struct watched *one = calloc(1, sizeof(*one));

	if (!one)
		abort();
	*one = (struct watched){.fd = fd, .deadline_ms = deadline_ms};
	pthread_mutex_lock(&watch->lock);
	one->next = watch->first;
	if (watch->first)
		watch->first->previous = one;
	watch->first = one;
	pthread_mutex_unlock(&watch->lock);
	return one;
}

void
watch_remove(struct watch *watch, struct watched *one)
{
	if (!one)
		return;
	pthread_mutex_lock(&watch->lock);
	if (one->previous)
		one->previous->next = one->next;
	else
		watch->first = one->next;
	if (one->next)
		one->next->previous = one->previous;
	pthread_mutex_unlock(&watch->lock);
	free(one);
}

void
watch_set(struct watch *watch, struct watched *one, int64_t deadline_ms)
{
	if (!one)
		return;
	pthread_mutex_lock(&watch->lock);
	one->deadline_ms = deadline_ms;
	pthread_mutex_unlock(&watch->lock);
}

uint64_t
watch_cut(struct watch *watch)
{
	uint64_t cut;

	pthread_mutex_lock(&watch->lock);
	cut = watch->cut;
	pthread_mutex_unlock(&watch->lock);
	return cut;
}
