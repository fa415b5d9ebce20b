/*
 * Phrases of the vocabulary against lines of a mail. A line is folded once and then compared with
 * some hundred phrases, most of which fail at their first byte.
 */
#include "read/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include "base/utf8.h"

const char *const WORDS_COLUMN_NAMES[WORDS_COLUMNS] = {"kind", "phrase"};

/* What people and programs put around a line: stars of bold, dashes, brackets, quotation marks. */
static bool
is_decoration(uint32_t c)
{
	return c == '*' || c == '_' || c == '-' || c == '=' || c == '~' || c == '#' || c == '<' ||
	       c == '>' || c == '(' || c == ')' || c == '[' || c == ']' || c == '|' || c == '"' ||
	       c == 0x2013 || c == 0x2014 || c == 0x2500 || c == 0x2022;
}

static bool
is_white(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == 0xA0 || c == 0x3000 ||
	       (c >= 0x2000 && c <= 0x200F) || c == 0x202F;
}

static void
fold(struct str *out, struct view text)
{
	size_t begin = out->size;
	bool white = false;

	for (size_t at = 0; at < text.size;) {
		uint32_t c = utf8_next(text, &at);

		if (is_white(c)) {
			white = true;
			continue;
		}
		if (white && out->size > begin)
			str_append_byte(out, ' ');
		white = false;
		if (c == 0x2019)
			c = '\'';
		utf8_append(out, (uint32_t)u_tolower((UChar32)c));
	}
}

/* Text without decoration and white space at its ends. */
static struct view
trim_decoration(struct view text)
{
	size_t start = 0, end = text.size;

	while (start < end) {
		size_t next = start;
		uint32_t c = utf8_next(text, &next);

		if (!is_decoration(c) && !is_white(c))
			break;
		start = next;
	}
	while (end > start) {
		size_t before = utf8_floor(text, end - 1), at = before;
		uint32_t c = utf8_next(text, &at);

		if (!is_decoration(c) && !is_white(c))
			break;
		end = before;
	}
	return view_slice(text, start, end);
}

void
words_fold(struct str *out, struct view text)
{
	fold(out, trim_decoration(text));
}

bool
words_like(struct view phrase, struct view folded)
{
	size_t star = view_find_byte(phrase, '*', 0);

	if (star == SIZE_MAX)
		return view_equal(phrase, folded);
	if (!view_starts_with(folded, view_slice(phrase, 0, star)))
		return false;
	folded = view_slice(folded, star, folded.size);
	/* each piece between two stars is taken at its first place: that leaves most for the rest
	 */
	for (;;) {
		struct view piece;
		size_t at;

		phrase = view_slice(phrase, star + 1, phrase.size);
		star = view_find_byte(phrase, '*', 0);
		if (star == SIZE_MAX)
			return view_ends_with(folded, phrase);
		piece = view_slice(phrase, 0, star);
		at = view_find(folded, piece, 0);
		if (at == SIZE_MAX)
			return false;
		folded = view_slice(folded, at + piece.size, folded.size);
	}
}

/* Of phrases that begin with a byte, the first that the text is like. */
static size_t
find_in_bucket(const struct words *words, unsigned char byte, struct view folded)
{
	for (size_t i = words->starts[byte]; i < words->starts[byte + 1]; i++)
		if (words->least[i] <= folded.size && words_like(words->items[i], folded))
			return i;
	return SIZE_MAX;
}

size_t
words_find_like(const struct words *words, struct view folded)
{
	size_t found;

	if (folded.size == 0)
		return SIZE_MAX;
	found = find_in_bucket(words, (unsigned char)folded.data[0], folded);
	return found != SIZE_MAX ? found : find_in_bucket(words, '*', folded);
}

bool
words_hold(const struct words *words, struct view folded)
{
	unsigned char byte = folded.size ? (unsigned char)folded.data[0] : 0;

	for (size_t i = words->starts[byte]; i < words->starts[byte + 1]; i++)
		if (view_equal(words->items[i], folded))
			return true;
	return false;
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Scripts without blanks between words have no word ends to look for. */
static bool
ends_word(struct view text, size_t at)
{
	return at >= text.size || at == 0 || !is_word_byte(text.data[at]) ||
	       !is_word_byte(text.data[at - 1]) || (unsigned char)text.data[at - 1] >= 0xE3 ||
	       (unsigned char)text.data[at] >= 0xE3;
}

size_t
words_find_within(const struct words *words, struct view folded)
{
	for (size_t i = 0; i < words->count; i++) {
		struct view phrase = words->items[i];

		for (size_t at = view_find(folded, phrase, 0); at != SIZE_MAX;
			at = view_find(folded, phrase, at + 1)) {
			bool wide = phrase.size > 2 && (unsigned char)phrase.data[0] >= 0xE3;

			if (wide || (ends_word(folded, at) && ends_word(folded, at + phrase.size)))
				return i;
		}
	}
	return SIZE_MAX;
}

bool
words_begin(const struct words *words, struct view folded)
{
	unsigned char byte = folded.size ? (unsigned char)folded.data[0] : 0;

	for (size_t i = words->starts[byte]; i < words->starts[byte + 1]; i++)
		if (view_starts_with(folded, words->items[i]) &&
			ends_word(folded, words->items[i].size))
			return true;
	return false;
}

static int
compare_items(const void *a, const void *b)
{
	return view_compare(*(const struct view *)a, *(const struct view *)b);
}

/* Sorts the phrases and notes where those of each first byte begin. */
static bool
index_items(struct words *words, struct arena *arena)
{
	words->least = arena_alloc_array(arena, words->count, sizeof(*words->least));
	if (!words->least)
		return false;
	qsort(words->items, words->count, sizeof(*words->items), compare_items);
	for (size_t i = 0; i < words->count; i++) {
		for (size_t at = 0; at < words->items[i].size; at++)
			words->least[i] += words->items[i].data[at] != '*';
		words->starts[(unsigned char)words->items[i].data[0] + 1] = i + 1;
	}
	for (size_t byte = 1; byte <= 256; byte++)
		if (words->starts[byte] < words->starts[byte - 1])
			words->starts[byte] = words->starts[byte - 1];
	return true;
}

/* The rows of one kind, folded. */
static bool
collect_items(struct words *words, const struct tsv *table, struct view kind, struct arena *arena,
	struct error *err)
{
	size_t capacity = 0;

	for (size_t row = 0; row < tsv_row_count(table); row++) {
		CLEANUP(str_free) struct str folded = str_new(TSV_SIZE_MAX);
		struct view *item;

		if (!view_equal(tsv_cell(table, row, WORDS_KIND), kind))
			continue;
		fold(&folded, tsv_cell(table, row, WORDS_PHRASE));
		if (folded.size == 0)
			return tsv_error(table, row, err, "the phrase is empty");
		item = arena_push(arena, &words->items, &words->count, &capacity, sizeof(*item),
			TSV_ROWS_MAX);
		if (!item)
			return tsv_error(table, row, err, "too many phrases");
		*item = arena_copy(arena, str_view(&folded));
	}
	return true;
}

bool
words_collect(struct words *ret_words, const struct tsv *table, struct view kind,
	struct arena *arena, struct error *err)
{
	struct words words = {0};

	if (!collect_items(&words, table, kind, arena, err))
		return false;
	if (words.count == 0)
		return error_set(err, ERROR_USAGE, "a vocabulary has no row of the kind \"%.*s\"",
			(int)kind.size, kind.data);
	if (!index_items(&words, arena))
		return error_set(err, ERROR_PROGRAM, "no memory for a vocabulary");
	*ret_words = words;
	return true;
}
