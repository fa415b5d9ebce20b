#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fetch/guard.h"

/* The same answer whole, byte by byte, and in pieces of seven. */
static bool
passes(struct view bytes, struct error *ret_err)
{
	static const size_t pieces[] = {SIZE_MAX, 1, 7};
	bool results[3];

	for (size_t i = 0; i < 3; i++) {
		struct guard guard = guard_new();
		struct view rest = bytes;

		*ret_err = (struct error){0};
		results[i] = true;
		while (results[i] && rest.size > 0) {
			struct view piece = view_slice(rest, 0, pieces[i]);

			results[i] = guard_feed(&guard, piece, ret_err);
			rest = view_slice(rest, piece.size, rest.size);
		}
	}
	assert_int_equal(results[0], results[1]);
	assert_int_equal(results[0], results[2]);
	return results[0];
}

static void
assert_passes(const char *bytes)
{
	struct error err = {0};

	if (!passes(view_of(bytes), &err))
		fail_msg("refused: %s: %s", err.text, bytes);
}

static void
assert_refused(const char *bytes, const char *words)
{
	struct error err = {0};

	if (passes(view_of(bytes), &err))
		fail_msg("not refused: %s", bytes);
	assert_int_equal(err.reach, ERROR_MESSAGE);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void
what_decent_servers_send_passes(void **state)
{
	(void)state;
	assert_passes("* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot ready.\r\n"
		      "* CAPABILITY IMAP4rev1 IDLE\r\n1 OK done\r\n"
		      "* FLAGS (\\Answered \\Seen)\r\n* 12 EXISTS\r\n* 0 RECENT\r\n"
		      "* OK [UIDVALIDITY 1] UIDs valid\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
		      "* SEARCH\r\n* search 1 2 3\r\n+ idling\r\n+\r\n* 4294967295 EXPUNGE\r\n"
		      "* BYE out\r\n");
}

static void
bytes_of_a_literal_are_no_lines(void **state)
{
	(void)state;
	assert_passes("* 1 FETCH (UID 5 BODY[] {26}\r\n* EVIL (((((\r\n\r\n{999999}\r\n"
		      " FLAGS ())\r\n3 OK\r\n");
	assert_passes("* 1 FETCH (BODY[] {0}\r\n UID 5)\r\n3 OK\r\n");
	assert_passes("* 1 FETCH (BODY[HEADER] {3}\r\n\r\n\r BODY[] {2}\r\n{\r UID 5)\r\n");
}

static void
responses_to_nothing_of_ours_are_refused(void **state)
{
	(void)state;
	assert_refused("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n", "none of our commands");
	assert_refused("* ESEARCH (TAG \"1\") UID\r\n", "none of our commands");
	assert_refused("* 5 STORE\r\n", "none of our commands");
	assert_refused("* 99999999999 EXISTS\r\n", "none of our commands");
	assert_refused("* 12\r\n", "none of our commands");
	assert_refused("* \r\n", "none of our commands");
	assert_refused("* FETCHED 1\r\n", "none of our commands");
	assert_refused("\r\n", "empty line");
	assert_refused("1 OK done\r\n\n", "empty line");
}

static void
a_literal_in_a_status_line_is_refused(void **state)
{
	(void)state;
	assert_refused("* OK hello {5}\r\nabcde\r\n", "status line");
	assert_refused("* BYE {5}\r\n", "status line");
	assert_refused("1 OK {5}\r\n", "status line");
	assert_refused("+ go on {5}\r\n", "status line");
	assert_passes("* OK a brace {5} in the middle\r\n1 NO {5}x\r\n");
}

static void
a_huge_literal_is_refused_before_anything_is_allocated(void **state)
{
	(void)state;
	assert_refused("* 1 FETCH (BODY[] {4294967295}\r\n", "MiB");
	assert_refused("* 1 FETCH (BODY[] {99999999999999999999999999}\r\n", "MiB");
	assert_refused("* 1 FETCH (BODY[] {209715201}\r\n", "MiB");
	assert_passes("* 1 FETCH (BODY[] {209715200}\r\n");
}

static void
nesting_is_bounded_within_a_line(void **state)
{
	char deep[400];

	(void)state;
	memset(deep, '(', sizeof(deep));
	memcpy(deep, "* 1 FETCH ", 10);
	memcpy(deep + 10 + GUARD_DEPTH_MAX, "\r\n", 3);
	assert_passes(deep);
	deep[10 + GUARD_DEPTH_MAX] = '(';
	memcpy(deep + 11 + GUARD_DEPTH_MAX, "\r\n", 3);
	assert_refused(deep, "nested");
	for (int i = 0; i < 30; i++)
		assert_passes("* 1 FETCH ((((((((\r\n* 1 FETCH ((((((((\r\n");
}

static void
an_endless_line_is_refused(void **state)
{
	CLEANUP(freep) char *line = malloc(GUARD_LINE_MAX + 64);
	struct error err = {0};
	struct guard guard = guard_new();

	(void)state;
	assert_non_null(line);
	memset(line, 'x', GUARD_LINE_MAX + 64);
	memcpy(line, "* OK ", 5);
	assert_true(guard_feed(&guard, view_make(line, GUARD_LINE_MAX), &err));
	assert_false(guard_feed(&guard, VIEW("x"), &err));
	assert_non_null(strstr(err.text, "longer"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_decent_servers_send_passes),
		cmocka_unit_test(bytes_of_a_literal_are_no_lines),
		cmocka_unit_test(responses_to_nothing_of_ours_are_refused),
		cmocka_unit_test(a_literal_in_a_status_line_is_refused),
		cmocka_unit_test(a_huge_literal_is_refused_before_anything_is_allocated),
		cmocka_unit_test(nesting_is_bounded_within_a_line),
		cmocka_unit_test(an_endless_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
