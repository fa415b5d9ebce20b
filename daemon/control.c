/*
 * The control socket: sessions of commands, served between the fetchers' frames.
 */
#include "daemon/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/archive_intake.h"
#include "fetch/intake_channel.h"

enum {
	FRAME_MAX = 1024 * 1024, /* messages travel in pieces of 256 KiB */
	SEND_PATIENCE_MS = 2000, /* answers are a few bytes */
};

struct session {
	struct channel channel; /* fd < 0: free */
	struct archive_intake archive;
	struct intake intake;
	struct intake_server server; /* without a mailbox: what comes is an import */
	struct request request;
	bool asking; /* request is with the deriver */
	bool closed; /* the command has gone; waits for its request */
};

struct control {
	int listen_fd;
	char path[CONTROL_PATH_SIZE];
	const char *directory;
	struct archive *archive;
	struct deriver *deriver;
	struct health *health;
	struct session sessions[CONTROL_SESSIONS_MAX];
};

bool
control_listen(struct control **ret_control, const char *directory, struct archive *archive,
	struct deriver *deriver, struct health *health, struct error *err)
{
	struct control *control = calloc(1, sizeof(*control));
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (!control)
		abort();
	*control = (struct control){.listen_fd = -1,
		.directory = directory,
		.archive = archive,
		.deriver = deriver,
		.health = health};
	*ret_control = control; /* control_close() takes half-built ones */
	for (size_t i = 0; i < CONTROL_SESSIONS_MAX; i++)
		control->sessions[i].channel.fd = -1;
	if (!control_path(directory, control->path, err))
		return false;
	memcpy(address.sun_path, control->path, sizeof(control->path));
	(void)unlink(control->path); /* of a daemon that was killed: we hold the store's lock */
	control->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listen_fd < 0 ||
		bind(control->listen_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		chmod(control->path, 0660) < 0 || listen(control->listen_fd, 8) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot listen at %s", control->path);
	return true;
}

static void
end_session(struct session *session)
{
	channel_close(&session->channel);
	intake_server_free(&session->server);
	batch_close(session->archive.batch);
	session->archive.batch = NULL;
	session->closed = session->asking;
}

void
control_close(struct control *control)
{
	if (!control)
		return;
	for (size_t i = 0; i < CONTROL_SESSIONS_MAX; i++) {
		struct session *session = &control->sessions[i];

		if (session->asking) {
			/* The deriver is alive until after us and answers every request. */
			request_wait(&session->request);
			request_free(&session->request);
			session->asking = false;
		}
		end_session(session);
	}
	if (control->listen_fd >= 0)
		(void)unlink(control->path);
	fd_close(&control->listen_fd);
	free(control);
}

static void
on_committed(void *context, const struct batch_result *result)
{
	struct control *control = context;

	health_count(control->health, (int64_t)result->archived, 0, 0);
	if (result->archived > 0)
		deriver_wake(control->deriver);
}

static void
on_storage(void *context, const struct error *err)
{
	struct control *control = context;

	health_set_storage_error(control->health, HEALTH_ARCHIVE, err ? err->text : NULL);
}

static struct session *
free_session(struct control *control)
{
	for (size_t i = 0; i < CONTROL_SESSIONS_MAX; i++)
		if (control->sessions[i].channel.fd < 0 && !control->sessions[i].asking)
			return &control->sessions[i];
	return NULL;
}

static bool
is_trusted(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static void
accept_session(struct control *control)
{
	CLEANUP(fd_close) int fd = accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct session *session = free_session(control);
	struct error err = {0};

	if (fd < 0 || !session || !is_trusted(fd))
		return; /* the command says that the daemon does not answer */
	*session = (struct session){
		.archive = {.committed = on_committed, .storage = on_storage, .context = control}};
	session->channel = channel_new(fd_take(&fd), FRAME_MAX);
	session->intake = archive_intake_table(&session->archive);
	session->server = intake_server_new(&session->intake, VIEW(""));
	if (!batch_open(&session->archive.batch, control->archive, control->directory, &err)) {
		log_err("a command cannot be served: %s event=control_failed", err.text);
		end_session(session);
	}
}

static bool
ask(struct control *control, struct session *session, struct frame_reader *frame, struct error *err)
{
	uint64_t kind = frame_get_u64(frame);
	int64_t message = frame_get_i64(frame);

	if (!frame_end(frame) || kind > REQUEST_RETRY || session->asking)
		return error_set(err, ERROR_CONNECTION, "a command asked for what there is not");
	if (!request_init(&session->request, (enum request_kind)kind, err))
		return false;
	session->request.message = message;
	session->asking = true;
	deriver_ask(control->deriver, &session->request);
	return true;
}

static bool
serve_frames(struct control *control, struct session *session, struct error *err)
{
	struct frame_reader frame;

	while (channel_take(&session->channel, &frame)) {
		bool ok = frame.type == CONTROL_ASK ? ask(control, session, &frame, err)
						    : intake_serve_frame(&session->server, &frame,
							      &session->channel, err);

		if (!ok)
			return false;
	}
	return true;
}

static void
answer(struct session *session)
{
	CLEANUP(frame_free) struct frame frame = frame_new(CONTROL_DONE);
	struct error err = {0};

	frame_put_u64(&frame, session->request.ok);
	frame_put_u64(&frame, session->request.error.reach);
	frame_put_text(&frame, view_of(session->request.error.text));
	request_free(&session->request);
	session->asking = false;
	if (!session->closed && !channel_send(&session->channel, &frame, SEND_PATIENCE_MS, &err))
		end_session(session);
	session->closed = false;
}

size_t
control_fill_pollfds(const struct control *control, struct pollfd *ret_fds)
{
	size_t count = 0;

	ret_fds[count++] = (struct pollfd){control->listen_fd, POLLIN, 0};
	for (size_t i = 0; i < CONTROL_SESSIONS_MAX; i++) {
		const struct session *session = &control->sessions[i];

		if (session->channel.fd >= 0)
			ret_fds[count++] = (struct pollfd){session->channel.fd, POLLIN, 0};
		if (session->asking)
			ret_fds[count++] = (struct pollfd){session->request.done_fd, POLLIN, 0};
	}
	return count;
}

static bool
is_readable(int fd)
{
	struct pollfd waiting = {fd, POLLIN, 0};

	return poll(&waiting, 1, 0) == 1;
}

static void
advance_session(struct control *control, struct session *session)
{
	struct error err = {0};

	if (session->asking && is_readable(session->request.done_fd))
		answer(session);
	if (session->channel.fd < 0 || !is_readable(session->channel.fd))
		return;
	if (!channel_receive(&session->channel, &err)) {
		end_session(session); /* done: commands end by closing */
		return;
	}
	if (!serve_frames(control, session, &err)) {
		log_warning("a command's session was ended: %s event=control_failed", err.text);
		end_session(session);
	}
}

void
control_advance(struct control *control)
{
	if (is_readable(control->listen_fd))
		accept_session(control);
	for (size_t i = 0; i < CONTROL_SESSIONS_MAX; i++)
		if (control->sessions[i].channel.fd >= 0 || control->sessions[i].asking)
			advance_session(control, &control->sessions[i]);
}
