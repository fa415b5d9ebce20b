/*
 * Header values: encoded words, parameters, addresses and dates as programs really write them.
 */
#include "reading_test.h"

#include "read/header.h"

static int
open_arena(void **state)
{
	struct error err = {0};
	struct reading *reading = NULL;
	static const struct tsv_folders FOLDERS = {VOCABULARY_DIR, NULL};

	assert_true(reading_new(&reading, &FOLDERS, &err)); /* makes GMime and ICU ready */
	reading_free(reading);
	*state = arena_new(64 * 1024 * 1024);
	return 0;
}

static int
close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

struct pair {
	const char *given;
	const char *wanted;
};

static void
encoded_words_become_text(void **state)
{
	static const struct pair CASES[] = {
		{"plain", "plain"},
		{"folded\r\n value", "folded value"},
		{"=?utf-8?b?w4RwZmVs?=", "Äpfel"},
		{"=?UTF-8?Q?=C3=84pfel_und?= mehr", "Äpfel und mehr"},
		{"=?utf-8?q?one?= =?utf-8?q?_word?=", "one word"},
		{"=?utf-8?q?one?=\r\n =?utf-8?q?_word?=", "one word"},
		{"=?utf-8?b?5pel?= and =?utf-8?b?5pys?=", "日 and 本"},
		{"=?utf-8?b?5pc=?= =?utf-8?b?pQ==?=", "日"},
		{"=?utf-8?q?=E6=97?= =?utf-8?q?=A5?=", "日"},
		{"=?iso-8859-1*fr?q?caf=E9?=", "café"},
		{"=?iso-2022-jp?b?GyRCJDMkcxsoQg==?=", "こん"},
		{"a=?utf-8?q?b?=c", "abc"},
		{"=?utf-8?q?with blank?=", "with blank"},
		{"=?utf-8?q?what=3F?=", "what?"},
		{"=?utf-8?b?SGk?=", "Hi"},
		{"=?x-unknown?q?abc?=", "abc"},
		{"=?utf-8?q?never ends", "=?utf-8?q?never ends"},
		{"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
		{"raw \xc3\xa4 utf-8", "raw ä utf-8"},
		{"=?", "=?"},
		{"", ""},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
		assert_view(header_text(view_of(CASES[i].given), *state), CASES[i].wanted);
}

static void
parameters_are_found_in_all_their_forms(void **state)
{
	static const struct pair CASES[] = {
		{"text/plain; name=a.txt", "a.txt"},
		{"text/plain; NAME=\"a b.txt\"; x=y", "a b.txt"},
		{"text/plain; name = \"a;b\"", "a;b"},
		{"text/plain; name=\"a\\\"b\"", "a\"b"},
		{"text/plain; name=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt"},
		{"text/plain; name*=utf-8'de'%C3%A4.txt", "ä.txt"},
		{"text/plain; name*0=\"lo\"; name*1=\"ng\"", "long"},
		{"text/plain; name*1=\"ng\"; name*0=\"lo\"", "long"},
		{"text/plain; name*0*=utf-8''%E6%97; name*1*=%A5; name*2=.txt", "日.txt"},
		{"text/plain; name=\"=?utf-8?b?w6QudHh0?=\"", "ä.txt"},
		{"text/plain;; name=a", "a"},
		{"text/plain (comment; name=b); name=a", "a"},
		{"text/plain; name=a b.txt (comment)", "a b.txt"},
		{"text/plain; name=\"never ends", "never ends"},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
		assert_view(header_param(view_of(CASES[i].given), VIEW("name"), *state),
			CASES[i].wanted);
	assert_null(header_param(VIEW("text/plain; x=y"), VIEW("name"), *state).data);
}

struct address_case {
	const char *given;
	const char *name;
	const char *address;
};

static void
addresses_are_read_as_people_write_them(void **state)
{
	static const struct address_case CASES[] = {
		{"a@b.org", "", "a@b.org"},
		{"Anna Berg <a@b.org>", "Anna Berg", "a@b.org"},
		{"\"Berg, Anna\" <a@b.org>", "Berg, Anna", "a@b.org"},
		{"\"'Anna'\" <a@b.org>", "Anna", "a@b.org"},
		{"a@b.org (Anna)", "Anna", "a@b.org"},
		{"=?utf-8?q?=C3=84nne?= <a@b.org>", "Änne", "a@b.org"},
		{"\"=?utf-8?q?Berg=2C_Anna?=\" <a@b.org>", "Berg, Anna", "a@b.org"},
		{"<@relay.org:a@b.org>", "", "a@b.org"},
		{"Anna a@b.org", "Anna", "a@b.org"},
		{"\"john doe\"@b.org", "", "\"john doe\"@b.org"},
		{"Team: a@b.org;", "", "a@b.org"},
		{"Anna <a@b.org", "Anna", "a@b.org"},
		{"Anna < a@b.org >", "Anna", "a@b.org"},
		{"\xc3\x84nne <\xc3\xa4@b.org>", "Änne", "ä@b.org"},
		{"MAILER-DAEMON (Mail System)", "Mail System", "MAILER-DAEMON"},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct address_list list = {0};

		address_parse(view_of(CASES[i].given), *state, &list);
		assert_int_equal(list.count, 1);
		assert_view(list.items[0].name, CASES[i].name);
		assert_view(list.items[0].address, CASES[i].address);
	}
}

static void
a_list_has_all_its_addresses(void **state)
{
	struct address_list list = {0};

	address_parse(VIEW("a@b.org, \"x, y\" <c@d.org>, Group: e@f.org, g@h.org;, i@j.org"),
		*state, &list);
	assert_int_equal(list.count, 5);
	assert_view(list.items[1].address, "c@d.org");
	assert_view(list.items[4].address, "i@j.org");
	list = (struct address_list){0};
	address_parse(VIEW("undisclosed-recipients:;"), *state, &list);
	assert_int_equal(list.count, 0);
}

struct date_case {
	const char *given;
	int64_t unix_seconds;
	int offset;
};

static void
dates_are_read_in_the_forms_that_occur(void **state)
{
	static const struct date_case CASES[] = {
		{"Wed, 4 Mar 2020 09:12:00 +0100", 1583309520, 60},
		{"4 Mar 2020 09:12 GMT", 1583313120, 0},
		{"Wed, 04 Mar 20 09:12:00 EST", 1583331120, -300},
		{"Wed Mar  4 09:12:00 2020", 1583313120, 0},
		{"Wed, 4 Mar 2020 09:12:00 -0330 (NST)", 1583325720, -210},
		{"2020-03-04T09:12:00+01:00", 1583309520, 60},
		{"2020-03-04 09:12:00 +0100", 1583309520, 60},
		{"04-Mar-2020 09:12:00 +0100", 1583309520, 60},
		{"Wed, 4 Mar 99 09:12:00 +0000", 920538720, 0},
		{"4 March 2020 9:12:00 PM +0000", 1583356320, 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		int64_t seconds = 0;
		int offset = 0;

		assert_true(header_date(view_of(CASES[i].given), &seconds, &offset));
		assert_int_equal(seconds, CASES[i].unix_seconds);
		assert_int_equal(offset, CASES[i].offset);
	}
}

static void
what_is_no_date_is_none(void **state)
{
	static const char *const CASES[] = {
		"", "yesterday", "Wed,", "99 Mar 2020", "4 Foo 2020", "12:00:00", "2020"};
	(void)state;

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		int64_t seconds;
		int offset;

		assert_false(header_date(view_of(CASES[i]), &seconds, &offset));
	}
}

static void
any_bytes_are_a_header(void **state)
{
	static const char BYTES[] = "=?utf8q=E9?= \"(<>)@,;:\\\r\n\t'*%0\xff\x80";
	uint32_t random = 7;

	for (unsigned round = 0; round < 20000; round++) {
		char value[40];
		struct address_list list = {0};
		struct view ids[4];
		int64_t seconds;
		int offset;

		for (size_t i = 0; i < sizeof(value); i++) {
			random = random * 1664525 + 1013904223;
			value[i] = BYTES[(random >> 16) % (sizeof(BYTES) - 1)];
		}
		assert_true(utf8_is_valid(header_text(view_make(value, sizeof(value)), *state)));
		(void)header_token(view_make(value, sizeof(value)), *state);
		(void)header_param(view_make(value, sizeof(value)), VIEW("q"), *state);
		(void)header_ids(view_make(value, sizeof(value)), *state, ids, 4);
		(void)header_date(view_make(value, sizeof(value)), &seconds, &offset);
		address_parse(view_make(value, sizeof(value)), *state, &list);
		arena_reset(*state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoded_words_become_text),
		cmocka_unit_test(parameters_are_found_in_all_their_forms),
		cmocka_unit_test(addresses_are_read_as_people_write_them),
		cmocka_unit_test(a_list_has_all_its_addresses),
		cmocka_unit_test(dates_are_read_in_the_forms_that_occur),
		cmocka_unit_test(what_is_no_date_is_none),
		cmocka_unit_test(any_bytes_are_a_header),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
