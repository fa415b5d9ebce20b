/*
 * The outer grammar of IMAP answers, checked before the parser sees a byte.
 */
#include "fetch/guard.h"

#include <string.h>

enum literal_state { LITERAL_NONE, LITERAL_DIGITS, LITERAL_CLOSED, LITERAL_RETURN };

/* The longest word that is looked for behind "* " or "* 4294967295 ". */
enum { HEAD_NEEDED = 28 };

struct guard
guard_new(void)
{
	return (struct guard){0};
}

static bool
is_word(struct view text, const char *word)
{
	struct view wanted = view_of(word);
	struct view rest = view_slice(text, wanted.size, text.size);

	return view_starts_with_nocase(text, wanted) &&
	       (rest.size == 0 || rest.data[0] == ' ' || rest.data[0] == '\r' ||
		       rest.data[0] == '\n');
}

static bool
is_any(struct view text, const char *const *words)
{
	for (; *words; words++)
		if (is_word(text, *words))
			return true;
	return false;
}

static bool
is_known_untagged(struct view text)
{
	static const char *const plain[] = {"OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY",
		"LIST", "STATUS", "FLAGS", "SEARCH", "VANISHED", "ENABLED", "ID", NULL};
	static const char *const numbered[] = {"EXISTS", "RECENT", "EXPUNGE", "FETCH", NULL};
	size_t digits = 0;

	while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
		digits++;
	if (digits == 0)
		return is_any(text, plain);
	return digits <= 10 && digits < text.size && text.data[digits] == ' ' &&
	       is_any(view_slice(text, digits + 1, text.size), numbered);
}

static bool
is_status(struct view text)
{
	static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH", NULL};

	return is_any(text, words);
}

/* Judges a line by its beginning, once that is complete or the line has ended. */
static bool
check_head(struct guard *guard, struct error *err)
{
	struct view head = view_make(guard->head,
		guard->line_size < sizeof(guard->head) ? guard->line_size : sizeof(guard->head));

	guard->is_checked = true;
	guard->is_text = true;
	if (!view_starts_with(head, VIEW("* "))) {
		/* A tagged answer or a continuation request; an empty line crashes line readers. */
		if (head.data[0] == '\r' || head.data[0] == '\n')
			return error_set(err, ERROR_MESSAGE, "the server sent an empty line");
		return true;
	}
	head = view_slice(head, 2, head.size);
	guard->is_text = is_status(head);
	if (!guard->is_text && !is_known_untagged(head))
		return error_set(err, ERROR_MESSAGE,
			"the server sent a response that belongs to none of our commands");
	return true;
}

static bool
end_line(struct guard *guard, struct error *err)
{
	enum literal_state state = guard->literal_state;

	if (!guard->is_checked && !check_head(guard, err))
		return false;
	guard->literal_state = LITERAL_NONE;
	if (state == LITERAL_CLOSED || state == LITERAL_RETURN) {
		if (guard->is_text)
			return error_set(
				err, ERROR_MESSAGE, "the server sent a literal in a status line");
		guard->literal_left = guard->literal_size;
		return true; /* the line goes on behind the literal */
	}
	guard->line_size = 0;
	guard->depth = 0;
	guard->is_checked = false;
	return true;
}

static bool
check_depth(struct guard *guard, char c, struct error *err)
{
	if (c == '(' && ++guard->depth > GUARD_DEPTH_MAX)
		return error_set(err, ERROR_MESSAGE,
			"the server sent an answer nested deeper than %d levels", GUARD_DEPTH_MAX);
	if (c == ')' && guard->depth > 0)
		guard->depth--;
	return true;
}

/* Follows "{123}" CRLF. The parser takes a brace for a literal wherever it stands, so do we. */
static bool
follow_literal(struct guard *guard, char c, struct error *err)
{
	if (c == '{') {
		guard->literal_state = LITERAL_DIGITS;
		guard->literal_size = 0;
	} else if (guard->literal_state == LITERAL_DIGITS && c >= '0' && c <= '9') {
		guard->literal_size = guard->literal_size * 10 + (uint64_t)(c - '0');
		if (guard->literal_size > GUARD_LITERAL_MAX)
			return error_set(err, ERROR_MESSAGE,
				"the server announced more than %d MiB at once",
				GUARD_LITERAL_MAX / (1024 * 1024));
	} else if (guard->literal_state == LITERAL_DIGITS && c == '}') {
		guard->literal_state = LITERAL_CLOSED;
	} else if (guard->literal_state == LITERAL_CLOSED && c == '\r') {
		guard->literal_state = LITERAL_RETURN;
	} else {
		guard->literal_state = LITERAL_NONE;
	}
	return true;
}

static bool
feed_byte(struct guard *guard, char c, struct error *err)
{
	if (guard->line_size < sizeof(guard->head))
		guard->head[guard->line_size] = c;
	if (++guard->line_size > GUARD_LINE_MAX)
		return error_set(err, ERROR_MESSAGE, "the server sent a line longer than %d KiB",
			GUARD_LINE_MAX / 1024);
	if (c == '\n')
		return end_line(guard, err);
	if (guard->line_size == HEAD_NEEDED && !guard->is_checked && !check_head(guard, err))
		return false;
	return check_depth(guard, c, err) && follow_literal(guard, c, err);
}

bool
guard_feed(struct guard *guard, struct view bytes, struct error *err)
{
	while (bytes.size > 0) {
		if (guard->literal_left > 0) {
			size_t skipped = guard->literal_left < bytes.size
						 ? (size_t)guard->literal_left
						 : bytes.size;

			guard->literal_left -= skipped;
			bytes = view_slice(bytes, skipped, bytes.size);
			continue;
		}
		if (!feed_byte(guard, bytes.data[0], err))
			return false;
		bytes = view_slice(bytes, 1, bytes.size);
	}
	return true;
}
