/*
 * The window of messages in hand.
 */
#include "daemon/window.h"

#include <poll.h>

enum {
	FACTS_MAX = 64 * 1024 * 1024, /* memory for one message's facts */
	PACKED_MAX = 256 * 1024 * 1024,
};

void
window_reset(struct window *window, int64_t position)
{
	for (size_t i = 0; i < WINDOW_MESSAGES; i++)
		if (window->slots[i].arena)
			arena_reset(window->slots[i].arena);
	window->head = window->count = 0;
	window->bytes = 0;
	window->fetched = position;
}

void
window_free(struct window *window)
{
	for (size_t i = 0; i < WINDOW_MESSAGES; i++)
		arena_free(window->slots[i].arena);
}

static struct slot *
slot_at(struct window *window, size_t index)
{
	return &window->slots[(window->head + index) % WINDOW_MESSAGES];
}

static bool
take_from_archive(struct window *window, struct error *err)
{
	while (window->count < WINDOW_MESSAGES &&
		(window->count == 0 || window->bytes < WINDOW_BYTES)) {
		struct slot *slot = slot_at(window, window->count);
		struct arena *arena = slot->arena;
		struct archive_message message;
		enum archive_found found =
			archive_next(window->archive, window->fetched, &message, err);

		if (found != ARCHIVE_FOUND)
			return found == ARCHIVE_ABSENT;
		*slot = (struct slot){.message = message, .arena = arena};
		if (!slot->arena)
			slot->arena = arena_new(FACTS_MAX);
		window->fetched = message.seq;
		window->bytes += message.size_bytes;
		window->count++;
	}
	return true;
}

static void
fail_slot(struct slot *slot, const struct error *error)
{
	slot->done = slot->failed = true;
	slot->error = *error;
}

static bool
give(struct window *window, struct slot *slot, struct error *err)
{
	CLEANUP(str_free) struct str packed = str_new(PACKED_MAX);
	struct error failure = {0};

	slot->given = true;
	if (!archive_read_packed(window->archive, slot->message.seq, &packed, &failure)) {
		if (failure.reach != ERROR_MESSAGE) {
			*err = failure;
			return false;
		}
		fail_slot(slot, &failure);
		return true;
	}
	return pool_give(window->pool, (uint64_t)slot->message.seq, str_view(&packed),
		slot->message.size_bytes, err);
}

bool
window_fill(struct window *window, struct error *err)
{
	if (!take_from_archive(window, err))
		return false;
	for (size_t i = 0; i < window->count && pool_has_room(window->pool); i++) {
		struct slot *slot = slot_at(window, i);

		if (!slot->given && !give(window, slot, err))
			return false;
	}
	return true;
}

static void
take_verdict(struct slot *slot, struct verdict *verdict)
{
	if (!verdict->ok || !facts_get(&verdict->facts, slot->arena, &slot->facts, &verdict->error))
		fail_slot(slot, &verdict->error);
	slot->done = true;
}

void
window_collect(struct window *window)
{
	struct verdict verdict;

	while (pool_take(window->pool, &verdict)) {
		for (size_t i = 0; i < window->count; i++) {
			struct slot *slot = slot_at(window, i);

			if ((uint64_t)slot->message.seq == verdict.ticket && !slot->done)
				take_verdict(slot, &verdict);
		}
		/* A ticket without a slot is of a window that was given up. */
	}
}

struct slot *
window_front(struct window *window)
{
	return window->count > 0 && slot_at(window, 0)->done ? slot_at(window, 0) : NULL;
}

void
window_pop(struct window *window)
{
	struct slot *slot = slot_at(window, 0);

	window->bytes -= slot->message.size_bytes;
	arena_reset(slot->arena);
	window->head = (window->head + 1) % WINDOW_MESSAGES;
	window->count--;
}

bool
window_read_one(struct window *window, const struct archive_message *message, struct slot *ret_slot,
	struct error *err)
{
	*ret_slot = (struct slot){.message = *message, .arena = arena_new(FACTS_MAX)};
	if (!give(window, ret_slot, err))
		return false;
	while (!ret_slot->done) {
		struct pollfd fds[POOL_WORKERS_MAX];
		size_t count = pool_fill_pollfds(window->pool, fds);
		struct verdict verdict;

		(void)poll(fds, count, pool_timeout_ms(window->pool));
		if (!pool_advance(window->pool, err))
			return false;
		if (pool_take(window->pool, &verdict) && verdict.ticket == (uint64_t)message->seq)
			take_verdict(ret_slot, &verdict);
	}
	return true;
}
