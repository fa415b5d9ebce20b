/* Templates: a wrong name fails at the start, and no text leaves unescaped. */
#include "../unit.h"

#include "serve/template.h"

struct item {
	struct view name;
	uint64_t count;
};
struct inner {
	struct view word;
};
struct values {
	struct view title;
	struct markup bar;
	int64_t id;
	uint64_t total;
	bool is_on;
	struct inner inner;
	struct item *items;
	size_t item_count;
};

static const struct slot item_slots[] = {TEXT(struct item, name), COUNT(struct item, count)};
static const struct shape item_shape = SHAPE(struct item, item_slots);
static const struct slot inner_slots[] = {TEXT(struct inner, word)};
static const struct shape inner_shape = SHAPE(struct inner, inner_slots);
static const struct slot values_slots[] = {
	TEXT(struct values, title),
	MARKUP(struct values, bar),
	NUMBER(struct values, id),
	COUNT(struct values, total),
	FLAG(struct values, is_on),
	OBJECT(struct values, inner, inner_shape),
	LIST(struct values, items, item_count, item_shape),
};
static const struct shape values_shape = SHAPE(struct values, values_slots);

static bool
compile(struct template **ret_template, const char *text, struct error *err)
{
	struct embedded files[] = {
		{"page.html", view_of(text)}, {"part.html", VIEW("[{{title}}]")}};

	return template_compile(ret_template, files, 2, "page.html", &values_shape, err);
}

static void
renders(const char *text, const struct values *values, const char *expected)
{
	CLEANUP(template_freep) struct template *template = NULL;
	CLEANUP(str_free) struct str out = str_new(4096);
	struct error err = {0};

	assert_ok(compile(&template, text, &err), err);
	template_render(template, values, &out);
	assert_view_equal(str_view(&out), view_of(expected));
}

static void
fails(const char *text, const char *reason)
{
	CLEANUP(template_freep) struct template *template = NULL;
	struct error err = {0};

	assert_false(compile(&template, text, &err));
	assert_contains(err.text, reason);
}

static void
text_is_always_escaped(void **state)
{
	const struct values values = {.title = VIEW("<script>\"x\" & 'y'</script>")};

	(void)state;
	renders("<p title=\"{{title}}\">{{title}}</p>", &values,
		"<p title=\"&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;\">"
		"&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;</p>");
}

static void
only_markup_made_by_us_goes_out_as_it_is(void **state)
{
	const struct values values = {.bar = {VIEW("<b>x</b>")}};

	(void)state;
	renders("{{bar}}", &values, "<b>x</b>");
}

static void
braces_in_a_value_are_text(void **state)
{
	const struct values values = {.title = VIEW("{{id}} {{>part.html}}"), .id = 7};

	(void)state;
	renders("{{title}}{{id}}", &values, "{{id}} {{&gt;part.html}}7");
}

static void
lists_repeat_and_see_what_is_around_them(void **state)
{
	struct item items[] = {{VIEW("a"), 1}, {VIEW("b"), 1234567}};
	const struct values values = {.title = VIEW("T"), .items = items, .item_count = 2};

	(void)state;
	renders("{{#items}}({{title}}:{{name}}={{count}}){{/items}}", &values,
		"(T:a=1)(T:b=1,234,567)");
	renders("{{#items}}{{#items}}{{name}}{{/items}};{{/items}}", &values, "ab;ab;");
}

static void
an_empty_list_shows_its_other_side(void **state)
{
	const struct values values = {.title = VIEW("T")};

	(void)state;
	renders("{{#items}}x{{/items}}{{?items}}y{{/items}}{{^items}}none{{/items}}", &values,
		"none");
}

static void
sections_show_what_is_true(void **state)
{
	const struct values values = {.is_on = true, .inner = {VIEW("w")}};

	(void)state;
	renders("{{?is_on}}on{{/is_on}}{{^is_on}}off{{/is_on}}{{?title}}t{{/title}}{{?total}}n{{/"
		"total}}"
		"{{?inner.word}}{{inner.word}}{{/inner.word}}",
		&values, "onw");
}

static void
another_template_stands_where_it_is_named(void **state)
{
	const struct values values = {.title = VIEW("T")};

	(void)state;
	renders("{{>part.html}}{{>part.html}}", &values, "[T][T]");
}

static void
a_wrong_template_fails_at_the_start_with_its_line(void **state)
{
	(void)state;
	fails("a\nb {{nothing}}", "page.html:2: {{nothing}}: there is no such value");
	fails("{{inner.nothing}}", "there is no such value");
	fails("{{title.size}}", "there is no such value");
	fails("{{#title}}{{/title}}", "is no list");
	fails("{{items}}", "cannot be written");
	fails("{{name}}", "there is no such value");
	fails("{{#items}}", "never closed");
	fails("{{/items}}", "closes what is not open");
	fails("{{#items}}{{?is_on}}{{/items}}{{/is_on}}", "closes what is not open");
	fails("{{title", "has no end");
	fails("{{>other.html}}", "there is no such template");
	fails("{{>page.html}}", "there is no such template");
	fails("{{}}", "there is no such value");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_always_escaped),
		cmocka_unit_test(only_markup_made_by_us_goes_out_as_it_is),
		cmocka_unit_test(braces_in_a_value_are_text),
		cmocka_unit_test(lists_repeat_and_see_what_is_around_them),
		cmocka_unit_test(an_empty_list_shows_its_other_side),
		cmocka_unit_test(sections_show_what_is_true),
		cmocka_unit_test(another_template_stands_where_it_is_named),
		cmocka_unit_test(a_wrong_template_fails_at_the_start_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
