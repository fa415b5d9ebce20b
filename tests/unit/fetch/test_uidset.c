#include <stdlib.h>

#include "cmocka_all.h"
#include "fetch/uidset.h"

static struct uidset
parsed(const char *text)
{
	struct uidset set = {0};
	struct error err = {0};

	assert_true(uidset_parse(view_of(text), &set, &err));
	return set;
}

static void
assert_text(const struct uidset *set, const char *expected)
{
	CLEANUP(str_free) struct str text = str_new(4096);

	uidset_format(set, &text);
	assert_string_equal(str_text(&text), expected);
}

static void
assert_sum(const char *first, const char *added, const char *expected)
{
	struct uidset set = parsed(first), more = parsed(added);

	for (size_t i = 0; i < more.count; i++)
		uidset_add(&set, more.ranges[i].first, more.ranges[i].last);
	assert_text(&set, expected);
	uidset_free(&set);
	uidset_free(&more);
}

static void
neighbours_become_one_range(void **state)
{
	(void)state;
	assert_sum("1,3", "2", "1:3");
	assert_sum("5", "4", "4:5");
	assert_sum("1:3,7:9", "4:6", "1:9");
	assert_sum("1:3,7:9", "5", "1:3,5,7:9");
	assert_sum("1,3,5,7,9", "2:8", "1:9");
	assert_sum("10:20", "12:15", "10:20");
	assert_sum("4294967294", "4294967295", "4294967294:4294967295");
	assert_sum("4294967295", "1", "1,4294967295");
}

static void
zero_and_backward_ranges_are_not_added(void **state)
{
	struct uidset set = {0};

	(void)state;
	uidset_add(&set, 0, 5);
	uidset_add(&set, 5, 4);
	assert_int_equal(set.count, 0);
	uidset_free(&set);
}

static void
what_is_missing_is_the_difference_of_two_sets(void **state)
{
	static const struct {
		const char *a, *b, *rest;
	} cases[] = {
		{"1:10", "3,5:6", "1:2,4,7:10"},
		{"1:10", "1:10", ""},
		{"1:10", "11:20", "1:10"},
		{"5:6,9", "1:5", "6,9"},
		{"1:3,5:7,9:11", "2:10", "1,11"},
		{"4294967295", "4294967295", ""},
		{"1:4294967295", "2:4294967294", "1,4294967295"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uidset a = parsed(cases[i].a), b = parsed(cases[i].b), rest = {0};

		uidset_subtract(&a, &b, &rest);
		assert_text(&rest, cases[i].rest);
		uidset_free(&a);
		uidset_free(&b);
		uidset_free(&rest);
	}
}

/* Against a plain table of booleans, with numbers from a fixed generator. */
static void
random_sets_behave_as_a_table_does(void **state)
{
	enum { SPAN = 200, ROUNDS = 300 };
	uint32_t random = 12345;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		bool in_a[SPAN + 2] = {false}, in_b[SPAN + 2] = {false};
		struct uidset a = {0}, b = {0}, rest = {0};

		for (unsigned i = 0; i < 40; i++) {
			uint32_t first, last;

			random = random * 1664525U + 1013904223U;
			first = 1 + (random >> 16) % SPAN;
			last = first + (random >> 8) % 6;
			last = last > SPAN ? SPAN : last;
			uidset_add(i % 2 ? &a : &b, first, last);
			for (uint32_t uid = first; uid <= last; uid++)
				*(i % 2 ? &in_a[uid] : &in_b[uid]) = true;
		}
		uidset_subtract(&a, &b, &rest);
		for (uint32_t uid = 1; uid <= SPAN; uid++) {
			assert_int_equal(uidset_contains(&a, uid), in_a[uid]);
			assert_int_equal(uidset_contains(&rest, uid), in_a[uid] && !in_b[uid]);
		}
		uidset_free(&a);
		uidset_free(&b);
		uidset_free(&rest);
	}
}

static void
size_counts_beyond_32_bits(void **state)
{
	struct uidset set = parsed("1:4294967295");

	(void)state;
	assert_int_equal(uidset_size(&set), 4294967295U);
	uidset_free(&set);
}

static void
the_wire_form_comes_back_as_it_went(void **state)
{
	struct uidset set = parsed("9:12,1:4,7");

	(void)state;
	assert_text(&set, "1:4,7,9:12");
	uidset_free(&set);
	set = parsed("");
	assert_int_equal(set.count, 0);
	set = parsed("4:2");
	assert_text(&set, "2:4");
	uidset_free(&set);
}

static void
what_is_no_set_is_refused(void **state)
{
	static const char *const wrong[] = {
		"*", "1:*", "0", "1,,2", ",", "1:", ":1", "1:2:3", "4294967296", "-1", "1 2", "a"};
	struct uidset set = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error err = {0};

		assert_false(uidset_parse(view_of(wrong[i]), &set, &err));
		assert_int_equal(err.reach, ERROR_CONNECTION);
	}
	uidset_free(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_become_one_range),
		cmocka_unit_test(zero_and_backward_ranges_are_not_added),
		cmocka_unit_test(what_is_missing_is_the_difference_of_two_sets),
		cmocka_unit_test(random_sets_behave_as_a_table_does),
		cmocka_unit_test(size_counts_beyond_32_bits),
		cmocka_unit_test(the_wire_form_comes_back_as_it_went),
		cmocka_unit_test(what_is_no_set_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
