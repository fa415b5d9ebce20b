#include <string.h>

#include "cmocka_all.h"
#include "fetch/folder_name.h"

static void
assert_round_trip(const char *name, const char *wire)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	CLEANUP(str_free) struct str back = str_new(4096);
	struct error err = {0};

	assert_true(folder_name_to_wire(view_of(name), &out, &err));
	assert_string_equal(str_text(&out), wire);
	folder_name_from_wire(str_view(&out), &back);
	assert_string_equal(str_text(&back), name);
}

static void
names_go_over_the_wire_in_modified_utf_7(void **state)
{
	(void)state;
	assert_round_trip("INBOX", "INBOX");
	assert_round_trip("Entwürfe", "Entw&APw-rfe");
	assert_round_trip("Ja & Nein", "Ja &- Nein");
	assert_round_trip("台北/日本語", "&U,BTFw-/&ZeVnLIqe-");
}

static void
a_name_that_could_carry_a_command_is_refused(void **state)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct error err = {0};

	(void)state;
	assert_false(folder_name_to_wire(VIEW("x\r\nA1 DELETE INBOX"), &out, &err));
	assert_false(folder_name_to_wire(VIEW("x\0y"), &out, &err));
	assert_false(folder_name_to_wire(VIEW("\xff\xfe"), &out, &err));
	assert_int_equal(err.reach, ERROR_MAILBOX);
}

static void
a_raw_name_of_a_careless_server_stays_readable(void **state)
{
	CLEANUP(str_free) struct str name = str_new(4096);

	(void)state;
	folder_name_from_wire(VIEW("Entw\xc3\xbcrfe"), &name);
	assert_string_equal(str_text(&name), "Entwürfe");
	folder_name_from_wire(VIEW("a&broken"), &name);
	assert_true(name.size > 0);
}

static void
patterns_are_words_with_a_wildcard(void **state)
{
	(void)state;
	assert_true(folder_name_is_pattern(VIEW("Archive/*")));
	assert_true(folder_name_is_pattern(VIEW("%")));
	assert_false(folder_name_is_pattern(VIEW("INBOX")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_go_over_the_wire_in_modified_utf_7),
		cmocka_unit_test(a_name_that_could_carry_a_command_is_refused),
		cmocka_unit_test(a_raw_name_of_a_careless_server_stays_readable),
		cmocka_unit_test(patterns_are_words_with_a_wildcard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
