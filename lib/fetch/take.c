/*
 * Taking the messages of a folder: in batches while all goes well, one by one where it does not,
 * and in the end without the one that cannot be had. What breaks a session is remembered in the
 * folder, which outlives it.
 */
#include <stdlib.h>

#include "fetch/folder_private.h"

/* A connection that is lost so often over the same single message is that message's fault. */
enum { LOSSES_MAX = 8 };

/* A batch under way: what has been handed to the intake and is not committed. */
struct batch {
	struct folder *folder;
	const struct folder_context *context;
	const struct uidset *wanted;
	struct uidset finished;
};

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

static struct suspect *
find_suspect(struct folder *folder, uint32_t uid)
{
	for (size_t i = 0; i < folder->suspect_count; i++)
		if (folder->suspects[i].uid == uid)
			return &folder->suspects[i];
	return NULL;
}

static struct suspect *
add_suspect(struct folder *folder, uint32_t uid)
{
	struct suspect *suspect;

	if (folder->suspect_count == folder->suspect_capacity) {
		folder->suspect_capacity =
			folder->suspect_capacity ? folder->suspect_capacity * 2 : 4;
		folder->suspects = reallocarray(
			folder->suspects, folder->suspect_capacity, sizeof(*folder->suspects));
		if (!folder->suspects)
			abort();
	}
	suspect = &folder->suspects[folder->suspect_count++];
	*suspect = (struct suspect){.uid = uid};
	return suspect;
}

static void
clear_suspect(struct folder *folder, uint32_t uid)
{
	struct suspect *suspect = find_suspect(folder, uid);

	if (suspect)
		*suspect = folder->suspects[--folder->suspect_count];
}

/* Remembers that the session broke over this message. True once it is to be given up. */
static bool
suspect_again(struct folder *folder, uint32_t uid, enum error_reach reach)
{
	struct suspect *suspect = find_suspect(folder, uid);

	if (!suspect)
		suspect = add_suspect(folder, uid);
	if (reach == ERROR_MESSAGE) {
		suspect->way = suspect->way == WAY_WHOLE ? WAY_BYTES_ONLY : WAY_NONE;
		folder->progress++;
		return suspect->way == WAY_NONE;
	}
	return reach == ERROR_CONNECTION && ++suspect->losses >= LOSSES_MAX;
}

static bool
give_up(struct batch *batch, uint32_t uid, const struct error *cause, struct error *err)
{
	struct error reason = *cause;

	clear_suspect(batch->folder, uid);
	return refuse(batch, uid, reason.text, err) && commit(batch, err);
}

/* Takes one message, or refuses it, or fails for a cause that is not the message's. */
static bool
take_single(struct batch *batch, uint32_t uid, struct error *err)
{
	struct folder *folder = batch->folder;
	const struct suspect *suspect = find_suspect(folder, uid);
	struct error cause = {0};
	enum fate fate;

	fate = take_patiently(batch, uid, suspect ? suspect->way : WAY_WHOLE, &cause);
	if (fate == FATE_KEPT || fate == FATE_GONE) {
		clear_suspect(folder, uid);
		if (fate == FATE_GONE)
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

bool
folder_take_batch(struct folder *folder, const struct folder_context *context,
	const struct uidset *wanted, uint64_t size_bytes, bool alone, struct error *err)
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
