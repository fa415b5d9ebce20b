/*
 * The parts of a request and a reply that pages work with.
 */
#include "serve/request.h"

#include <stdio.h>

static bool
is_not_for_filters(struct view name)
{
	return view_equal(name, VIEW("format")) || view_equal(name, VIEW("v"));
}

struct view
request_parameter(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->parameter_count; i++)
		if (view_equal(request->parameters[i].name, view_of(name)))
			return request->parameters[i].value;
	return (struct view){0};
}

bool
request_filter(const struct request *request, struct filter *ret_filter, struct error *err)
{
	struct filter filter = {0};

	for (size_t i = 0; i < request->parameter_count; i++) {
		const struct parameter *parameter = &request->parameters[i];

		if (parameter->value.size == 0 || is_not_for_filters(parameter->name))
			continue;
		if (!filter_set(&filter, parameter->name, parameter->value, err))
			return false;
	}
	*ret_filter = filter;
	return true;
}

void
uri_encode(struct str *out, struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c != '\0' && strchr("-._~", c)))
			str_append_byte(out, (char)c);
		else
			str_append_format(out, "%%%02X", c);
	}
}

static void
put_parameter(struct str *out, struct view name, struct view value)
{
	str_append_byte(out, out->size ? '&' : '?');
	uri_encode(out, name);
	str_append_byte(out, '=');
	uri_encode(out, value);
}

struct view
request_query_with(const struct request *request, const char *name, struct view value)
{
	CLEANUP(str_free) struct str out = str_new(REQUEST_URI_MAX * 4);

	for (size_t i = 0; i < request->parameter_count; i++) {
		const struct parameter *parameter = &request->parameters[i];

		if (parameter->value.size && !view_equal(parameter->name, view_of(name)))
			put_parameter(&out, parameter->name, parameter->value);
	}
	if (value.size)
		put_parameter(&out, view_of(name), value);
	return arena_copy(request->arena, str_view(&out));
}

static bool
matches(struct view if_none_match, const char *etag)
{
	return if_none_match.size &&
	       (view_equal(if_none_match, VIEW("*")) ||
		       view_find(if_none_match, view_of(etag), 0) != SIZE_MAX);
}

static void
set_etag(struct reply *reply, const uint8_t digest[SHA256_SIZE])
{
	char hex[SHA256_HEX_SIZE];

	digest_to_hex(digest, hex);
	snprintf(reply->etag, sizeof(reply->etag), "\"%.24s\"", hex);
}

bool
reply_is_known(
	const struct request *request, struct reply *reply, bool *ret_known, struct error *err)
{
	struct digest *digest;
	uint8_t bytes[SHA256_SIZE];
	uint64_t version;

	if (!reader_version(request->reader, &version, err))
		return false;
	digest = digest_start();
	digest_update(digest, view_make(&version, sizeof(version)));
	digest_update(digest, VIEW(CASEPOST_VERSION));
	digest_update(digest, view_of(request->site->css_version));
	digest_update(digest, request->path);
	digest_update(digest, VIEW("?"));
	digest_update(digest, request->query);
	digest_update(digest, VIEW("#"));
	digest_update(digest, request->user);
	digest_finish(digest, bytes);
	set_etag(reply, bytes);
	*ret_known = matches(request->if_none_match, reply->etag);
	if (*ret_known)
		reply->status = 304;
	return true;
}

void
reply_tag_body(struct reply *reply)
{
	uint8_t digest[SHA256_SIZE];

	digest_sha256(str_view(&reply->body), digest);
	set_etag(reply, digest);
}

void
reply_spare(const struct request *request, struct reply *reply)
{
	if (!matches(request->if_none_match, reply->etag))
		return;
	str_clear(&reply->body);
	reply->status = 304;
}

bool
request_message_id(struct view text, int64_t *ret_id)
{
	return text.size > 0 && text.data[0] != '-' && view_to_i64(text, ret_id);
}
