/*
 * Values in words for people. Names of countries come from CLDR by way of ICU.
 */
#include "serve/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "base/clock.h"
#include "serve/status.h"

enum { NAME_SIZE = 128 };

struct view
words_plain(struct arena *arena, struct view value)
{
	char *copy = arena_alloc(arena, value.size + 1);

	if (!copy)
		return (struct view){0};
	for (size_t i = 0; i < value.size; i++)
		copy[i] = value.data[i] == '_' ? ' ' : value.data[i];
	return (struct view){copy, value.size};
}

struct view
words_country(struct arena *arena, struct view code)
{
	char locale[8], name[NAME_SIZE];
	UChar wide[NAME_SIZE];
	UErrorCode status = U_ZERO_ERROR;

	if (code.size != 2)
		return code;
	snprintf(locale, sizeof(locale), "_%.2s", code.data);
	(void)uloc_getDisplayCountry(locale, "en", wide, NAME_SIZE, &status);
	if (U_FAILURE(status) || status == U_USING_DEFAULT_WARNING)
		return code;
	u_strToUTF8(name, NAME_SIZE, NULL, wide, -1, &status);
	return U_FAILURE(status) ? code : arena_copy(arena, view_of(name));
}

struct view
words_value(struct arena *arena, struct view field, struct view value)
{
	static const char *const coded[] = {"category", "testimony", "level", "sector", "network",
		"stage", "reasons", "confidentiality"};

	if (view_equal(field, VIEW("country")))
		return words_country(arena, value);
	for (size_t i = 0; i < sizeof(coded) / sizeof(coded[0]); i++)
		if (view_equal(field, view_of(coded[i])))
			return words_plain(arena, value);
	return value;
}

struct view
words_time(struct arena *arena, int64_t unix_seconds)
{
	char text[CLOCK_TEXT_SIZE];

	if (unix_seconds == 0)
		return (struct view){0};
	clock_format_utc(unix_seconds, text);
	return arena_format(arena, "%.10s %.5s UTC", text, text + 11);
}

struct view
words_day(struct arena *arena, int64_t unix_seconds)
{
	char text[CLOCK_TEXT_SIZE];

	if (unix_seconds == 0)
		return (struct view){0};
	clock_format_utc(unix_seconds, text);
	return arena_format(arena, "%.10s", text);
}

struct view
words_duration(struct arena *arena, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};

	for (size_t i = 0; i < 4; i++) {
		int64_t number = seconds / units[i].seconds;

		/* "25 hours" says more than "1 day". */
		if (number >= 2 || i == 3)
			return arena_format(arena, "%" PRId64 " %s%s", number, units[i].name,
				number == 1 ? "" : "s");
	}
	return (struct view){0};
}

struct view
words_size(struct arena *arena, uint64_t bytes)
{
	if (bytes < 1000)
		return arena_format(arena, "%" PRIu64 " bytes", bytes);
	if (bytes < 1000 * 1000)
		return arena_format(arena, "%.1f kB", (double)bytes / 1e3);
	return arena_format(arena, "%.1f MB", (double)bytes / 1e6);
}

struct view
words_count(struct arena *arena, uint64_t count, bool exact)
{
	CLEANUP(str_free) struct str grouped = str_new(64);
	char digits[24];

	if (!exact && count > 0 && count < STATUS_FEW)
		return VIEW("<3");
	snprintf(digits, sizeof(digits), "%" PRIu64, count);
	for (size_t i = 0, left = strlen(digits); left > 0; i++, left--) {
		if (i > 0 && left % 3 == 0)
			str_append_byte(&grouped, ',');
		str_append_byte(&grouped, digits[i]);
	}
	return arena_copy(arena, str_view(&grouped));
}
