#ifndef DAEMON_MAILBOXES_H
#define DAEMON_MAILBOXES_H

#include <poll.h>

#include "archive/archive.h"
#include "base/health.h"
#include "daemon/config.h"
#include "daemon/deriver.h"

/**
 * The fetchers: one casepost-fetcher process a mailbox, started with its configuration and its
 * secret over a channel, restarted with back-off when it dies, its messages kept in the archive.
 * Belongs to the main thread; never waits, except in mailboxes_stop().
 */
struct mailboxes;

/** Twice what a configuration holds: after a reload the old ones may still be ending. */
enum { MAILBOXES_POLLFDS = 2 * CONFIG_MAILBOXES_MAX };

struct mailboxes_options {
	struct config *config;   /**< borrowed */
	struct archive *archive; /**< the writing connection; borrowed */
	struct deriver *deriver; /**< woken when the archive grows; borrowed */
	struct health *health;
	bool once; /**< one round each, then the fetchers end */
};

__attribute__((warn_unused_result)) bool mailboxes_start(struct mailboxes **ret_mailboxes,
	const struct mailboxes_options *options, struct error *err);

/** Asks all fetchers to end and waits up to two seconds for them, then kills them. */
void mailboxes_stop(struct mailboxes *mailboxes);

size_t mailboxes_fill_pollfds(const struct mailboxes *mailboxes, struct pollfd *ret_fds);

/** Milliseconds until a fetcher is to be started again; -1: none. */
int mailboxes_timeout_ms(const struct mailboxes *mailboxes);

/** Serves the frames that have arrived; starts fetchers that are due. */
void mailboxes_advance(struct mailboxes *mailboxes);

/** After SIGCHLD: takes note of fetchers that have ended. */
void mailboxes_reap(struct mailboxes *mailboxes);

/** --once: whether every mailbox had its round, and whether all went well. */
bool mailboxes_all_done(const struct mailboxes *mailboxes);
bool mailboxes_all_ok(const struct mailboxes *mailboxes);

/**
 * Goes over to the mailboxes of a new configuration: fetchers of mailboxes that are gone or
 * different end, new ones start, the others go on undisturbed.
 */
void mailboxes_reload(struct mailboxes *mailboxes, struct config *owned_config);

#endif
