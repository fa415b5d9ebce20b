/*
 * From a reply to the wire: headers that keep a stranger's text harmless in a browser, bodies that
 * are owned, and exports that are written while they are sent.
 */
#include "serve/respond.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "serve/store.h"

enum { STREAM_BLOCK = 64 * 1024, STREAM_OBJECT_MAX = 1024 * 1024 * 1024 };

/* An export under way: what is written and not yet sent. */
struct stream {
	struct store *store;
	struct export *export;
	struct str pending;
	size_t sent;
	bool more;
};

static void
stream_free(void *context)
{
	struct stream *stream = context;

	export_free(stream->export);
	str_free(&stream->pending);
	free(stream);
}

/* Connections are borrowed for a block, so that a slow client holds none of them. */
static bool
write_block(struct stream *stream, size_t size, struct error *err)
{
	struct lease lease;
	bool ok = true;

	if (!store_borrow(stream->store, &lease, err))
		return false;
	str_clear(&stream->pending);
	stream->sent = 0;
	while (ok && stream->more && stream->pending.size < size)
		ok = export_next(stream->export, lease.reader, lease.archive, &stream->pending,
			&stream->more, err);
	store_return(stream->store, &lease);
	return ok;
}

static ssize_t
stream_read(void *context, uint64_t position, char *buffer, size_t size)
{
	struct stream *stream = context;
	struct error err = {0};
	struct view left;

	(void)position;
	if (stream->sent == stream->pending.size && stream->more &&
		!write_block(stream, size, &err)) {
		log_err("an export broke off: %s", err.text);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	left = view_slice(str_view(&stream->pending), stream->sent, stream->pending.size);
	if (left.size == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (left.size > size)
		left.size = size;
	memcpy(buffer, left.data, left.size);
	stream->sent += left.size;
	return (ssize_t)left.size;
}

static struct MHD_Response *
make_stream(const struct site *site, struct reply *reply)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	struct MHD_Response *response;

	if (!stream)
		abort();
	*stream = (struct stream){
		.store = site->store,
		.export = TAKE(reply->export),
		.pending = str_new(STREAM_OBJECT_MAX),
		.more = true,
	};
	response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, stream, stream_free);
	if (!response)
		stream_free(stream);
	return response;
}

static struct MHD_Response *
make_response(const struct site *site, struct reply *reply)
{
	struct MHD_Response *response;

	if (reply->export)
		return make_stream(site, reply);
	if (reply->body.size == 0)
		return MHD_create_response_from_buffer(
			0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_buffer_with_free_callback(
		reply->body.size, reply->body.data, free);
	if (response)
		reply->body = str_new(0); /* the response has it now */
	return response;
}

static void
put(struct MHD_Response *response, const char *name, const char *value)
{
	/* Fails without memory only; an answer without a header of safety must not go out. */
	if (MHD_add_response_header(response, name, value) != MHD_YES)
		abort();
}

static void
put_safety(struct MHD_Response *response, const struct site *site)
{
	put(response, "Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
		"base-uri 'none'; frame-ancestors 'none'");
	put(response, "X-Content-Type-Options", "nosniff");
	put(response, "X-Frame-Options", "DENY");
	put(response, "Referrer-Policy", "no-referrer");
	put(response, "Cross-Origin-Opener-Policy", "same-origin");
	put(response, "Cross-Origin-Resource-Policy", "same-origin");
	if (site->is_https)
		put(response, "Strict-Transport-Security", "max-age=31536000");
}

static void
put_caching(struct MHD_Response *response, const struct reply *reply, bool is_private)
{
	put(response, "Vary", "Authorization");
	if (reply->is_lasting)
		put(response, "Cache-Control", "public, max-age=31536000, immutable");
	else if (reply->etag[0])
		put(response, "Cache-Control", is_private ? "private, no-cache" : "no-cache");
	else
		put(response, "Cache-Control", "no-store");
	if (reply->etag[0])
		put(response, "ETag", reply->etag);
}

static void
put_particulars(struct MHD_Response *response, const struct reply *reply)
{
	char text[128];

	if (reply->type)
		put(response, "Content-Type", reply->type);
	if (reply->filename[0]) {
		snprintf(text, sizeof(text), "attachment; filename=\"%s\"", reply->filename);
		put(response, "Content-Disposition", text);
	}
	if (reply->location[0])
		put(response, "Location", reply->location);
	if (reply->asks_for_login)
		put(response, "WWW-Authenticate", "Basic realm=\"casepost\", charset=\"UTF-8\"");
	if (reply->allow)
		put(response, "Allow", reply->allow);
	if (reply->retry_after_s) {
		snprintf(text, sizeof(text), "%u", reply->retry_after_s);
		put(response, "Retry-After", text);
	}
}

enum MHD_Result
respond(struct MHD_Connection *connection, const struct site *site, struct reply *reply,
	bool is_private)
{
	struct MHD_Response *response = make_response(site, reply);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	put_safety(response, site);
	put_caching(response, reply, is_private);
	put_particulars(response, reply);
	result = MHD_queue_response(connection, reply->status ? reply->status : 200, response);
	MHD_destroy_response(response);
	return result;
}

void
reply_free(struct reply *reply)
{
	export_free(TAKE(reply->export));
	str_free(&reply->body);
}
