/* Evidence marked in a stranger's text. */
#include "../unit.h"

#include "read/mail.h"
#include "serve/highlight.h"

static void
shows(struct view text, const struct span_row *spans, size_t span_count, struct mark *marks,
	size_t mark_count, const char *expected)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 24);
	struct markup html = highlight_text(arena, text, spans, span_count, marks, mark_count);

	assert_view_equal(html.html, view_of(expected));
}

static void
text_around_and_inside_marks_is_escaped(void **state)
{
	struct mark marks[] = {{2, 5, VIEW("x: \"1\""), VIEW("v0")}};

	(void)state;
	shows(VIEW("a<b&c>d"), NULL, 0, marks, 1,
		"a&lt;<span class=\"target\" id=\"v0\"></span>"
		"<mark title=\"x: &quot;1&quot;\">b&amp;c</mark>&gt;d");
}

static void
marks_may_overlap(void **state)
{
	struct mark marks[] = {
		{2, 6, VIEW("two"), {0}}, {0, 4, VIEW("one"), {0}}, {2, 4, VIEW("three"), {0}}};

	(void)state;
	shows(VIEW("abcdefgh"), NULL, 0, marks, 3,
		"<mark title=\"one\">ab</mark><mark title=\"one; two; three\">cd</mark>"
		"<mark title=\"two\">ef</mark>gh");
}

static void
words_of_others_are_told_from_the_senders_own(void **state)
{
	const struct span_row spans[] = {{SPAN_OWN, 0, 3, 0}, {SPAN_QUOTE, 3, 6, 1}};
	struct mark marks[] = {{2, 4, VIEW("m"), {0}}};

	(void)state;
	shows(VIEW("own>qu"), spans, 2, marks, 1,
		"ow<mark title=\"m\">n</mark><span class=\"quote\"><mark title=\"m\">&gt;</mark>"
		"</span><span class=\"quote\">qu</span>");
}

static void
offsets_out_of_range_or_inside_a_character_do_no_harm(void **state)
{
	struct mark inside[] = {{2, 3, VIEW("m"), {0}}};
	struct mark beyond[] = {
		{1, SIZE_MAX, VIEW("m"), {0}}, {SIZE_MAX, SIZE_MAX, VIEW("n"), {0}}};
	struct mark turned[] = {{3, 1, VIEW("m"), {0}}};
	const struct span_row spans[] = {{77, 1, SIZE_MAX, 0}};

	(void)state;
	shows(VIEW("a\xc3\xa4\xc3\xb6"), NULL, 0, inside, 1,
		"a<mark title=\"m\">\xc3\xa4</mark>\xc3\xb6");
	shows(VIEW("abc"), NULL, 0, beyond, 2, "a<mark title=\"m\">bc</mark>");
	shows(VIEW("abcd"), NULL, 0, turned, 1, "abcd");
	shows(VIEW("abc"), spans, 1, NULL, 0, "a<span class=\"boilerplate\">bc</span>");
	shows(VIEW(""), NULL, 0, NULL, 0, "");
}

static void
many_marks_on_a_long_text_take_no_time(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(256 << 20);
	CLEANUP(str_free) struct str text = str_new(1 << 20);
	struct mark *marks = calloc(20000, sizeof(*marks));

	(void)state;
	for (int i = 0; i < 400000; i++)
		str_append_byte(&text, '<');
	for (size_t i = 0; i < 20000; i++)
		marks[i] = (struct mark){i, i + 10000, VIEW("m"), {0}};
	(void)highlight_text(arena, str_view(&text), NULL, 0, marks, 20000);
	free(marks);
}

static void
a_snippet_marks_what_was_found_and_nothing_else(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_view(
		highlight_snippet(arena, VIEW("a \002b<\003 c")).html, "a <mark>b&lt;</mark> c");
	assert_view(highlight_snippet(arena, VIEW("\003\002\002x")).html, "<mark>x</mark>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_around_and_inside_marks_is_escaped),
		cmocka_unit_test(marks_may_overlap),
		cmocka_unit_test(words_of_others_are_told_from_the_senders_own),
		cmocka_unit_test(offsets_out_of_range_or_inside_a_character_do_no_harm),
		cmocka_unit_test(many_marks_on_a_long_text_take_no_time),
		cmocka_unit_test(a_snippet_marks_what_was_found_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
