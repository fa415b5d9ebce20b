/*
 * Frames between our own processes. The other end may have been captured by what it read, so
 * every length is checked and nothing is believed that does not add up.
 */
#include "base/channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

enum { HEADER_SIZE = 8, RECEIVE_STEP = 256 * 1024 };

struct header {
	uint32_t payload_size;
	uint16_t type;
	uint16_t reserved;
};

_Static_assert(sizeof(struct header) == HEADER_SIZE, "the header goes over the wire as it is");

struct frame
frame_new(uint16_t type)
{
	struct frame frame = {str_new((size_t)FRAME_SIZE_MAX + HEADER_SIZE)};
	struct header header = {0, type, 0};

	str_append(&frame.bytes, view_make(&header, sizeof(header)));
	return frame;
}

void
frame_free(struct frame *frame)
{
	str_free(&frame->bytes);
}

void
frame_put_u64(struct frame *frame, uint64_t number)
{
	str_append(&frame->bytes, view_make(&number, sizeof(number)));
}

void
frame_put_i64(struct frame *frame, int64_t number)
{
	str_append(&frame->bytes, view_make(&number, sizeof(number)));
}

void
frame_put_real(struct frame *frame, double number)
{
	str_append(&frame->bytes, view_make(&number, sizeof(number)));
}

void
frame_put_bytes(struct frame *frame, struct view bytes)
{
	frame_put_u64(frame, bytes.size);
	str_append(&frame->bytes, bytes);
}

void
frame_put_text(struct frame *frame, struct view text)
{
	frame_put_u64(frame, text.data ? 1 : 0);
	if (text.data)
		frame_put_bytes(frame, text);
}

struct view
frame_seal(struct frame *frame)
{
	struct header header;

	if (frame->bytes.overflowed)
		return (struct view){NULL, 0};
	memcpy(&header, frame->bytes.data, sizeof(header));
	header.payload_size = (uint32_t)(frame->bytes.size - HEADER_SIZE);
	memcpy(frame->bytes.data, &header, sizeof(header));
	return str_view(&frame->bytes);
}

static void
get(struct frame_reader *reader, void *ret_bytes, size_t size)
{
	if (reader->failed || reader->rest.size < size) {
		reader->failed = true;
		memset(ret_bytes, 0, size);
		return;
	}
	memcpy(ret_bytes, reader->rest.data, size);
	reader->rest = view_slice(reader->rest, size, reader->rest.size);
}

uint64_t
frame_get_u64(struct frame_reader *reader)
{
	uint64_t number;

	get(reader, &number, sizeof(number));
	return number;
}

int64_t
frame_get_i64(struct frame_reader *reader)
{
	int64_t number;

	get(reader, &number, sizeof(number));
	return number;
}

double
frame_get_real(struct frame_reader *reader)
{
	double number;

	get(reader, &number, sizeof(number));
	return number;
}

struct view
frame_get_bytes(struct frame_reader *reader)
{
	uint64_t size = frame_get_u64(reader);
	struct view bytes;

	if (reader->failed || size > reader->rest.size) {
		reader->failed = true;
		return (struct view){"", 0};
	}
	bytes = view_slice(reader->rest, 0, (size_t)size);
	reader->rest = view_slice(reader->rest, (size_t)size, reader->rest.size);
	return bytes;
}

struct view
frame_get_text(struct frame_reader *reader)
{
	uint64_t present = frame_get_u64(reader);

	if (present > 1)
		reader->failed = true;
	if (reader->failed || present == 0)
		return (struct view){NULL, 0};
	return frame_get_bytes(reader);
}

size_t
frame_get_count(struct frame_reader *reader)
{
	uint64_t count = frame_get_u64(reader);

	if (count > reader->rest.size)
		reader->failed = true;
	return reader->failed ? 0 : (size_t)count;
}

bool
frame_end(struct frame_reader *reader)
{
	return !reader->failed && reader->rest.size == 0;
}

struct channel
channel_new(int owned_fd, size_t frame_size_max)
{
	return (struct channel){
		.fd = owned_fd,
		.in = str_new(frame_size_max + HEADER_SIZE + RECEIVE_STEP),
		.size_max = frame_size_max,
	};
}

void
channel_close(struct channel *channel)
{
	fd_close(&channel->fd);
	str_free(&channel->in);
	channel->taken = 0;
}

bool
channel_pair(int ret_fds[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot make a socket pair");
	return true;
}

static bool
wait_for(int fd, short events, int64_t deadline, struct error *err)
{
	struct pollfd waiting = {fd, events, 0};
	int ready;

	do {
		ready = poll(&waiting, 1, deadline < 0 ? -1 : clock_left_ms(deadline));
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return error_set_errno(err, ERROR_CONNECTION, "cannot wait for the other process");
	if (ready == 0)
		return error_set(err, ERROR_CONNECTION, "the other process does not answer");
	return true;
}

bool
channel_send(struct channel *channel, const struct frame *frame, int timeout_ms, struct error *err)
{
	int64_t deadline = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
	struct frame sealed = *frame;
	struct view rest = frame_seal(&sealed);

	if (rest.size == 0)
		return error_set(
			err, ERROR_MESSAGE, "a frame is larger than %d bytes", FRAME_SIZE_MAX);
	while (rest.size > 0) {
		ssize_t sent = send(channel->fd, rest.data, rest.size, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent >= 0)
			rest = view_slice(rest, (size_t)sent, rest.size);
		else if (errno == EAGAIN) {
			if (!wait_for(channel->fd, POLLOUT, deadline, err))
				return false;
		} else if (errno != EINTR) {
			return error_set_errno(
				err, ERROR_CONNECTION, "cannot send to the other process");
		}
	}
	return true;
}

/* Moves what is not taken yet to the front, so that the buffer holds one frame and a step. */
static void
drop_taken(struct channel *channel)
{
	size_t left = channel->in.size - channel->taken;

	if (channel->taken == 0)
		return;
	memmove(channel->in.data, channel->in.data + channel->taken, left);
	str_truncate(&channel->in, left);
	channel->taken = 0;
}

static bool
is_acceptable(const struct channel *channel, const struct header *header)
{
	return header->payload_size <= channel->size_max && header->reserved == 0;
}

/* A frame that cannot be is found out before its bytes are waited for. */
static bool
check_header(const struct channel *channel, struct error *err)
{
	struct header header;

	if (channel->in.size - channel->taken < HEADER_SIZE)
		return true;
	memcpy(&header, channel->in.data + channel->taken, sizeof(header));
	if (!is_acceptable(channel, &header))
		return error_set(
			err, ERROR_CONNECTION, "the other process sent a frame that cannot be");
	return true;
}

bool
channel_receive(struct channel *channel, struct error *err)
{
	size_t before;
	char *room;
	ssize_t got;

	drop_taken(channel);
	if (!check_header(channel, err))
		return false;
	before = channel->in.size;
	if (before > channel->size_max + HEADER_SIZE)
		return true; /* a whole frame waits to be taken */
	room = str_extend(&channel->in, RECEIVE_STEP);
	if (!room)
		return error_set(err, ERROR_PROGRAM, "no memory to receive");
	do {
		got = recv(channel->fd, room, RECEIVE_STEP, MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	str_truncate(&channel->in, before + (got > 0 ? (size_t)got : 0));
	if (got == 0)
		return error_set(err, ERROR_CONNECTION, "the other process has ended");
	if (got < 0 && errno != EAGAIN)
		return error_set_errno(err, ERROR_CONNECTION, "cannot receive");
	return check_header(channel, err);
}

bool
channel_take(struct channel *channel, struct frame_reader *ret_reader)
{
	struct view waiting = view_slice(str_view(&channel->in), channel->taken, channel->in.size);
	struct header header;

	if (waiting.size < HEADER_SIZE)
		return false;
	memcpy(&header, waiting.data, sizeof(header));
	if (!is_acceptable(channel, &header) || header.payload_size > waiting.size - HEADER_SIZE)
		return false; /* the next receive tells what cannot be */
	*ret_reader = (struct frame_reader){
		.type = header.type,
		.rest = view_slice(waiting, HEADER_SIZE, HEADER_SIZE + header.payload_size),
	};
	channel->taken += HEADER_SIZE + header.payload_size;
	return true;
}

bool
channel_read(
	struct channel *channel, int timeout_ms, struct frame_reader *ret_reader, struct error *err)
{
	int64_t deadline = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;

	while (!channel_take(channel, ret_reader))
		if (!check_header(channel, err) || !wait_for(channel->fd, POLLIN, deadline, err) ||
			!channel_receive(channel, err))
			return false;
	return true;
}
