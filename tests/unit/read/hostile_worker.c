/*
 * A reader that does what its message says, as one that a message has captured would: the pool's
 * tests start it in the place of casepost-reader.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "read/sandbox.h"
#include "read/worker.h"

static void
crash(void)
{
	volatile char *nowhere = NULL;

	*nowhere = 1;
}

static void
loop(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

/* As a library would that trusts malloc(). */
static void
allocate(void)
{
	for (;;) {
		char *more = malloc(1 << 20);

		if (!more)
			abort();
		memset(more, 1, 1 << 20);
	}
}

static void
open_file(void)
{
	(void)!open("/etc/passwd", O_RDONLY);
}

static void
open_socket(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void
start_process(void)
{
	(void)!fork();
}

static void
run_program(void)
{
	(void)!execl("/bin/true", "true", (char *)NULL);
}

static void
map_code(void)
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
kill_parent(void)
{
	(void)kill(1, 0);
}

static void
leave(void)
{
	_exit(0);
}

struct command {
	const char *name;
	void (*run)(void);
};

static const struct command COMMANDS[] = {
	{"crash", crash},
	{"loop", loop},
	{"allocate", allocate},
	{"open", open_file},
	{"socket", open_socket},
	{"fork", start_process},
	{"exec", run_program},
	{"code", map_code},
	{"kill", kill_parent},
	{"leave", leave},
};

/* Says things that are no frame, on the channel itself. */
static void
babble(void)
{
	char bytes[4096];

	memset(bytes, 0xFF, sizeof(bytes));
	(void)!send(3, bytes, sizeof(bytes), 0);
}

static bool
answer(void *context, struct view raw, struct frame *facts, struct error *err)
{
	(void)context;
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++)
		if (view_equal(raw, view_of(COMMANDS[i].name)))
			COMMANDS[i].run();
	if (view_equal(raw, VIEW("babble")))
		babble();
	if (view_equal(raw, VIEW("refuse")))
		return error_set(err, ERROR_MESSAGE, "no, thank you");
	frame_put_u64(facts, raw.size);
	frame_put_bytes(facts, view_slice(raw, 0, 100));
	return true;
}

int
main(int argc, char **argv)
{
	struct error err = {0};

	if (argc > 1 && strcmp(argv[1], "--no-hello") == 0)
		return 3;
	worker_catch_memory();
	if (!sandbox_enter(&err) || !worker_run(3, "fingerprint", answer, NULL, &err)) {
		(void)fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	_exit(0);
}
