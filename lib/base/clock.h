#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/**
 * Wall clock in Unix seconds, UTC. The environment variable CASEPOST_NOW (Unix seconds), where
 * set, stands in for it, so that tests can choose the day.
 */
int64_t clock_now(void);

/** Monotonic milliseconds, for deadlines; counts on during suspend (CLOCK_BOOTTIME). */
int64_t clock_monotonic_ms(void);

/** Milliseconds left until a deadline of clock_monotonic_ms(), at least 0, for poll(). */
int clock_left_ms(int64_t deadline_ms);

/** "2020-03-04T09:12:00Z" and its size with the terminator. */
enum { CLOCK_TEXT_SIZE = 32 };
void clock_format_utc(int64_t unix_seconds, char ret_text[CLOCK_TEXT_SIZE]);

/** "2020-03-04T09:12:00+01:00": local time at an offset in minutes east of UTC (RFC 3339). */
void clock_format_offset(int64_t unix_seconds, int offset_minutes, char ret_text[CLOCK_TEXT_SIZE]);

/** Days of the civil calendar: Unix day number of a date, and back (proleptic Gregorian). */
int64_t clock_day_from_civil(int year, int month, int day);
void clock_civil_from_day(int64_t day_number, int *ret_year, int *ret_month, int *ret_day);

#endif
