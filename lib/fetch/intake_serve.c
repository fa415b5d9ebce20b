/*
 * The daemon's end of the intake. The fetcher has met a stranger's server and may be captured: a
 * frame is checked to its last byte and must fit what came before it, and the mailbox is always the
 * channel's own.
 */
#include "base/utf8.h"
#include "fetch/intake_channel.h"
#include "fetch/protocol.h"

enum {
	REPLY_MS = 1000,
	FOLDER_MAX = 4096,
	REASON_MAX = 2048,
	WORDS_MAX = 4 * REASON_MAX,
	UIDS_TEXT_MAX = 48 * 1024 * 1024
};

struct intake_server
intake_server_new(const struct intake *intake, struct view mailbox)
{
	return (struct intake_server){
		.intake = intake, .mailbox = mailbox, .folder = str_new(FOLDER_MAX)};
}

void
intake_server_free(struct intake_server *server)
{
	str_free(&server->folder);
}

bool
intake_serves(uint16_t type)
{
	return type >= FETCHER_KNOWN && type <= FETCHER_COMPARED_REPLY;
}

static bool
nonsense(struct error *err)
{
	return error_set(err, ERROR_CONNECTION, "the fetcher sent what it never sends");
}

static bool
is_folder(struct view folder)
{
	return folder.size > 0 && folder.size <= FOLDER_MAX && utf8_is_valid(folder) &&
	       view_find_byte(folder, '\0', 0) == SIZE_MAX;
}

static bool
get_u32(struct frame_reader *frame, uint32_t *ret_number)
{
	uint64_t number = frame_get_u64(frame);

	if (number > UINT32_MAX)
		frame->failed = true;
	*ret_number = frame->failed ? 0 : (uint32_t)number;
	return !frame->failed;
}

static bool
get_place(struct intake_server *server, struct frame_reader *frame, struct place *ret_place)
{
	*ret_place = (struct place){.mailbox = server->mailbox};
	ret_place->folder = frame_get_bytes(frame);
	if (!get_u32(frame, &ret_place->uidvalidity) || !get_u32(frame, &ret_place->uid))
		return false;
	ret_place->received_at = frame_get_i64(frame);
	ret_place->answered = frame_get_u64(frame) != 0;
	return !frame->failed && is_folder(ret_place->folder) &&
	       (ret_place->uid != 0 || server->mailbox.size == 0);
}

/* Keeps the batch's first failure; `ok` is a call's own result. */
static void
note(struct intake_server *server, bool ok, const struct error *failure)
{
	if (!ok && server->failure.reach == ERROR_NONE)
		server->failure = *failure;
}

static bool
serve_begin(struct intake_server *server, struct frame_reader *frame, struct error *err)
{
	struct place place;
	struct error failure = {0};
	uint64_t size_bytes;

	if (!get_place(server, frame, &place))
		return nonsense(err);
	size_bytes = frame_get_u64(frame);
	if (!frame_end(frame) || server->is_open)
		return nonsense(err);
	str_clear(&server->folder);
	str_append(&server->folder, place.folder);
	place.folder = str_view(&server->folder);
	server->place = place;
	server->is_open = true;
	if (server->failure.reach == ERROR_NONE)
		note(server,
			server->intake->begin(
				server->intake->context, &place, size_bytes, &failure),
			&failure);
	return true;
}

/* One message is too much (too large): it is refused, and the others of the batch go on. */
static void
refuse_open(struct intake_server *server, const struct error *cause)
{
	const struct intake *intake = server->intake;
	struct error failure = {0};
	bool ok;

	server->is_open = false;
	ok = intake->cancel(intake->context, &failure) &&
	     intake->refuse(intake->context, &server->place, view_of(cause->text), &failure);
	note(server, ok, &failure);
}

static bool
serve_append(struct intake_server *server, struct frame_reader *frame, struct error *err)
{
	struct view bytes = frame_get_bytes(frame);
	struct error failure = {0};

	if (!frame_end(frame) || bytes.size > INTAKE_PIECE_MAX)
		return nonsense(err);
	if (!server->is_open || server->failure.reach != ERROR_NONE)
		return true; /* the rest of a message that failed */
	if (server->intake->append(server->intake->context, bytes, &failure))
		return true;
	if (failure.reach == ERROR_MESSAGE)
		refuse_open(server, &failure);
	else
		note(server, false, &failure);
	return true;
}

static bool
serve_end(struct intake_server *server, struct frame_reader *frame,
	bool (*end)(void *context, struct error *err), struct error *err)
{
	struct error failure = {0};

	if (!frame_end(frame))
		return nonsense(err);
	if (server->is_open && server->failure.reach == ERROR_NONE)
		note(server, end(server->intake->context, &failure), &failure);
	server->is_open = false;
	return true;
}

static bool
serve_refuse(struct intake_server *server, struct frame_reader *frame, struct error *err)
{
	CLEANUP(str_free) struct str words = str_new(WORDS_MAX);
	struct place place;
	struct view reason;
	struct error failure = {0};

	if (!get_place(server, frame, &place))
		return nonsense(err);
	reason = frame_get_bytes(frame);
	if (!frame_end(frame) || server->is_open || reason.size > REASON_MAX)
		return nonsense(err);
	(void)utf8_clean(&words, reason); /* words about a message, not the message */
	if (server->failure.reach == ERROR_NONE)
		note(server,
			server->intake->refuse(server->intake->context, &place,
				view_of(str_text(&words)), &failure),
			&failure);
	return true;
}

static bool
reply(struct channel *channel, uint16_t type, const struct error *failure, struct view more,
	struct error *err)
{
	struct frame frame = frame_new(type);
	bool ok;

	fetcher_put_result(&frame, failure->reach == ERROR_NONE, failure);
	if (more.data)
		frame_put_bytes(&frame, more);
	ok = channel_send(channel, &frame, REPLY_MS, err);
	frame_free(&frame);
	return ok;
}

static bool
serve_commit(struct intake_server *server, struct frame_reader *frame, struct channel *reply_to,
	struct error *err)
{
	struct error failure = {0};

	if (!frame_end(frame) || server->is_open)
		return nonsense(err);
	if (server->failure.reach == ERROR_NONE)
		note(server, server->intake->commit(server->intake->context, &failure), &failure);
	failure = server->failure;
	server->failure = (struct error){0};
	return reply(reply_to, FETCHER_COMMIT_REPLY, &failure, (struct view){NULL, 0}, err);
}

static bool
serve_known(struct intake_server *server, struct frame_reader *frame, struct channel *reply_to,
	struct error *err)
{
	CLEANUP(str_free) struct str text = str_new(UIDS_TEXT_MAX);
	struct view folder = frame_get_bytes(frame);
	struct uidset known = {0};
	struct error failure = {0};
	uint32_t uidvalidity;

	if (!get_u32(frame, &uidvalidity) || !frame_end(frame) || !is_folder(folder))
		return nonsense(err);
	if (server->intake->known(server->intake->context, server->mailbox, folder, uidvalidity,
		    &known, &failure))
		uidset_format(&known, &text);
	uidset_free(&known);
	if (text.overflowed)
		error_set(&failure, ERROR_MAILBOX, "the folder's list of UIDs is too long");
	return reply(reply_to, FETCHER_KNOWN_REPLY, &failure, view_of(str_text(&text)), err);
}

static bool
serve_compared(struct intake_server *server, struct frame_reader *frame, struct channel *reply_to,
	struct error *err)
{
	struct comparison comparison = {.mailbox = server->mailbox};
	struct uidset gone = {0};
	struct error failure = {0};
	struct view text;

	comparison.folder = frame_get_bytes(frame);
	if (!get_u32(frame, &comparison.uidvalidity))
		return nonsense(err);
	comparison.on_server = frame_get_u64(frame);
	comparison.pending = frame_get_u64(frame);
	text = frame_get_bytes(frame);
	if (!frame_end(frame) || !is_folder(comparison.folder) || !uidset_parse(text, &gone, err))
		return nonsense(err);
	if (gone.count > 0)
		comparison.gone = &gone;
	if (!server->intake->compared(server->intake->context, &comparison, &failure) &&
		failure.reach == ERROR_NONE)
		error_set(&failure, ERROR_STORAGE, "the comparison could not be kept");
	uidset_free(&gone);
	return reply(reply_to, FETCHER_COMPARED_REPLY, &failure, (struct view){NULL, 0}, err);
}

bool
intake_serve_frame(struct intake_server *server, struct frame_reader *frame,
	struct channel *reply_to, struct error *err)
{
	switch (frame->type) {
	case FETCHER_KNOWN:
		return serve_known(server, frame, reply_to, err);
	case FETCHER_BEGIN:
		return serve_begin(server, frame, err);
	case FETCHER_APPEND:
		return serve_append(server, frame, err);
	case FETCHER_FINISH:
		return serve_end(server, frame, server->intake->finish, err);
	case FETCHER_CANCEL:
		return serve_end(server, frame, server->intake->cancel, err);
	case FETCHER_REFUSE:
		return serve_refuse(server, frame, err);
	case FETCHER_COMMIT:
		return serve_commit(server, frame, reply_to, err);
	case FETCHER_COMPARED:
		return serve_compared(server, frame, reply_to, err);
	default: /* a uint16_t: any value may come */
		return nonsense(err);
	}
}
