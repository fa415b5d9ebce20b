/*
 * What passes the gate is valid, visible UTF-8, whatever came in.
 */
#include "../unit.h"

#include "base/utf8.h"

static void
assert_cleaned(struct view raw, struct view expected, size_t damaged)
{
	CLEANUP(str_free) struct str out = str_new(4096);

	assert_int_equal(utf8_clean(&out, raw), damaged);
	assert_view_equal(str_view(&out), expected);
	assert_true(utf8_is_valid(str_view(&out)));
}

#define assert_clean(raw, expected, damaged) assert_cleaned(VIEW(raw), VIEW(expected), damaged)

static void
valid_text_passes_unchanged(void **state)
{
	(void)state;
	assert_clean("", "", 0);
	assert_clean("plain\ttext\n", "plain\ttext\n", 0);
	assert_clean("Đặng, Łódź, 東京, 😀", "Đặng, Łódź, 東京, 😀", 0);
	assert_clean("\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF", 0);
}

static void
every_line_end_becomes_lf(void **state)
{
	(void)state;
	assert_clean("a\r\nb\rc\nd\r", "a\nb\nc\nd\n", 0);
	assert_clean("\r\r\n", "\n\n", 0);
}

static void
invalid_bytes_become_one_mark_each_and_are_counted(void **state)
{
	(void)state;
	assert_clean("caf\xE9!", "caf\uFFFD!", 1);
	assert_clean("\xC0\xAF", "\uFFFD\uFFFD", 2);           /* overlong */
	assert_clean("\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD", 3); /* overlong */
	assert_clean("\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD", 3); /* a surrogate */
	assert_clean("\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", 4);
	assert_clean("\xF5\xFF", "\uFFFD\uFFFD", 2);
	assert_clean("x\xE2\x82", "x\uFFFD\uFFFD", 2); /* cut off */
	assert_clean("\x80z", "\uFFFDz", 1);
	assert_cleaned(view_make("a\0b", 3), VIEW("a\uFFFDb"), 1);
}

static void
marks_that_deceive_a_reader_and_controls_are_left_out(void **state)
{
	(void)state;
	assert_clean("a\u202Egpj.exe\u202C", "agpj.exe", 0);
	assert_clean("\u2066x\u2069", "x", 0);
	assert_clean("\uFEFFx", "x", 0);
	assert_clean("a\x1B[31mb\x7F\x08", "a[31mb", 0);
	assert_clean("a\xC2\x85"
		     "b",
		"ab", 0);
	assert_clean("\u200F\u200Ex", "\u200F\u200Ex", 0); /* needed to write Arabic and Hebrew */
}

static void
text_cut_between_characters_gives_the_same_in_pieces(void **state)
{
	const struct view text = VIEW("Zürich \u202E\x80\xE9 東京 \xF0\x9F\x98\x80\tq\n\xC3");
	CLEANUP(str_free) struct str whole = str_new(4096);
	size_t damaged = utf8_clean(&whole, text);

	(void)state;
	for (size_t cut = 0; cut <= text.size; cut++) {
		CLEANUP(str_free) struct str out = str_new(4096);
		size_t pieces;

		if (utf8_floor(text, cut) != cut)
			continue;
		pieces = utf8_clean(&out, view_slice(text, 0, cut));
		pieces += utf8_clean(&out, view_slice(text, cut, text.size));
		assert_view_equal(str_view(&out), str_view(&whole));
		assert_int_equal(pieces, damaged);
	}
}

static void
any_bytes_give_valid_text_and_cleaning_again_changes_nothing(void **state)
{
	uint64_t random = 42;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		CLEANUP(str_free) struct str once = str_new(4096), twice = str_new(4096);
		char bytes[64];

		for (size_t i = 0; i < sizeof(bytes); i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			bytes[i] = (char)(random >> 56 | (round % 2 ? 0x80 : 0));
		}
		(void)utf8_clean(&once, view_make(bytes, sizeof(bytes)));
		assert_true(utf8_is_valid(str_view(&once)));
		assert_int_equal(utf8_clean(&twice, str_view(&once)), 0);
		assert_view_equal(str_view(&twice), str_view(&once));
	}
}

static void
decoding_goes_on_after_an_invalid_byte(void **state)
{
	struct view text = VIEW("\xFF"
				"é😀");
	size_t offset = 0;

	(void)state;
	assert_int_equal(utf8_next(text, &offset), 0xFFFD);
	assert_int_equal(offset, 1);
	assert_int_equal(utf8_next(text, &offset), 0xE9);
	assert_int_equal(utf8_next(text, &offset), 0x1F600);
	assert_int_equal(offset, text.size);
}

static void
code_points_that_are_none_are_never_written(void **state)
{
	static const uint32_t NONE[] = {0xD800, 0xDFFF, 0x110000, 0xFFFFFFFF};
	static const uint32_t SOME[] = {0x24, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};

	(void)state;
	for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++) {
		CLEANUP(str_free) struct str out = str_new(16);

		utf8_append(&out, NONE[i]);
		assert_view(str_view(&out), "\uFFFD");
	}
	for (size_t i = 0; i < sizeof(SOME) / sizeof(SOME[0]); i++) {
		CLEANUP(str_free) struct str out = str_new(16);
		size_t offset = 0;

		utf8_append(&out, SOME[i]);
		assert_int_equal(utf8_next(str_view(&out), &offset), SOME[i]);
	}
}

static void
the_floor_never_splits_a_character(void **state)
{
	struct view text = VIEW("a€b");

	(void)state;
	assert_int_equal(utf8_floor(text, 1), 1);
	assert_int_equal(utf8_floor(text, 2), 1);
	assert_int_equal(utf8_floor(text, 3), 1);
	assert_int_equal(utf8_floor(text, 4), 4);
	assert_int_equal(utf8_floor(text, 99), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_text_passes_unchanged),
		cmocka_unit_test(every_line_end_becomes_lf),
		cmocka_unit_test(invalid_bytes_become_one_mark_each_and_are_counted),
		cmocka_unit_test(marks_that_deceive_a_reader_and_controls_are_left_out),
		cmocka_unit_test(text_cut_between_characters_gives_the_same_in_pieces),
		cmocka_unit_test(any_bytes_give_valid_text_and_cleaning_again_changes_nothing),
		cmocka_unit_test(decoding_goes_on_after_an_invalid_byte),
		cmocka_unit_test(code_points_that_are_none_are_never_written),
		cmocka_unit_test(the_floor_never_splits_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
