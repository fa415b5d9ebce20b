#include <string.h>

#include "cmocka_all.h"
#include "fetch/mbox.h"

/* What the splitter says, written down: "<1|bytes>" for each message. */
static bool
on_begin(void *context, uint32_t ordinal, struct error *err)
{
	(void)err;
	str_append_format(context, "<%u|", (unsigned)ordinal);
	return true;
}

static bool
on_bytes(void *context, struct view bytes, struct error *err)
{
	(void)err;
	str_append(context, bytes);
	return true;
}

static bool
on_end(void *context, struct error *err)
{
	(void)err;
	str_append(context, VIEW(">"));
	return true;
}

static bool
split(const char *bytes, size_t piece, struct str *out, struct error *err)
{
	struct mbox_sink sink = {out, on_begin, on_bytes, on_end};
	struct mbox mbox = mbox_new(&sink);
	struct view rest = view_of(bytes);

	while (rest.size > 0) {
		struct view part = view_slice(rest, 0, piece);

		if (!mbox_feed(&mbox, part, err))
			return false;
		rest = view_slice(rest, part.size, rest.size);
	}
	return mbox_end(&mbox, err);
}

static void
assert_split(const char *bytes, const char *expected)
{
	static const size_t pieces[] = {SIZE_MAX, 1, 2, 3, 7, 64};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		CLEANUP(str_free) struct str out = str_new(65536);
		struct error err = {0};

		assert_true(split(bytes, pieces[i], &out, &err));
		assert_string_equal(str_text(&out), expected);
	}
}

#define FROM "From a@example.org Mon Mar  2 09:12:00 2020\n"

static void
messages_are_split_at_their_from_lines(void **state)
{
	(void)state;
	assert_split(FROM "A: 1\n\nx\n\n" FROM "B: 2\n\ny\n\n", "<1|A: 1\n\nx\n><2|B: 2\n\ny\n>");
}

static void
only_the_last_empty_line_belongs_to_the_mbox(void **state)
{
	(void)state;
	assert_split(FROM "A: 1\n\nx\n\n\n\n" FROM "B: 2\n", "<1|A: 1\n\nx\n\n\n><2|B: 2\n>");
}

static void
a_last_line_without_an_end_is_kept(void **state)
{
	(void)state;
	assert_split(FROM "A: 1\n\nx", "<1|A: 1\n\nx>");
}

static void
line_ends_stay_as_they_are(void **state)
{
	(void)state;
	assert_split("From x 09:12\r\nA: 1\r\n\r\nx\r\n\r\nFrom y 09:13\r\nB: 2\r\n",
		"<1|A: 1\r\n\r\nx\r\n><2|B: 2\r\n>");
}

static void
quoting_is_taken_off_once(void **state)
{
	(void)state;
	assert_split(FROM "A: 1\n\n>From me\n>>From you\n> From far\n>Fromage\n",
		"<1|A: 1\n\nFrom me\n>From you\n> From far\n>Fromage\n>");
}

static void
a_sentence_that_begins_with_from_splits_nothing(void **state)
{
	(void)state;
	assert_split(FROM "A: 1\n\nx\n\nFrom here on it works.\n",
		"<1|A: 1\n\nx\n\nFrom here on it works.\n>");
	assert_split(FROM "A: 1\n\nx\nFrom b@example.org Mon Mar  2 09:12:00 2020\n",
		"<1|A: 1\n\nx\nFrom b@example.org Mon Mar  2 09:12:00 2020\n>");
}

static void
plain_from_lines_split_where_the_file_has_no_others(void **state)
{
	(void)state;
	assert_split("From \nA: 1\n\nFrom \nB: 2\n", "<1|A: 1\n><2|B: 2\n>");
}

static void
an_empty_message_is_a_message(void **state)
{
	(void)state;
	assert_split(FROM "\n" FROM "B: 2\n", "<1|><2|B: 2\n>");
}

static void
a_line_longer_than_what_is_looked_at_goes_through(void **state)
{
	CLEANUP(str_free) struct str bytes = str_new(65536), expected = str_new(65536);

	(void)state;
	str_append(&bytes, VIEW(FROM));
	str_append(&expected, VIEW("<1|"));
	for (int i = 0; i < 3 * MBOX_HEAD_MAX; i++) {
		str_append_byte(&bytes, (char)('a' + i % 26));
		str_append_byte(&expected, (char)('a' + i % 26));
	}
	str_append(&bytes, VIEW("\n>From x\n"));
	str_append(&expected, VIEW("\nFrom x\n>"));
	assert_split(str_text(&bytes), str_text(&expected));
}

static void
what_is_no_mbox_is_said_to_be_none(void **state)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct error err = {0};

	(void)state;
	assert_false(split("Subject: x\n\nhello\n", 5, &out, &err));
	assert_int_equal(err.reach, ERROR_MESSAGE);
	assert_false(split("", 5, &out, &err));
	assert_false(split("\n\n", 5, &out, &err));
	assert_int_equal(out.size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_split_at_their_from_lines),
		cmocka_unit_test(only_the_last_empty_line_belongs_to_the_mbox),
		cmocka_unit_test(a_last_line_without_an_end_is_kept),
		cmocka_unit_test(line_ends_stay_as_they_are),
		cmocka_unit_test(quoting_is_taken_off_once),
		cmocka_unit_test(a_sentence_that_begins_with_from_splits_nothing),
		cmocka_unit_test(plain_from_lines_split_where_the_file_has_no_others),
		cmocka_unit_test(an_empty_message_is_a_message),
		cmocka_unit_test(a_line_longer_than_what_is_looked_at_goes_through),
		cmocka_unit_test(what_is_no_mbox_is_said_to_be_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
