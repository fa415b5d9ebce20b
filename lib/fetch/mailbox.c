/*~
 * The life of one mailbox: connect, compare, take, wait, and come back. Nothing that a server or a
 * network does ends this loop; only who started it does.
 */
#include "fetch/mailbox.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "fetch/backoff.h"
#include "fetch/folder.h"
#include "fetch/folder_name.h"
#include "fetch/session.h"

/* With `once`: tries that got nowhere before it is given up, about 5 s with the waits between. */
enum { ONCE_TRIES = 4 };

struct mailbox {
	const struct mailbox_options *options;
	const struct intake *intake;
	struct wake *wake;
	const struct mailbox_watcher *watcher;
	struct mailbox_health state;
	struct backoff backoff;
	struct session *session;
	struct folder **folders; /* every one that was ever synced, so that its state is kept */
	size_t folder_count, folder_capacity;
	struct folder **round; /* those of this round, in order; borrowed from folders */
	size_t round_count, round_capacity;
	uint64_t progress_seen;
};

static void
publish(struct mailbox *mailbox, enum mailbox_phase phase)
{
	mailbox->state.phase = phase;
	if (mailbox->watcher && mailbox->watcher->changed)
		mailbox->watcher->changed(mailbox->watcher->context, &mailbox->state);
}

static void
count_behind(struct mailbox *mailbox)
{
	uint64_t behind = 0;

	for (size_t i = 0; i < mailbox->folder_count; i++)
		behind += folder_pending(mailbox->folders[i]);
	mailbox->state.behind = (int64_t)behind;
}

static void
note_progress(void *context)
{
	struct mailbox *mailbox = context;

	count_behind(mailbox);
	publish(mailbox, MAILBOX_SYNCING);
}

static uint64_t
progress_of(const struct mailbox *mailbox)
{
	uint64_t progress = 0;

	for (size_t i = 0; i < mailbox->folder_count; i++)
		progress += folder_progress(mailbox->folders[i]);
	return progress;
}

static struct folder *
find_folder(struct mailbox *mailbox, struct view name)
{
	for (size_t i = 0; i < mailbox->folder_count; i++)
		if (view_equal(folder_name(mailbox->folders[i]), name))
			return mailbox->folders[i];
	return NULL;
}

static void
push_folder(struct folder ***folders, size_t *count, size_t *capacity, struct folder *folder)
{
	if (*count == *capacity) {
		*capacity = *capacity ? *capacity * 2 : 8;
		*folders = reallocarray(*folders, *capacity, sizeof(struct folder *));
		if (!*folders)
			abort();
	}
	(*folders)[(*count)++] = folder;
}

/* Adds a folder to the round, once, whatever names and patterns it is known by. */
static void
add_to_round(void *context, struct view name)
{
	struct mailbox *mailbox = context;
	/* INBOX is the same in any case (RFC 3501 5.1). */
	struct view real = view_equal_nocase(name, VIEW("INBOX")) ? VIEW("INBOX") : name;
	struct folder *folder = find_folder(mailbox, real);

	if (mailbox->round_count >= SESSION_FOLDERS_MAX || real.size == 0)
		return;
	if (!folder) {
		folder = folder_new(real);
		push_folder(&mailbox->folders, &mailbox->folder_count, &mailbox->folder_capacity,
			folder);
	}
	for (size_t i = 0; i < mailbox->round_count; i++)
		if (mailbox->round[i] == folder)
			return;
	push_folder(&mailbox->round, &mailbox->round_count, &mailbox->round_capacity, folder);
}

/* New mail comes to INBOX: that is where it is waited for, if it is among the folders. */
static void
put_inbox_first(struct mailbox *mailbox)
{
	for (size_t i = 1; i < mailbox->round_count; i++) {
		struct folder *folder = mailbox->round[i];

		if (!view_equal(folder_name(folder), VIEW("INBOX")))
			continue;
		mailbox->round[i] = mailbox->round[0];
		mailbox->round[0] = folder;
		return;
	}
}

static bool
choose_folders(struct mailbox *mailbox, struct error *err)
{
	const struct mailbox_options *options = mailbox->options;

	mailbox->round_count = 0;
	for (size_t i = 0; i < options->folder_count; i++) {
		struct view word = view_of(options->folders[i]);

		if (!folder_name_is_pattern(word))
			add_to_round(mailbox, word);
		else if (!session_list(mailbox->session, word, add_to_round, mailbox, err))
			return false;
	}
	if (mailbox->round_count == 0)
		return error_set(err, ERROR_MAILBOX, "no folder matches the configured patterns");
	put_inbox_first(mailbox);
	return true;
}

/* True if the failure concerns one folder only, and the others may go on. */
static bool
is_local(const struct mailbox *mailbox, const struct error *err)
{
	return !session_is_broken(mailbox->session) &&
	       (err->reach == ERROR_MAILBOX || err->reach == ERROR_CONNECTION ||
		       err->reach == ERROR_MESSAGE);
}

/* Syncs the first `count` folders of the round. The first failure is reported, the rest is tried.
 */
static bool
sync_folders(struct mailbox *mailbox, size_t count, struct error *err)
{
	struct folder_context context = {
		.session = mailbox->session,
		.intake = mailbox->intake,
		.mailbox = view_of(mailbox->options->name),
		.progress = note_progress,
		.progress_context = mailbox,
	};
	bool all = true;

	publish(mailbox, MAILBOX_SYNCING);
	for (size_t i = 0; i < count; i++) {
		struct error one = {0};

		if (folder_sync(mailbox->round[i], &context, &one))
			continue;
		if (all)
			*err = one;
		all = false;
		if (!is_local(mailbox, &one)) {
			*err = one;
			break;
		}
	}
	count_behind(mailbox);
	return all;
}

static void
note_success(struct mailbox *mailbox, bool whole_round)
{
	backoff_reset(&mailbox->backoff);
	mailbox->state.failures = 0;
	mailbox->state.error[0] = '\0';
	mailbox->state.must_act = false;
	if (whole_round)
		mailbox->state.compared_at = clock_now();
}

static uint32_t
random_bits(void)
{
	uint32_t bits;

	if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
		bits = (uint32_t)clock_monotonic_ms() * 2654435761U; /* only spreads the load */
	return bits;
}

/* Records a failure; returns how long to stay away. */
static int64_t
note_failure(struct mailbox *mailbox, const struct error *err)
{
	uint64_t progress = progress_of(mailbox);
	int64_t poll_ms = mailbox->options->poll_interval_s * 1000;
	int64_t asked_ms = backoff_suggested_ms(view_of(err->text));
	int64_t wait_ms;

	if (progress != mailbox->progress_seen)
		backoff_reset(&mailbox->backoff);
	mailbox->progress_seen = progress;
	wait_ms = backoff_next_ms(&mailbox->backoff, err->reach, poll_ms, random_bits());
	if (asked_ms > wait_ms)
		wait_ms = asked_ms;
	mailbox->state.failures++;
	snprintf(mailbox->state.error, sizeof(mailbox->state.error), "%s", err->text);
	mailbox->state.must_act = err->reach == ERROR_MAILBOX;
	mailbox->state.next_try_at = clock_now() + (wait_ms + 999) / 1000;
	return wait_ms;
}

/* Waits without a session. */
static void
pause_for(struct mailbox *mailbox, int64_t wait_ms)
{
	struct wake *wake = mailbox->wake;
	int64_t until = clock_monotonic_ms() + wait_ms;

	while (!wake->stop && !wake->sync_now && clock_left_ms(until) > 0) {
		struct pollfd waiting = {wake->fd, POLLIN, 0};

		if (poll(&waiting, 1, clock_left_ms(until)) > 0)
			wake->receive(wake);
	}
	wake->sync_now = false;
	mailbox->state.next_try_at = 0;
}

static void
disconnect(struct mailbox *mailbox)
{
	session_close(TAKE(mailbox->session));
	mailbox->state.connected_since = 0;
	mailbox->state.idle = false;
}

static bool
connect_mailbox(struct mailbox *mailbox, struct error *err)
{
	const struct mailbox_options *options = mailbox->options;
	struct session_options session = {
		.host = options->host,
		.port = options->port,
		.security = options->security,
		.ca_file = options->ca_file,
		.user = options->user,
		.secret = options->secret,
	};

	publish(mailbox, MAILBOX_CONNECTING);
	if (!session_open(&mailbox->session, &session, mailbox->wake, err))
		return false;
	mailbox->state.connected_since = clock_now();
	mailbox->state.idle = options->idle && session_has_idle(mailbox->session);
	return true;
}

/*
 * The folder that is waited in must be the open one. What came into it since its sync, while others
 * were looked at, shows in its count.
 */
static bool
open_first(struct mailbox *mailbox, bool *ret_changed, struct error *err)
{
	struct session_folder state;

	*ret_changed = false;
	if (mailbox->round_count == 1)
		return true;
	if (!session_examine(mailbox->session, folder_name(mailbox->round[0]), &state, err))
		return false;
	*ret_changed = !folder_is_current(mailbox->round[0], &state);
	return true;
}

/* Waits for news until the next look at all folders is due; *ret_changed: only the first has any.
 */
static bool
await_change(struct mailbox *mailbox, int64_t until, bool *ret_changed, struct error *err)
{
	enum session_event event = SESSION_QUIET;

	if (!open_first(mailbox, ret_changed, err))
		return false;
	while (!*ret_changed && clock_left_ms(until) > 0) {
		if (!session_wait(mailbox->session, mailbox->state.idle, clock_left_ms(until),
			    &event, err))
			return false;
		/* A server may take IDLE back. */
		mailbox->state.idle = mailbox->state.idle && session_has_idle(mailbox->session);
		*ret_changed = event == SESSION_CHANGED;
		if (event == SESSION_WOKEN)
			break;
	}
	mailbox->wake->sync_now = false;
	return true;
}

/* Between two looks at all folders: waits, and syncs the first whenever it has news. */
static bool
stay(struct mailbox *mailbox, int64_t wait_ms, struct error *err)
{
	int64_t until = clock_monotonic_ms() + wait_ms;
	bool changed;

	do {
		publish(mailbox, mailbox->state.failures ? MAILBOX_BACKOFF : MAILBOX_WAITING);
		if (!await_change(mailbox, until, &changed, err))
			return false;
		/* A failure that leaves the session whole is the next round's to tell. */
		if (changed && !sync_folders(mailbox, 1, err))
			return !session_is_broken(mailbox->session) && err->reach != ERROR_PROGRAM;
		if (changed && mailbox->state.failures == 0)
			note_success(mailbox, mailbox->round_count == 1);
	} while (changed && !mailbox->wake->stop);
	return true;
}

/* Rounds over one session, until it breaks (false) or the work is done (true). */
static bool
use_session(struct mailbox *mailbox, struct error *err)
{
	while (!mailbox->wake->stop) {
		int64_t wait_ms = mailbox->options->poll_interval_s * 1000;

		if (choose_folders(mailbox, err) &&
			sync_folders(mailbox, mailbox->round_count, err)) {
			note_success(mailbox, true);
			if (mailbox->options->once)
				return true;
		} else if (session_is_broken(mailbox->session) || mailbox->options->once ||
			   mailbox->round_count == 0 || err->reach == ERROR_PROGRAM) {
			return false;
		} else {
			wait_ms = note_failure(mailbox, err);
		}
		if (!stay(mailbox, wait_ms, err))
			return false;
	}
	return true;
}

static bool
is_final(struct mailbox *mailbox, const struct error *err)
{
	if (err->reach == ERROR_PROGRAM)
		return true;
	if (!mailbox->options->once)
		return false;
	return err->reach == ERROR_MAILBOX || err->reach == ERROR_USAGE ||
	       err->reach == ERROR_STORAGE || mailbox->backoff.failures >= ONCE_TRIES;
}

static bool
run(struct mailbox *mailbox, struct error *err)
{
	while (!mailbox->wake->stop) {
		struct error failure = {0};
		int64_t wait_ms;

		if (connect_mailbox(mailbox, &failure) && use_session(mailbox, &failure)) {
			disconnect(mailbox);
			if (mailbox->options->once && !mailbox->wake->stop)
				return true;
			break;
		}
		disconnect(mailbox);
		if (mailbox->wake->stop)
			break;
		wait_ms = note_failure(mailbox, &failure);
		publish(mailbox, MAILBOX_BACKOFF);
		if (is_final(mailbox, &failure)) {
			*err = failure;
			return false;
		}
		pause_for(mailbox, wait_ms);
	}
	if (mailbox->options->once)
		return error_set(err, ERROR_CONNECTION, "stopped before the end");
	return true;
}

bool
mailbox_run(const struct mailbox_options *options, const struct intake *intake, struct wake *wake,
	const struct mailbox_watcher *watcher, struct error *err)
{
	struct mailbox mailbox = {
		.options = options, .intake = intake, .wake = wake, .watcher = watcher};
	bool ok;

	snprintf(mailbox.state.name, sizeof(mailbox.state.name), "%s", options->name);
	ok = run(&mailbox, err);
	for (size_t i = 0; i < mailbox.folder_count; i++)
		folder_free(mailbox.folders[i]);
	free(mailbox.folders);
	free(mailbox.round);
	return ok;
}
