/*
 * The pool of readers, with real processes: what happens to a message whose reader dies, and to
 * the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include "base/clock.h"
#include "read/pool.h"
#include "read/worker.h"

enum { PATIENCE_MS = 60 * 1000, TIME_LIMIT_MS = 1500, MEMORY_LIMIT_MB = 256 };

static struct pool *
start_pool(unsigned workers)
{
	static char *const arguments[] = {(char *)(uintptr_t)HOSTILE_WORKER, NULL};
	const struct pool_options options = {
		.program = HOSTILE_WORKER,
		.arguments = arguments,
		.workers = workers,
		.time_limit_ms = TIME_LIMIT_MS,
		.memory_limit = (uint64_t)MEMORY_LIMIT_MB * 1024 * 1024,
	};
	struct pool *pool = NULL;
	struct error err = {0};

	assert_true(pool_new(&pool, &options, &err));
	return pool;
}

static struct str
pack(struct view raw)
{
	size_t bound = ZSTD_compressBound(raw.size);
	char *buffer = malloc(bound);
	struct str packed = str_new(bound);

	assert_non_null(buffer);
	str_append(&packed, view_make(buffer, ZSTD_compress(buffer, bound, raw.data, raw.size, 1)));
	free(buffer);
	return packed;
}

static void
give(struct pool *pool, uint64_t ticket, struct view raw)
{
	struct str packed = pack(raw);
	struct error err = {0};

	assert_true(pool_has_room(pool));
	assert_true(pool_give(pool, ticket, str_view(&packed), raw.size, &err));
	str_free(&packed);
}

static void
step(struct pool *pool)
{
	struct pollfd fds[POOL_WORKERS_MAX];
	struct error err = {0};
	size_t count = pool_fill_pollfds(pool, fds);

	(void)poll(fds, (nfds_t)count, pool_timeout_ms(pool));
	if (!pool_advance(pool, &err))
		fail_msg("%s", err.text);
}

static struct verdict
await(struct pool *pool)
{
	int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
	struct verdict verdict = {0};

	while (!pool_take(pool, &verdict)) {
		assert_true(clock_monotonic_ms() < deadline);
		step(pool);
	}
	return verdict;
}

static struct verdict
outcome_of(struct pool *pool, const char *command)
{
	give(pool, 7, view_of(command));
	return await(pool);
}

static void
assert_reason(struct pool *pool, const char *command, const char *words)
{
	struct verdict verdict = outcome_of(pool, command);

	assert_false(verdict.ok);
	assert_int_equal(verdict.ticket, 7);
	assert_int_equal(verdict.error.reach, ERROR_MESSAGE);
	if (!strstr(verdict.error.text, words))
		fail_msg("\"%s\" gives \"%s\"", command, verdict.error.text);
	verdict = outcome_of(pool, "hello");
	assert_true(verdict.ok);
}

static void
a_message_comes_back_with_its_ticket_and_facts(void **state)
{
	struct pool *pool = start_pool(1);
	struct verdict verdict;
	(void)state;

	give(pool, 42, VIEW("hello"));
	assert_false(pool_has_room(pool));
	assert_true(pool_is_busy(pool));
	verdict = await(pool);
	assert_true(verdict.ok);
	assert_int_equal(verdict.ticket, 42);
	assert_int_equal(frame_get_u64(&verdict.facts), 5);
	assert_true(view_equal(frame_get_bytes(&verdict.facts), VIEW("hello")));
	assert_true(frame_end(&verdict.facts));
	assert_false(pool_is_busy(pool));
	assert_string_equal(pool_fingerprint(pool), "fingerprint");
	assert_int_equal(pool_replaced(pool), 0);
	pool_free(pool);
}

static void
an_empty_message_comes_back_too(void **state)
{
	struct pool *pool = start_pool(1);
	struct error err = {0};
	struct verdict verdict;
	(void)state;

	assert_true(pool_give(pool, 1, VIEW(""), 0, &err));
	verdict = await(pool);
	assert_true(verdict.ok);
	pool_free(pool);
}

static void
a_message_of_many_pieces_arrives_whole(void **state)
{
	enum { SIZE = 20 * 1024 * 1024 };
	struct pool *pool = start_pool(2);
	char *raw = malloc(SIZE);
	struct verdict verdict;
	uint32_t random = 1;
	(void)state;

	assert_non_null(raw);
	for (size_t i = 0; i < SIZE; i++) { /* incompressible, so that it travels in pieces */
		random = random * 1664525 + 1013904223;
		raw[i] = (char)(random >> 24);
	}
	give(pool, 1, view_make(raw, SIZE));
	verdict = await(pool);
	assert_true(verdict.ok);
	assert_int_equal(frame_get_u64(&verdict.facts), SIZE);
	free(raw);
	pool_free(pool);
}

static void
several_zstd_frames_are_one_message(void **state)
{
	struct pool *pool = start_pool(1);
	struct str packed = pack(VIEW("hel")), second = pack(VIEW("lo"));
	struct error err = {0};
	struct verdict verdict;
	(void)state;

	packed.maximum += second.size;
	str_append(&packed, str_view(&second));
	assert_true(pool_give(pool, 1, str_view(&packed), 5, &err));
	verdict = await(pool);
	assert_true(verdict.ok);
	assert_int_equal(frame_get_u64(&verdict.facts), 5);
	str_free(&packed);
	str_free(&second);
	pool_free(pool);
}

static void
damaged_archive_bytes_are_a_failure_of_that_message(void **state)
{
	struct pool *pool = start_pool(1);
	struct str packed = pack(VIEW("hello"));
	struct error err = {0};
	struct verdict verdict;
	(void)state;

	assert_true(pool_give(pool, 1, VIEW("not zstd at all"), 5, &err));
	verdict = await(pool);
	assert_false(verdict.ok);
	assert_non_null(strstr(verdict.error.text, "unpacked"));
	assert_true(pool_give(pool, 1, str_view(&packed), 4, &err));
	assert_false(await(pool).ok);
	assert_true(pool_give(pool, 1, str_view(&packed), 6, &err));
	assert_false(await(pool).ok);
	assert_int_equal(pool_replaced(pool), 0);
	str_free(&packed);
	pool_free(pool);
}

static void
what_the_reader_refuses_is_said_in_its_words(void **state)
{
	struct pool *pool = start_pool(1);
	(void)state;

	assert_reason(pool, "refuse", "no, thank you");
	assert_int_equal(pool_replaced(pool), 0);
	pool_free(pool);
}

static void
a_crash_is_tried_twice_and_named(void **state)
{
	struct pool *pool = start_pool(1);
	(void)state;

#ifdef CASEPOST_SANITIZED
	assert_reason(pool, "crash", "the reader ");
#else
	assert_reason(pool, "crash", "signal 11");
#endif
	assert_int_equal(pool_replaced(pool), 2);
	pool_free(pool);
}

static void
a_stalled_reader_is_ended_by_the_clock(void **state)
{
	struct pool *pool = start_pool(1);
	int64_t started = clock_monotonic_ms();
	(void)state;

	assert_reason(pool, "loop", "longer than 2 s");
	assert_true(clock_monotonic_ms() - started >= 2 * TIME_LIMIT_MS);
	pool_free(pool);
}

static void
a_reader_without_memory_says_so(void **state)
{
	struct pool *pool;
	(void)state;

#ifdef CASEPOST_SANITIZED
	skip(); /* address space cannot be limited there */
#endif
	pool = start_pool(1);
	assert_reason(pool, "allocate", "more memory than 256 MB");
	pool_free(pool);
}

static void
the_sandbox_kills_what_leaves_it(void **state)
{
	static const char *const COMMANDS[] = {"open", "socket", "fork", "exec", "code", "kill"};
	struct pool *pool = start_pool(1);
	(void)state;

	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++)
		assert_reason(pool, COMMANDS[i], "sandbox forbids");
	pool_free(pool);
}

static void
what_no_reader_sends_is_that_messages_failure(void **state)
{
	struct pool *pool = start_pool(1);
	(void)state;

	assert_reason(pool, "babble", "the reader");
	pool_free(pool);
}

static void
a_reader_that_leaves_in_the_middle_is_replaced(void **state)
{
	struct pool *pool = start_pool(1);
	(void)state;

	assert_reason(pool, "leave", "ended with status 0");
	pool_free(pool);
}

static void
the_others_go_on_while_one_is_tried_alone(void **state)
{
	struct pool *pool = start_pool(3);
	unsigned good = 0, bad = 0;
	uint64_t next = 0;
	(void)state;

	while (good + bad < 60) {
		struct verdict verdict;

		while (next < 60 && pool_has_room(pool)) {
			give(pool, next, next % 10 == 3 ? VIEW("crash") : VIEW("hello"));
			next++;
		}
		step(pool);
		while (pool_take(pool, &verdict)) {
			assert_int_equal(verdict.ok, verdict.ticket % 10 != 3);
			good += verdict.ok;
			bad += !verdict.ok;
		}
	}
	assert_int_equal(good, 54);
	assert_int_equal(bad, 6);
	assert_false(pool_is_busy(pool));
	pool_free(pool);
}

static void
a_reader_that_cannot_start_is_the_programs_failure(void **state)
{
	static char *const arguments[] = {
		(char *)(uintptr_t)HOSTILE_WORKER, (char *)(uintptr_t) "--no-hello", NULL};
	const struct pool_options options = {
		.program = HOSTILE_WORKER,
		.arguments = arguments,
		.workers = 1,
		.time_limit_ms = TIME_LIMIT_MS,
		.memory_limit = 1 << 30,
	};
	struct pool *pool = NULL;
	struct error err = {0};
	struct pollfd fd;
	(void)state;

	assert_true(pool_new(&pool, &options, &err));
	assert_int_equal(pool_fill_pollfds(pool, &fd), 1);
	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	assert_false(pool_advance(pool, &err));
	assert_int_equal(err.reach, ERROR_PROGRAM);
	assert_non_null(strstr(err.text, "does not start"));
	pool_free(pool);
}

static void
a_program_that_is_not_there_is_named(void **state)
{
	static char *const arguments[] = {(char *)(uintptr_t) "nothing", NULL};
	const struct pool_options options = {
		.program = "/nonexistent/casepost-reader",
		.arguments = arguments,
		.workers = 1,
		.time_limit_ms = 1,
		.memory_limit = 1,
	};
	struct pool *pool = NULL;
	struct error err = {0};
	(void)state;

	assert_false(pool_new(&pool, &options, &err));
	assert_non_null(strstr(err.text, "/nonexistent/casepost-reader"));
	assert_null(pool);
}

static void
freeing_a_busy_pool_leaves_no_process(void **state)
{
	struct pool *pool = start_pool(4);
	(void)state;

	give(pool, 1, VIEW("loop"));
	give(pool, 2, VIEW("hello"));
	pool_free(pool);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* ECHILD: no child is left */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_comes_back_with_its_ticket_and_facts),
		cmocka_unit_test(an_empty_message_comes_back_too),
		cmocka_unit_test(a_message_of_many_pieces_arrives_whole),
		cmocka_unit_test(several_zstd_frames_are_one_message),
		cmocka_unit_test(damaged_archive_bytes_are_a_failure_of_that_message),
		cmocka_unit_test(what_the_reader_refuses_is_said_in_its_words),
		cmocka_unit_test(a_crash_is_tried_twice_and_named),
		cmocka_unit_test(a_stalled_reader_is_ended_by_the_clock),
		cmocka_unit_test(a_reader_without_memory_says_so),
		cmocka_unit_test(the_sandbox_kills_what_leaves_it),
		cmocka_unit_test(what_no_reader_sends_is_that_messages_failure),
		cmocka_unit_test(a_reader_that_leaves_in_the_middle_is_replaced),
		cmocka_unit_test(the_others_go_on_while_one_is_tried_alone),
		cmocka_unit_test(a_reader_that_cannot_start_is_the_programs_failure),
		cmocka_unit_test(a_program_that_is_not_there_is_named),
		cmocka_unit_test(freeing_a_busy_pool_leaves_no_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
