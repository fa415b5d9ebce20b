/*
 * Dates of mail (RFC 5322 3.3 and 4.3): words in an order that programs do not keep, so each word
 * is taken for what it can only be.
 */
#include <string.h>

#include "base/clock.h"
#include "read/header.h"

struct found {
	int day, month, year; /* 0: not yet */
	int hour, minute, second;
	bool has_time;
	bool has_zone;
	int offset;
};

struct zone {
	const char *name;
	int offset_minutes;
};

/* RFC 5322 4.3, and a few that are no standard but unmistakable. */
static const struct zone ZONES[] = {
	{"UT", 0},
	{"UTC", 0},
	{"GMT", 0},
	{"Z", 0},
	{"EST", -300},
	{"EDT", -240},
	{"CST", -360},
	{"CDT", -300},
	{"MST", -420},
	{"MDT", -360},
	{"PST", -480},
	{"PDT", -420},
	{"CET", 60},
	{"MET", 60},
	{"CEST", 120},
	{"MEST", 120},
	{"BST", 60},
	{"WEST", 60},
	{"EET", 120},
	{"EEST", 180},
	{"MSK", 180},
	{"JST", 540},
	{"KST", 540},
};

static const char MONTHS[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits at *at; -1 if there are none or more than four. */
static int
take_number(struct view text, size_t *at)
{
	int number = 0;
	size_t start = *at;

	while (*at < text.size && is_digit(text.data[*at]) && *at - start < 5)
		number = number * 10 + (text.data[(*at)++] - '0');
	return *at == start || *at - start > 4 ? -1 : number;
}

static int
month_of(struct view word)
{
	char lower[3];

	if (word.size < 3)
		return 0;
	for (size_t i = 0; i < 3; i++)
		lower[i] = (char)(word.data[i] | 0x20);
	for (int month = 0; month < 12; month++)
		if (memcmp(MONTHS + month * 3, lower, 3) == 0)
			return month + 1;
	return 0;
}

static bool
take_time(struct view word, struct found *found)
{
	size_t at = 0;
	int hour = take_number(word, &at), minute, second = 0;

	if (hour < 0 || hour > 24 || at >= word.size ||
		(word.data[at] != ':' && word.data[at] != '.'))
		return false;
	at++;
	minute = take_number(word, &at);
	if (minute < 0 || minute > 59)
		return false;
	if (at < word.size && (word.data[at] == ':' || word.data[at] == '.')) {
		at++;
		second = take_number(word, &at);
	}
	if (second < 0 || second > 60)
		return false;
	found->hour = hour;
	found->minute = minute;
	found->second = second;
	found->has_time = true;
	return true;
}

static bool
take_offset(struct view word, struct found *found)
{
	size_t at = 1, digits;
	int number, offset;

	if (word.size < 3 || (word.data[0] != '+' && word.data[0] != '-'))
		return false;
	number = take_number(word, &at);
	digits = at - 1;
	if (number < 0)
		return false;
	if (at < word.size && word.data[at] == ':') {
		at++;
		offset = number * 60 + take_number(word, &at);
	} else {
		offset = digits <= 2 ? number * 60 : number / 100 * 60 + number % 100;
	}
	if (offset < 0 || offset > 24 * 60)
		return false;
	found->offset = word.data[0] == '-' ? -offset : offset;
	found->has_zone = true;
	return true;
}

static bool
take_zone(struct view word, struct found *found)
{
	for (size_t i = 0; i < sizeof(ZONES) / sizeof(ZONES[0]); i++) {
		if (!view_equal_nocase(word, view_of(ZONES[i].name)))
			continue;
		found->offset = ZONES[i].offset_minutes;
		found->has_zone = true;
		return true;
	}
	return false;
}

static int
full_year(int year, size_t digits)
{
	if (digits >= 4)
		return year;
	return digits == 3 || year >= 50 ? year + 1900 : year + 2000; /* RFC 5322 4.3 */
}

/* "2016-01-27" or "2016/01/27", and what follows a "T" directly. */
static bool
take_iso(struct view word, struct found *found)
{
	size_t at = 0;
	int year = take_number(word, &at), month, day;
	char mark;

	if (year < 1000 || at != 4 || at >= word.size)
		return false;
	mark = word.data[at++];
	month = take_number(word, &at);
	if ((mark != '-' && mark != '/') || month < 1 || month > 12 || at >= word.size ||
		word.data[at++] != mark)
		return false;
	day = take_number(word, &at);
	if (day < 1 || day > 31)
		return false;
	found->year = year;
	found->month = month;
	found->day = day;
	if (at < word.size && word.data[at] == 'T') {
		struct view time = view_slice(word, at + 1, word.size);
		size_t zone = 0;

		while (zone < time.size && strchr("+-Z", time.data[zone]) == NULL)
			zone++;
		if (!take_time(time, found))
			return false;
		time = view_slice(time, zone, time.size);
		(void)(take_offset(time, found) || take_zone(time, found)); /* it may be absent */
	}
	return true;
}

/* "4-Mar-2020" is three words of an IMAP date. */
static bool
take_dashed(struct view word, struct found *found)
{
	size_t at = 0, start;
	int day = take_number(word, &at), month, year;

	if (day < 1 || at + 4 >= word.size || word.data[at] != '-')
		return false;
	month = month_of(view_slice(word, at + 1, word.size));
	at += 4;
	if (month == 0 || word.data[at] != '-')
		return false;
	start = ++at;
	year = take_number(word, &at);
	if (year < 0)
		return false;
	found->day = day;
	found->month = month;
	found->year = full_year(year, at - start);
	return true;
}

static void
take_word(struct view word, struct found *found)
{
	size_t at = 0;
	int number, month;

	if (!found->has_time && take_time(word, found)) {
		return;
	}
	if (take_iso(word, found) || take_dashed(word, found))
		return;
	if (found->has_time && !found->has_zone &&
		(take_offset(word, found) || take_zone(word, found)))
		return;
	if (found->has_time && view_equal_nocase(word, VIEW("PM")) && found->hour < 12)
		found->hour += 12;
	month = found->month ? 0 : month_of(word);
	if (month) {
		found->month = month;
		return;
	}
	number = take_number(word, &at);
	if (number < 0 || at != word.size)
		return;
	if (!found->day && number >= 1 && number <= 31 && at <= 2)
		found->day = number;
	else if (!found->year && at >= 2)
		found->year = full_year(number, at);
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
}

bool
header_date(struct view value, int64_t *ret_unix_seconds, int *ret_offset_minutes)
{
	struct found found = {0};
	size_t at = 0;

	value = view_slice(value, 0, 200);
	while (at < value.size) {
		size_t start;

		while (at < value.size && is_separator(value.data[at]))
			at++;
		if (at < value.size && value.data[at] == '(') { /* a comment names the zone again */
			while (at < value.size && value.data[at] != ')')
				at++;
			at++;
			continue;
		}
		for (start = at;
			at < value.size && !is_separator(value.data[at]) && value.data[at] != '(';)
			at++;
		if (at > start)
			take_word(view_slice(value, start, at), &found);
	}
	if (!found.day || !found.month || !found.year || found.year < 1900)
		return false;
	*ret_unix_seconds = clock_day_from_civil(found.year, found.month, found.day) * 86400 +
			    found.hour * 3600 + found.minute * 60 + found.second -
			    found.offset * 60;
	*ret_offset_minutes = found.offset;
	return true;
}
