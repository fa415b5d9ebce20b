/*
 * Views borrow, strs own and never grow past their maximum.
 */
#include "../unit.h"

static void
a_str_keeps_what_fitted_and_says_that_it_overflowed(void **state)
{
	CLEANUP(str_free) struct str text = str_new(10);

	(void)state;
	str_append(&text, VIEW("12345"));
	str_append(&text, VIEW("67890"));
	assert_false(text.overflowed);
	str_append_byte(&text, 'x');
	assert_true(text.overflowed);
	assert_string_equal(str_text(&text), "1234567890");
	str_append(&text, VIEW(""));
	assert_int_equal(text.size, 10);
}

static void
after_an_overflow_nothing_is_appended_until_it_is_cleared(void **state)
{
	CLEANUP(str_free) struct str text = str_new(4);

	(void)state;
	str_append(&text, VIEW("abc"));
	str_append_format(&text, "%d", 12345);
	assert_true(text.overflowed);
	str_append_byte(&text, 'd');
	assert_string_equal(str_text(&text), "abc");
	str_clear(&text);
	assert_false(text.overflowed);
	str_append(&text, VIEW("wxyz"));
	assert_string_equal(str_text(&text), "wxyz");
	assert_false(text.overflowed);
}

static void
a_str_that_was_never_used_is_the_empty_text(void **state)
{
	CLEANUP(str_free) struct str text = str_new(100);

	(void)state;
	assert_string_equal(str_text(&text), "");
	assert_int_equal(str_view(&text).size, 0);
	str_clear(&text);
	str_truncate(&text, 50);
	str_free(&text);
	str_append(&text, VIEW("again"));
	assert_string_equal(str_text(&text), "again");
}

static void
a_str_may_hold_nul_and_is_terminated_all_the_same(void **state)
{
	CLEANUP(str_free) struct str text = str_new(1000);

	(void)state;
	for (int i = 0; i < 100; i++)
		str_append(&text, view_make("\0a", 2));
	assert_int_equal(text.size, 200);
	assert_int_equal(text.data[200], '\0');
	assert_int_equal(text.data[199], 'a');
}

static void
room_that_was_asked_for_and_not_used_is_cut_off(void **state)
{
	CLEANUP(str_free) struct str text = str_new(100);
	char *room;

	(void)state;
	str_append(&text, VIEW("ab"));
	room = str_extend(&text, 98);
	assert_non_null(room);
	room[0] = 'c';
	str_truncate(&text, 3);
	assert_string_equal(str_text(&text), "abc");
	assert_null(str_extend(&text, 98));
	assert_true(text.overflowed);
}

static void
slices_are_cut_to_the_text(void **state)
{
	(void)state;
	assert_view(view_slice(VIEW("abcdef"), 2, 4), "cd");
	assert_view(view_slice(VIEW("abcdef"), 4, 99), "ef");
	assert_view(view_slice(VIEW("abcdef"), 99, 100), "");
	assert_view(view_slice(VIEW("abcdef"), 4, 2), "");
	assert_int_equal(view_slice(view_of(NULL), 1, 2).size, 0);
}

static void
ascii_letters_are_equal_in_both_cases_and_nothing_else_is(void **state)
{
	(void)state;
	assert_true(view_equal_nocase(VIEW("Content-TYPE"), VIEW("content-type")));
	assert_false(view_equal_nocase(VIEW("É"), VIEW("é")));
	assert_false(view_equal_nocase(VIEW("["), VIEW("{")));
	assert_false(view_equal_nocase(VIEW("abc"), VIEW("ab")));
	assert_true(view_starts_with_nocase(VIEW("RE: hello"), VIEW("re:")));
	assert_false(view_starts_with(VIEW("a"), VIEW("ab")));
	assert_true(view_ends_with(VIEW("x.eml"), VIEW(".eml")));
	assert_false(view_ends_with(VIEW("eml"), VIEW(".eml")));
}

static void
finding_gives_the_offset_in_the_whole_text(void **state)
{
	struct view text = VIEW("abcabc");

	(void)state;
	assert_int_equal(view_find(text, VIEW("bc"), 0), 1);
	assert_int_equal(view_find(text, VIEW("bc"), 2), 4);
	assert_true(view_find(text, VIEW("bc"), 5) == SIZE_MAX);
	assert_true(view_find(text, VIEW("x"), 99) == SIZE_MAX);
	assert_int_equal(view_find(text, VIEW(""), 6), 6);
	assert_int_equal(view_find_byte(text, 'c', 3), 5);
	assert_true(view_find_byte(text, 'c', 6) == SIZE_MAX);
}

static void
lines_end_with_lf_or_crlf_and_the_last_one_needs_no_end(void **state)
{
	struct view rest = VIEW("one\r\ntwo\n\nfour"), line;

	(void)state;
	assert_true(view_next_line(&rest, &line));
	assert_view(line, "one");
	assert_true(view_next_line(&rest, &line));
	assert_view(line, "two");
	assert_true(view_next_line(&rest, &line));
	assert_view(line, "");
	assert_true(view_next_line(&rest, &line));
	assert_view(line, "four");
	assert_false(view_next_line(&rest, &line));
}

static void
empty_fields_between_separators_count(void **state)
{
	struct view rest = VIEW("a,,b,"), field;
	const char *const expected[] = {"a", "", "b", ""};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(view_next_field(&rest, ',', &field));
		assert_view_equal(field, view_of(expected[i]));
	}
	assert_false(view_next_field(&rest, ',', &field));
}

static void
a_number_is_parsed_whole_or_the_target_is_untouched(void **state)
{
	static const char *const WRONG[] = {"", " 1", "1 ", "+1", "-1", "0x10", "1a",
		"18446744073709551616", "99999999999999999999999"};
	uint64_t number = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		assert_false(view_to_u64(view_of(WRONG[i]), &number));
	assert_int_equal(number, 7);
	assert_true(view_to_u64(VIEW("18446744073709551615"), &number));
	assert_true(number == UINT64_MAX);
	assert_true(view_to_u64(VIEW("007"), &number));
	assert_int_equal(number, 7);
}

static void
signed_numbers_reach_from_the_smallest_to_the_largest(void **state)
{
	int64_t number = 5;

	(void)state;
	assert_true(view_to_i64(VIEW("9223372036854775807"), &number));
	assert_true(number == INT64_MAX);
	assert_true(view_to_i64(VIEW("-9223372036854775808"), &number));
	assert_true(number == INT64_MIN);
	assert_true(view_to_i64(VIEW("-0"), &number));
	assert_int_equal(number, 0);
	assert_false(view_to_i64(VIEW("9223372036854775808"), &number));
	assert_false(view_to_i64(VIEW("-9223372036854775809"), &number));
	assert_false(view_to_i64(VIEW("--1"), &number));
	assert_false(view_to_i64(VIEW("-"), &number));
	assert_int_equal(number, 0);
}

static void
order_is_by_bytes_and_the_shorter_comes_first(void **state)
{
	(void)state;
	assert_true(view_compare(VIEW("a"), VIEW("ab")) < 0);
	assert_true(view_compare(VIEW("\xff"), VIEW("a")) > 0);
	assert_int_equal(view_compare(VIEW(""), view_of(NULL)), 0);
	assert_view(view_trim(VIEW(" \t\r\n a b \v\f")), "a b");
	assert_int_equal(view_trim(VIEW("  ")).size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_str_keeps_what_fitted_and_says_that_it_overflowed),
		cmocka_unit_test(after_an_overflow_nothing_is_appended_until_it_is_cleared),
		cmocka_unit_test(a_str_that_was_never_used_is_the_empty_text),
		cmocka_unit_test(a_str_may_hold_nul_and_is_terminated_all_the_same),
		cmocka_unit_test(room_that_was_asked_for_and_not_used_is_cut_off),
		cmocka_unit_test(slices_are_cut_to_the_text),
		cmocka_unit_test(ascii_letters_are_equal_in_both_cases_and_nothing_else_is),
		cmocka_unit_test(finding_gives_the_offset_in_the_whole_text),
		cmocka_unit_test(lines_end_with_lf_or_crlf_and_the_last_one_needs_no_end),
		cmocka_unit_test(empty_fields_between_separators_count),
		cmocka_unit_test(a_number_is_parsed_whole_or_the_target_is_untouched),
		cmocka_unit_test(signed_numbers_reach_from_the_smallest_to_the_largest),
		cmocka_unit_test(order_is_by_bytes_and_the_shorter_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
