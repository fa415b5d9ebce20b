/*
 * Errors are sentences that stay whole, whatever is put into them.
 */
#include "../unit.h"

#include <errno.h>

#include "base/utf8.h"

static void
a_cause_gets_the_context_of_its_callers_in_front(void **state)
{
	struct error err = {0};

	(void)state;
	assert_false(error_set(&err, ERROR_MESSAGE, "FETCH answer is not %s", "IMAP"));
	assert_false(error_context(&err, "UID %d", 4711));
	assert_false(error_context(&err, "research/INBOX"));
	assert_string_equal(err.text, "research/INBOX: UID 4711: FETCH answer is not IMAP");
	assert_int_equal(err.reach, ERROR_MESSAGE);
}

static void
the_words_of_errno_stand_behind_and_errno_is_kept(void **state)
{
	struct error err = {0};

	(void)state;
	errno = ENOENT;
	assert_false(error_set_errno(&err, ERROR_STORAGE, "cannot open %s", "x"));
	assert_string_equal(err.text, "cannot open x: No such file or directory");
	assert_int_equal(errno, ENOENT);
}

static void
a_caller_who_wants_no_error_may_pass_null(void **state)
{
	(void)state;
	assert_false(error_set(NULL, ERROR_PROGRAM, "x"));
	assert_false(error_set_errno(NULL, ERROR_PROGRAM, "x"));
	assert_false(error_context(NULL, "x"));
}

/* Every alignment of characters of two, three and four bytes against the end. */
static void
a_long_sentence_is_cut_at_a_characters_border(void **state)
{
	static const char *const CHARACTERS[] = {"x", "é", "€", "😀"};

	(void)state;
	for (size_t c = 0; c < 4; c++) {
		for (size_t shift = 0; shift < 8; shift++) {
			CLEANUP(str_free) struct str text = str_new(4096);
			struct error err = {0};

			for (size_t i = 0; i < shift; i++)
				str_append_byte(&text, '-');
			while (text.size < 600)
				str_append(&text, view_of(CHARACTERS[c]));
			error_set(&err, ERROR_PROGRAM, "%s", str_text(&text));
			assert_true(strlen(err.text) < ERROR_TEXT_SIZE);
			assert_true(strlen(err.text) > ERROR_TEXT_SIZE - 8);
			assert_true(utf8_is_valid(view_of(err.text)));
			assert_true(view_ends_with(view_of(err.text), VIEW("…")));
			error_context(&err, "%s", str_text(&text));
			assert_true(utf8_is_valid(view_of(err.text)));
			assert_true(view_ends_with(view_of(err.text), VIEW("…")));
		}
	}
}

static void
a_context_that_leaves_no_room_cuts_the_cause_at_a_characters_border(void **state)
{
	(void)state;
	for (int size = 480; size < 512; size++) {
		char context[512];
		struct error err = {0};

		memset(context, 'c', sizeof(context));
		error_set(&err, ERROR_PROGRAM, "ééééééééééééééééééééé");
		error_context(&err, "%.*s", size, context);
		assert_true(utf8_is_valid(view_of(err.text)));
		assert_true(strlen(err.text) < ERROR_TEXT_SIZE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_gets_the_context_of_its_callers_in_front),
		cmocka_unit_test(the_words_of_errno_stand_behind_and_errno_is_kept),
		cmocka_unit_test(a_caller_who_wants_no_error_may_pass_null),
		cmocka_unit_test(a_long_sentence_is_cut_at_a_characters_border),
		cmocka_unit_test(
			a_context_that_leaves_no_room_cuts_the_cause_at_a_characters_border),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
