#ifndef DAEMON_HAND_H
#define DAEMON_HAND_H

#include "daemon/config.h"
#include "daemon/deriver.h"
#include "fetch/intake.h"

/**
 * How a command writes: through the daemon's control socket where one runs, else by itself under
 * the store's lock. One process writes at a time, whichever it is, and the command need not know.
 */
struct hand;

__attribute__((warn_unused_result)) bool hand_open(
	struct hand **ret_hand, const struct config *config, struct error *err);
void hand_close(struct hand *hand);
DEFINE_CLEANUP(struct hand *, hand_close);

/** An intake for messages; valid until hand_close(). */
const struct intake *hand_intake(struct hand *hand);

/** Asks the deriver, here or in the daemon, and waits for the outcome. */
__attribute__((warn_unused_result)) bool hand_do(
	struct hand *hand, enum request_kind kind, int64_t message, struct error *err);

#endif
