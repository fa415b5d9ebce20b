/*~
 * archive -> readers -> casebook.
 *
 * Messages go to the workers in the order of the archive and come back in any; a window of slots
 * puts them in order again, so that the casebook's position means "all up to here". Facts are
 * applied in transactions that last as long as more is ready, at most COMMIT_AFTER_MS, so that one
 * message is visible at once and ten thousand cost a few dozen commits.
 */
#include "daemon/deriver.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/readers.h"
#include "daemon/window.h"
#include "read/pool.h"

enum {
	COMMIT_AFTER_MS = 200,
	COMMIT_AFTER_COUNT = 256,
	STORAGE_RETRY_MS = 5000,
};

struct deriver {
	struct deriver_options options;
	struct archive *archive;
	struct casebook *casebook; /* the running one */
	struct casebook *target;   /* where facts go: the running one, or the one being rebuilt */
	struct casebook *rebuilt;  /* NULL unless a rebuild is under way */
	struct readers *readers;
	struct pool *pool;        /* theirs */
	uint64_t replaced_before; /* readers replaced, as counted last */

	struct window window;
	int64_t applied; /* archive seq applied last, perhaps not committed yet */
	bool in_transaction;
	size_t in_transaction_count;
	int64_t commit_at;
	bool storage_sick;

	struct request *current; /* a rebuild under way */

	pthread_t thread;
	int wake_fd;
	pthread_mutex_t lock; /* guards queue and stopping */
	struct request *queue;
	bool stopping;
};

/* Goes on behind what the target has for certain; what is in hand is taken again. */
static bool
rewind_window(struct deriver *deriver, struct error *err)
{
	int64_t position = deriver->applied;
	bool ok;

	if (deriver->in_transaction)
		casebook_rollback(deriver->target);
	deriver->in_transaction = false;
	ok = casebook_position(deriver->target, &position, err);
	window_reset(&deriver->window, position);
	deriver->applied = position;
	return ok;
}

static bool
apply_slot(struct deriver *deriver, struct slot *slot, struct error *err)
{
	const struct archive_message *message = &slot->message;

	if (!slot->failed)
		return casebook_put(deriver->target, message, &slot->facts, err);
	log_warning("message %lld is set aside: %s; see `casepost setaside show %lld` "
		    "event=set_aside message=%lld size=%llu",
		(long long)message->id, slot->error.text, (long long)message->id,
		(long long)message->id, (unsigned long long)message->size_bytes);
	return casebook_set_aside(deriver->target, message, view_of(slot->error.text), err);
}

static bool
commit(struct deriver *deriver, struct error *err)
{
	int64_t unread = 0;

	if (!deriver->in_transaction)
		return true;
	if (!casebook_commit(deriver->target, deriver->applied, err))
		return false;
	deriver->in_transaction = false;
	health_count(deriver->options.health, 0, (int64_t)deriver->in_transaction_count, 0);
	if (archive_count_after(deriver->archive, deriver->applied, &unread, err))
		health_set_unread(deriver->options.health, unread);
	if (!deriver->rebuilt)
		log_info("%zu messages read event=derived position=%lld waiting=%lld",
			deriver->in_transaction_count, (long long)deriver->applied,
			(long long)unread);
	return true;
}

/* Applies what is done at the front of the window. */
static bool
apply_ready(struct deriver *deriver, struct error *err)
{
	struct slot *slot;

	while ((slot = window_front(&deriver->window))) {
		if (!deriver->in_transaction) {
			if (!casebook_begin(deriver->target, err))
				return false;
			deriver->in_transaction = true;
			deriver->in_transaction_count = 0;
			deriver->commit_at = clock_monotonic_ms() + COMMIT_AFTER_MS;
		}
		if (!apply_slot(deriver, slot, err))
			return false;
		deriver->applied = slot->message.seq;
		deriver->in_transaction_count++;
		window_pop(&deriver->window);
		if (deriver->in_transaction_count >= COMMIT_AFTER_COUNT && !commit(deriver, err))
			return false;
	}
	if (deriver->in_transaction &&
		(deriver->window.count == 0 || clock_left_ms(deriver->commit_at) == 0))
		return commit(deriver, err);
	return true;
}

static void
count_replaced(struct deriver *deriver)
{
	uint64_t replaced = pool_replaced(deriver->pool);

	if (replaced != deriver->replaced_before)
		health_count(deriver->options.health, 0, 0,
			(int64_t)(replaced - deriver->replaced_before));
	deriver->replaced_before = replaced;
}

/* One step of the pipeline; *ret_idle: nothing in hand and nothing waiting. */
static bool
step(struct deriver *deriver, bool *ret_idle, struct error *err)
{
	if (!window_fill(&deriver->window, err) || !pool_advance(deriver->pool, err))
		return false;
	window_collect(&deriver->window);
	count_replaced(deriver);
	if (!apply_ready(deriver, err) || !window_fill(&deriver->window, err))
		return false;
	*ret_idle = deriver->window.count == 0 && !deriver->in_transaction;
	return true;
}

static void
path_of(const struct deriver *deriver, const char *name, struct str *ret_path)
{
	str_append_format(ret_path, "%s/%s", deriver->options.directory, name);
}

static void
remove_rebuilt_file(const struct deriver *deriver)
{
	static const char *const NAMES[] = {"rebuild.db", "rebuild.db-wal", "rebuild.db-shm"};

	for (size_t i = 0; i < 3; i++) {
		CLEANUP(str_free) struct str path = str_new(4096);

		path_of(deriver, NAMES[i], &path);
		(void)unlink(str_text(&path)); /* usually there is none */
	}
}

/* What the facts depend on: the program and the tables it reads by. */
static void
derivation(const struct deriver *deriver, struct str *ret_text)
{
	str_append_format(ret_text, "casepost %s, tables %s", CASEPOST_VERSION,
		pool_fingerprint(deriver->pool));
}

static bool
begin_rebuild(struct deriver *deriver, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(4096), text = str_new(256);
	CLEANUP(casebook_closep) struct casebook *rebuilt = NULL;
	bool current;

	remove_rebuilt_file(deriver);
	path_of(deriver, "rebuild.db", &path);
	derivation(deriver, &text);
	if (!casebook_open(&rebuilt, str_text(&path), err) ||
		!casebook_is_current(rebuilt, str_text(&text), &current, err) ||
		!casebook_adopt_feed(rebuilt, deriver->casebook, err))
		return false;
	deriver->rebuilt = TAKE(rebuilt);
	deriver->target = deriver->rebuilt;
	health_set_rebuilding(deriver->options.health, true);
	log_notice("the casebook is being rebuilt from the archive event=rebuild_started");
	return rewind_window(deriver, err);
}

static void
end_rebuild(struct deriver *deriver)
{
	if (deriver->in_transaction)
		casebook_rollback(deriver->target);
	deriver->in_transaction = false;
	casebook_close(TAKE(deriver->rebuilt));
	remove_rebuilt_file(deriver);
	deriver->target = deriver->casebook;
	health_set_rebuilding(deriver->options.health, false);
}

/*
 * The running casebook is opened anew behind the swap: the search index keeps a cache in its
 * connection, which knows nothing of a content that changed below it.
 */
static bool
reopen_casebook(struct deriver *deriver, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(4096);
	struct casebook *fresh = NULL;

	path_of(deriver, "cases.db", &path);
	if (!casebook_open(&fresh, str_text(&path), err))
		return false;
	casebook_close(deriver->casebook);
	deriver->casebook = fresh;
	return true;
}

static bool
finish_rebuild(struct deriver *deriver, struct error *err)
{
	if (!casebook_replace(deriver->casebook, deriver->rebuilt, err) ||
		!reopen_casebook(deriver, err))
		return false;
	log_notice("the casebook was rebuilt event=rebuild_done position=%lld",
		(long long)deriver->applied);
	end_rebuild(deriver);
	return rewind_window(deriver, err);
}

/* Reads a message again that was set aside. */
static bool
retry_one(struct deriver *deriver, int64_t id, struct error *err)
{
	struct archive_message message;
	enum archive_found found = archive_find(deriver->archive, id, &message, err);
	struct slot slot;
	bool ok;

	if (found == ARCHIVE_ABSENT)
		return error_set(err, ERROR_USAGE, "there is no message %lld", (long long)id);
	if (found == ARCHIVE_FAILED)
		return false;
	ok = window_read_one(&deriver->window, &message, &slot, err) &&
	     casebook_begin(deriver->target, err) && apply_slot(deriver, &slot, err) &&
	     casebook_commit(deriver->target, deriver->applied, err);
	if (!ok)
		casebook_rollback(deriver->target);
	arena_free(slot.arena);
	return ok;
}

static bool
retry(struct deriver *deriver, int64_t id, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(16 * 1024 * 1024);
	int64_t *ids, *seqs;
	size_t count;

	if (id != 0)
		return retry_one(deriver, id, err);
	if (!casebook_set_aside_seqs(deriver->casebook, arena, &ids, &seqs, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!retry_one(deriver, ids[i], err))
			return false;
	return true;
}

static struct request *
next_request(struct deriver *deriver)
{
	struct request *request;

	pthread_mutex_lock(&deriver->lock);
	request = deriver->queue;
	if (request)
		deriver->queue = request->next;
	pthread_mutex_unlock(&deriver->lock);
	return request;
}

/* Called when nothing is in hand: all that is archived is applied. */
static void
serve_requests(struct deriver *deriver)
{
	struct request *request;

	while (!deriver->current && (request = next_request(deriver))) {
		struct error error = {0};
		bool ok = true;

		switch (request->kind) {
		case REQUEST_CATCH_UP:
			break;
		case REQUEST_RETRY:
			ok = retry(deriver, request->message, &error);
			break;
		case REQUEST_REBUILD:
			ok = begin_rebuild(deriver, &error);
			if (ok) {
				deriver->current = request;
				return;
			}
			end_rebuild(deriver);
			break;
		}
		request_finish(request, ok, &error);
	}
}

/* Nothing in hand, nothing waiting: what was asked for can be answered. */
static void
when_idle(struct deriver *deriver)
{
	struct error error = {0};
	struct request *current = deriver->current;

	if (deriver->rebuilt) {
		bool ok = finish_rebuild(deriver, &error);

		if (!ok)
			end_rebuild(deriver);
		deriver->current = NULL;
		if (current)
			request_finish(current, ok, &error);
	}
	serve_requests(deriver);
}

static void
drain(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

static void
wait_for_work(struct deriver *deriver, bool idle)
{
	struct pollfd fds[POOL_WORKERS_MAX + 1];
	size_t count = pool_fill_pollfds(deriver->pool, fds);
	int timeout = idle ? -1 : pool_timeout_ms(deriver->pool);

	if (deriver->in_transaction) {
		int left = clock_left_ms(deriver->commit_at);

		timeout = timeout < 0 || left < timeout ? left : timeout;
	}
	fds[count++] = (struct pollfd){deriver->wake_fd, POLLIN, 0};
	(void)poll(fds, count, timeout); /* EINTR is a wake-up like any other */
	if (fds[count - 1].revents)
		drain(deriver->wake_fd);
}

/*
 * A step failed. Where the disk says no, say so once and try again; anything else may pass too
 * (a message too many for memory), so it is told and tried again, never given up in silence.
 */
static void
recover(struct deriver *deriver, const struct error *failure)
{
	struct error error = {0};
	struct pollfd wake = {deriver->wake_fd, POLLIN, 0};

	if (!deriver->storage_sick)
		log_err("the casebook cannot be written: %s; nothing is lost, trying again every "
			"%d s event=derive_failed",
			failure->text, STORAGE_RETRY_MS / 1000);
	deriver->storage_sick = true;
	health_set_storage_error(deriver->options.health, HEALTH_CASEBOOK, failure->text);
	if (!rewind_window(deriver, &error))
		log_debug("rewind: %s", error.text);
	(void)poll(&wake, 1, STORAGE_RETRY_MS);
}

static void
recovered(struct deriver *deriver)
{
	if (!deriver->storage_sick)
		return;
	deriver->storage_sick = false;
	health_set_storage_error(deriver->options.health, HEALTH_CASEBOOK, NULL);
	log_notice("the casebook is written again event=derive_recovered");
}

static bool
is_stopping(struct deriver *deriver)
{
	bool stopping;

	pthread_mutex_lock(&deriver->lock);
	stopping = deriver->stopping;
	pthread_mutex_unlock(&deriver->lock);
	return stopping;
}

static void *
run(void *context)
{
	struct deriver *deriver = context;

	while (!is_stopping(deriver)) {
		struct error err = {0};
		bool idle = false;

		if (!step(deriver, &idle, &err)) {
			recover(deriver, &err);
			continue;
		}
		recovered(deriver);
		if (idle) {
			when_idle(deriver);
			if (deriver->rebuilt)
				continue;
		}
		wait_for_work(deriver, idle);
	}
	return NULL;
}

static bool
open_stores(struct deriver *deriver, struct error *err)
{
	CLEANUP(str_free) struct str path = str_new(4096), text = str_new(256);
	bool current;

	path_of(deriver, "cases.db", &path);
	remove_rebuilt_file(deriver);
	if (!archive_open(&deriver->archive, deriver->options.directory, DB_READ, err) ||
		!casebook_open(&deriver->casebook, str_text(&path), err))
		return false;
	deriver->target = deriver->casebook;
	deriver->pool = deriver->readers->pool;
	deriver->window.archive = deriver->archive;
	deriver->window.pool = deriver->pool;
	derivation(deriver, &text);
	if (!rewind_window(deriver, err) ||
		!casebook_is_current(deriver->casebook, str_text(&text), &current, err))
		return false;
	if (current)
		return true;
	log_notice("this program or its tables differ from those that made the casebook");
	return begin_rebuild(deriver, err);
}

static bool
start_thread(struct deriver *deriver, struct error *err)
{
	int code = pthread_create(&deriver->thread, NULL, run, deriver);

	if (code == 0)
		return true;
	deriver->thread = 0;
	errno = code;
	return error_set_errno(err, ERROR_PROGRAM, "cannot start a thread");
}

bool
deriver_start(
	struct deriver **ret_deriver, const struct deriver_options *options, struct error *err)
{
	CLEANUP(deriver_stopp) struct deriver *deriver = calloc(1, sizeof(*deriver));

	if (!deriver || pthread_mutex_init(&deriver->lock, NULL) != 0)
		abort();
	deriver->options = *options;
	deriver->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (deriver->wake_fd < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot make an eventfd");
	if (!readers_start(&deriver->readers, &options->readers, err) ||
		!open_stores(deriver, err) || !start_thread(deriver, err))
		return false;
	*ret_deriver = TAKE(deriver);
	return true;
}

void
deriver_wake(struct deriver *deriver)
{
	uint64_t one = 1;

	/* Full means that it is awake already. */
	if (write(deriver->wake_fd, &one, sizeof(one)) < 0)
		return;
}

static void
abandon_requests(struct deriver *deriver)
{
	struct error error = {0};
	struct request *request;

	error_set(&error, ERROR_PROGRAM, "casepost is stopping");
	if (deriver->current)
		request_finish(deriver->current, false, &error);
	deriver->current = NULL;
	while ((request = next_request(deriver)))
		request_finish(request, false, &error);
}

void
deriver_stop(struct deriver *deriver)
{
	if (!deriver)
		return;
	if (deriver->thread) {
		pthread_mutex_lock(&deriver->lock);
		deriver->stopping = true;
		pthread_mutex_unlock(&deriver->lock);
		deriver_wake(deriver);
		pthread_join(deriver->thread, NULL);
	}
	abandon_requests(deriver);
	readers_stop(deriver->readers);
	if (deriver->in_transaction)
		casebook_rollback(deriver->target);
	casebook_close(deriver->rebuilt);
	casebook_close(deriver->casebook);
	archive_close(deriver->archive);
	window_free(&deriver->window);
	fd_close(&deriver->wake_fd);
	pthread_mutex_destroy(&deriver->lock);
	free(deriver);
}

void
deriver_ask(struct deriver *deriver, struct request *request)
{
	struct request **last;

	request->next = NULL;
	pthread_mutex_lock(&deriver->lock);
	for (last = &deriver->queue; *last; last = &(*last)->next)
		;
	*last = request;
	pthread_mutex_unlock(&deriver->lock);
	deriver_wake(deriver);
}

bool
deriver_do(struct deriver *deriver, enum request_kind kind, int64_t message, struct error *err)
{
	struct request request;

	if (!request_init(&request, kind, err))
		return false;
	request.message = message;
	deriver_ask(deriver, &request);
	request_wait(&request);
	request_free(&request);
	if (!request.ok)
		*err = request.error;
	return request.ok;
}
