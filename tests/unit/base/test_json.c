/*
 * The JSON writer: whatever the text, the result is one valid value.
 */
#include "../unit.h"

#include <math.h>

#include "base/json.h"

static void
assert_text_becomes(struct view text, const char *expected)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct json json = json_to(&out);

	json_text(&json, NULL, text);
	assert_string_equal(str_text(&out), expected);
}

static void
objects_and_arrays_nest_with_their_commas(void **state)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct json json = json_to(&out);

	(void)state;
	json_object(&json, NULL);
	json_text(&json, "class", VIEW("submission"));
	json_array(&json, "cases");
	json_int(&json, NULL, INT64_MIN);
	json_object(&json, NULL);
	json_end(&json);
	json_array(&json, NULL);
	json_end(&json);
	json_raw(&json, NULL, VIEW("[1]"));
	json_end(&json);
	json_bool(&json, "ok", true);
	json_null(&json, "none");
	json_end(&json);
	assert_string_equal(str_text(&out),
		"{\"class\":\"submission\",\"cases\":[-9223372036854775808,{},[],[1]],"
		"\"ok\":true,\"none\":null}");
}

static void
text_is_escaped_for_json_and_for_html(void **state)
{
	(void)state;
	assert_text_becomes(VIEW("a\"b\\c\n\t"), "\"a\\\"b\\\\c\\n\\t\"");
	assert_text_becomes(VIEW("</script>&"), "\"\\u003c/script\\u003e\\u0026\"");
	assert_text_becomes(VIEW("\x01\x1f"), "\"\\u0001\\u001f\"");
	assert_text_becomes(view_make("a\0b", 3), "\"a\\u0000b\"");
	assert_text_becomes(VIEW("Zürich 😀"), "\"Zürich 😀\"");
	assert_text_becomes(view_of(NULL), "\"\"");
}

static void
an_invalid_byte_becomes_a_mark(void **state)
{
	(void)state;
	assert_text_becomes(VIEW("caf\xE9"), "\"caf\uFFFD\"");
	assert_text_becomes(VIEW("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
}

static void
assert_real_becomes(double number, const char *expected)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct json json = json_to(&out);

	json_real(&json, NULL, number);
	assert_string_equal(str_text(&out), expected);
}

static void
a_number_keeps_at_most_four_digits_behind_the_point(void **state)
{
	(void)state;
	assert_real_becomes(0.97, "0.97");
	assert_real_becomes(1, "1");
	assert_real_becomes(0.123456, "0.1235");
	assert_real_becomes(1234.5678, "1234.5678");
	assert_real_becomes(4300000, "4300000");
	assert_real_becomes(0.00001, "0");
}

static void
a_number_that_is_none_becomes_null_and_the_largest_stays_one(void **state)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct json json = json_to(&out);

	(void)state;
	assert_real_becomes(NAN, "null");
	assert_real_becomes(INFINITY, "null");
	json_real(&json, NULL, 1.7976931348623157e308);
	assert_true(strtod(str_text(&out), NULL) == 1.7976931348623157e308);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_arrays_nest_with_their_commas),
		cmocka_unit_test(text_is_escaped_for_json_and_for_html),
		cmocka_unit_test(an_invalid_byte_becomes_a_mark),
		cmocka_unit_test(a_number_keeps_at_most_four_digits_behind_the_point),
		cmocka_unit_test(a_number_that_is_none_becomes_null_and_the_largest_stays_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
