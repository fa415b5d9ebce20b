/*
 * casepost verify: both databases, and every message's digest.
 */
#include <inttypes.h>
#include <stdio.h>

#include "archive/verify.h"
#include "casebook/verify.h"
#include "daemon/commands/command.h"

enum { PROGRESS_EVERY = 1000 };

struct progress {
	uint64_t count;
	bool shown;
};

static void
report(void *context, const struct archive_message *message, const char *damage)
{
	struct progress *progress = context;

	progress->count++;
	if (progress->shown && progress->count % PROGRESS_EVERY == 0)
		fprintf(stderr, "\r%" PRIu64 " messages checked", progress->count);
	if (damage)
		printf("message %" PRId64 ": %s\n", message->id, damage);
}

static int
verify(const struct call *call, const struct config *config)
{
	CLEANUP(archive_closep) struct archive *archive = NULL;
	struct progress progress = {0, command_shows_progress()};
	struct verification archived;
	struct casebook_verification derived;
	struct error err = {0};

	if (!archive_open(&archive, config->directory, DB_READ, &err) ||
		!archive_verify(archive, report, &progress, &archived, &err))
		return command_fail(call, &err);
	if (progress.shown)
		fprintf(stderr, "\r\033[K");
	printf("archive: %" PRIu64 " messages, %" PRIu64 " bytes, %" PRIu64 " damaged\n",
		archived.messages, archived.size_bytes, archived.damaged);
	if (!casebook_verify(config->directory, archive, &derived, &err))
		return command_fail(call, &err);
	printf("casebook: %" PRIu64 " messages, %" PRIu64 " waiting, %" PRIu64 " missing\n",
		derived.messages, derived.waiting, derived.missing);
	if (derived.missing > 0)
		fprintf(stderr, "Run `casepost rebuild` to derive the missing ones again.\n");
	return archived.damaged || derived.missing ? STATUS_FAILED : STATUS_DONE;
}

int
command_verify(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;

	if (call->argc > 0)
		return command_misused(call, "", "takes no arguments");
	config = command_config(call);
	return config ? verify(call, config) : STATUS_USAGE;
}
