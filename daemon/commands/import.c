/*
 * casepost import: Maildirs, mbox files, .eml files and folders of them, through the same
 * pipeline as the mailboxes.
 */
#include <inttypes.h>
#include <stdio.h>

#include "daemon/commands/command.h"
#include "daemon/hand.h"
#include "fetch/files.h"

static const char USAGE[] = "PATH...";

struct progress {
	uint64_t before; /* by the paths that are done */
	uint64_t taken;
	uint64_t failed;
	bool shown;
};

static void
on_taken(void *context, uint64_t messages)
{
	struct progress *progress = context;

	progress->taken = progress->before + messages;
	if (progress->shown)
		fprintf(stderr, "\r%" PRIu64 " messages taken", progress->taken);
}

static void
on_problem(void *context, const char *path, const struct error *err)
{
	struct progress *progress = context;

	progress->failed++;
	fprintf(stderr, "%scasepost import: %s: %s\n", progress->shown ? "\r\033[K" : "", path,
		err->text);
}

static bool
take_all(const struct call *call, struct hand *hand, struct progress *progress, struct error *err)
{
	struct files_options options = {
		.taken = on_taken, .problem = on_problem, .context = progress};

	for (int i = 0; i < call->argc; i++) {
		if (!files_import(call->argv[i], hand_intake(hand), &options, err))
			return false;
		progress->before = progress->taken;
	}
	return hand_do(hand, REQUEST_CATCH_UP, 0, err);
}

int
command_import(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(hand_closep) struct hand *hand = NULL;
	struct progress progress = {.shown = command_shows_progress()};
	struct error err = {0};
	bool ok;

	if (call->argc == 0)
		return command_misused(call, USAGE, "needs something to import");
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	ok = hand_open(&hand, config, &err) && take_all(call, hand, &progress, &err);
	if (progress.shown)
		fprintf(stderr, "\r\033[K");
	if (!ok)
		return command_fail(call, &err);
	fprintf(stderr, "%" PRIu64 " messages taken, %" PRIu64 " could not be read from disk.\n",
		progress.taken, progress.failed);
	return progress.failed ? STATUS_FAILED : STATUS_DONE;
}
