/*
 * The fetcher's end of the intake: calls become frames, replies become results.
 */
#include "fetch/intake_channel.h"

#include "fetch/protocol.h"

/* UIDs gone, as text: more than this is told another time, since only marks depend on it. */
enum { GONE_TEXT_MAX = 512 * 1024 };

/* The channel is the fetcher's life: any trouble with it is the end, not a reason to come back. */
static bool
end_of_channel(struct intake_client *client, struct error *err)
{
	client->wake.stop = true;
	err->reach = ERROR_PROGRAM;
	return error_context(err, "the daemon");
}

/* True for a frame that may come at any time. */
static bool
take_order(struct wake *wake, const struct frame_reader *frame)
{
	if (frame->type == FETCHER_STOP)
		wake->stop = true;
	else if (frame->type == FETCHER_SYNC_NOW)
		wake->sync_now = true;
	else
		return false;
	return true;
}

static void
receive_orders(struct wake *wake)
{
	struct intake_client *client = wake->context;
	struct frame_reader frame;
	struct error err = {0};

	if (!channel_receive(client->channel, &err))
		wake->stop = true;
	while (channel_take(client->channel, &frame))
		if (!take_order(wake, &frame))
			wake->stop = true;
}

static bool
send_frame(struct intake_client *client, struct frame *frame, struct error *err)
{
	bool ok;

	if (client->wake.stop)
		ok = error_set(err, ERROR_PROGRAM, "stopped");
	else
		ok = channel_send(client->channel, frame, -1, err) || end_of_channel(client, err);
	frame_free(frame);
	return ok;
}

/* Waits for the reply of a type, obeying orders that come before it. */
static bool
await_reply(struct intake_client *client, uint16_t type, struct frame_reader *ret_reply,
	struct error *err)
{
	for (;;) {
		if (!channel_read(client->channel, -1, ret_reply, err))
			return end_of_channel(client, err);
		if (ret_reply->type == type)
			return true;
		if (!take_order(&client->wake, ret_reply)) {
			error_set(err, ERROR_PROGRAM, "sent what was not asked for");
			return end_of_channel(client, err);
		}
		if (client->wake.stop)
			return error_set(err, ERROR_PROGRAM, "stopped");
	}
}

static bool
read_result(struct intake_client *client, struct frame_reader *reply, struct error *err)
{
	struct error told = {0};
	bool ok = false;

	if (!fetcher_get_result(reply, &ok, &told)) {
		error_set(err, ERROR_PROGRAM, "sent a result that cannot be read");
		return end_of_channel(client, err);
	}
	if (!ok)
		*err = told;
	return ok;
}

static bool
ask(struct intake_client *client, struct frame *request, uint16_t reply_type, struct error *err)
{
	struct frame_reader reply;

	return send_frame(client, request, err) && await_reply(client, reply_type, &reply, err) &&
	       read_result(client, &reply, err);
}

static bool
client_known(void *context, struct view mailbox, struct view folder, uint32_t uidvalidity,
	struct uidset *ret_known, struct error *err)
{
	struct intake_client *client = context;
	struct frame frame = frame_new(FETCHER_KNOWN);
	struct frame_reader reply;

	(void)mailbox; /* the daemon knows whose channel it is */
	frame_put_bytes(&frame, folder);
	frame_put_u64(&frame, uidvalidity);
	return send_frame(client, &frame, err) &&
	       await_reply(client, FETCHER_KNOWN_REPLY, &reply, err) &&
	       read_result(client, &reply, err) &&
	       uidset_parse(frame_get_bytes(&reply), ret_known, err);
}

static void
put_place(struct frame *frame, const struct place *place)
{
	frame_put_bytes(frame, place->folder);
	frame_put_u64(frame, place->uidvalidity);
	frame_put_u64(frame, place->uid);
	frame_put_i64(frame, place->received_at);
	frame_put_u64(frame, place->answered);
}

static bool
client_begin(void *context, const struct place *place, uint64_t size_bytes, struct error *err)
{
	struct frame frame = frame_new(FETCHER_BEGIN);

	put_place(&frame, place);
	frame_put_u64(&frame, size_bytes);
	return send_frame(context, &frame, err);
}

static bool
client_append(void *context, struct view bytes, struct error *err)
{
	while (bytes.size > 0) {
		struct frame frame = frame_new(FETCHER_APPEND);

		frame_put_bytes(&frame, view_slice(bytes, 0, INTAKE_PIECE_MAX));
		if (!send_frame(context, &frame, err))
			return false;
		bytes = view_slice(bytes, INTAKE_PIECE_MAX, bytes.size);
	}
	return true;
}

static bool
send_word(void *context, uint16_t type, struct error *err)
{
	struct frame frame = frame_new(type);

	return send_frame(context, &frame, err);
}

static bool
client_finish(void *context, struct error *err)
{
	return send_word(context, FETCHER_FINISH, err);
}

static bool
client_cancel(void *context, struct error *err)
{
	return send_word(context, FETCHER_CANCEL, err);
}

static bool
client_refuse(void *context, const struct place *place, struct view reason, struct error *err)
{
	struct frame frame = frame_new(FETCHER_REFUSE);

	put_place(&frame, place);
	frame_put_bytes(&frame, reason);
	return send_frame(context, &frame, err);
}

static bool
client_commit(void *context, struct error *err)
{
	struct frame frame = frame_new(FETCHER_COMMIT);

	return ask(context, &frame, FETCHER_COMMIT_REPLY, err);
}

static bool
client_compared(void *context, const struct comparison *comparison, struct error *err)
{
	struct frame frame = frame_new(FETCHER_COMPARED);
	CLEANUP(str_free) struct str gone = str_new(GONE_TEXT_MAX);

	if (comparison->gone)
		uidset_format(comparison->gone, &gone);
	frame_put_bytes(&frame, comparison->folder);
	frame_put_u64(&frame, comparison->uidvalidity);
	frame_put_u64(&frame, comparison->on_server);
	frame_put_u64(&frame, comparison->pending);
	frame_put_bytes(&frame, gone.overflowed ? VIEW("") : str_view(&gone));
	return ask(context, &frame, FETCHER_COMPARED_REPLY, err);
}

void
intake_client_init(struct intake_client *client, struct channel *channel)
{
	*client = (struct intake_client){
		.channel = channel,
		.wake = {.fd = channel->fd, .receive = receive_orders, .context = client},
		.intake =
			{
				.context = client,
				.known = client_known,
				.begin = client_begin,
				.append = client_append,
				.finish = client_finish,
				.cancel = client_cancel,
				.refuse = client_refuse,
				.commit = client_commit,
				.compared = client_compared,
			},
	};
}
