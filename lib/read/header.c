/*
 * Header values: unfolding, encoded words, parameters. Works on the raw values, since what mail
 * really sends (8-bit bytes, words that split characters) is decided here and not in the parser.
 */
#include "read/header.h"

#include "base/utf8.h"
#include "read/charset.h"
#include "read/parts.h"

enum {
	SEGMENTS_MAX = 100,   /* of an RFC 2231 value: some 7,000 characters */
	WORD_SIZE_MAX = 10000 /* of an encoded word: RFC 2047 allows 75 */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes %XX or =XX; other bytes pass, with `blank` (where it is not 0) meaning a space. */
static void
append_escaped(struct str *out, struct view text, char escape, char blank)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];

		if (byte == escape && i + 2 < text.size + 0 && hex_digit(text.data[i + 1]) >= 0 &&
			hex_digit(text.data[i + 2]) >= 0) {
			byte = (char)(hex_digit(text.data[i + 1]) * 16 +
				      hex_digit(text.data[i + 2]));
			i += 2;
		} else if (blank && byte == blank) {
			byte = ' ';
		}
		str_append_byte(out, byte);
	}
}

static void
append_to_str(void *context, struct view bytes)
{
	str_append(context, bytes);
}

/* An encoded word: =?charset*language?encoding?text?= */
struct word {
	struct view charset;
	char encoding; /* 'b' or 'q' */
	struct view text;
	size_t size; /* of all of it */
};

static bool
find_word(struct view text, size_t at, struct word *ret_word)
{
	size_t charset_end, text_end;
	struct view inner;

	if (!view_starts_with(view_slice(text, at, text.size), VIEW("=?")))
		return false;
	inner = view_slice(text, at + 2, at + 2 + WORD_SIZE_MAX);
	charset_end = view_find_byte(inner, '?', 0);
	if (charset_end == SIZE_MAX || charset_end == 0 || charset_end > 60 ||
		charset_end + 2 >= inner.size || inner.data[charset_end + 2] != '?')
		return false;
	ret_word->encoding = (char)(inner.data[charset_end + 1] | 0x20);
	if (ret_word->encoding != 'b' && ret_word->encoding != 'q')
		return false;
	text_end = view_find(inner, VIEW("?="), charset_end + 3);
	if (text_end == SIZE_MAX)
		return false;
	/* "?=" may be the "?" of a quoted-printable text before "=41": then it goes on */
	while (ret_word->encoding == 'q' && text_end + 3 < inner.size &&
		hex_digit(inner.data[text_end + 2]) >= 0 &&
		hex_digit(inner.data[text_end + 3]) >= 0 &&
		view_find(inner, VIEW("?="), text_end + 2) != SIZE_MAX &&
		view_find_byte(view_slice(inner, 0, view_find(inner, VIEW("?="), text_end + 2)),
			' ', text_end) == SIZE_MAX)
		text_end = view_find(inner, VIEW("?="), text_end + 2);
	ret_word->charset = view_slice(inner, 0, charset_end);
	if (view_find_byte(ret_word->charset, '*', 0) != SIZE_MAX)
		ret_word->charset.size = view_find_byte(ret_word->charset, '*', 0);
	ret_word->text = view_slice(inner, charset_end + 3, text_end);
	ret_word->size = 2 + text_end + 2;
	return true;
}

/* Bytes of one charset, gathered over several words, since one may end within a character. */
struct run {
	struct view charset;
	struct str bytes;
};

static void
flush_run(struct run *run, struct str *out)
{
	size_t damaged = 0;

	if (run->bytes.size > 0)
		(void)charset_decode(out, str_view(&run->bytes), run->charset, &damaged);
	str_clear(&run->bytes);
	run->charset = (struct view){NULL, 0};
}

static void
add_word(struct run *run, const struct word *word, struct str *out)
{
	if (run->charset.data && !view_equal_nocase(run->charset, word->charset))
		flush_run(run, out);
	run->charset = word->charset;
	if (word->encoding == 'b')
		part_decode(TRANSFER_BASE64, word->text, append_to_str, &run->bytes);
	else
		append_escaped(&run->bytes, word->text, '=', '_');
}

/* The blanks between two encoded words belong to neither (RFC 2047 6.2). */
static size_t
skip_blanks_before_word(struct view value, size_t at)
{
	struct word word;
	size_t next = at;

	while (next < value.size && is_blank(value.data[next]))
		next++;
	return next < value.size && value.data[next] == '=' && find_word(value, next, &word) ? next
											     : at;
}

static void
decode_words(struct view value, struct str *out)
{
	struct run run = {.bytes = str_new(HEADER_VALUE_MAX)};
	size_t plain = 0, damaged = 0;

	for (size_t i = 0; i < value.size;) {
		struct word word;

		if (value.data[i] != '=' || !find_word(value, i, &word)) {
			i++;
			continue;
		}
		if (i > plain) {
			flush_run(&run, out);
			(void)charset_decode(out, view_slice(value, plain, i), VIEW(""), &damaged);
		}
		add_word(&run, &word, out);
		i = plain = skip_blanks_before_word(value, i + word.size);
	}
	flush_run(&run, out);
	if (plain < value.size)
		(void)charset_decode(out, view_slice(value, plain, value.size), VIEW(""), &damaged);
	str_free(&run.bytes);
}

/* Without folds: a line end goes, the blank behind it stays. */
static void
unfold(struct view value, struct str *out)
{
	size_t start = 0;

	for (size_t i = 0; i <= value.size; i++) {
		if (i < value.size && value.data[i] != '\r' && value.data[i] != '\n')
			continue;
		str_append(out, view_slice(value, start, i));
		start = i + 1;
	}
}

struct view
header_text(struct view value, struct arena *arena)
{
	CLEANUP(str_free) struct str flat = str_new(HEADER_VALUE_MAX);
	CLEANUP(str_free) struct str text = str_new((size_t)HEADER_VALUE_MAX * 4);
	CLEANUP(str_free) struct str one_line = str_new((size_t)HEADER_VALUE_MAX * 4);

	unfold(view_slice(value, 0, HEADER_VALUE_MAX), &flat);
	decode_words(view_trim(str_view(&flat)), &text);
	for (size_t i = 0; i < text.size; i++)
		str_append_byte(&one_line, text.data[i] == '\n' ? ' ' : text.data[i]);
	return arena_copy(arena, view_trim(str_view(&one_line)));
}

struct view
header_token(struct view value, struct arena *arena)
{
	CLEANUP(str_free) struct str token = str_new(1000);

	value = view_trim(value);
	for (size_t i = 0; i < value.size; i++) {
		char c = value.data[i];

		if (c == ';' || c == '(' || c == ',')
			break;
		if (!is_blank(c) && c != '"')
			str_append_byte(&token, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
	if (!utf8_is_valid(str_view(&token)))
		return VIEW("");
	return arena_copy(arena, str_view(&token));
}

/* One name=value of a parameter list. */
struct param {
	struct view name;
	struct view value; /* without quotes; escapes still in it */
	bool is_quoted;
};

static size_t
skip_comment(struct view text, size_t at)
{
	unsigned depth = 0;

	for (; at < text.size; at++) {
		if (text.data[at] == '\\')
			at++;
		else if (text.data[at] == '(')
			depth++;
		else if (text.data[at] == ')' && --depth == 0)
			return at + 1;
	}
	return text.size;
}

/* The end of a quoted string that begins at `at`: the place of its closing quote. */
static size_t
quoted_end(struct view text, size_t at)
{
	for (at++; at < text.size; at++) {
		if (text.data[at] == '\\')
			at++;
		else if (text.data[at] == '"')
			return at;
	}
	return text.size;
}

static size_t
skip_to_semicolon(struct view text, size_t at)
{
	while (at < text.size && text.data[at] != ';') {
		if (text.data[at] == '"')
			at = quoted_end(text, at) + 1;
		else if (text.data[at] == '(')
			at = skip_comment(text, at);
		else
			at++;
	}
	return at < text.size ? at : text.size;
}

/* Takes the next parameter at or after *at; false at the end. */
static bool
next_param(struct view text, size_t *at, struct param *ret_param)
{
	size_t start = *at, equals, end;

	while (start < text.size && (is_blank(text.data[start]) || text.data[start] == ';'))
		start++;
	if (start >= text.size)
		return false;
	for (equals = start; equals < text.size && text.data[equals] != '='; equals++)
		if (text.data[equals] == ';')
			break;
	ret_param->name = view_trim(view_slice(text, start, equals));
	ret_param->value = VIEW("");
	ret_param->is_quoted = false;
	*at = equals;
	if (equals >= text.size || text.data[equals] == ';')
		return true;
	for (start = equals + 1; start < text.size && is_blank(text.data[start]);)
		start++;
	if (start < text.size && text.data[start] == '"') {
		end = quoted_end(text, start);
		ret_param->value = view_slice(text, start + 1, end);
		ret_param->is_quoted = true;
		*at = skip_to_semicolon(text, end + 1 < text.size ? end + 1 : text.size);
		return true;
	}
	end = start;
	while (end < text.size && text.data[end] != ';')
		end++;
	ret_param->value = view_trim(view_slice(text, start, end));
	*at = end;
	return true;
}

static void
append_unescaped(struct str *out, struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		/* a Windows path is not escaped: there the backslash stays */
		if (text.data[i] == '\\' && i + 1 < text.size &&
			(text.data[i + 1] == '"' || text.data[i + 1] == '\\'))
			i++;
		str_append_byte(out, text.data[i]);
	}
}

/* "name*2*" against "name": the number of the segment and whether it is percent-encoded. */
static bool
match_segment(struct view full, struct view name, size_t *ret_number, bool *ret_is_encoded)
{
	uint64_t number = 0;
	struct view rest;

	if (full.size <= name.size || full.data[name.size] != '*' ||
		!view_starts_with_nocase(full, name))
		return false;
	rest = view_slice(full, name.size + 1, full.size);
	*ret_is_encoded = rest.size == 0 || rest.data[rest.size - 1] == '*';
	if (rest.size && *ret_is_encoded)
		rest.size--;
	if (rest.size && !view_to_u64(rest, &number))
		return false;
	*ret_number = (size_t)number;
	return number < SEGMENTS_MAX;
}

struct segment {
	struct param param;
	bool is_there;
	bool is_encoded;
};

/* charset'language'value: takes the front part off. */
static struct view
take_charset(struct view *value)
{
	size_t first = view_find_byte(*value, '\'', 0);
	size_t second = first == SIZE_MAX ? SIZE_MAX : view_find_byte(*value, '\'', first + 1);
	struct view charset;

	if (second == SIZE_MAX)
		return VIEW("");
	charset = view_slice(*value, 0, first);
	*value = view_slice(*value, second + 1, value->size);
	return charset;
}

static struct view
join_segments(const struct segment *segments, struct arena *arena)
{
	CLEANUP(str_free) struct str bytes = str_new(HEADER_VALUE_MAX);
	CLEANUP(str_free) struct str text = str_new((size_t)HEADER_VALUE_MAX * 4);
	struct view charset = VIEW("");
	size_t damaged = 0;

	for (size_t i = 0; i < SEGMENTS_MAX && (segments[i].is_there || i == 0); i++) {
		struct view value = segments[i].param.value;

		if (!segments[i].is_there)
			continue; /* some count from 1 */
		if (segments[i].is_encoded && (i == 0 || bytes.size == 0))
			charset = take_charset(&value);
		if (segments[i].is_encoded)
			append_escaped(&bytes, value, '%', 0);
		else
			append_unescaped(&bytes, value);
	}
	(void)charset_decode(&text, str_view(&bytes), charset, &damaged);
	return arena_copy(arena, str_view(&text));
}

static struct view
plain_param(const struct param *param, struct arena *arena)
{
	CLEANUP(str_free) struct str bytes = str_new(HEADER_VALUE_MAX);
	struct view value = param->value;
	size_t comment = view_find(value, VIEW(" ("), 0);

	if (!param->is_quoted && comment != SIZE_MAX)
		value = view_slice(value, 0, comment);
	append_unescaped(&bytes, value);
	return header_text(str_view(&bytes), arena);
}

struct view
header_param(struct view value, struct view name, struct arena *arena)
{
	struct segment segments[SEGMENTS_MAX] = {0};
	struct param param, plain = {0};
	bool has_plain = false, has_segments = false;
	size_t at;

	value = view_slice(value, 0, HEADER_VALUE_MAX);
	at = skip_to_semicolon(value, 0);
	while (next_param(value, &at, &param)) {
		bool is_encoded;
		size_t number;

		if (view_equal_nocase(param.name, name) && !has_plain) {
			plain = param;
			has_plain = true;
		} else if (match_segment(param.name, name, &number, &is_encoded) &&
			   !segments[number].is_there) {
			segments[number] = (struct segment){param, true, is_encoded};
			has_segments = true;
		}
	}
	if (has_segments)
		return join_segments(segments, arena);
	return has_plain ? plain_param(&plain, arena) : (struct view){NULL, 0};
}

size_t
header_ids(struct view value, struct arena *arena, struct view *ret_ids, size_t maximum)
{
	size_t count = 0, start = 0;

	value = view_slice(value, 0, HEADER_VALUE_MAX);
	while (count < maximum && (start = view_find_byte(value, '<', start)) != SIZE_MAX) {
		CLEANUP(str_free) struct str id = str_new(2000);
		size_t end = view_find_byte(value, '>', start);

		if (end == SIZE_MAX)
			break;
		for (size_t i = start; i <= end; i++)
			if (!is_blank(value.data[i]))
				str_append_byte(&id, value.data[i]);
		if (!id.overflowed && id.size > 2 && utf8_is_valid(str_view(&id)) &&
			view_find_byte(str_view(&id), '\0', 0) == SIZE_MAX)
			ret_ids[count++] = arena_copy(arena, str_view(&id));
		start = end + 1;
	}
	return count;
}
