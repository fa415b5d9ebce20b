#ifndef DAEMON_DERIVER_H
#define DAEMON_DERIVER_H

#include "archive/archive.h"
#include "base/health.h"
#include "casebook/casebook.h"
#include "daemon/readers.h"
#include "daemon/request.h"

/**
 * The derive thread: takes what is in the archive and not yet in the casebook, gives it to the
 * readers, applies their facts. It owns the workers, the casebook's writing connection and a
 * reading connection to the archive. Others wake it, ask it, and wait for what they asked.
 *
 * Nothing it does can lose anything: it only follows the archive, and takes up where its last
 * transaction ended.
 */
struct deriver;

struct deriver_options {
	struct readers_options readers; /**< borrowed for the call */
	const char *directory;          /**< the store's; borrowed for the deriver's life */
	struct health *health;
};

/** Opens the stores (the archive has to exist), starts the workers and the thread. */
__attribute__((warn_unused_result)) bool deriver_start(
	struct deriver **ret_deriver, const struct deriver_options *options, struct error *err);

/** Ends the thread after its current step (nothing is lost) and closes everything. */
void deriver_stop(struct deriver *deriver);
DEFINE_CLEANUP(struct deriver *, deriver_stop);

/** Tells that the archive has grown. Never waits. */
void deriver_wake(struct deriver *deriver);

/** Queues a request, which stays the caller's and has to stay until it is done. */
void deriver_ask(struct deriver *deriver, struct request *request);

/** Asks and waits. */
__attribute__((warn_unused_result)) bool deriver_do(
	struct deriver *deriver, enum request_kind kind, int64_t message, struct error *err);

#endif
