/*
 * Names of people in headers: every mail program and directory has its own order and ornaments.
 */
#include "extract/person.h"

#include "base/utf8.h"
#include "extract/fold.h"

enum { NAME_SIZE_MAX = 120, WORDS_MAX = 8 };

size_t
person_word_count(struct view name)
{
	size_t count = 0;
	struct view word;
	while (view_next_field(&name, ' ', &word))
		count += word.size > 0;
	return count;
}

/* Up to the first bracket, bar, " - " or comma followed by a degree. */
static struct view
without_ornaments(struct view name)
{
	static const char *const ends[] = {" (", " [", " | ", " - ", " – ", " / ", "<", " via "};
	name = view_trim(name);
	while (name.size >= 2 && (name.data[0] == '"' || name.data[0] == '\''))
		name = view_trim(view_slice(name, 1, name.size));
	while (name.size && (name.data[name.size - 1] == '"' || name.data[name.size - 1] == '\''))
		name = view_slice(name, 0, name.size - 1);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t at = view_find(name, view_of(ends[i]), 0);
		if (at != SIZE_MAX && at > 0)
			name = view_slice(name, 0, at);
	}
	return view_trim(name);
}

static bool
is_title(const struct vocabulary *vocabulary, struct view word, struct arena *arena)
{
	struct hit *hits = NULL;
	size_t count = 0;
	struct error err = {0};
	if (!vocabulary_search(vocabulary, word, arena, &hits, &count, &err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (hits[i].table == TABLE_TITLES && hits[i].start == 0 &&
			hits[i].end + 1 >= word.size)
			return true;
	return false;
}

static bool
is_upper_word(struct view word)
{
	size_t offset = 0, letters = 0;
	while (offset < word.size) {
		uint32_t c = utf8_next(word, &offset);
		if (c >= 'a' && c <= 'z')
			return false;
		letters += c >= 'A' && c <= 'Z';
	}
	return letters >= 2;
}

static bool
holds_digits_or_at(struct view name)
{
	for (size_t i = 0; i < name.size; i++)
		if ((name.data[i] >= '0' && name.data[i] <= '9') || name.data[i] == '@')
			return true;
	return false;
}

static struct view
join(const struct view *words, size_t count, struct arena *arena)
{
	struct view all = {NULL, 0};
	for (size_t i = 0; i < count; i++)
		all = i == 0 ? words[0]
			     : arena_format(arena, "%.*s %.*s", (int)all.size, all.data,
				       (int)words[i].size, words[i].data);
	return all;
}

/* "LAST First" and "VAN DER LAST First": the capitals go behind, unless all are capitals. */
static void
turn_capitals(struct view *words, size_t count)
{
	size_t upper = 0;
	struct view turned[WORDS_MAX];
	while (upper < count && is_upper_word(words[upper]))
		upper++;
	if (upper == 0 || upper == count)
		return;
	for (size_t i = 0; i < count; i++)
		turned[i] = words[(i + upper) % count];
	for (size_t i = 0; i < count; i++)
		words[i] = turned[i];
}

struct view
person_clean(const struct vocabulary *vocabulary, struct view name, struct arena *arena)
{
	struct view words[WORDS_MAX], word;
	size_t count = 0, comma_at = 0;
	name = without_ornaments(name);
	if (name.size < 2 || name.size > NAME_SIZE_MAX || holds_digits_or_at(name))
		return (struct view){NULL, 0};
	while (view_next_field(&name, ' ', &word)) {
		bool comma = word.size && word.data[word.size - 1] == ',';
		if (comma)
			word = view_slice(word, 0, word.size - 1);
		if (word.size == 0 || count == WORDS_MAX || is_title(vocabulary, word, arena))
			continue;
		words[count++] = word;
		if (comma && !comma_at)
			comma_at = count;
	}
	if (comma_at && comma_at < count) {
		struct view turned[WORDS_MAX];
		for (size_t i = 0; i < count; i++)
			turned[i] = words[(i + comma_at) % count];
		return join(turned, count, arena);
	}
	turn_capitals(words, count);
	return join(words, count, arena);
}
