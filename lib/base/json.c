/*
 * A JSON writer (RFC 8259). Names and nesting are the program's own and are asserted; text may be
 * anything.
 */
#include "base/json.h"

#include <assert.h>
#include <math.h>

#include "base/utf8.h"

struct json
json_to(struct str *out)
{
	return (struct json){.out = out};
}

static void
put_escape(struct str *out, unsigned char c)
{
	switch (c) {
	case '"':
		str_append(out, VIEW("\\\""));
		break;
	case '\\':
		str_append(out, VIEW("\\\\"));
		break;
	case '\n':
		str_append(out, VIEW("\\n"));
		break;
	case '\t':
		str_append(out, VIEW("\\t"));
		break;
	default:
		str_append_format(out, "\\u%04x", c);
		break;
	}
}

static bool
needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7F;
}

static void
put_string(struct str *out, struct view text)
{
	CLEANUP(str_free) struct str cleaned = str_new(text.size * 3 + 1);
	size_t start = 0;

	if (!utf8_is_valid(text)) {
		(void)utf8_clean(&cleaned, text); /* the damage was recorded where it came in */
		text = str_view(&cleaned);
	}
	str_append_byte(out, '"');
	for (size_t i = 0; i < text.size; i++) {
		if (!needs_escape((unsigned char)text.data[i]))
			continue;
		str_append(out, view_slice(text, start, i));
		put_escape(out, (unsigned char)text.data[i]);
		start = i + 1;
	}
	str_append(out, view_slice(text, start, text.size));
	str_append_byte(out, '"');
}

static void
put_name(struct json *json, const char *name)
{
	if (json->depth > 0) {
		if (json->comma[json->depth - 1])
			str_append_byte(json->out, ',');
		json->comma[json->depth - 1] = true;
	}
	if (name) {
		put_string(json->out, view_of(name));
		str_append_byte(json->out, ':');
	}
}

static void
open_level(struct json *json, const char *name, char open, char close)
{
	assert(json->depth < JSON_DEPTH_MAX);
	put_name(json, name);
	str_append_byte(json->out, open);
	json->comma[json->depth] = false;
	json->close[json->depth++] = close;
}

void
json_object(struct json *json, const char *name)
{
	open_level(json, name, '{', '}');
}

void
json_array(struct json *json, const char *name)
{
	open_level(json, name, '[', ']');
}

void
json_end(struct json *json)
{
	assert(json->depth > 0);
	str_append_byte(json->out, json->close[--json->depth]);
}

void
json_text(struct json *json, const char *name, struct view text)
{
	put_name(json, name);
	put_string(json->out, text);
}

void
json_int(struct json *json, const char *name, int64_t number)
{
	put_name(json, name);
	str_append_format(json->out, "%lld", (long long)number);
}

void
json_real(struct json *json, const char *name, double number)
{
	put_name(json, name);
	if (!isfinite(number))
		str_append(json->out, VIEW("null"));
	else if (fabs(number) < 1e11)
		str_append_format(json->out, "%.15g", round(number * 10000) / 10000);
	else /* no digits are left behind the point that a double could tell apart */
		str_append_format(json->out, "%.17g", number);
}

void
json_bool(struct json *json, const char *name, bool value)
{
	put_name(json, name);
	str_append(json->out, value ? VIEW("true") : VIEW("false"));
}

void
json_null(struct json *json, const char *name)
{
	put_name(json, name);
	str_append(json->out, VIEW("null"));
}

void
json_raw(struct json *json, const char *name, struct view json_text)
{
	put_name(json, name);
	str_append(json->out, json_text);
}
