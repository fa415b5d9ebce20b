/*
 * The fetchers, one process a mailbox. A fetcher that meets a hostile server may die; then it is
 * started again after a pause, and takes the batch again that was not committed.
 */
#include "daemon/mailboxes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/archive_intake.h"
#include "daemon/paths.h"
#include "fetch/intake_channel.h"
#include "fetch/mailbox.h"
#include "fetch/protocol.h"

enum {
	FRAME_MAX = 16 * 1024 * 1024, /* messages travel in pieces, a list of UIDs in one */
	SEND_PATIENCE_MS = 5000,
	STOP_PATIENCE_MS = 2000,
	RESTART_FIRST_MS = 1000,
	RESTART_MAX_MS = 300 * 1000,
	STEADY_MS = 60 * 1000, /* alive this long, a fetcher has earned a quick restart */
	PASSWORD_MAX = 4096,
	CHANNEL_FD = 3, /* where a fetcher finds its channel */
};

struct fetcher {
	char name[HEALTH_NAME_SIZE];
	const struct config_mailbox *config; /* dangling once removed */
	struct mailboxes *owner;
	pid_t pid; /* 0: none runs */
	struct channel channel;
	struct archive_intake archive;
	struct intake intake;
	struct intake_server server;
	size_t health; /* its number there */
	struct mailbox_health state;
	int64_t started_ms;
	int64_t restart_at_ms; /* 0: none due */
	int64_t pause_ms;
	bool done, ok;              /* --once */
	bool removed;               /* by a reload */
	char told[ERROR_TEXT_SIZE]; /* the failure that was logged last */
	unsigned untold;            /* times it came again since */
};

struct mailboxes {
	struct mailboxes_options options;
	struct fetcher *fetchers[MAILBOXES_POLLFDS];
	size_t count;
	struct config
		*reloaded; /* what the fetchers' configurations point into; NULL: the first one */
	struct str program;
	bool storage_told;
};

static void
on_committed(void *context, const struct batch_result *result)
{
	struct fetcher *fetcher = context;
	struct mailboxes *all = fetcher->owner;

	health_count(all->options.health, (int64_t)result->archived, 0, 0);
	if (result->archived + result->duplicate + result->refused == 0)
		return;
	log_info("mailbox %s: %llu messages archived, %llu known already, %llu refused by the "
		 "server event=archived mailbox=%s size=%llu",
		fetcher->name, (unsigned long long)result->archived,
		(unsigned long long)result->duplicate, (unsigned long long)result->refused,
		fetcher->name, (unsigned long long)result->size_bytes);
	if (result->archived > 0)
		deriver_wake(all->options.deriver);
}

static void
on_storage(void *context, const struct error *err)
{
	struct fetcher *fetcher = context;
	struct mailboxes *all = fetcher->owner;

	health_set_storage_error(all->options.health, HEALTH_ARCHIVE, err ? err->text : NULL);
	if (err && !all->storage_told)
		log_err("the archive cannot be written: %s; nothing is lost, the mailboxes are "
			"taken again when there is room event=storage_failed",
			err->text);
	if (!err && all->storage_told)
		log_notice("the archive is written again event=storage_recovered");
	all->storage_told = err != NULL;
}

static void
publish(struct fetcher *fetcher)
{
	health_set_mailbox(fetcher->owner->options.health, fetcher->health, &fetcher->state);
}

/*
 * The same fault is told once, then counted. What will pass by itself is a warning; what somebody
 * has to act on is an error.
 */
static void
tell_failure(struct fetcher *fetcher, const char *what)
{
	int64_t left = fetcher->state.next_try_at ? fetcher->state.next_try_at - clock_now() : 0;

	if (strcmp(fetcher->told, what) == 0) {
		fetcher->untold++;
		return;
	}
	(void)snprintf(fetcher->told, sizeof(fetcher->told), "%s", what);
	fetcher->untold = 0;
	log_line(fetcher->state.must_act ? LOG_LEVEL_ERR : LOG_LEVEL_WARNING,
		"mailbox %s: %s; trying again in %lld s, `casepost check --connect` tells more "
		"event=fetch_failed mailbox=%s",
		fetcher->name, what, (long long)(left > 0 ? left : 0), fetcher->name);
}

static void
tell_recovery(struct fetcher *fetcher)
{
	if (fetcher->told[0] == '\0')
		return;
	log_notice(
		"mailbox %s: works again after %u more failures event=fetch_recovered mailbox=%s",
		fetcher->name, fetcher->untold, fetcher->name);
	fetcher->told[0] = '\0';
}

static bool
take_state(struct fetcher *fetcher, struct frame_reader *frame, struct error *err)
{
	struct mailbox_health state;

	if (!fetcher_get_state(frame, &state))
		return error_set(err, ERROR_CONNECTION, "the fetcher sent a state that cannot be");
	memcpy(state.name, fetcher->state.name, sizeof(state.name));
	if (state.phase == MAILBOX_WAITING && fetcher->state.phase != MAILBOX_WAITING)
		log_info("mailbox %s: in step with the server event=in_step mailbox=%s idle=%s",
			fetcher->name, fetcher->name, state.idle ? "yes" : "no");
	fetcher->state = state;
	publish(fetcher);
	/* With --once the end of the round tells what somebody must act on. */
	if (state.error[0] && !(fetcher->owner->options.once && state.must_act))
		tell_failure(fetcher, state.error);
	else if (state.phase == MAILBOX_WAITING)
		tell_recovery(fetcher);
	return true;
}

static bool
take_round(struct fetcher *fetcher, struct frame_reader *frame, struct error *err)
{
	struct error outcome = {0};

	if (!fetcher_get_result(frame, &fetcher->ok, &outcome) || !frame_end(frame))
		return error_set(err, ERROR_CONNECTION, "the fetcher sent an end that cannot be");
	fetcher->done = true;
	if (!fetcher->ok && strcmp(fetcher->told, outcome.text) != 0)
		log_err("mailbox %s could not be synced: %s event=sync_failed mailbox=%s",
			fetcher->name, outcome.text, fetcher->name);
	return true;
}

static bool
serve_frame(struct fetcher *fetcher, struct frame_reader *frame, struct error *err)
{
	switch (frame->type) {
	case FETCHER_STATE:
		return take_state(fetcher, frame, err);
	case FETCHER_ROUND_DONE:
		return take_round(fetcher, frame, err);
	default:
		return intake_serve_frame(&fetcher->server, frame, &fetcher->channel, err);
	}
}

static int
spawn(struct fetcher *fetcher, int channel_fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	char *arguments[] = {(char[]){"casepost-fetcher"}, NULL};
	int code;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, channel_fd, CHANNEL_FD);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	code = posix_spawn(&fetcher->pid, str_text(&fetcher->owner->program), &actions, &attributes,
		arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

/* A descriptor that dup2 has to move, or it would stay close-on-exec in the child. */
static bool
move_above_channel(int *fd, struct error *err)
{
	int moved;

	if (*fd != CHANNEL_FD)
		return true;
	moved = fcntl(*fd, F_DUPFD_CLOEXEC, CHANNEL_FD + 1);
	if (moved < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot start a fetcher");
	fd_close(fd);
	*fd = moved;
	return true;
}

/* The options' strings are only read while they are put into the frame. */
static char *
borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static bool
send_config(struct fetcher *fetcher, struct error *err)
{
	const struct config_mailbox *config = fetcher->config;
	CLEANUP(str_free) struct str password = str_new(PASSWORD_MAX);
	CLEANUP(frame_free) struct frame frame = frame_new(FETCHER_CONFIG);
	struct mailbox_options options = {
		.name = borrow(config->name),
		.host = borrow(config->host),
		.port = config->port,
		.security = config->security,
		.ca_file = borrow(config->ca_file),
		.user = borrow(config->user),
		.folders = (char **)(uintptr_t)config->folders.items,
		.folder_count = config->folders.count,
		.idle = config->idle,
		.poll_interval_s = config->poll_interval_s,
		.once = fetcher->owner->options.once,
	};
	bool ok;

	if (!config_read_password(config, &password, err))
		return false;
	options.secret = password.data;
	mailbox_options_put(&options, &frame);
	ok = channel_send(&fetcher->channel, &frame, SEND_PATIENCE_MS, err);
	explicit_bzero(password.data, password.size);
	explicit_bzero(frame.bytes.data, frame.bytes.size);
	return ok;
}

static bool
start_fetcher(struct fetcher *fetcher, struct error *err)
{
	int fds[2], code;

	if (!fetcher->archive.batch &&
		!batch_open(&fetcher->archive.batch, fetcher->owner->options.archive,
			fetcher->owner->options.config->directory, err))
		return false;
	if (!channel_pair(fds, err) || !move_above_channel(&fds[1], err))
		return false;
	code = spawn(fetcher, fds[1]);
	fd_close(&fds[1]);
	fetcher->channel = channel_new(fds[0], FRAME_MAX);
	intake_server_free(&fetcher->server);
	fetcher->server = intake_server_new(&fetcher->intake, view_of(fetcher->name));
	fetcher->started_ms = clock_monotonic_ms();
	fetcher->restart_at_ms = 0;
	if (code != 0) {
		fetcher->pid = 0;
		errno = code;
		return error_set_errno(
			err, ERROR_PROGRAM, "cannot start %s", str_text(&fetcher->owner->program));
	}
	return send_config(fetcher, err);
}

/* The fetcher or its channel is gone: clear up, and start again after a pause. */
static void
lose_fetcher(struct fetcher *fetcher, const char *why)
{
	bool steady = clock_monotonic_ms() - fetcher->started_ms > STEADY_MS;

	channel_close(&fetcher->channel);
	if (fetcher->archive.batch)
		batch_clear(fetcher->archive.batch);
	if (fetcher->pid > 0)
		(void)kill(fetcher->pid, SIGKILL); /* reaped by mailboxes_reap() */
	if (fetcher->removed || fetcher->done)
		return;
	if (fetcher->owner->options.once) {
		fetcher->done = true;
		log_err("mailbox %s could not be synced: %s event=sync_failed mailbox=%s",
			fetcher->name, why, fetcher->name);
		return;
	}
	fetcher->pause_ms =
		steady || fetcher->pause_ms == 0 ? RESTART_FIRST_MS : fetcher->pause_ms * 2;
	if (fetcher->pause_ms > RESTART_MAX_MS)
		fetcher->pause_ms = RESTART_MAX_MS;
	fetcher->restart_at_ms = clock_monotonic_ms() + fetcher->pause_ms;
	fetcher->state.phase = MAILBOX_BACKOFF;
	fetcher->state.must_act = false;
	fetcher->state.connected_since = 0;
	fetcher->state.next_try_at = clock_now() + (fetcher->pause_ms + 999) / 1000;
	(void)snprintf(fetcher->state.error, sizeof(fetcher->state.error), "%s", why);
	publish(fetcher);
	tell_failure(fetcher, why);
}

static void
start_or_lose(struct fetcher *fetcher)
{
	struct error err = {0};

	if (!start_fetcher(fetcher, &err))
		lose_fetcher(fetcher, err.text);
}

static void
add_fetcher(struct mailboxes *all, const struct config_mailbox *config)
{
	struct fetcher *fetcher;

	if (all->count == MAILBOXES_POLLFDS)
		return; /* only while more have just been dismissed than a configuration can hold */
	fetcher = calloc(1, sizeof(*fetcher));
	if (!fetcher)
		abort();
	fetcher->config = config;
	(void)snprintf(fetcher->name, sizeof(fetcher->name), "%s", config->name);
	fetcher->owner = all;
	fetcher->channel.fd = -1;
	fetcher->archive.committed = on_committed;
	fetcher->archive.storage = on_storage;
	fetcher->archive.context = fetcher;
	fetcher->intake = archive_intake_table(&fetcher->archive);
	fetcher->server = intake_server_new(&fetcher->intake, view_of(fetcher->name));
	fetcher->health = health_add_mailbox(all->options.health, config->name);
	(void)snprintf(fetcher->state.name, sizeof(fetcher->state.name), "%s", config->name);
	publish(fetcher);
	health_set_poll_interval(all->options.health, config->poll_interval_s);
	all->fetchers[all->count++] = fetcher;
	start_or_lose(fetcher);
}

bool
mailboxes_start(struct mailboxes **ret_mailboxes, const struct mailboxes_options *options,
	struct error *err)
{
	struct mailboxes *all = calloc(1, sizeof(*all));

	if (!all)
		abort();
	all->options = *options;
	all->program = str_new(4096);
	*ret_mailboxes = all; /* mailboxes_stop() takes half-built ones */
	if (!paths_program("casepost-fetcher", &all->program, err))
		return false;
	for (size_t i = 0; i < options->config->mailbox_count; i++)
		add_fetcher(all, &options->config->mailboxes[i]);
	return true;
}

/* Closing the channel is the word to end. */
static void
dismiss(struct fetcher *fetcher)
{
	fetcher->removed = true;
	channel_close(&fetcher->channel);
}

static void
reap(struct fetcher *fetcher)
{
	int status;

	if (fetcher->pid > 0 && waitpid(fetcher->pid, &status, WNOHANG) == fetcher->pid)
		fetcher->pid = 0;
}

static void
free_fetcher(struct fetcher *fetcher)
{
	channel_close(&fetcher->channel);
	intake_server_free(&fetcher->server);
	batch_close(fetcher->archive.batch);
	free(fetcher);
}

void
mailboxes_stop(struct mailboxes *all)
{
	int64_t deadline = clock_monotonic_ms() + STOP_PATIENCE_MS;

	if (!all)
		return;
	for (size_t i = 0; i < all->count; i++)
		dismiss(all->fetchers[i]);
	for (size_t i = 0; i < all->count; i++) {
		struct fetcher *fetcher = all->fetchers[i];

		while (fetcher->pid > 0 && clock_left_ms(deadline) > 0) {
			reap(fetcher);
			if (fetcher->pid > 0)
				(void)poll(NULL, 0, 5);
		}
		if (fetcher->pid > 0) {
			(void)kill(fetcher->pid, SIGKILL);
			(void)waitpid(fetcher->pid, NULL, 0);
		}
		free_fetcher(fetcher);
	}
	config_free(all->reloaded);
	str_free(&all->program);
	free(all);
}

size_t
mailboxes_fill_pollfds(const struct mailboxes *all, struct pollfd *ret_fds)
{
	for (size_t i = 0; i < all->count; i++)
		ret_fds[i] = (struct pollfd){all->fetchers[i]->channel.fd, POLLIN, 0};
	return all->count;
}

int
mailboxes_timeout_ms(const struct mailboxes *all)
{
	int timeout = -1;

	for (size_t i = 0; i < all->count; i++) {
		const struct fetcher *fetcher = all->fetchers[i];
		int left;

		if (fetcher->restart_at_ms == 0)
			continue;
		left = clock_left_ms(fetcher->restart_at_ms);
		if (timeout < 0 || left < timeout)
			timeout = left;
	}
	return timeout;
}

static void
advance(struct fetcher *fetcher)
{
	struct pollfd readable = {fetcher->channel.fd, POLLIN, 0};
	struct frame_reader frame;
	struct error err = {0};

	if (fetcher->channel.fd < 0 || poll(&readable, 1, 0) != 1)
		return;
	if (!channel_receive(&fetcher->channel, &err)) {
		lose_fetcher(fetcher, "the fetcher has ended unexpectedly");
		return;
	}
	while (channel_take(&fetcher->channel, &frame)) {
		if (!serve_frame(fetcher, &frame, &err)) {
			lose_fetcher(fetcher, err.text);
			return;
		}
	}
}

void
mailboxes_advance(struct mailboxes *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct fetcher *fetcher = all->fetchers[i];

		advance(fetcher);
		if (fetcher->restart_at_ms != 0 && fetcher->pid == 0 &&
			clock_left_ms(fetcher->restart_at_ms) == 0)
			start_or_lose(fetcher);
	}
}

void
mailboxes_reap(struct mailboxes *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct fetcher *fetcher = all->fetchers[i];

		reap(fetcher);
		if (fetcher->removed && fetcher->pid == 0)
			free_fetcher(fetcher);
		else
			all->fetchers[kept++] = fetcher;
	}
	all->count = kept;
}

bool
mailboxes_all_done(const struct mailboxes *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (!all->fetchers[i]->done)
			return false;
	return true;
}

bool
mailboxes_all_ok(const struct mailboxes *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (!all->fetchers[i]->ok)
			return false;
	return true;
}

static const struct config_mailbox *
find_config(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (strcmp(config->mailboxes[i].name, name) == 0)
			return &config->mailboxes[i];
	return NULL;
}

static bool
has_fetcher(const struct mailboxes *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (!all->fetchers[i]->removed && strcmp(all->fetchers[i]->name, name) == 0)
			return true;
	return false;
}

void
mailboxes_reload(struct mailboxes *all, struct config *owned_config)
{
	for (size_t i = 0; i < all->count; i++) {
		struct fetcher *fetcher = all->fetchers[i];
		const struct config_mailbox *now = find_config(owned_config, fetcher->name);

		if (fetcher->removed)
			continue;
		/* One that is in trouble starts anew: perhaps it is the password's file that is
		 * different now. */
		if (now && config_same_mailbox(now, fetcher->config) && !fetcher->state.error[0])
			fetcher->config = now;
		else
			dismiss(fetcher);
	}
	for (size_t i = 0; i < owned_config->mailbox_count; i++)
		if (!has_fetcher(all, owned_config->mailboxes[i].name))
			add_fetcher(all, &owned_config->mailboxes[i]);
	config_free(all->reloaded);
	all->reloaded = owned_config;
}
