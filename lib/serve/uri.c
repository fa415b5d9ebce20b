/*
 * A request's target. Decoding is strict: what is not well-formed is refused, not guessed.
 */
#include "serve/uri.h"

#include "base/utf8.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
decode(struct view text, bool plus_is_space, struct arena *arena, struct view *ret_text)
{
	char *out = arena_alloc(arena, text.size + 1);
	size_t size = 0;

	if (!out)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		int high, low;

		if (text.data[i] != '%') {
			out[size++] = plus_is_space && text.data[i] == '+' ? ' ' : text.data[i];
			continue;
		}
		if (i + 2 >= text.size)
			return false;
		high = hex_value(text.data[i + 1]);
		low = hex_value(text.data[i + 2]);
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return false;
		out[size++] = (char)(high * 16 + low);
		i += 2;
	}
	*ret_text = (struct view){out, size};
	return utf8_is_valid(*ret_text);
}

static bool
take_parameters(struct uri *uri, struct arena *arena)
{
	struct view rest = uri->query, pair;

	uri->parameters =
		arena_alloc_array(arena, REQUEST_PARAMETERS_MAX, sizeof(*uri->parameters));
	if (!uri->parameters)
		return false;
	while (view_next_field(&rest, '&', &pair)) {
		size_t equals = view_find_byte(pair, '=', 0);
		struct view name = view_slice(pair, 0, equals);
		struct view value = equals == SIZE_MAX ? (struct view){0}
						       : view_slice(pair, equals + 1, pair.size);
		struct parameter *parameter = &uri->parameters[uri->parameter_count];

		if (pair.size == 0)
			continue;
		if (uri->parameter_count++ == REQUEST_PARAMETERS_MAX - 1 ||
			!decode(name, true, arena, &parameter->name) ||
			!decode(value, true, arena, &parameter->value))
			return false;
	}
	return true;
}

bool
uri_parse(struct view target, struct arena *arena, struct uri *ret_uri)
{
	size_t question = view_find_byte(target, '?', 0);
	struct uri uri = {0};

	if (target.size == 0 || target.data[0] != '/')
		return false;
	if (!decode(view_slice(target, 0, question), false, arena, &uri.path))
		return false;
	if (question != SIZE_MAX) {
		uri.query = view_slice(target, question + 1, target.size);
		if (uri.query.size && !take_parameters(&uri, arena))
			return false;
	}
	*ret_uri = uri;
	return true;
}
