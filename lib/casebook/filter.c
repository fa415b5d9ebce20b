/*
 * Filters: from the names and values of a query string or a command line to what the statements in
 * schema/casebook/queries.sql bind. Everything here comes from outside.
 */
#include "casebook/filter.h"

#include <limits.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "extract/extract.h"

enum { WORD_MAX = 64 };

struct word_filter {
	const char *name;
	size_t offset;
};

/* Filters whose value is a word of the exports. Which words there are, the tables say; one that is
 * not among them finds nothing. */
static const struct word_filter word_filters[] = {
	{"category", offsetof(struct filter, category)},
	{"sector", offsetof(struct filter, sector)},
	{"platform", offsetof(struct filter, platform)},
	{"stage", offsetof(struct filter, stage)},
	{"reason", offsetof(struct filter, reason)},
	{"level", offsetof(struct filter, level)},
	{"confidentiality", offsetof(struct filter, confidentiality)},
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* As view_trim() has it, so that every round takes something off. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
wrong(struct error *err, struct view name, const char *must)
{
	return error_set(err, ERROR_USAGE, "\"%.*s\" %s", (int)name.size, name.data, must);
}

static bool
set_word(struct view *where, struct view name, struct view value, struct error *err)
{
	if (value.size > WORD_MAX || !utf8_is_valid(value))
		return wrong(err, name, "has a value that is too long");
	*where = value;
	return true;
}

static bool
set_code(struct view *where, struct view name, struct view value, struct error *err)
{
	bool ok = value.size == 0 || value.size == 2;

	for (size_t i = 0; i < value.size; i++)
		ok = ok && is_letter(value.data[i]);
	if (!ok)
		return wrong(err, name, "has to be a code of two letters");
	*where = value;
	return true;
}

static bool
set_one_of(struct view *where, struct view name, struct view value, const char *const words[2],
	struct error *err)
{
	if (value.size && !view_equal(value, view_of(words[0])) &&
		!view_equal(value, view_of(words[1])))
		return error_set(err, ERROR_USAGE, "\"%.*s\" has to be %s%s%s", (int)name.size,
			name.data, words[0], words[0] == words[1] ? "" : " or ",
			words[0] == words[1] ? "" : words[1]);
	*where = value;
	return true;
}

/* "2020", "2020-03" or "2020-03-04": the day numbers of its first day and of the day behind it. */
static bool
parse_days(struct view text, int64_t *ret_first, int64_t *ret_behind)
{
	uint64_t number[3] = {0, 1, 1};
	static const size_t sizes[] = {4, 2, 2};
	struct view field, rest = text;
	size_t count = 0;
	int year, month, day;

	while (view_next_field(&rest, '-', &field)) {
		if (count == 3 || field.size != sizes[count] || !view_to_u64(field, &number[count]))
			return false;
		count++;
	}
	if (count == 0 || number[0] < 1 || number[1] < 1 || number[1] > 12 || number[2] < 1)
		return false;
	*ret_first = clock_day_from_civil((int)number[0], (int)number[1], (int)number[2]);
	clock_civil_from_day(*ret_first, &year, &month, &day);
	if (year != (int)number[0] || month != (int)number[1] || day != (int)number[2])
		return false;
	if (count == 1)
		*ret_behind = clock_day_from_civil(year + 1, 1, 1);
	else if (count == 2)
		*ret_behind = clock_day_from_civil(year + month / 12, month % 12 + 1, 1);
	else
		*ret_behind = *ret_first + 1;
	return true;
}

static bool
set_day(struct filter *filter, struct view name, struct view value, struct error *err)
{
	bool is_since = view_equal(name, VIEW("since"));
	int64_t first = 0, behind = 0;

	if (value.size && !parse_days(value, &first, &behind))
		return wrong(err, name, "has to be a day such as 2020-03-04, a month or a year");
	if (is_since) {
		filter->since = value;
		filter->since_at = first * 86400;
	} else {
		filter->until = value;
		filter->until_at = behind * 86400;
	}
	return true;
}

static bool
set_order(struct filter *filter, struct view name, struct view value, struct error *err)
{
	if (value.size == 0 || view_equal(value, VIEW("newest")))
		filter->order = ORDER_NEWEST;
	else if (view_equal(value, VIEW("oldest")))
		filter->order = ORDER_OLDEST;
	else if (view_equal(value, VIEW("title")))
		filter->order = ORDER_TITLE;
	else
		return wrong(err, name, "has to be newest, oldest or title");
	return true;
}

static bool
set_number(uint64_t *where, struct view name, struct view value, struct error *err)
{
	uint64_t number = 0;

	if (value.size && (!view_to_u64(value, &number) || number > INT32_MAX))
		return wrong(err, name, "has to be a whole number");
	*where = number;
	return true;
}

static bool
set_class(struct filter *filter, struct view name, struct view value, struct error *err)
{
	enum message_class class;

	if (value.size && !message_class_from_name(value, &class))
		return wrong(err, name, "is no class of messages");
	filter->class = value;
	return true;
}

static bool
set_q(struct filter *filter, struct view value, struct error *err)
{
	if (value.size > FILTER_Q_MAX)
		return error_set(err, ERROR_USAGE,
			"The search is longer than %d characters; try a few words of it",
			FILTER_Q_MAX);
	if (!utf8_is_valid(value))
		return error_set(err, ERROR_USAGE, "The search is no valid text (UTF-8)");
	filter->q = value;
	return true;
}

bool
filter_set(struct filter *filter, struct view name, struct view value, struct error *err)
{
	static const char *const states[] = {"read", "set_aside"};
	static const char *const answers[] = {"yes", "no"};
	static const char *const only_yes[] = {"yes", "yes"};

	value = view_trim(value);
	for (size_t i = 0; i < sizeof(word_filters) / sizeof(word_filters[0]); i++)
		if (view_equal(name, view_of(word_filters[i].name)))
			return set_word((struct view *)((char *)filter + word_filters[i].offset),
				name, value, err);
	if (view_equal(name, VIEW("country")))
		return set_code(&filter->country, name, value, err);
	if (view_equal(name, VIEW("language")))
		return set_code(&filter->language, name, value, err);
	if (view_equal(name, VIEW("class")))
		return set_class(filter, name, value, err);
	if (view_equal(name, VIEW("state")))
		return set_one_of(&filter->state, name, value, states, err);
	if (view_equal(name, VIEW("answered")))
		return set_one_of(&filter->answered, name, value, answers, err);
	if (view_equal(name, VIEW("waiting")))
		return set_one_of(&filter->waiting, name, value, only_yes, err);
	if (view_equal(name, VIEW("since")) || view_equal(name, VIEW("until")))
		return set_day(filter, name, value, err);
	if (view_equal(name, VIEW("q")))
		return set_q(filter, value, err);
	if (view_equal(name, VIEW("sort")))
		return set_order(filter, name, value, err);
	if (view_equal(name, VIEW("limit")))
		return set_number(&filter->limit, name, value, err);
	if (view_equal(name, VIEW("offset")))
		return set_number(&filter->offset, name, value, err);
	return error_set(err, ERROR_USAGE, "There is no filter \"%.*s\"",
		(int)(name.size < WORD_MAX ? name.size : WORD_MAX), name.data);
}

bool
filter_is_narrow(const struct filter *filter)
{
	for (size_t i = 0; i < sizeof(word_filters) / sizeof(word_filters[0]); i++)
		if (((const struct view *)((const char *)filter + word_filters[i].offset))->size)
			return true;
	return filter->country.size || filter->language.size || filter->class.size ||
	       filter->state.size || filter->answered.size || filter->waiting.size ||
	       filter->since.size || filter->until.size || filter->q.size;
}

/* Whether FTS5's unicode61 finds anything to index in it. Above ASCII, punctuation and spaces of
 * Latin-1, General Punctuation and CJK Punctuation do not count. */
static bool
has_word(struct view text)
{
	size_t offset = 0;

	while (offset < text.size) {
		uint32_t c = utf8_next(text, &offset);

		if ((c < 0x80 && (is_letter((char)c) || (c >= '0' && c <= '9'))) ||
			(c >= 0xC0 && c != 0xD7 && c != 0xF7 && (c < 0x2000 || c > 0x206F) &&
				(c < 0x3000 || c > 0x303F) && c != 0xFFFD))
			return true;
	}
	return false;
}

static void
put_term(struct str *match, struct view term, bool is_open)
{
	if (match->size)
		str_append(match, VIEW(" AND "));
	str_append_byte(match, '"');
	for (size_t i = 0; i < term.size; i++) {
		if (term.data[i] == '"')
			str_append_byte(match, '"');
		if (term.data[i] != '\0')
			str_append_byte(match, term.data[i]);
	}
	str_append(match, is_open ? VIEW("\"*") : VIEW("\""));
}

/* Takes a phrase or a word off the front of *rest, which begins with neither space nor nothing. */
static bool
next_term(struct view *rest, struct view *ret_term, bool *ret_open, struct error *err)
{
	bool is_phrase = rest->data[0] == '"';
	size_t start = is_phrase, end = start;

	if (is_phrase) {
		end = view_find_byte(*rest, '"', 1);
		if (end == SIZE_MAX)
			return error_set(err, ERROR_USAGE,
				"The phrase that begins with a quotation mark has no end: put "
				"another one behind it, or leave it out");
	} else {
		while (end < rest->size && rest->data[end] != '"' && !is_space(rest->data[end]))
			end++;
	}
	*ret_term = view_slice(*rest, start, end);
	*rest = view_slice(*rest, end + is_phrase, rest->size);
	*ret_open = !is_phrase && view_ends_with(*ret_term, VIEW("*"));
	return true;
}

bool
filter_match(struct view q, struct arena *arena, struct view *ret_match, struct error *err)
{
	CLEANUP(str_free) struct str match = str_new(FILTER_Q_MAX * 8);
	struct view rest = view_trim(q), term;
	size_t count = 0;
	bool is_open = false;

	*ret_match = (struct view){0};
	if (rest.size == 0)
		return true;
	for (; rest.size; rest = view_trim(rest)) {
		if (!next_term(&rest, &term, &is_open, err))
			return false;
		if (!has_word(term))
			continue;
		if (++count > FILTER_TERMS_MAX)
			return error_set(err, ERROR_USAGE,
				"The search has more than %d words; leave some out",
				FILTER_TERMS_MAX);
		put_term(&match, term, is_open);
	}
	if (count == 0)
		return error_set(
			err, ERROR_USAGE, "The search holds no word: letters or digits are needed");
	*ret_match = arena_copy(arena, str_view(&match));
	if (!ret_match->data || match.overflowed)
		return error_set(err, ERROR_MESSAGE, "The search is too long");
	return true;
}
