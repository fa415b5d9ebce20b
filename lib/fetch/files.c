/*
 * Maildirs, mbox files, .eml files and folders of them, through the same intake as IMAP.
 */
#include "fetch/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "fetch/mbox.h"
#include "fetch/sync.h"

enum { PIECE = 64 * 1024, PATH_SIZE_MAX = 4096 };

struct import {
	const struct intake *intake;
	const struct files_options *options;
	struct view path;    /* of the file under way, as its messages' place */
	struct str pending;  /* bytes of the open message, short of a piece */
	uint64_t size_bytes; /* of the open message */
	bool is_open, is_too_large;
	unsigned batch_count;
	uint64_t batch_bytes;
	uint64_t taken; /* committed */
	uint64_t found; /* of this call, problems included */
};

static void
tell_problem(struct import *import, const char *path, const struct error *err)
{
	import->found++;
	if (import->options->problem)
		import->options->problem(import->options->context, path, err);
}

/* A failure of one message or file is told; any other ends the import. */
static bool
go_on(struct import *import, const char *path, struct error *err)
{
	if (err->reach != ERROR_MESSAGE)
		return false;
	tell_problem(import, path, err);
	*err = (struct error){0};
	return true;
}

static bool
commit(struct import *import, struct error *err)
{
	if (import->batch_count == 0)
		return true;
	if (!import->intake->commit(import->intake->context, err))
		return false;
	import->taken += import->batch_count;
	import->batch_count = 0;
	import->batch_bytes = 0;
	if (import->options->taken)
		import->options->taken(import->options->context, import->taken);
	return true;
}

static bool
flush(struct import *import, struct error *err)
{
	bool ok = import->pending.size == 0 ||
		  import->intake->append(import->intake->context, str_view(&import->pending), err);

	str_clear(&import->pending);
	return ok;
}

static bool
begin_message(struct import *import, uint32_t ordinal, bool answered, struct error *err)
{
	struct place place = {.folder = import->path, .uid = ordinal, .answered = answered};

	import->size_bytes = 0;
	import->is_too_large = false;
	str_clear(&import->pending);
	import->is_open = import->intake->begin(import->intake->context, &place, 0, err);
	return import->is_open;
}

static bool
begin_in_mbox(void *context, uint32_t ordinal, struct error *err)
{
	return begin_message(context, ordinal, false, err);
}

static bool
cancel_message(struct import *import, struct error *err)
{
	str_clear(&import->pending);
	if (!import->is_open)
		return true;
	import->is_open = false;
	return import->intake->cancel(import->intake->context, err);
}

static bool
take_bytes(void *context, struct view bytes, struct error *err)
{
	struct import *import = context;

	import->size_bytes += bytes.size;
	if (import->size_bytes > FILES_MESSAGE_MAX) {
		import->is_too_large = true;
		return cancel_message(import, err);
	}
	while (bytes.size > 0) {
		struct view part = view_slice(bytes, 0, PIECE - import->pending.size);

		str_append(&import->pending, part);
		if (import->pending.overflowed)
			return error_set(err, ERROR_PROGRAM, "no memory to read a file");
		if (import->pending.size == PIECE && !flush(import, err))
			return false;
		bytes = view_slice(bytes, part.size, bytes.size);
	}
	return true;
}

static bool
end_message(void *context, struct error *err)
{
	struct import *import = context;
	struct error large = {0};

	if (import->is_too_large) {
		CLEANUP(str_free) struct str path = str_new(PATH_SIZE_MAX);

		str_append(&path, import->path);
		error_set(&large, ERROR_MESSAGE, "a message is larger than %d MiB and is left out",
			FILES_MESSAGE_MAX / (1024 * 1024));
		tell_problem(import, str_text(&path), &large);
		return true;
	}
	if (!flush(import, err) || !import->intake->finish(import->intake->context, err))
		return false;
	import->is_open = false;
	import->found++;
	import->batch_count++;
	import->batch_bytes += import->size_bytes;
	if (import->batch_count < SYNC_BATCH_COUNT_MAX &&
		import->batch_bytes < SYNC_BATCH_BYTES_MAX)
		return true;
	return commit(import, err);
}

/* Reads a file to its end through `take`. A file that fails half way is the file's failure. */
static bool
read_through(int fd, bool (*take)(void *context, struct view bytes, struct error *err),
	void *context, struct error *err)
{
	CLEANUP(freep) char *buffer = malloc(PIECE);

	if (!buffer)
		abort();
	for (;;) {
		ssize_t got = read(fd, buffer, PIECE);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, ERROR_MESSAGE, "cannot be read");
		if (got == 0)
			return true;
		if (!take(context, view_make(buffer, (size_t)got), err))
			return false;
	}
}

static bool
feed_mbox(void *context, struct view bytes, struct error *err)
{
	return mbox_feed(context, bytes, err);
}

static bool
take_mbox(struct import *import, int fd, struct error *err)
{
	struct mbox_sink sink = {import, begin_in_mbox, take_bytes, end_message};
	struct mbox mbox = mbox_new(&sink);

	return read_through(fd, feed_mbox, &mbox, err) && mbox_end(&mbox, err);
}

static bool
take_message(struct import *import, int fd, bool answered, struct error *err)
{
	return begin_message(import, 0, answered, err) &&
	       read_through(fd, take_bytes, import, err) && end_message(import, err);
}

/* Opens a regular file without ever waiting for a FIFO's other end. */
static int
open_regular(const char *path, struct error *err)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0) {
		error_set_errno(err, ERROR_MESSAGE, "cannot be opened");
		return -1;
	}
	if (!S_ISREG(status.st_mode)) {
		error_set(err, ERROR_MESSAGE, "is neither a file nor a folder");
		return -1;
	}
	return fd_take(&fd);
}

/* The flags of a Maildir's file name: "…:2,RS" (R: answered). NULL if it has none. */
static const char *
maildir_flags(const char *path)
{
	const char *name = strrchr(path, '/');

	return strstr(name ? name : path, ":2,");
}

enum kind { KIND_MESSAGE, KIND_MAILDIR_MESSAGE, KIND_ANY };

static bool
take_open_file(struct import *import, const char *path, enum kind kind, int fd, struct error *err)
{
	const char *flags = kind == KIND_MAILDIR_MESSAGE ? maildir_flags(path) : NULL;
	char head[5];
	ssize_t got = pread(fd, head, sizeof(head), 0);

	if (got < 0)
		return error_set_errno(err, ERROR_MESSAGE, "cannot be read");
	if (kind == KIND_ANY && view_equal(view_make(head, (size_t)got), VIEW("From ")))
		return take_mbox(import, fd, err);
	return take_message(import, fd, flags && strchr(flags + 3, 'R') != NULL, err);
}

/* The path as text: the place of its messages. */
static bool
set_place(struct import *import, const char *path, enum kind kind, struct str *place,
	struct error *err)
{
	const char *flags = kind == KIND_MAILDIR_MESSAGE ? maildir_flags(path) : NULL;
	struct view bytes = flags ? view_make(path, (size_t)(flags - path)) : view_of(path);

	(void)utf8_clean(place, bytes); /* a name on disk, not evidence */
	if (place->overflowed || place->size == 0)
		return error_set(
			err, ERROR_MESSAGE, "has a path longer than %d bytes", PATH_SIZE_MAX);
	import->path = str_view(place);
	return true;
}

static bool
take_file(struct import *import, const char *path, enum kind kind, struct error *err)
{
	CLEANUP(str_free) struct str place = str_new(PATH_SIZE_MAX);
	CLEANUP(fd_close) int fd = open_regular(path, err);
	struct error unheard = {0};

	if (fd >= 0 && set_place(import, path, kind, &place, err) &&
		take_open_file(import, path, kind, fd, err))
		return true;
	/* What of the file was whole stays in the batch. */
	if (err->reach == ERROR_MESSAGE && !cancel_message(import, &unheard)) {
		*err = unheard;
		return false;
	}
	return go_on(import, path, err);
}

static bool
is_folder(const char *path, bool follow)
{
	struct stat status;

	return (follow ? stat(path, &status) : lstat(path, &status)) == 0 &&
	       S_ISDIR(status.st_mode);
}

static char *
join(const char *folder, const char *name)
{
	size_t size = strlen(folder);
	char *path = NULL;

	if (asprintf(&path, "%s%s%s", folder, size && folder[size - 1] == '/' ? "" : "/", name) < 0)
		abort();
	return path;
}

static bool
is_maildir(const char *path)
{
	CLEANUP(freep) char *cur = join(path, "cur");
	CLEANUP(freep) char *new = join(path, "new");

	return is_folder(cur, true) && is_folder(new, true);
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_real_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

struct listing {
	struct dirent **entries;
	int count;
};

static void
listing_free(struct listing *listing)
{
	for (int i = 0; i < listing->count; i++)
		free(listing->entries[i]);
	free(listing->entries);
}

static bool
list(struct listing *listing, const char *path, struct error *err)
{
	listing->count = scandir(path, &listing->entries, is_real_entry, by_bytes);
	if (listing->count >= 0)
		return true;
	listing->count = 0;
	listing->entries = NULL;
	return error_set_errno(err, ERROR_MESSAGE, "cannot be listed");
}

static bool
take_maildir_part(struct import *import, const char *maildir, const char *part, struct error *err)
{
	CLEANUP(freep) char *folder = join(maildir, part);
	CLEANUP(listing_free) struct listing listing = {0};

	if (!list(&listing, folder, err))
		return go_on(import, folder, err);
	for (int i = 0; i < listing.count; i++) {
		CLEANUP(freep) char *path = join(folder, listing.entries[i]->d_name);

		if (listing.entries[i]->d_name[0] == '.')
			continue; /* no message (maildir(5)) */
		if (!take_file(import, path, KIND_MAILDIR_MESSAGE, err))
			return false;
	}
	return true;
}

static bool
has_suffix(const char *name, const char *suffix)
{
	size_t size = strlen(name), suffix_size = strlen(suffix);

	return size > suffix_size && strcasecmp(name + size - suffix_size, suffix) == 0;
}

static bool take_folder(struct import *import, const char *path, unsigned depth, struct error *err);

static bool
take_entry(struct import *import, const char *path, unsigned depth, struct error *err)
{
	if (is_folder(path, false))
		return take_folder(import, path, depth + 1, err);
	if (is_folder(path, true))
		return true; /* a link to a folder: it may lead back here */
	if (has_suffix(path, ".mbox"))
		return take_file(import, path, KIND_ANY, err);
	if (has_suffix(path, ".eml"))
		return take_file(import, path, KIND_MESSAGE, err);
	return true;
}

static bool
take_entries(
	struct import *import, const char *path, unsigned depth, bool maildir, struct error *err)
{
	CLEANUP(listing_free) struct listing listing = {0};

	if (!list(&listing, path, err))
		return go_on(import, path, err);
	for (int i = 0; i < listing.count; i++) {
		const char *name = listing.entries[i]->d_name;
		CLEANUP(freep) char *below = join(path, name);

		if (maildir && (strcmp(name, "cur") == 0 || strcmp(name, "new") == 0 ||
				       strcmp(name, "tmp") == 0))
			continue;
		if (!take_entry(import, below, depth, err))
			return false;
	}
	return true;
}

/* Depth is bounded by FILES_DEPTH_MAX. */
static bool
take_folder(struct import *import, const char *path, unsigned depth, struct error *err)
{
	bool maildir = is_maildir(path);

	if (depth > FILES_DEPTH_MAX) {
		error_set(err, ERROR_MESSAGE, "lies deeper than %d folders", FILES_DEPTH_MAX);
		return go_on(import, path, err);
	}
	if (maildir && (!take_maildir_part(import, path, "cur", err) ||
			       !take_maildir_part(import, path, "new", err)))
		return false;
	return take_entries(import, path, depth, maildir, err);
}

static bool
take_path(struct import *import, const char *path, struct error *err)
{
	struct error nothing = {0};

	if (!is_folder(path, true))
		return take_file(import, path, KIND_ANY, err);
	if (!take_folder(import, path, 1, err))
		return false;
	if (import->found == 0) {
		error_set(&nothing, ERROR_MESSAGE,
			"holds no Maildir, no .mbox and no .eml file with a message");
		tell_problem(import, path, &nothing);
	}
	return true;
}

bool
files_import(const char *path, const struct intake *intake, const struct files_options *options,
	struct error *err)
{
	struct import import = {.intake = intake, .options = options, .pending = str_new(PIECE)};
	bool ok = take_path(&import, path, err) && commit(&import, err);

	str_free(&import.pending);
	return ok;
}
