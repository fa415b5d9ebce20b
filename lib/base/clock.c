/*
 * Time, from one place, so that tests can choose the day.
 */
#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t
clock_now(void)
{
	const char *chosen = getenv("CASEPOST_NOW");
	struct timespec now;

	if (chosen)
		return strtoll(chosen, NULL, 10);
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_monotonic_ms();

	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* Howard Hinnant's days_from_civil: eras of 400 years, years that begin in March. */
int64_t
clock_day_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void
clock_civil_from_day(int64_t day_number, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = day_number + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

/* Years 0000 to 9999 are what RFC 3339 can write; others are held at the border. */
static int64_t
clamp(int64_t unix_seconds)
{
	const int64_t first = -62167219200, last = 253402300799;

	return unix_seconds < first ? first : unix_seconds > last ? last : unix_seconds;
}

static int
format_local(int64_t seconds, char text[CLOCK_TEXT_SIZE])
{
	int64_t day = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	int rest = (int)(seconds - day * 86400);
	int year, month, date;

	clock_civil_from_day(day, &year, &month, &date);
	return snprintf(text, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", year % 10000,
		month % 100, date % 100, rest / 3600 % 100, rest / 60 % 60, rest % 60);
}

void
clock_format_utc(int64_t unix_seconds, char ret_text[CLOCK_TEXT_SIZE])
{
	int length = format_local(clamp(unix_seconds), ret_text);

	snprintf(ret_text + length, CLOCK_TEXT_SIZE - (size_t)length, "Z");
}

void
clock_format_offset(int64_t unix_seconds, int offset_minutes, char ret_text[CLOCK_TEXT_SIZE])
{
	int within_a_day = offset_minutes % (24 * 60);
	int away = abs(within_a_day);
	int length = format_local(clamp(clamp(unix_seconds) + within_a_day * 60), ret_text);

	snprintf(ret_text + length, CLOCK_TEXT_SIZE - (size_t)length, "%c%02d:%02d",
		within_a_day < 0 ? '-' : '+', away / 60, away % 60);
}
