/*
 * Address lists (RFC 5322 3.4 and 4.4, RFC 6532): who wrote, to whom. The list is split at its
 * commas first and each piece is read by itself, so that one that makes no sense spoils no other.
 */
#include "base/utf8.h"
#include "read/charset.h"
#include "read/header.h"
#include "read/message.h"

enum {
	ENCLOSED_MAX = 1000, /* a longer quoted string or comment is none: keeps this linear */
	LIST_SIZE_MAX = 256 * 1024 /* four times MESSAGE_ADDRESSES_MAX usual addresses */
};

/* Steps over a quoted string, a comment, an angle address or a domain literal that begins at `at`.
 * Without an end to it, the character stands for itself. */
static size_t
skip_enclosed(struct view text, size_t at)
{
	static const char OPEN[] = "\"(<[", CLOSE[] = "\")>]";
	const char *kind = strchr(OPEN, text.data[at]);
	unsigned depth = 0;
	char close;

	if (!kind || text.data[at] == '\0')
		return at + 1;
	close = CLOSE[kind - OPEN];
	for (size_t i = at + 1; i < text.size && i - at < ENCLOSED_MAX; i++) {
		if (text.data[i] == '\\' && close != '>')
			i++;
		else if (text.data[i] == '"' && close == '>') /* <"a>b"@example.org> */
			for (i++; i < text.size && text.data[i] != '"';)
				i++;
		else if (text.data[i] == close && depth == 0)
			return i + 1;
		else if (text.data[i] == '(' && close == ')')
			depth++;
		else if (text.data[i] == close)
			depth--;
	}
	return at + 1;
}

static bool
is_mark(char c)
{
	return c == ',' || c == ';' || c == ':';
}

/* Takes the next piece of the list; a group's name is dropped, its members are pieces. */
static bool
next_piece(struct view *rest, struct view *ret_piece)
{
	size_t at = 0;
	bool has_at = false;

	if (rest->size == 0)
		return false;
	while (at < rest->size && !is_mark(rest->data[at])) {
		has_at = has_at || rest->data[at] == '@';
		at = skip_enclosed(*rest, at);
		/* "a@b: c" is no group */
		if (at < rest->size && rest->data[at] == ':' && has_at)
			at++;
	}
	if (at < rest->size && rest->data[at] == ':')
		*ret_piece = VIEW("");
	else
		*ret_piece = view_trim(view_slice(*rest, 0, at));
	*rest = view_slice(*rest, at + 1, rest->size);
	return true;
}

/* Where the angle address of a piece begins; SIZE_MAX if it has none. */
static size_t
find_angle(struct view piece)
{
	size_t found = SIZE_MAX;

	for (size_t at = 0; at < piece.size;) {
		if (piece.data[at] == '<')
			found = at;
		at = skip_enclosed(piece, at);
	}
	return found;
}

/* The name without quotes and escapes; comments are kept apart. */
static void
unquote(struct view text, struct str *name, struct str *comment)
{
	for (size_t at = 0; at < text.size;) {
		size_t end = skip_enclosed(text, at);
		struct str *to = text.data[at] == '(' && end > at + 1 ? comment : name;

		if (end == at + 1) {
			if (text.data[at] != '"')
				str_append_byte(name, text.data[at]);
			at = end;
			continue;
		}
		if (text.data[at] == '[')
			str_append(to, view_slice(text, at, end));
		else
			for (size_t i = at + 1; i + 1 < end; i++) {
				if (text.data[i] == '\\' && i + 2 < end)
					i++;
				str_append_byte(to, text.data[i]);
			}
		at = end;
	}
}

/* The addr-spec: no route, no comments, no blanks outside quotes; clean UTF-8. */
static struct view
clean_spec(struct view text, struct arena *arena)
{
	CLEANUP(str_free) struct str spec = str_new(1000);
	CLEANUP(str_free) struct str clean = str_new(4000);
	size_t damaged = 0;

	text = view_trim(text);
	if (text.size && text.data[0] == '@' && view_find_byte(text, ':', 0) != SIZE_MAX)
		text = view_slice(text, view_find_byte(text, ':', 0) + 1, text.size);
	if (view_starts_with_nocase(text, VIEW("mailto:")))
		text = view_slice(text, 7, text.size);
	for (size_t at = 0; at < text.size;) {
		size_t end = skip_enclosed(text, at);
		bool is_blank = (unsigned char)text.data[at] <= ' ';

		if (text.data[at] != '(' && !is_blank)
			str_append(&spec, view_slice(text, at, end));
		at = end;
	}
	(void)charset_decode(&clean, str_view(&spec), VIEW(""), &damaged);
	return arena_copy(arena, str_view(&clean));
}

static struct view
clean_name(const struct str *name, struct arena *arena)
{
	struct view text = header_text(str_view(name), arena);

	/* 'Name' in quotes that the sending program put there itself */
	if (text.size >= 2 && (text.data[0] == '\'' || text.data[0] == '"') &&
		text.data[text.size - 1] == text.data[0])
		text = view_trim(view_slice(text, 1, text.size - 1));
	return text;
}

/* Without angle brackets: "a@b (Name)", "Name a@b", "Name". */
static void
read_bare(struct view piece, const struct str *words, struct address *address, struct arena *arena)
{
	struct view text = view_trim(str_view(words));
	size_t at = view_find_byte(text, '@', 0);
	size_t start, end;

	if (at == SIZE_MAX) {
		if (memchr(text.data ? text.data : "", ' ', text.size))
			address->name = header_text(text, arena);
		else
			address->address = clean_spec(text, arena);
		return;
	}
	if (memchr(piece.data, '"', piece.size)) { /* "john doe"@example.org */
		address->address = clean_spec(piece, arena);
		return;
	}
	for (start = at; start > 0 && (unsigned char)text.data[start - 1] > ' ';)
		start--;
	for (end = at; end < text.size && (unsigned char)text.data[end] > ' ';)
		end++;
	if (start == at || end == at + 1) { /* "a @ b" */
		address->address = clean_spec(text, arena);
		return;
	}
	address->address = clean_spec(view_slice(text, start, end), arena);
	address->name = header_text(view_slice(text, 0, start), arena);
}

static void
read_piece(struct view piece, struct address *address, struct arena *arena)
{
	CLEANUP(str_free) struct str name = str_new(HEADER_VALUE_MAX);
	CLEANUP(str_free) struct str comment = str_new(HEADER_VALUE_MAX);
	size_t angle = find_angle(piece);

	address->name = address->address = VIEW("");
	if (angle == SIZE_MAX) {
		unquote(piece, &name, &comment);
		read_bare(piece, &name, address, arena);
	} else {
		size_t end = skip_enclosed(piece, angle);
		size_t inner_end = end > angle + 1 ? end - 1 : piece.size;

		address->address = clean_spec(view_slice(piece, angle + 1, inner_end), arena);
		unquote(view_slice(piece, 0, angle), &name, &comment);
		address->name = clean_name(&name, arena);
	}
	if (address->name.size == 0 && comment.size > 0)
		address->name = clean_name(&comment, arena);
}

void
address_parse(struct view value, struct arena *arena, struct address_list *list)
{
	struct view rest = view_slice(value, 0, LIST_SIZE_MAX);
	struct view piece;

	while (list->count < MESSAGE_ADDRESSES_MAX && next_piece(&rest, &piece)) {
		struct address address, *item;

		if (piece.size == 0)
			continue;
		read_piece(piece, &address, arena);
		if (address.name.size == 0 && address.address.size == 0)
			continue;
		item = arena_push(arena, &list->items, &list->count, &list->capacity, sizeof(*item),
			MESSAGE_ADDRESSES_MAX);
		if (!item)
			return;
		*item = address;
	}
}
