#ifndef FETCH_FOLDER_H
#define FETCH_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "fetch/intake.h"
#include "fetch/session.h"

/**
 * One folder of a mailbox, brought into step with the server: compare UID sets, take what is
 * missing in batches, say what could not be taken and why.
 *
 * A folder outlives connections. When one breaks in the middle, the next folder_sync() goes on with
 * what is still missing, and more carefully: the messages of the batch that broke it are asked for
 * one by one, one that still breaks it is asked for without its attributes, and in the end it is
 * refused with the reason, so that no message blocks those behind it.
 */
struct folder;

struct folder *folder_new(struct view name);
void folder_free(struct folder *folder);
DEFINE_CLEANUP(struct folder *, folder_free);

/** UTF-8; borrowed from the folder. */
struct view folder_name(const struct folder *folder);

/** Messages known on the server and neither kept nor refused. */
uint64_t folder_pending(const struct folder *folder);

/** Grows with everything that brings the folder nearer to its end, failures that teach included. */
uint64_t folder_progress(const struct folder *folder);

/** True if the server counts as many messages as we have listed. */
bool folder_is_current(const struct folder *folder, const struct session_folder *state);

struct folder_context {
	struct session *session;
	const struct intake *intake;
	struct view mailbox; /**< the configured name */
	/** Called after each batch; may be NULL. */
	void (*progress)(void *context);
	void *progress_context;
};

/**
 * One round. On success the folder is compared and all that the server delivers is kept.
 *
 * Fails with ERROR_STORAGE when the intake has no room (all is taken again later), ERROR_MESSAGE or
 * ERROR_CONNECTION when the session broke (come back with another; folder_progress() tells whether
 * that helps), ERROR_MAILBOX when the folder cannot be opened, ERROR_PROGRAM when the intake is
 * gone.
 */
__attribute__((warn_unused_result)) bool folder_sync(
	struct folder *folder, const struct folder_context *context, struct error *err);

#endif
