/*
 * casepost-reader: the process that meets strangers' bytes. It loads the tables, closes itself in
 * and then turns messages into facts until its parent closes the channel.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/log.h"
#include "extract/extract.h"
#include "extract/facts.h"
#include "read/message.h"
#include "read/sandbox.h"
#include "read/worker.h"

enum { OWNERS_MAX = 1000, EXIT_USAGE = 2 };

/* Memory of one message: its text, its parts and what is found in them. */
static const size_t ARENA_SIZE = 384 * 1024 * 1024;

struct options {
	const char *vocabulary;
	const char *extra_vocabulary;
	struct view owners[OWNERS_MAX];
	size_t owner_count;
	int channel;
};

struct service {
	struct reading *reading;
	struct extractor *extractor;
	struct arena *arena;
};

static const char USAGE[] =
	"usage: casepost-reader [--vocabulary DIR] [--extra-vocabulary DIR] [--owner ADDRESS]...\n"
	"                       [--channel FD]\n"
	"Reads messages for casepostd, which starts it. See casepost-reader(8).\n";

/* The configuration is casepostd's business: --config is taken as all programs take it. */
static const struct option LONG_OPTIONS[] = {
	{"vocabulary", required_argument, NULL, 'v'},
	{"extra-vocabulary", required_argument, NULL, 'e'},
	{"owner", required_argument, NULL, 'o'},
	{"channel", required_argument, NULL, 'f'},
	{"config", required_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static bool
take_channel(const char *text, struct options *options)
{
	uint64_t fd;

	if (!view_to_u64(view_of(text), &fd) || fd > 1000)
		return false;
	options->channel = (int)fd;
	return true;
}

/* Returns -1 to go on, or the exit status. */
static int
parse_options(int argc, char **argv, struct options *options)
{
	int option;

	while ((option = getopt_long(argc, argv, "c:hV", LONG_OPTIONS, NULL)) != -1) {
		if (option == 'v') {
			options->vocabulary = optarg;
		} else if (option == 'e') {
			options->extra_vocabulary = *optarg ? optarg : NULL;
		} else if (option == 'o' && options->owner_count < OWNERS_MAX) {
			options->owners[options->owner_count++] = view_of(optarg);
		} else if (option == 'h') {
			(void)fputs(USAGE, stdout);
			return EXIT_SUCCESS;
		} else if (option == 'V') {
			(void)puts("casepost-reader " CASEPOST_VERSION);
			return EXIT_SUCCESS;
		} else if (option != 'c' && (option != 'f' || !take_channel(optarg, options))) {
			(void)fputs(USAGE, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc || !options->vocabulary) {
		(void)fputs(USAGE, stderr);
		return EXIT_USAGE;
	}
	return -1;
}

static bool
load(struct service *service, const struct options *options, struct error *err)
{
	const struct tsv_folders folders = {options->vocabulary, options->extra_vocabulary};
	const struct extract_options extract = {
		.vocabulary = options->vocabulary,
		.extra_vocabulary = options->extra_vocabulary,
		.owners = options->owners,
		.owner_count = options->owner_count,
	};

	service->arena = arena_new(ARENA_SIZE);
	return reading_new(&service->reading, &folders, err) &&
	       extractor_new(&service->extractor, &extract, err);
}

/* What decides on the facts beside the message: the tables, and this program's version. */
static void
fingerprint(const struct service *service, char ret_hex[SHA256_HEX_SIZE])
{
	struct digest *digest = digest_start();
	uint8_t sha256[SHA256_SIZE];

	digest_update(digest, VIEW(CASEPOST_VERSION));
	digest_update(digest, view_of(extractor_fingerprint(service->extractor)));
	reading_digest(service->reading, digest);
	digest_finish(digest, sha256);
	digest_to_hex(sha256, ret_hex);
}

static bool
read_one(void *context, struct view raw, struct frame *frame, struct error *err)
{
	struct service *service = context;
	struct facts facts = {0};

	arena_reset(service->arena);
	if (!message_read(service->reading, raw, service->arena, &facts.mail, err) ||
		!extract_mail(
			service->extractor, &facts.mail, service->arena, &facts.extraction, err))
		return false;
	facts_put(frame, &facts);
	return true;
}

/* Descriptors that the parent forgot to close are none of a reader's business. */
static void
close_others(int channel)
{
	if (channel > 3)
		(void)close_range(3, (unsigned)channel - 1, 0);
	(void)close_range((unsigned)channel + 1, ~0U, 0);
}

int
main(int argc, char **argv)
{
	struct options options = {.channel = 3};
	struct service service = {0};
	char hex[SHA256_HEX_SIZE];
	struct error err = {0};
	int status = parse_options(argc, argv, &options);

	if (status >= 0)
		return status;
	if (!load(&service, &options, &err)) {
		log_err("casepost-reader: %s", err.text);
		return err.reach == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILURE;
	}
	fingerprint(&service, hex);
	close_others(options.channel);
	worker_catch_memory();
	if (!sandbox_enter(&err) || !worker_run(options.channel, hex, read_one, &service, &err)) {
		log_err("casepost-reader: %s", err.text);
		_exit(EXIT_FAILURE);
	}
	_exit(EXIT_SUCCESS); /* what exit() would run may need calls that the sandbox forbids */
}
