/*
 * Where the stages meet the site: one snapshot under one lock.
 */
#include "base/health.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct health {
	pthread_mutex_t lock; /* guards the rest */
	struct health_state state;
	char storage_errors[2][ERROR_TEXT_SIZE]; /* by enum health_store; the state tells one */
};

struct health *
health_new(int64_t started_at)
{
	struct health *health = calloc(1, sizeof(*health));

	if (!health || pthread_mutex_init(&health->lock, NULL) != 0)
		abort();
	health->state.started_at = started_at;
	return health;
}

void
health_free(struct health *health)
{
	if (!health)
		return;
	pthread_mutex_destroy(&health->lock);
	free(health);
}

void
health_get(struct health *health, struct health_state *ret_state)
{
	pthread_mutex_lock(&health->lock);
	*ret_state = health->state;
	pthread_mutex_unlock(&health->lock);
}

size_t
health_add_mailbox(struct health *health, const char *name)
{
	struct health_state *state = &health->state;
	size_t number;

	pthread_mutex_lock(&health->lock);
	for (number = 0; number < state->mailbox_count; number++)
		if (strcmp(state->mailboxes[number].name, name) == 0)
			break;
	if (number == state->mailbox_count && number < HEALTH_MAILBOXES_MAX) {
		snprintf(state->mailboxes[number].name, HEALTH_NAME_SIZE, "%s", name);
		state->mailbox_count++;
	}
	pthread_mutex_unlock(&health->lock);
	return number;
}

void
health_set_mailbox(struct health *health, size_t mailbox, const struct mailbox_health *state)
{
	pthread_mutex_lock(&health->lock);
	if (mailbox < health->state.mailbox_count)
		health->state.mailboxes[mailbox] = *state;
	pthread_mutex_unlock(&health->lock);
}

void
health_set_storage_error(struct health *health, enum health_store store, const char *text)
{
	const char *first;

	pthread_mutex_lock(&health->lock);
	snprintf(health->storage_errors[store], ERROR_TEXT_SIZE, "%s", text ? text : "");
	first = health->storage_errors[HEALTH_ARCHIVE][0] ? health->storage_errors[HEALTH_ARCHIVE]
							  : health->storage_errors[HEALTH_CASEBOOK];
	snprintf(health->state.storage_error, sizeof(health->state.storage_error), "%s", first);
	pthread_mutex_unlock(&health->lock);
}

void
health_set_unread(struct health *health, int64_t unread)
{
	pthread_mutex_lock(&health->lock);
	health->state.unread = unread;
	pthread_mutex_unlock(&health->lock);
}

void
health_set_rebuilding(struct health *health, bool rebuilding)
{
	pthread_mutex_lock(&health->lock);
	health->state.rebuilding = rebuilding;
	pthread_mutex_unlock(&health->lock);
}

void
health_set_poll_interval(struct health *health, int64_t seconds)
{
	pthread_mutex_lock(&health->lock);
	if (seconds > health->state.poll_interval_s)
		health->state.poll_interval_s = seconds;
	pthread_mutex_unlock(&health->lock);
}

void
health_count(struct health *health, int64_t archived, int64_t read, int64_t replaced)
{
	pthread_mutex_lock(&health->lock);
	health->state.messages_archived += archived;
	health->state.messages_read += read;
	health->state.readers_replaced += replaced;
	pthread_mutex_unlock(&health->lock);
}

bool
health_is_ready(const struct health_state *state, int64_t now)
{
	int64_t patience = state->poll_interval_s * 3;

	if (patience < 300)
		patience = 300;
	for (size_t i = 0; i < state->mailbox_count; i++)
		if (state->mailboxes[i].compared_at == 0 ||
			now - state->mailboxes[i].compared_at > patience)
			return false;
	return state->storage_error[0] == '\0';
}
