/*
 * The parent's side of the readers. A slot is a worker process and what it has in hand; jobs whose
 * worker died wait in `retries` until nothing else is in hand and are then tried alone, so that a
 * message which takes its worker down twice is known to be the cause.
 */
#include "read/pool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "read/worker.h"

enum { FINGERPRINT_SIZE = 128, CHANNEL_FD = 3 };

/** A message on its way. */
struct job {
	uint64_t ticket;
	uint64_t size_bytes;
	struct str packed;
	unsigned attempts;
};

enum slot_state {
	SLOT_EMPTY, /* no process */
	SLOT_IDLE,
	SLOT_BUSY,
	SLOT_DONE, /* a verdict waits to be taken; the frame is in the channel's buffer */
};

struct slot {
	enum slot_state state;
	pid_t pid;
	struct channel channel;
	bool has_said_hello;
	bool is_fresh; /* has not read a message yet */
	struct job job;
	int64_t deadline_ms;
	struct frame out; /* on its way to the worker */
	size_t out_sent;
	size_t packed_sent;
	struct verdict verdict;
};

struct pool {
	struct pool_options options;
	struct slot slots[POOL_WORKERS_MAX];
	struct job retries[POOL_WORKERS_MAX];
	size_t retry_count;
	struct verdict failures[POOL_WORKERS_MAX]; /* ready to be taken */
	size_t failure_count;
	uint64_t replaced;
	char fingerprint[FINGERPRINT_SIZE];
};

/* ---- processes */

/* The worker's environment: what a sanitizer wants, and no secret of ours. */
static size_t
select_environment(char *ret_environment[], size_t maximum)
{
	static const char *const PREFIXES[] = {"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS="};
	size_t count = 0;

	for (char **variable = environ; variable && *variable; variable++)
		for (size_t i = 0; i < sizeof(PREFIXES) / sizeof(PREFIXES[0]); i++)
			if (count + 1 < maximum &&
				strncmp(*variable, PREFIXES[i], strlen(PREFIXES[i])) == 0)
				ret_environment[count++] = *variable;
	ret_environment[count] = NULL;
	return count;
}

static int
prepare_spawn(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int fd)
{
	sigset_t none, all;
	int failed;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(actions, fd, CHANNEL_FD);
	if (!failed)
		failed = posix_spawnattr_setflags(
			attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (!failed)
		failed = posix_spawnattr_setsigmask(attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attributes, &all);
	return failed;
}

static int
spawn(struct pool *pool, int fd, pid_t *ret_pid)
{
	enum { VARIABLES_MAX = 8 };
	char *environment[VARIABLES_MAX];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed;

	(void)select_environment(environment, VARIABLES_MAX);
	(void)posix_spawn_file_actions_init(&actions); /* cannot fail on Linux */
	(void)posix_spawnattr_init(&attributes);
	failed = prepare_spawn(&actions, &attributes, fd);
	if (!failed)
		failed = posix_spawn(ret_pid, pool->options.program, &actions, &attributes,
			pool->options.arguments, environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static bool
limit_memory(const struct pool *pool, pid_t pid, struct error *err)
{
#ifdef CASEPOST_SANITIZED /* whose runtime maps terabytes */
	(void)pool;
	(void)pid;
	(void)err;
#else
	struct rlimit memory = {pool->options.memory_limit, pool->options.memory_limit};

	if (prlimit(pid, RLIMIT_AS, &memory, NULL) < 0 && errno != ESRCH)
		return error_set_errno(err, ERROR_PROGRAM, "cannot limit a reader's memory");
#endif
	return true;
}

static bool
start_worker(struct pool *pool, struct slot *slot, struct error *err)
{
	int fds[2];
	int failed;

	assert(slot->state == SLOT_EMPTY);
	if (!channel_pair(fds, err))
		return error_context(err, "cannot start a reader");
	failed = spawn(pool, fds[1], &slot->pid);
	fd_close(&fds[1]);
	if (failed) {
		fd_close(&fds[0]);
		errno = failed;
		return error_set_errno(
			err, ERROR_PROGRAM, "cannot start %s", pool->options.program);
	}
	slot->channel = channel_new(fds[0], FRAME_SIZE_MAX);
	slot->has_said_hello = false;
	slot->is_fresh = true;
	slot->state = SLOT_IDLE;
	return limit_memory(pool, slot->pid, err);
}

/* Ends a worker and waits for it, which is soon: it is dead or cannot refuse. Returns its status.
 */
static int
end_worker(struct slot *slot)
{
	int status = 0;

	channel_close(&slot->channel);
	frame_free(&slot->out);
	(void)kill(slot->pid, SIGKILL); /* it may be gone already */
	while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR)
		;
	slot->pid = 0;
	slot->state = SLOT_EMPTY;
	return status;
}

/* ---- jobs */

static void
free_job(struct job *job)
{
	str_free(&job->packed);
	*job = (struct job){0};
}

/* What the worker gets next: the head of the message, then its pieces. */
static void
next_frame(struct slot *slot)
{
	struct view packed = str_view(&slot->job.packed);
	struct view piece =
		view_slice(packed, slot->packed_sent, slot->packed_sent + WORKER_PIECE_MAX);

	frame_free(&slot->out);
	slot->out_sent = 0;
	if (piece.size == 0)
		return;
	slot->out = frame_new(WORKER_PIECE);
	str_append(&slot->out.bytes, piece);
	slot->packed_sent += piece.size;
}

/* Sends what the socket takes now. */
static bool
send_some(struct slot *slot)
{
	while (slot->out.bytes.size > 0) {
		struct view bytes = frame_seal(&slot->out);
		ssize_t sent;

		bytes = view_slice(bytes, slot->out_sent, bytes.size);
		if (bytes.size == 0) {
			next_frame(slot);
			continue;
		}
		sent = send(slot->channel.fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0)
			return errno == EAGAIN || errno == EINTR;
		slot->out_sent += (size_t)sent;
	}
	return true;
}

/* Takes over the job. That the worker is gone shows when it is received from. */
static void
start_job(struct pool *pool, struct slot *slot, struct job owned_job)
{
	slot->job = owned_job;
	slot->job.attempts++;
	slot->state = SLOT_BUSY;
	slot->is_fresh = false;
	slot->deadline_ms = clock_monotonic_ms() + pool->options.time_limit_ms;
	slot->packed_sent = slot->out_sent = 0;
	slot->out = frame_new(WORKER_MESSAGE);
	frame_put_u64(&slot->out, slot->job.size_bytes);
	frame_put_u64(&slot->out, slot->job.packed.size);
	(void)send_some(slot);
}

/* The worker failed its message: once more later, or that was it. */
static void
fail_job(struct pool *pool, struct job owned_job, const struct error *cause)
{
	struct verdict *verdict;

	if (owned_job.attempts < 2) {
		assert(pool->retry_count < POOL_WORKERS_MAX);
		pool->retries[pool->retry_count++] = owned_job;
		return;
	}
	assert(pool->failure_count < POOL_WORKERS_MAX);
	verdict = &pool->failures[pool->failure_count++];
	*verdict = (struct verdict){.ticket = owned_job.ticket, .error = *cause};
	free_job(&owned_job);
}

/* ---- deaths */

static void
explain_death(const struct pool *pool, int status, struct error *cause)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == WORKER_EXIT_MEMORY)
		(void)error_set(cause, ERROR_MESSAGE,
			"the reader needed more memory than %" PRIu64 " MB",
			pool->options.memory_limit >> 20);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		(void)error_set(cause, ERROR_MESSAGE,
			"the reader tried what its sandbox forbids and was killed");
	else if (WIFSIGNALED(status))
		(void)error_set(cause, ERROR_MESSAGE, "the reader was killed by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)error_set(cause, ERROR_MESSAGE, "the reader ended with status %d",
			WEXITSTATUS(status));
}

/*
 * Ends the slot's worker and starts another. `cause` says why if we end it; otherwise its status
 * does. A worker that died before its hello would die again: that is the program's failure.
 */
static bool
replace(struct pool *pool, struct slot *slot, const struct error *cause, struct error *err)
{
	bool was_busy = slot->state == SLOT_BUSY, said_hello = slot->has_said_hello;
	struct job job = slot->job;
	struct error death = {0};
	int status = end_worker(slot);
	bool ended_by_itself = WIFEXITED(status) && WEXITSTATUS(status) == 0 && !was_busy;

	slot->job = (struct job){0};
	explain_death(pool, status, &death);
	if (!ended_by_itself)
		pool->replaced++;
	if (was_busy)
		fail_job(pool, job, cause ? cause : &death);
	if (!said_hello && !cause) {
		*err = death;
		err->reach = ERROR_PROGRAM;
		return error_context(err, "%s does not start", pool->options.program);
	}
	return start_worker(pool, slot, err);
}

/* ---- answers */

static void
take_hello(struct pool *pool, struct slot *slot, struct frame_reader *frame)
{
	struct view fingerprint = frame_get_text(frame);

	if (frame_end(frame) && fingerprint.size < FINGERPRINT_SIZE) {
		memcpy(pool->fingerprint, fingerprint.data ? fingerprint.data : "",
			fingerprint.size);
		pool->fingerprint[fingerprint.size] = '\0';
		slot->has_said_hello = true;
	}
}

static bool
take_answer(struct slot *slot, struct frame_reader *frame)
{
	slot->verdict = (struct verdict){.ticket = slot->job.ticket};
	if (frame->type == WORKER_FACTS) {
		slot->verdict.ok = true;
		slot->verdict.facts = *frame;
	} else {
		struct view reason = frame_get_text(frame);

		if (frame->type != WORKER_FAILED || !frame_end(frame) || !reason.data)
			return false;
		(void)error_set(&slot->verdict.error, ERROR_MESSAGE, "%.*s",
			reason.size < ERROR_TEXT_SIZE ? (int)reason.size : ERROR_TEXT_SIZE,
			reason.data);
	}
	free_job(&slot->job);
	frame_free(&slot->out);
	slot->state = SLOT_DONE;
	return true;
}

/* Reads what a worker has sent. Returns false, with *cause where we know it, if it must go. */
static bool
receive(struct pool *pool, struct slot *slot, struct error *cause)
{
	struct error gone = {0};
	struct frame_reader frame;
	bool is_there = channel_receive(&slot->channel, &gone);

	while (slot->state != SLOT_DONE && channel_take(&slot->channel, &frame)) {
		if (frame.type == WORKER_HELLO && !slot->has_said_hello)
			take_hello(pool, slot, &frame);
		else if (slot->state != SLOT_BUSY || !take_answer(slot, &frame))
			return error_set(
				cause, ERROR_MESSAGE, "the reader sent what no reader sends");
	}
	return is_there || slot->state == SLOT_DONE;
}

static bool
advance_slot(struct pool *pool, struct slot *slot, struct error *err)
{
	struct error cause = {0};

	if (slot->state == SLOT_EMPTY || slot->state == SLOT_DONE)
		return true;
	if (!receive(pool, slot, &cause))
		return replace(pool, slot, cause.reach != ERROR_NONE ? &cause : NULL, err);
	if (slot->state != SLOT_BUSY)
		return true;
	if (clock_left_ms(slot->deadline_ms) == 0) {
		(void)error_set(&cause, ERROR_MESSAGE, "the reader took longer than %d s",
			(pool->options.time_limit_ms + 999) / 1000);
		return replace(pool, slot, &cause, err);
	}
	(void)send_some(slot); /* that the worker is gone shows at the next receive */
	return true;
}

static bool
is_any_busy(const struct pool *pool)
{
	for (size_t i = 0; i < pool->options.workers; i++)
		if (pool->slots[i].state == SLOT_BUSY)
			return true;
	return false;
}

/* Gives the next message that is to be tried alone to a worker that has read nothing yet. */
static bool
start_retry(struct pool *pool, struct error *err)
{
	struct slot *slot = NULL;

	if (pool->retry_count == 0 || is_any_busy(pool) || pool->failure_count == POOL_WORKERS_MAX)
		return true;
	for (size_t i = 0; i < pool->options.workers; i++)
		if (pool->slots[i].state == SLOT_IDLE && (!slot || pool->slots[i].is_fresh))
			slot = &pool->slots[i];
	if (!slot)
		return true; /* all hold a verdict that has not been taken */
	if (!slot->is_fresh) {
		(void)end_worker(slot); /* it is idle and well */
		if (!start_worker(pool, slot, err))
			return false;
	}
	start_job(pool, slot, pool->retries[0]);
	pool->retry_count--;
	memmove(pool->retries, pool->retries + 1, pool->retry_count * sizeof(pool->retries[0]));
	return true;
}

/* ---- the public face */

bool
pool_new(struct pool **ret_pool, const struct pool_options *options, struct error *err)
{
	CLEANUP(pool_freep) struct pool *pool = calloc(1, sizeof(*pool));

	assert(options->workers >= 1 && options->workers <= POOL_WORKERS_MAX);
	if (!pool)
		abort();
	pool->options = *options;
	for (size_t i = 0; i < options->workers; i++)
		if (!start_worker(pool, &pool->slots[i], err))
			return false;
	*ret_pool = TAKE(pool);
	return true;
}

void
pool_free(struct pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->options.workers; i++) {
		if (pool->slots[i].state != SLOT_EMPTY)
			(void)end_worker(&pool->slots[i]); /* nobody waits for its answer */
		free_job(&pool->slots[i].job);
	}
	for (size_t i = 0; i < pool->retry_count; i++)
		free_job(&pool->retries[i]);
	free(pool);
}

bool
pool_has_room(const struct pool *pool)
{
	if (pool->retry_count > 0)
		return false;
	for (size_t i = 0; i < pool->options.workers; i++)
		if (pool->slots[i].state == SLOT_BUSY && pool->slots[i].job.attempts > 1)
			return false;
	for (size_t i = 0; i < pool->options.workers; i++)
		if (pool->slots[i].state == SLOT_IDLE)
			return true;
	return false;
}

bool
pool_is_busy(const struct pool *pool)
{
	if (pool->retry_count > 0 || pool->failure_count > 0)
		return true;
	for (size_t i = 0; i < pool->options.workers; i++)
		if (pool->slots[i].state == SLOT_BUSY || pool->slots[i].state == SLOT_DONE)
			return true;
	return false;
}

bool
pool_give(struct pool *pool, uint64_t ticket, struct view compressed, uint64_t size_bytes,
	struct error *err)
{
	struct job job = {ticket, size_bytes, str_new(compressed.size), 0};
	struct slot *slot = NULL;

	for (size_t i = 0; i < pool->options.workers && !slot; i++)
		if (pool->slots[i].state == SLOT_IDLE)
			slot = &pool->slots[i];
	assert(slot && pool_has_room(pool));
	str_append(&job.packed, compressed);
	if (job.packed.overflowed)
		return error_set(err, ERROR_PROGRAM, "no memory for a message of %zu bytes",
			compressed.size);
	start_job(pool, slot, job);
	return true;
}

size_t
pool_fill_pollfds(const struct pool *pool, struct pollfd *ret_fds)
{
	size_t count = 0;

	for (size_t i = 0; i < pool->options.workers; i++) {
		const struct slot *slot = &pool->slots[i];
		bool sends = slot->state == SLOT_BUSY && slot->out.bytes.size > 0;

		if (slot->state == SLOT_IDLE || slot->state == SLOT_BUSY)
			ret_fds[count++] = (struct pollfd){
				slot->channel.fd, (short)(POLLIN | (sends ? POLLOUT : 0)), 0};
	}
	return count;
}

int
pool_timeout_ms(const struct pool *pool)
{
	int timeout = -1;

	for (size_t i = 0; i < pool->options.workers; i++) {
		int left;

		if (pool->slots[i].state == SLOT_DONE)
			return 0;
		if (pool->slots[i].state != SLOT_BUSY)
			continue;
		left = clock_left_ms(pool->slots[i].deadline_ms);
		if (timeout < 0 || left < timeout)
			timeout = left;
	}
	return pool->failure_count > 0 || (timeout < 0 && pool->retry_count > 0) ? 0 : timeout;
}

bool
pool_advance(struct pool *pool, struct error *err)
{
	for (size_t i = 0; i < pool->options.workers; i++)
		if (!advance_slot(pool, &pool->slots[i], err))
			return false;
	return start_retry(pool, err);
}

bool
pool_take(struct pool *pool, struct verdict *ret_verdict)
{
	if (pool->failure_count > 0) {
		*ret_verdict = pool->failures[0];
		pool->failure_count--;
		memmove(pool->failures, pool->failures + 1,
			pool->failure_count * sizeof(pool->failures[0]));
		return true;
	}
	for (size_t i = 0; i < pool->options.workers; i++) {
		if (pool->slots[i].state != SLOT_DONE)
			continue;
		*ret_verdict = pool->slots[i].verdict;
		pool->slots[i].state = SLOT_IDLE;
		return true;
	}
	return false;
}

uint64_t
pool_replaced(const struct pool *pool)
{
	return pool->replaced;
}

const char *
pool_fingerprint(const struct pool *pool)
{
	return pool->fingerprint;
}
