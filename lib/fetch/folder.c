/*~
 * What makes a folder complete. Sets of UIDs are compared, never positions: gaps are normal, the
 * server's UIDNEXT may lie anywhere, "n:*" repeats the last message. What the server says may add
 * to what is kept here and never takes away: a new UIDVALIDITY is a new set beside the old one.
 */
#include "fetch/folder.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fetch/folder_private.h"

enum {
	/* The whole list is compared this often even if the counts agree. */
	RELIST_MS = 60 * 60 * 1000,
	/* Missing messages are gone through in parts, so that sizes take bounded memory. */
	PART_MAX = 5000,
};

struct folder *
folder_new(struct view name)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (!folder || !(folder->name = strndup(name.data, name.size)))
		abort();
	return folder;
}

static void
forget(struct folder *folder)
{
	uidset_free(&folder->known);
	uidset_free(&folder->server);
	folder->is_listed = false;
	folder->careful_until = folder->lost_uid = 0;
	free(folder->suspects);
	folder->suspects = NULL;
	folder->suspect_count = folder->suspect_capacity = 0;
}

void
folder_free(struct folder *folder)
{
	if (!folder)
		return;
	forget(folder);
	free(folder->name);
	free(folder);
}

struct view
folder_name(const struct folder *folder)
{
	return view_of(folder->name);
}

uint64_t
folder_pending(const struct folder *folder)
{
	struct uidset missing = {0};
	uint64_t pending;

	uidset_subtract(&folder->server, &folder->known, &missing);
	pending = uidset_size(&missing);
	uidset_free(&missing);
	return pending;
}

uint64_t
folder_progress(const struct folder *folder)
{
	return folder->progress;
}

bool
folder_is_current(const struct folder *folder, const struct session_folder *state)
{
	return folder->is_listed && state->uidvalidity == folder->uidvalidity &&
	       state->exists == uidset_size(&folder->server);
}

static bool
take_messages(struct folder *folder, const struct folder_context *context,
	const struct sync_message *messages, size_t count, struct error *err)
{
	struct sync_batch batch;

	for (size_t at = 0; sync_next_batch(messages, count, at, &batch);
		at = batch.first + batch.count) {
		struct uidset wanted = {0};
		uint64_t size_bytes = 0;
		bool ok;

		sync_batch_uids(messages, &batch, &wanted);
		for (size_t i = 0; i < batch.count; i++)
			size_bytes += messages[batch.first + i].size_bytes;
		ok = folder_take_batch(folder, context, &wanted, size_bytes, batch.large, err);
		uidset_free(&wanted);
		if (!ok)
			return false;
	}
	return true;
}

/* The UIDs of a part that came without a size: expunged just now, or the answer left them out. */
static bool
take_unsized(struct folder *folder, const struct folder_context *context, const struct uidset *part,
	const struct sync_message *messages, size_t count, struct error *err)
{
	struct uidset sized = {0}, rest = {0};
	bool ok = true;

	for (size_t i = 0; i < count; i++)
		uidset_add(&sized, messages[i].uid, messages[i].uid);
	uidset_subtract(part, &sized, &rest);
	if (rest.count > 0)
		ok = folder_take_batch(folder, context, &rest, 0, true, err);
	uidset_free(&sized);
	uidset_free(&rest);
	return ok;
}

static bool
take_part(struct folder *folder, const struct folder_context *context, const struct uidset *part,
	struct error *err)
{
	CLEANUP(freep) struct sync_message *messages = NULL;
	size_t count = 0;

	if (!session_list_sizes(context->session, part, &messages, &count, err)) {
		if (session_is_broken(context->session) || err->reach != ERROR_MESSAGE)
			return false;
		count = 0;
	}
	return take_messages(folder, context, messages, count, err) &&
	       take_unsized(folder, context, part, messages, count, err);
}

/*
 * The next messages to take. Those over which the connection was lost come last, so that the
 * others need not wait for them.
 */
static void
choose_part(const struct folder *folder, struct uidset *ret_part)
{
	struct uidset missing = {0}, doubtful = {0}, rest = {0};

	uidset_subtract(&folder->server, &folder->known, &missing);
	for (size_t i = 0; i < folder->suspect_count; i++)
		if (folder->suspects[i].losses > 0)
			uidset_add(&doubtful, folder->suspects[i].uid, folder->suspects[i].uid);
	uidset_subtract(&missing, &doubtful, &rest);
	sync_take_part(rest.count > 0 ? &rest : &missing, PART_MAX, ret_part);
	uidset_free(&missing);
	uidset_free(&doubtful);
	uidset_free(&rest);
}

static bool
take_missing(struct folder *folder, const struct folder_context *context, struct error *err)
{
	for (;;) {
		struct uidset part = {0};
		bool is_done, ok;

		choose_part(folder, &part);
		is_done = part.count == 0;
		ok = is_done || take_part(folder, context, &part, err);
		uidset_free(&part);
		if (is_done || !ok)
			return ok;
	}
}

static uint32_t
last_of(const struct uidset *set)
{
	return set->count ? set->ranges[set->count - 1].last : 0;
}

static bool
list_all(struct folder *folder, const struct folder_context *context, struct error *err)
{
	struct uidset all = {0};

	if (!session_list_uids(context->session, 1, &all, err)) {
		uidset_free(&all);
		return false;
	}
	uidset_free(&folder->server);
	folder->server = all;
	folder->is_listed = true;
	folder->listed_ms = clock_monotonic_ms();
	return true;
}

/* Brings folder->server up to date; *ret_whole tells whether the whole set was compared. */
static bool
list(struct folder *folder, const struct folder_context *context,
	const struct session_folder *state, bool *ret_whole, struct error *err)
{
	uint32_t position = last_of(&folder->server);

	*ret_whole = true;
	if (state->exists == 0) {
		uidset_free(&folder->server);
		folder->is_listed = true;
		folder->listed_ms = clock_monotonic_ms();
		return true;
	}
	if (!folder->is_listed || clock_monotonic_ms() - folder->listed_ms > RELIST_MS)
		return list_all(folder, context, err);
	*ret_whole = false;
	if (state->exists == uidset_size(&folder->server) && position == UINT32_MAX)
		return true;
	if (!session_list_uids(context->session, position + 1, &folder->server, err))
		return false;
	if (state->exists == uidset_size(&folder->server))
		return true;
	*ret_whole = true; /* something went, or came below */
	return list_all(folder, context, err);
}

/* The UIDs of this validity that the archive knows; whatever we thought of another is dropped. */
static bool
recall(struct folder *folder, const struct folder_context *context, uint32_t uidvalidity,
	struct error *err)
{
	struct uidset known = {0};

	if (folder->uidvalidity == uidvalidity)
		return true;
	if (!context->intake->known(context->intake->context, context->mailbox, folder_name(folder),
		    uidvalidity, &known, err))
		return false;
	forget(folder);
	folder->uidvalidity = uidvalidity;
	folder->known = known;
	return true;
}

static bool
tell(struct folder *folder, const struct folder_context *context, bool whole, struct error *err)
{
	struct uidset gone = {0};
	struct comparison comparison = {
		.mailbox = context->mailbox,
		.folder = folder_name(folder),
		.uidvalidity = folder->uidvalidity,
		.on_server = uidset_size(&folder->server),
		.pending = folder_pending(folder),
	};
	bool ok;

	if (whole) {
		uidset_subtract(&folder->known, &folder->server, &gone);
		comparison.gone = &gone;
	}
	ok = context->intake->compared(context->intake->context, &comparison, err);
	uidset_free(&gone);
	return ok;
}

static bool
sync_open_folder(struct folder *folder, const struct folder_context *context,
	const struct session_folder *state, struct error *err)
{
	bool whole = false;

	if (!recall(folder, context, state->uidvalidity, err) ||
		!list(folder, context, state, &whole, err))
		return false;
	if (context->progress)
		context->progress(context->progress_context);
	return take_missing(folder, context, err) && tell(folder, context, whole, err);
}

bool
folder_sync(struct folder *folder, const struct folder_context *context, struct error *err)
{
	struct session_folder state;

	if (!session_examine(context->session, folder_name(folder), &state, err))
		return error_context(err, "%s", folder->name);
	/* Taking messages without it would take all again when it is back. */
	if (state.uidvalidity == 0)
		return error_set(err, ERROR_CONNECTION,
			"%s: the server gives no UIDVALIDITY; nothing is taken until it does",
			folder->name);
	if (!sync_open_folder(folder, context, &state, err))
		return error_context(err, "%s", folder->name);
	return true;
}
