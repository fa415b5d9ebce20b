#ifndef BASE_HEALTH_H
#define BASE_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * What the stages publish and the site reads: a snapshot under one lock, small enough to copy.
 * Stages write with health_… functions; a reader takes a whole copy with health_get().
 */
enum { HEALTH_MAILBOXES_MAX = 64, HEALTH_NAME_SIZE = 64 };

enum mailbox_phase {
	MAILBOX_STARTING,
	MAILBOX_CONNECTING,
	MAILBOX_SYNCING,
	MAILBOX_WAITING, /**< in step with the server; in IDLE or between polls */
	MAILBOX_BACKOFF, /**< the last attempt failed; next_try_at says when */
};

struct mailbox_health {
	char name[HEALTH_NAME_SIZE];
	enum mailbox_phase phase;
	bool idle;                   /**< the server pushes */
	int64_t connected_since;     /**< Unix seconds; 0: not connected */
	int64_t compared_at;         /**< last successful comparison with the server; 0: never */
	int64_t next_try_at;         /**< Unix seconds; 0: none due */
	int64_t behind;              /**< messages known on the server and not yet archived */
	int64_t failures;            /**< attempts failed in a row */
	char error[ERROR_TEXT_SIZE]; /**< the last failure in words; empty after a success */
	bool must_act; /**< it will not pass by itself: somebody has to do something */
};

struct health_state {
	int64_t started_at;
	size_t mailbox_count;
	struct mailbox_health mailboxes[HEALTH_MAILBOXES_MAX];
	int64_t unread;          /**< archived and not yet read */
	int64_t poll_interval_s; /**< the longest of all mailboxes */
	bool rebuilding;
	char storage_error[ERROR_TEXT_SIZE]; /**< not empty: the disk refuses writes */
	int64_t messages_archived;           /**< since the start */
	int64_t messages_read;
	int64_t readers_replaced; /**< workers that died or were killed */
};

struct health;
struct health *health_new(int64_t started_at);
void health_free(struct health *health);
void health_get(struct health *health, struct health_state *ret_state);

/** The mailbox's number for health_set_mailbox(); registers the name on first use. */
size_t health_add_mailbox(struct health *health, const char *name);
void health_set_mailbox(struct health *health, size_t mailbox, const struct mailbox_health *state);
/** Replaces the storage error of one of the two databases; NULL clears it. */
enum health_store { HEALTH_ARCHIVE, HEALTH_CASEBOOK };
void health_set_storage_error(struct health *health, enum health_store store, const char *text);
void health_set_unread(struct health *health, int64_t unread);
/** The patience of health_is_ready(): the longest interval of all mailboxes counts. */
void health_set_poll_interval(struct health *health, int64_t seconds);
void health_set_rebuilding(struct health *health, bool rebuilding);
void health_count(struct health *health, int64_t archived, int64_t read, int64_t replaced);
/** True if every mailbox was compared within three poll intervals (at least 5 minutes). */
bool health_is_ready(const struct health_state *state, int64_t now);

#endif
