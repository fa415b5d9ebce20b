/*
 * A command's hand: the daemon's, or its own.
 */
#include "daemon/hand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/health.h"
#include "daemon/archive_intake.h"
#include "daemon/control.h"
#include "daemon/paths.h"
#include "daemon/store.h"
#include "fetch/intake_channel.h"

enum { FRAME_MAX = 1024 * 1024 };

struct hand {
	const struct intake *intake;
	struct channel channel; /* to the daemon; fd < 0: there is none */
	struct intake_client client;

	int lock_fd; /* by itself */
	struct archive *archive;
	struct archive_intake own;
	struct intake own_intake;
	struct health *health;
	struct deriver *deriver;
};

/* 1: connected, 0: nobody listens, -1: failed. */
static int
connect_control(const char *directory, int *ret_fd, struct error *err)
{
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (!control_path(directory, address.sun_path, err))
		return -1;
	if (fd < 0) {
		error_set_errno(err, ERROR_PROGRAM, "cannot make a socket");
		return -1;
	}
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return 0;
		error_set_errno(
			err, ERROR_PROGRAM, "cannot reach the daemon at %s", address.sun_path);
		return -1;
	}
	*ret_fd = fd_take(&fd);
	return 1;
}

static void
on_committed(void *context, const struct batch_result *result)
{
	struct hand *hand = context;

	if (result->archived > 0)
		deriver_wake(hand->deriver);
}

static bool
open_own(struct hand *hand, const struct config *config, struct error *err)
{
	CLEANUP(str_free) struct str reader = str_new(4096), vocabulary = str_new(4096);
	struct deriver_options options = {
		.readers = {.config = config}, .directory = config->directory};

	if (store_lock(config->directory, &hand->lock_fd, err) != STORE_LOCKED ||
		!archive_open(&hand->archive, config->directory, DB_WRITE, err) ||
		!batch_open(&hand->own.batch, hand->archive, config->directory, err) ||
		!paths_program("casepost-reader", &reader, err) ||
		!paths_vocabulary(&vocabulary, err))
		return false;
	hand->health = health_new(clock_now());
	options.health = hand->health;
	options.readers.program = str_text(&reader);
	options.readers.vocabulary = str_text(&vocabulary);
	hand->own.committed = on_committed;
	hand->own.context = hand;
	hand->own_intake = archive_intake_table(&hand->own);
	hand->intake = &hand->own_intake;
	return deriver_start(&hand->deriver, &options, err);
}

bool
hand_open(struct hand **ret_hand, const struct config *config, struct error *err)
{
	CLEANUP(hand_closep) struct hand *hand = calloc(1, sizeof(*hand));
	int fd = -1, connected;

	if (!hand)
		abort();
	hand->lock_fd = hand->channel.fd = -1;
	connected = connect_control(config->directory, &fd, err);
	if (connected < 0)
		return false;
	if (connected > 0) {
		hand->channel = channel_new(fd, FRAME_MAX);
		intake_client_init(&hand->client, &hand->channel);
		hand->intake = &hand->client.intake;
	} else if (!open_own(hand, config, err)) {
		return false;
	}
	*ret_hand = TAKE(hand);
	return true;
}

void
hand_close(struct hand *hand)
{
	if (!hand)
		return;
	channel_close(&hand->channel);
	deriver_stop(hand->deriver);
	batch_close(hand->own.batch);
	archive_close(hand->archive);
	health_free(hand->health);
	fd_close(&hand->lock_fd);
	free(hand);
}

const struct intake *
hand_intake(struct hand *hand)
{
	return hand->intake;
}

static bool
ask_daemon(struct hand *hand, enum request_kind kind, int64_t message, struct error *err)
{
	CLEANUP(frame_free) struct frame frame = frame_new(CONTROL_ASK);
	struct frame_reader reader;
	uint64_t ok, reach;
	struct view text;

	frame_put_u64(&frame, (uint64_t)kind);
	frame_put_i64(&frame, message);
	if (!channel_send(&hand->channel, &frame, -1, err) ||
		!channel_read(&hand->channel, -1, &reader, err))
		return error_context(err, "the daemon");
	ok = frame_get_u64(&reader);
	reach = frame_get_u64(&reader);
	text = frame_get_text(&reader);
	if (reader.type != CONTROL_DONE || !frame_end(&reader) || reach > ERROR_PROGRAM)
		return error_set(err, ERROR_PROGRAM, "the daemon answered what it should not");
	if (ok)
		return true;
	return error_set(err, (enum error_reach)reach, "%.*s", (int)text.size, text.data);
}

bool
hand_do(struct hand *hand, enum request_kind kind, int64_t message, struct error *err)
{
	if (hand->channel.fd >= 0)
		return ask_daemon(hand, kind, message, err);
	return deriver_do(hand->deriver, kind, message, err);
}
