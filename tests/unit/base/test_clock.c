/*
 * The civil calendar and the ways a time is written.
 */
#include "../unit.h"

#include "base/clock.h"

static void
days_of_the_calendar_go_there_and_back(void **state)
{
	int64_t before = clock_day_from_civil(1599, 12, 31);

	(void)state;
	assert_int_equal(clock_day_from_civil(1970, 1, 1), 0);
	assert_int_equal(clock_day_from_civil(2000, 2, 29), 11016);
	assert_int_equal(clock_day_from_civil(1969, 12, 31), -1);
	for (int64_t day = before; day < before + 300000; day++) {
		int year, month, date;

		clock_civil_from_day(day, &year, &month, &date);
		assert_true(month >= 1 && month <= 12 && date >= 1 && date <= 31);
		assert_int_equal(clock_day_from_civil(year, month, date), day);
	}
}

static void
only_every_fourth_century_is_a_leap_year(void **state)
{
	(void)state;
	assert_int_equal(clock_day_from_civil(2000, 3, 1) - clock_day_from_civil(2000, 2, 28), 2);
	assert_int_equal(clock_day_from_civil(1900, 3, 1) - clock_day_from_civil(1900, 2, 28), 1);
	assert_int_equal(clock_day_from_civil(2024, 3, 1) - clock_day_from_civil(2024, 2, 28), 2);
}

static void
a_time_is_written_in_utc_or_with_its_offset(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format_utc(1583309520, text);
	assert_string_equal(text, "2020-03-04T08:12:00Z");
	clock_format_offset(1583309520, 60, text);
	assert_string_equal(text, "2020-03-04T09:12:00+01:00");
	clock_format_offset(1583309520, -570, text);
	assert_string_equal(text, "2020-03-03T22:42:00-09:30");
	clock_format_offset(1583309520, -30, text);
	assert_string_equal(text, "2020-03-04T07:42:00-00:30");
	clock_format_utc(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
}

static void
times_and_offsets_that_nobody_can_write_are_held_at_the_border(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format_utc(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	clock_format_utc(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00Z");
	clock_format_offset(INT64_MAX, 60, text);
	assert_string_equal(text, "9999-12-31T23:59:59+01:00");
	clock_format_offset(INT64_MIN, -60, text);
	assert_string_equal(text, "0000-01-01T00:00:00-01:00");
	clock_format_offset(0, INT32_MIN, text);
	assert_int_equal(strlen(text), 25);
}

static void
the_written_time_and_its_offset_say_the_same_moment(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format_offset(86400, 25 * 60, text); /* what stands in a forged Date */
	assert_string_equal(text, "1970-01-02T01:00:00+01:00");
}

static void
tests_may_choose_the_day(void **state)
{
	(void)state;
	setenv("CASEPOST_NOW", "1583309520", 1);
	assert_int_equal(clock_now(), 1583309520);
	unsetenv("CASEPOST_NOW");
	assert_true(clock_now() > 1583309520);
}

static void
a_deadline_in_the_past_leaves_nothing_and_one_far_away_fits_poll(void **state)
{
	(void)state;
	assert_int_equal(clock_left_ms(clock_monotonic_ms() - 5), 0);
	assert_int_equal(clock_left_ms(INT64_MAX), INT32_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_of_the_calendar_go_there_and_back),
		cmocka_unit_test(only_every_fourth_century_is_a_leap_year),
		cmocka_unit_test(a_time_is_written_in_utc_or_with_its_offset),
		cmocka_unit_test(times_and_offsets_that_nobody_can_write_are_held_at_the_border),
		cmocka_unit_test(the_written_time_and_its_offset_say_the_same_moment),
		cmocka_unit_test(tests_may_choose_the_day),
		cmocka_unit_test(a_deadline_in_the_past_leaves_nothing_and_one_far_away_fits_poll),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
