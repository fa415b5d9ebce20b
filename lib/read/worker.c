/*~
 * The loop of a reader: unpack, call, answer. It runs inside the sandbox and believes nothing but
 * that its parent speaks first.
 */
#include "read/worker.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

struct worker {
	struct channel channel;
	worker_function *function;
	void *context;
	ZSTD_DCtx *unpacker;
};

#ifdef CASEPOST_SANITIZED

/* A sanitizer has handlers of its own, and no limit on memory. */
void
worker_catch_memory(void)
{
}

#else

/*
 * Out of memory, or something else? Libraries abort, trap or follow NULL when memory is gone. If
 * not even PROBE_SIZE can be had, it was that. Everything here is safe in a signal handler.
 */
static void
on_fatal_signal(int number)
{
	enum { PROBE_SIZE = 16 * 1024 * 1024 };
	void *probe =
		mmap(NULL, PROBE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (probe == MAP_FAILED)
		_exit(WORKER_EXIT_MEMORY);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

void
worker_catch_memory(void)
{
	static const int NUMBERS[] = {SIGSEGV, SIGBUS, SIGABRT, SIGTRAP};
	enum { STACK_SIZE = 64 * 1024 };
	stack_t stack = {.ss_sp = malloc(STACK_SIZE), .ss_size = STACK_SIZE};
	struct sigaction action = {
		.sa_handler = on_fatal_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};

	if (!stack.ss_sp || sigaltstack(&stack, NULL) < 0)
		return;
	for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
		(void)sigaction(
			NUMBERS[i], &action, NULL); /* without it the reason is less clear */
}

#endif

static bool
say_hello(struct worker *worker, const char *fingerprint, struct error *err)
{
	CLEANUP(frame_free) struct frame hello = frame_new(WORKER_HELLO);

	frame_put_text(&hello, view_of(fingerprint));
	return channel_send(&worker->channel, &hello, -1, err);
}

/* Receives the packed bytes behind a WORKER_MESSAGE. */
static bool
receive_packed(struct worker *worker, uint64_t size, struct str *packed, struct error *err)
{
	while (packed->size < size) {
		struct frame_reader piece;

		if (!channel_read(&worker->channel, -1, &piece, err))
			return false;
		if (piece.type != WORKER_PIECE || piece.rest.size == 0 ||
			piece.rest.size > size - packed->size)
			return error_set(err, ERROR_CONNECTION, "the pool sent something else");
		str_append(packed, piece.rest);
		if (packed->overflowed)
			return error_set(err, ERROR_PROGRAM, "no memory for a packed message");
	}
	return true;
}

/* Unpacks one or more zstd frames into exactly `size` bytes; the caller frees. */
static bool
unpack(struct worker *worker, struct view packed, uint64_t size, char **ret_raw, struct error *err)
{
	CLEANUP(freep) char *raw = NULL;
	ZSTD_inBuffer in = {packed.data, packed.size, 0};
	ZSTD_outBuffer out = {NULL, (size_t)size, 0};

	if (size > WORKER_MESSAGE_MAX)
		return error_set(err, ERROR_MESSAGE, "it is larger than the %d MB that are read",
			WORKER_MESSAGE_MAX >> 20);
	raw = malloc((size_t)size + 1);
	if (!raw)
		return error_set(err, ERROR_MESSAGE, "there is not enough memory for it");
	out.dst = raw;
	(void)ZSTD_DCtx_reset(worker->unpacker, ZSTD_reset_session_only); /* cannot fail so */
	while (in.pos < in.size) {
		size_t before = in.pos + out.pos;
		size_t result = ZSTD_decompressStream(worker->unpacker, &out, &in);

		if (ZSTD_isError(result) || in.pos + out.pos == before)
			return error_set(
				err, ERROR_MESSAGE, "its archived bytes cannot be unpacked");
	}
	if (out.pos != size)
		return error_set(err, ERROR_MESSAGE,
			"its archived bytes are %zu instead of %" PRIu64, out.pos, size);
	raw[size] = '\0';
	*ret_raw = TAKE(raw);
	return true;
}

static bool
answer(struct worker *worker, struct view packed, uint64_t size, struct error *err)
{
	CLEANUP(frame_free) struct frame facts = frame_new(WORKER_FACTS);
	CLEANUP(frame_free) struct frame failed = frame_new(WORKER_FAILED);
	CLEANUP(freep) char *raw = NULL;
	struct error cause = {0};

	if (unpack(worker, packed, size, &raw, &cause) &&
		worker->function(worker->context, view_make(raw, (size_t)size), &facts, &cause)) {
		if (!facts.bytes.overflowed)
			return channel_send(&worker->channel, &facts, -1, err);
		(void)error_set(&cause, ERROR_MESSAGE, "what it says is too much for one answer");
	}
	frame_put_text(&failed, view_of(cause.text));
	return channel_send(&worker->channel, &failed, -1, err);
}

static bool
serve_message(struct worker *worker, struct frame_reader *message, struct error *err)
{
	uint64_t size = frame_get_u64(message), packed_size = frame_get_u64(message);
	CLEANUP(str_free) struct str packed = str_new(WORKER_MESSAGE_MAX);

	if (message->type != WORKER_MESSAGE || !frame_end(message) ||
		packed_size > WORKER_MESSAGE_MAX)
		return error_set(err, ERROR_CONNECTION, "the pool sent something else");
	return receive_packed(worker, packed_size, &packed, err) &&
	       answer(worker, str_view(&packed), size, err);
}

static bool
serve(struct worker *worker, struct error *err)
{
	const clock_t end = (clock_t)WORKER_CPU_SECONDS * CLOCKS_PER_SEC;

	while (clock() < end) {
		struct error gone = {0};
		struct frame_reader message;

		if (!channel_read(&worker->channel, -1, &message, &gone))
			return true; /* the pool has closed its end: that is how it says goodbye */
		if (!serve_message(worker, &message, err))
			return false;
	}
	return true;
}

bool
worker_run(int owned_fd, const char *fingerprint, worker_function *function, void *context,
	struct error *err)
{
	struct worker worker = {
		.channel = channel_new(owned_fd, WORKER_PIECE_MAX + 1024),
		.function = function,
		.context = context,
		.unpacker = ZSTD_createDCtx(),
	};
	bool done;

	if (!worker.unpacker)
		abort();
	done = say_hello(&worker, fingerprint, err) && serve(&worker, err);
	ZSTD_freeDCtx(worker.unpacker);
	channel_close(&worker.channel);
	return done;
}
