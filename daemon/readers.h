#ifndef DAEMON_READERS_H
#define DAEMON_READERS_H

#include "daemon/config.h"
#include "read/pool.h"

struct readers_options {
	const char *program;         /**< path of casepost-reader */
	const char *vocabulary;      /**< folder of the built-in tables */
	const struct config *config; /**< further tables, owners */
};

enum { READERS_ARGUMENTS_MAX = CONFIG_LIST_MAX * 2 + 8 };

struct readers {
	struct pool *pool;
	struct arena *arena; /**< owns the arguments' text */
	const char *arguments[READERS_ARGUMENTS_MAX];
};

/**
 * Starts a reader a processor (at most four) and waits until they have said hello with the
 * fingerprint of their tables, without which nothing can be judged.
 */
__attribute__((warn_unused_result)) bool readers_start(
	struct readers **ret_readers, const struct readers_options *options, struct error *err);
void readers_stop(struct readers *readers);
DEFINE_CLEANUP(struct readers *, readers_stop);

#endif
