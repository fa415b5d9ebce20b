#ifndef DAEMON_REQUEST_H
#define DAEMON_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum request_kind {
	REQUEST_CATCH_UP, /**< done when all that is archived now is in the casebook */
	REQUEST_REBUILD,  /**< done when a new casebook has taken the old one's place */
	REQUEST_RETRY,    /**< reads a message again; 0: all that are set aside */
};

/** Something asked of the deriver. `done_fd` becomes readable when it is done. */
struct request {
	enum request_kind kind;
	int64_t message; /**< for REQUEST_RETRY */
	int done_fd;     /**< an eventfd of the request's */
	bool ok;         /**< outcome, once done */
	struct error error;
	struct request *next; /**< the deriver's while it is queued */
};

__attribute__((warn_unused_result)) bool request_init(
	struct request *request, enum request_kind kind, struct error *err);
void request_free(struct request *request);
/** Called by the deriver: the outcome is there, who waits may go on. */
void request_finish(struct request *request, bool ok, const struct error *error);

/** Waits until it is done. */
void request_wait(struct request *request);

#endif
