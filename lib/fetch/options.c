/*
 * A mailbox's options as the daemon hands them to its fetcher: over the channel, so that the
 * password is on no command line and in no environment.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/mailbox.h"

void
mailbox_options_free(struct mailbox_options *options)
{
	for (size_t i = 0; i < options->folder_count; i++)
		free(options->folders[i]);
	free(options->folders);
	free(options->name);
	free(options->host);
	free(options->ca_file);
	free(options->user);
	if (options->secret)
		explicit_bzero(options->secret, strlen(options->secret));
	free(options->secret);
	*options = (struct mailbox_options){0};
}

void
mailbox_options_put(const struct mailbox_options *options, struct frame *frame)
{
	frame_put_text(frame, view_of(options->name));
	frame_put_text(frame, view_of(options->host));
	frame_put_u64(frame, options->port);
	frame_put_u64(frame, options->security);
	frame_put_text(frame, view_of(options->ca_file));
	frame_put_text(frame, view_of(options->user));
	frame_put_text(frame, view_of(options->secret));
	frame_put_u64(frame, options->folder_count);
	for (size_t i = 0; i < options->folder_count; i++)
		frame_put_text(frame, view_of(options->folders[i]));
	frame_put_u64(frame, options->idle);
	frame_put_i64(frame, options->poll_interval_s);
	frame_put_u64(frame, options->once);
}

/* NULL for absent text. A NUL inside cannot become a C string and fails the reader. */
static char *
get_text(struct frame_reader *reader)
{
	struct view text = frame_get_text(reader);
	char *copy;

	if (!text.data)
		return NULL;
	if (view_find_byte(text, '\0', 0) != SIZE_MAX)
		reader->failed = true;
	copy = strndup(text.data, text.size);
	if (!copy)
		abort();
	return copy;
}

static void
get_folders(struct frame_reader *reader, struct mailbox_options *options)
{
	size_t count = frame_get_count(reader);

	if (count > MAILBOX_FOLDERS_MAX)
		reader->failed = true;
	if (reader->failed || count == 0)
		return;
	options->folders = calloc(count, sizeof(*options->folders));
	if (!options->folders)
		abort();
	while (!reader->failed && options->folder_count < count) {
		char *folder = get_text(reader);

		if (!folder)
			reader->failed = true;
		else
			options->folders[options->folder_count++] = folder;
	}
}

static bool
make_sense(const struct mailbox_options *options, uint64_t port, uint64_t security)
{
	return options->name && options->host && options->user && options->secret &&
	       options->folder_count > 0 && port > 0 && port <= UINT16_MAX &&
	       security <= SECURITY_INSECURE && options->poll_interval_s >= MAILBOX_POLL_MIN_S &&
	       options->poll_interval_s <= MAILBOX_POLL_MAX_S;
}

bool
mailbox_options_get(
	struct frame_reader *reader, struct mailbox_options *ret_options, struct error *err)
{
	struct mailbox_options options = {0};
	uint64_t port, security;

	options.name = get_text(reader);
	options.host = get_text(reader);
	port = frame_get_u64(reader);
	security = frame_get_u64(reader);
	options.ca_file = get_text(reader);
	options.user = get_text(reader);
	options.secret = get_text(reader);
	get_folders(reader, &options);
	options.idle = frame_get_u64(reader) != 0;
	options.poll_interval_s = frame_get_i64(reader);
	options.once = frame_get_u64(reader) != 0;
	if (!frame_end(reader) || !make_sense(&options, port, security)) {
		mailbox_options_free(&options);
		return error_set(err, ERROR_PROGRAM, "a mailbox's options make no sense");
	}
	options.port = (uint16_t)port;
	options.security = (enum security)security;
	*ret_options = options;
	return true;
}
