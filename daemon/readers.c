/*
 * Starting the readers.
 */
#include "daemon/readers.h"

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

enum {
	HELLO_PATIENCE_MS = 30000,
	MESSAGE_TIME_LIMIT_MS = 20000, /* real mail takes milliseconds */
	WORKERS_MAX = 4,
	ARENA_MAX = 1024 * 1024,
};

/* Address space of a reader: a 200 MB message, its decoded parts and the tables fit. */
static const uint64_t MEMORY = 1024ULL * 1024 * 1024;

/* The workers say hello with the fingerprint of their tables; without it nothing can be judged. */
static bool
await_hello(struct pool *pool, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + HELLO_PATIENCE_MS;

	while (pool_fingerprint(pool)[0] == '\0') {
		struct pollfd fds[POOL_WORKERS_MAX];
		size_t count = pool_fill_pollfds(pool, fds);

		if (clock_left_ms(deadline) == 0)
			return error_set(err, ERROR_PROGRAM, "the readers do not start");
		(void)poll(fds, count, 100);
		if (!pool_advance(pool, err))
			return false;
	}
	return true;
}

static const char *
keep(struct readers *readers, const char *text)
{
	return arena_string(readers->arena, view_of(text));
}

/* The pool starts workers for as long as it lives, so what it starts them with is kept here. */
static void
keep_arguments(struct readers *readers, const struct readers_options *options)
{
	const struct config *config = options->config;
	const char **arguments = readers->arguments;
	size_t count = 0;

	arguments[count++] = keep(readers, options->program);
	arguments[count++] = "--vocabulary";
	arguments[count++] = keep(readers, options->vocabulary);
	if (config->vocabulary) {
		arguments[count++] = "--extra-vocabulary";
		arguments[count++] = keep(readers, config->vocabulary);
	}
	for (size_t i = 0; i < config->owners.count; i++) {
		arguments[count++] = "--owner";
		arguments[count++] = keep(readers, config->owners.items[i]);
	}
	arguments[count] = NULL;
}

bool
readers_start(
	struct readers **ret_readers, const struct readers_options *options, struct error *err)
{
	CLEANUP(readers_stopp) struct readers *readers = calloc(1, sizeof(*readers));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct pool_options pool = {
		.workers = processors < 1             ? 1
			   : processors > WORKERS_MAX ? WORKERS_MAX
						      : (unsigned)processors,
		.time_limit_ms = MESSAGE_TIME_LIMIT_MS,
		.memory_limit = MEMORY,
	};

	if (!readers)
		abort();
	readers->arena = arena_new(ARENA_MAX);
	keep_arguments(readers, options);
	pool.program = readers->arguments[0];
	/* exec's argv is not const for history's sake; nobody writes to it. */
	pool.arguments = (char *const *)(uintptr_t)readers->arguments;
	if (!pool_new(&readers->pool, &pool, err) || !await_hello(readers->pool, err))
		return false;
	*ret_readers = TAKE(readers);
	return true;
}

void
readers_stop(struct readers *readers)
{
	if (!readers)
		return;
	pool_free(readers->pool);
	arena_free(readers->arena);
	free(readers);
}
