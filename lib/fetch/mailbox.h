#ifndef FETCH_MAILBOX_H
#define FETCH_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/channel.h"
#include "base/health.h"
#include "fetch/intake.h"
#include "fetch/transport.h"
#include "fetch/wake.h"

/** What a [mailbox NAME] section says. Strings are owned: mailbox_options_free(). */
struct mailbox_options {
	char *name;
	char *host;
	uint16_t port;
	enum security security;
	char *ca_file; /**< NULL: the system's authorities */
	char *user;
	char *secret;
	char **folders; /**< UTF-8 names or patterns */
	size_t folder_count;
	bool idle;
	int64_t poll_interval_s;
	bool once; /**< one round, then the end */
};

/** Names and patterns of one mailbox; a pattern may stand for up to SESSION_FOLDERS_MAX folders. */
enum { MAILBOX_FOLDERS_MAX = 1000, MAILBOX_POLL_MIN_S = 1, MAILBOX_POLL_MAX_S = 24 * 60 * 60 };

/** Releases what it owns; the password is wiped first. */
void mailbox_options_free(struct mailbox_options *options);

/** All options as fields of a frame, the secret included, and back. */
void mailbox_options_put(const struct mailbox_options *options, struct frame *frame);

/**
 * Fails with ERROR_PROGRAM when the frame does not hold options, or options that make no sense (no
 * host, no folder, port 0, a poll interval out of range).
 */
__attribute__((warn_unused_result)) bool mailbox_options_get(
	struct frame_reader *reader, struct mailbox_options *ret_options, struct error *err);

/** Told of every change; `state` is borrowed for the call. */
struct mailbox_watcher {
	void (*changed)(void *context, const struct mailbox_health *state);
	void *context;
};

/**
 * Keeps a mailbox in step with its server until wake->stop: connects, takes what is missing in each
 * folder, waits for news (IDLE on the first folder, a look at all after poll_interval), comes back
 * after every fault, later and later.
 *
 * With options->once: returns after one round; true if every folder was brought into step.
 * Transient faults are tried again a few times, as long as each try gets further or for some
 * seconds.
 *
 * Without it: returns false only when the intake is gone (ERROR_PROGRAM), true when stopped.
 */
__attribute__((warn_unused_result)) bool mailbox_run(const struct mailbox_options *options,
	const struct intake *intake, struct wake *wake, const struct mailbox_watcher *watcher,
	struct error *err);

#endif
