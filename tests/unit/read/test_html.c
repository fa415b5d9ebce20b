/*
 * HTML as a reader of the mail sees it.
 */
#include "reading_test.h"

#include "read/html.h"

struct pair {
	const char *html;
	const char *text;
};

static void
html_reads_as_it_looks(void **state)
{
	static const struct pair CASES[] = {
		{"<p>one</p><p>two</p>", "one\n\ntwo"},
		{"a<br>b<br><br>c", "a\nb\n\nc"},
		{"<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
		{"many   blanks\n and\tlines", "many blanks and lines"},
		{"<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"},
		{"<ol><li>a<li>b</ol>", "1. a\n2. b"},
		{"<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a | b\nc | d"},
		{"<table><tr><td><td>b<td>c<tr><td>d<td><td>f</table>", "| b | c\nd | | f"},
		{"<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td>c<td>d</table>",
			"a | b\nc | d"},
		{"<a href='https://x.org/y'>here</a>", "here <https://x.org/y>"},
		{"<a href='https://x.org/'>x.org</a>", "x.org"},
		{"<a href='mailto:a@b.org'>a@b.org</a>", "a@b.org"},
		{"<a href='mailto:a@b.org'>Anna</a>", "Anna <a@b.org>"},
		{"<a href='#top'>top</a>", "top"},
		{"mine<blockquote>theirs<blockquote>older</blockquote></blockquote>mine",
			"mine\n\n> theirs\n>\n> > older\n\nmine"},
		{"<script>x</script><style>y</style><title>z</title>seen", "seen"},
		{"<span style='display: none'>hidden</span>seen<p hidden>not", "seen"},
		{"&auml;&#246;&#x20ac;&nbsp;&amp;&lt;", "äö€ &<"},
		{"a&#8238;b&#0;c", "ab\xEF\xBF\xBD"
				   "c"},
		{"<pre>  two\n lines</pre>after", "  two\n lines\n\nafter"},
		{"words<div class=gmail_signature>Anna</div>", "words\n-- \nAnna"},
		{"a<hr>b", "a\n________________________________\nb"},
		{"<b>un<i>closed", "unclosed"},
		{"", ""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		CLEANUP(str_free) struct str out = str_new(10000);

		assert_true(html_to_text(view_of(CASES[i].html), &out));
		assert_view(str_view(&out), CASES[i].text);
	}
}

static void
a_charset_in_the_head_is_found(void **state)
{
	(void)state;

	assert_view(html_charset(VIEW("<html><meta charset=\"koi8-r\">")), "koi8-r");
	assert_view(html_charset(VIEW("<META http-equiv=Content-Type "
				      "content='text/html; charset=iso-8859-2'>")),
		"iso-8859-2");
	assert_null(html_charset(VIEW("<p>charset=utf-8</p>")).data);
}

static void
repeat(struct str *out, const char *text, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		str_append(out, view_of(text));
}

static void
html_that_costs_too_much_loses_its_tags_only(void **state)
{
	static const char *const PIECES[] = {"<div>", "<b a=1><b a=2><b a=3><b a=4><p>x",
		"<table><tr><td>", "<a href=http://x/>", "<blockquote>", "<font size=1><p>"};
	(void)state;

	for (size_t i = 0; i < sizeof(PIECES) / sizeof(PIECES[0]); i++) {
		CLEANUP(str_free) struct str html = str_new(HTML_SIZE_MAX);
		CLEANUP(str_free) struct str out = str_new(HTML_SIZE_MAX);

		repeat(&html, PIECES[i], 100000);
		str_append(&html, VIEW("the words"));
		(void)html_to_text(str_view(&html), &out); /* either way the words are there */
		assert_int_not_equal(view_find(str_view(&out), VIEW("the words"), 0), SIZE_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_reads_as_it_looks),
		cmocka_unit_test(a_charset_in_the_head_is_found),
		cmocka_unit_test(html_that_costs_too_much_loses_its_tags_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
