/*
 * lib/fetch hands over, lib/archive keeps.
 */
#include "daemon/archive_intake.h"

static struct batch_place
as_batch_place(const struct place *place)
{
	return (struct batch_place){
		.mailbox = place->mailbox,
		.folder = place->folder,
		.uidvalidity = place->uidvalidity,
		.uid = place->uid,
		.received_at = place->received_at,
		.answered = place->answered,
	};
}

/* Passes a result on, and tells the daemon when it is the disk that says no. */
static bool
watch_storage(struct archive_intake *intake, bool ok, const struct error *err)
{
	if (ok || !err || err->reach != ERROR_STORAGE)
		return ok;
	batch_clear(intake->batch); /* gives its room back; the source takes all of it again */
	if (intake->storage)
		intake->storage(intake->context, err);
	return false;
}

static void
add_uid(void *context, uint32_t uid)
{
	uidset_add(context, uid, uid);
}

static bool
known(void *context, struct view mailbox, struct view folder, uint32_t uidvalidity,
	struct uidset *ret_known, struct error *err)
{
	struct archive_intake *intake = context;
	struct batch_place place = {
		.mailbox = mailbox, .folder = folder, .uidvalidity = uidvalidity};

	return batch_known(intake->batch, &place, add_uid, ret_known, err);
}

static bool
begin(void *context, const struct place *place, uint64_t size_bytes, struct error *err)
{
	struct archive_intake *intake = context;
	struct batch_place at = as_batch_place(place);

	if (size_bytes > BATCH_MESSAGE_MAX)
		return error_set(err, ERROR_MESSAGE, "the message is larger than %d MiB",
			BATCH_MESSAGE_MAX / (1024 * 1024));
	return batch_begin(intake->batch, &at, err);
}

static bool
append(void *context, struct view bytes, struct error *err)
{
	struct archive_intake *intake = context;

	return watch_storage(intake, batch_append(intake->batch, bytes, err), err);
}

static bool
finish(void *context, struct error *err)
{
	struct archive_intake *intake = context;

	return watch_storage(intake, batch_finish(intake->batch, err), err);
}

static bool
cancel(void *context, struct error *err)
{
	struct archive_intake *intake = context;

	(void)err;
	batch_cancel(intake->batch);
	return true;
}

static bool
refuse(void *context, const struct place *place, struct view reason, struct error *err)
{
	struct archive_intake *intake = context;
	struct batch_place at = as_batch_place(place);

	return batch_refuse(intake->batch, &at, reason, err);
}

static bool
commit(void *context, struct error *err)
{
	struct archive_intake *intake = context;
	struct batch_result result;

	if (!watch_storage(intake, batch_commit(intake->batch, &result, err), err))
		return false;
	intake->total.archived += result.archived;
	intake->total.duplicate += result.duplicate;
	intake->total.refused += result.refused;
	intake->total.size_bytes += result.size_bytes;
	if (intake->storage)
		intake->storage(intake->context, NULL);
	if (intake->committed)
		intake->committed(intake->context, &result);
	return true;
}

_Static_assert(sizeof(struct uid_range) == sizeof(struct uid_gone), "both are first and last");

static bool
compared(void *context, const struct comparison *comparison, struct error *err)
{
	struct archive_intake *intake = context;
	const struct uidset *gone = comparison->gone;
	struct batch_place place = {
		.mailbox = comparison->mailbox,
		.folder = comparison->folder,
		.uidvalidity = comparison->uidvalidity,
	};
	bool ok = batch_compared(intake->batch, &place, comparison->on_server, comparison->pending,
		gone ? (const struct uid_gone *)gone->ranges : NULL, gone ? gone->count : 0, err);

	return watch_storage(intake, ok, err);
}

struct intake
archive_intake_table(struct archive_intake *intake)
{
	return (struct intake){
		.context = intake,
		.known = known,
		.begin = begin,
		.append = append,
		.finish = finish,
		.cancel = cancel,
		.refuse = refuse,
		.commit = commit,
		.compared = compared,
	};
}
