/* Filters and searches are what strangers type; whatever they type is taken or explained. */
#include "../unit.h"

#include "base/arena.h"
#include "casebook/filter.h"

static void
match_is(const char *q, const char *expected)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct error err = {0};
	struct view match;

	assert_ok(filter_match(view_of(q), arena, &match, &err), err);
	assert_view_equal(match, view_of(expected));
}

static void
match_fails(const char *q)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct error err = {0};
	struct view match;

	assert_false(filter_match(view_of(q), arena, &match, &err));
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_true(strlen(err.text) > 20);
}

static void
all_words_have_to_be_there(void **state)
{
	(void)state;
	match_is("land  register", "\"land\" AND \"register\"");
	match_is("", "");
	match_is("   ", "");
}

static void
a_phrase_stays_together(void **state)
{
	(void)state;
	match_is("\"land register\" Estonia", "\"land register\" AND \"Estonia\"");
	match_is("a\"b c\"d", "\"a\" AND \"b c\" AND \"d\"");
}

static void
a_star_leaves_the_end_of_a_word_open(void **state)
{
	(void)state;
	match_is("regist*", "\"regist*\"*");
}

static void
operators_of_the_search_engine_are_words_like_any_other(void **state)
{
	(void)state;
	match_is("a OR b", "\"a\" AND \"OR\" AND \"b\"");
	match_is("NEAR(a b)", "\"NEAR(a\" AND \"b)\"");
	match_is("subject:x -y ^z", "\"subject:x\" AND \"-y\" AND \"^z\"");
	match_is("x'; DROP TABLE message; --",
		"\"x';\" AND \"DROP\" AND \"TABLE\" AND \"message;\"");
}

static void
a_search_without_a_word_is_explained(void **state)
{
	(void)state;
	match_fails("***");
	match_fails("— … “”");
	match_fails("\"\"");
}

static void
a_phrase_without_an_end_is_explained(void **state)
{
	(void)state;
	match_fails("\"land register");
}

static void
too_many_words_are_explained(void **state)
{
	(void)state;
	match_fails("a b c d e f g h i j k l m n o p q");
}

static bool
set(struct filter *filter, const char *name, const char *value, struct error *err)
{
	return filter_set(filter, view_of(name), view_of(value), err);
}

static void
a_day_a_month_and_a_year_end_where_the_calendar_says(void **state)
{
	struct filter filter = {0};
	struct error err = {0};

	(void)state;
	assert_ok(set(&filter, "since", "2020-02-29", &err), err);
	assert_int_equal(filter.since_at, 1582934400);
	assert_ok(set(&filter, "until", "2020-02", &err), err);
	assert_int_equal(filter.until_at, 1583020800);
	assert_ok(set(&filter, "until", "2019", &err), err);
	assert_int_equal(filter.until_at, 1577836800);
	assert_ok(set(&filter, "until", "2019-12", &err), err);
	assert_int_equal(filter.until_at, 1577836800);
}

static void
what_is_no_day_is_refused(void **state)
{
	static const char *const wrong[] = {"2019-02-29", "2020-13", "20", "yesterday", "2020-1-1",
		"2020-01-01-01", "99999-01", "0000", "2020-00-10", "-2020", "2020-"};
	struct filter filter = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error err = {0};

		if (set(&filter, "since", wrong[i], &err))
			fail_msg("\"%s\" was taken for a day", wrong[i]);
		assert_int_equal(err.reach, ERROR_USAGE);
	}
}

static void
unknown_names_and_impossible_values_are_refused(void **state)
{
	static const char *const wrong[][2] = {{"colour", "red"}, {"country", "Estonia"},
		{"country", "E1"}, {"class", "love letter"}, {"sort", "random"}, {"limit", "-1"},
		{"limit", "99999999999"}, {"offset", "x"}, {"answered", "maybe"},
		{"state", "lost"}};
	struct filter filter = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error err = {0};

		if (set(&filter, wrong[i][0], wrong[i][1], &err))
			fail_msg("%s=%s was taken", wrong[i][0], wrong[i][1]);
		assert_int_equal(err.reach, ERROR_USAGE);
	}
}

static void
an_empty_value_lifts_a_filter(void **state)
{
	struct filter filter = {0};
	struct error err = {0};

	(void)state;
	assert_ok(set(&filter, "country", "EE", &err), err);
	assert_true(filter_is_narrow(&filter));
	assert_ok(set(&filter, "country", "", &err), err);
	assert_false(filter_is_narrow(&filter));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_words_have_to_be_there),
		cmocka_unit_test(a_phrase_stays_together),
		cmocka_unit_test(a_star_leaves_the_end_of_a_word_open),
		cmocka_unit_test(operators_of_the_search_engine_are_words_like_any_other),
		cmocka_unit_test(a_search_without_a_word_is_explained),
		cmocka_unit_test(a_phrase_without_an_end_is_explained),
		cmocka_unit_test(too_many_words_are_explained),
		cmocka_unit_test(a_day_a_month_and_a_year_end_where_the_calendar_says),
		cmocka_unit_test(what_is_no_day_is_refused),
		cmocka_unit_test(unknown_names_and_impossible_values_are_refused),
		cmocka_unit_test(an_empty_value_lifts_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
