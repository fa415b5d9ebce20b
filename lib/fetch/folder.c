/*~
 * What makes a folder complete. Sets of UIDs are compared, never positions: gaps are normal, the
 * server's UIDNEXT may lie anywhere, "n:*" repeats the last message. What the server says may add
 * to what is kept here and never takes away: a new UIDVALIDITY is a new set beside the old one.
 */
#include "fetch/folder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
	/* The whole list is compared this often even if the counts agree. */
	RELIST_MS = 60 * 60 * 1000,
	/* Missing messages are gone through in parts, so that sizes take bounded memory. */
	PART_MAX = 5000,
	/* A connection that is lost so often over the same single message is that message's fault.
	 */
	LOSSES_MAX = 5,
};

/* How a message is asked for, from the usual to the last resort. */
enum way { WAY_WHOLE, WAY_BYTES_ONLY, WAY_NONE };

struct suspect {
	uint32_t uid;
	enum way way;
	unsigned losses;
};

struct folder {
	char *name;
	uint32_t uidvalidity;
	struct uidset known;  /* kept or refused */
	struct uidset server; /* at the last look */
	bool is_listed;       /* the whole set was asked for under this UIDVALIDITY */
	int64_t listed_ms;
	uint32_t careful_until; /* messages up to this UID are taken one by one */
	uint32_t lost_uid;      /* first UID of the batch over which the connection was lost */
	struct suspect suspect;
	uint64_t progress;
};

/* A batch under way: what has been handed to the intake and is not committed. */
struct batch {
	struct folder *folder;
	const struct folder_context *context;
	const struct uidset *wanted;
	struct uidset finished;
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
	folder->suspect = (struct suspect){0};
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

static struct place
place_of(const struct batch *batch, const struct session_message *message)
{
	return (struct place){
		.mailbox = batch->context->mailbox,
		.folder = folder_name(batch->folder),
		.uidvalidity = batch->folder->uidvalidity,
		.uid = message->uid,
		.received_at = message->received_at,
		.answered = message->answered,
	};
}

static bool
keep_message(
	void *context, const struct session_message *message, struct view raw, struct error *err)
{
	struct batch *batch = context;
	const struct intake *intake = batch->context->intake;
	struct place place = place_of(batch, message);

	/* Not asked for, or told twice. */
	if (!uidset_contains(batch->wanted, message->uid) ||
		uidset_contains(&batch->finished, message->uid))
		return true;
	if (!intake->begin(intake->context, &place, raw.size, err) ||
		!intake->append(intake->context, raw, err) || !intake->finish(intake->context, err))
		return false;
	uidset_add(&batch->finished, message->uid, message->uid);
	return true;
}

static bool
keep_bytes(void *context, struct view bytes, struct error *err)
{
	const struct batch *batch = context;

	return batch->context->intake->append(batch->context->intake->context, bytes, err);
}

/* Makes what has arrived durable and known. */
static bool
commit(struct batch *batch, struct error *err)
{
	const struct intake *intake = batch->context->intake;
	struct folder *folder = batch->folder;

	if (batch->finished.count == 0)
		return true;
	if (!intake->commit(intake->context, err))
		return false;
	for (size_t i = 0; i < batch->finished.count; i++)
		uidset_add(&folder->known, batch->finished.ranges[i].first,
			batch->finished.ranges[i].last);
	uidset_free(&batch->finished);
	folder->progress++;
	if (batch->context->progress)
		batch->context->progress(batch->context->progress_context);
	return true;
}

static bool
refuse(struct batch *batch, uint32_t uid, const char *reason, struct error *err)
{
	const struct intake *intake = batch->context->intake;
	struct session_message message = {.uid = uid};
	struct place place = place_of(batch, &message);

	if (!intake->refuse(intake->context, &place, view_of(reason), err))
		return false;
	uidset_add(&batch->finished, uid, uid);
	return true;
}

/* The server does not have it any more: nothing to take, nothing to refuse. */
static void
note_gone(struct folder *folder, uint32_t uid)
{
	struct uidset gone = {0}, rest = {0};

	uidset_add(&gone, uid, uid);
	uidset_subtract(&folder->server, &gone, &rest);
	uidset_free(&gone);
	uidset_free(&folder->server);
	folder->server = rest;
	folder->progress++;
}

enum fate { FATE_KEPT, FATE_GONE, FATE_UNDELIVERED, FATE_FAILED };

static enum fate
stream(struct batch *batch, const struct session_message *message, struct error *err)
{
	const struct intake *intake = batch->context->intake;
	struct session_sink sink = {.context = batch, .bytes = keep_bytes};
	struct place place = place_of(batch, message);
	struct error unheard = {0};
	bool found = false;

	if (!intake->begin(intake->context, &place, message->size_bytes, err))
		return FATE_FAILED;
	if (session_fetch_body(batch->context->session, message, &sink, &found, err) && found) {
		if (!intake->finish(intake->context, err))
			return FATE_FAILED;
		uidset_add(&batch->finished, message->uid, message->uid);
		return FATE_KEPT;
	}
	/* The first failure is the one that counts. */
	(void)intake->cancel(intake->context, &unheard);
	if (!found && err->reach == ERROR_NONE)
		return FATE_UNDELIVERED;
	return FATE_FAILED;
}

static enum fate
take_once(struct batch *batch, uint32_t uid, enum way way, struct error *err)
{
	struct session_message message = {.uid = uid};
	bool found = true;

	*err = (struct error){0};
	if (way == WAY_WHOLE &&
		!session_fetch_attributes(batch->context->session, uid, &message, &found, err))
		return FATE_FAILED;
	return found ? stream(batch, &message, err) : FATE_GONE;
}

/* Takes one message by the present way; a tagged NO or silence about it is asked about twice. */
static enum fate
take_patiently(struct batch *batch, uint32_t uid, enum way way, struct error *err)
{
	enum fate fate = take_once(batch, uid, way, err);
	bool refused = fate == FATE_FAILED && err->reach == ERROR_MESSAGE &&
		       !session_is_broken(batch->context->session);

	if (fate == FATE_UNDELIVERED || refused)
		fate = take_once(batch, uid, way, err);
	if (fate == FATE_UNDELIVERED)
		error_set(err, ERROR_MESSAGE, "the server lists the message and does not send it");
	return fate;
}

/* Remembers that the session broke over this message. True once it is to be given up. */
static bool
suspect_again(struct folder *folder, uint32_t uid, enum error_reach reach)
{
	struct suspect *suspect = &folder->suspect;

	if (reach == ERROR_MESSAGE) {
		suspect->way = suspect->way == WAY_WHOLE ? WAY_BYTES_ONLY : WAY_NONE;
		folder->progress++;
		return suspect->way == WAY_NONE;
	}
	suspect->uid = uid;
	return reach == ERROR_CONNECTION && ++suspect->losses >= LOSSES_MAX;
}

static bool
give_up(struct batch *batch, uint32_t uid, const struct error *cause, struct error *err)
{
	struct error reason = *cause;

	batch->folder->suspect = (struct suspect){0};
	return refuse(batch, uid, reason.text, err) && commit(batch, err);
}

/* Takes one message, or refuses it, or fails for a cause that is not the message's. */
static bool
take_single(struct batch *batch, uint32_t uid, struct error *err)
{
	struct folder *folder = batch->folder;
	struct error cause = {0};
	enum fate fate;

	if (folder->suspect.uid != uid)
		folder->suspect = (struct suspect){.uid = uid};
	fate = take_patiently(batch, uid, folder->suspect.way, &cause);
	if (fate == FATE_KEPT)
		return true;
	if (fate == FATE_GONE) {
		note_gone(folder, uid);
		return true;
	}
	if (!session_is_broken(batch->context->session) && cause.reach == ERROR_MESSAGE)
		return give_up(batch, uid, &cause, err);
	if (session_is_broken(batch->context->session) && suspect_again(folder, uid, cause.reach) &&
		!give_up(batch, uid, &cause, err))
		return false;
	*err = cause;
	return false;
}

static bool
take_singly(struct batch *batch, const struct uidset *uids, struct error *err)
{
	for (size_t i = 0; i < uids->count; i++) {
		uint64_t last = uids->ranges[i].last;

		for (uint64_t uid = uids->ranges[i].first; uid <= last; uid++)
			if (!take_single(batch, (uint32_t)uid, err))
				return false;
	}
	return true;
}

/* What to do next time about a batch over which the session broke. */
static void
learn(struct folder *folder, const struct uidset *wanted, enum error_reach reach)
{
	uint32_t first = wanted->ranges[0].first;

	if (reach == ERROR_MESSAGE || (reach == ERROR_CONNECTION && folder->lost_uid == first)) {
		folder->careful_until = wanted->ranges[wanted->count - 1].last;
		folder->progress++;
	}
	folder->lost_uid = first;
}

static bool
take_together(
	struct batch *batch, const struct uidset *wanted, uint64_t size_bytes, struct error *err)
{
	struct session_sink sink = {.context = batch, .message = keep_message};
	struct uidset rest = {0};
	bool ok;

	if (!session_fetch(batch->context->session, wanted, size_bytes, &sink, err)) {
		if (err->reach != ERROR_MESSAGE && err->reach != ERROR_CONNECTION)
			return false;
		if (session_is_broken(batch->context->session)) {
			learn(batch->folder, wanted, err->reach);
			return false;
		}
	}
	uidset_subtract(wanted, &batch->finished, &rest);
	ok = take_singly(batch, &rest, err);
	uidset_free(&rest);
	return ok;
}

/* Takes a batch. What arrived whole is kept, also if the rest failed. */
static bool
take_batch(struct folder *folder, const struct folder_context *context, const struct uidset *wanted,
	uint64_t size_bytes, bool alone, struct error *err)
{
	struct batch batch = {.folder = folder, .context = context, .wanted = wanted};
	struct error unheard = {0};
	bool ok;

	if (alone || wanted->ranges[0].first <= folder->careful_until)
		ok = take_singly(&batch, wanted, err);
	else
		ok = take_together(&batch, wanted, size_bytes, err);
	if (ok)
		ok = commit(&batch, err);
	else if (err->reach == ERROR_MESSAGE || err->reach == ERROR_CONNECTION)
		(void)commit(&batch, &unheard); /* what is not kept is taken again */
	uidset_free(&batch.finished);
	return ok;
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
		ok = take_batch(folder, context, &wanted, size_bytes, batch.large, err);
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
		ok = take_batch(folder, context, &rest, 0, true, err);
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

static bool
take_missing(struct folder *folder, const struct folder_context *context, struct error *err)
{
	struct uidset missing = {0}, part = {0};
	bool ok;

	for (;;) {
		uidset_subtract(&folder->server, &folder->known, &missing);
		sync_take_part(&missing, PART_MAX, &part);
		ok = part.count == 0 || take_part(folder, context, &part, err);
		if (!ok || part.count == 0)
			break;
		uidset_free(&missing);
		uidset_free(&part);
	}
	uidset_free(&missing);
	uidset_free(&part);
	return ok;
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
