/* The exports: what other programs rely on, byte by byte. */
#include "../unit.h"

#include "casebook/export.h"
#include "fixture.h"

static void
write_all(const struct fixture *fixture, enum export_kind kind, enum export_format format,
	const struct filter *filter, struct str *out)
{
	CLEANUP(reader_closep) struct reader *reader = NULL;
	CLEANUP(archive_closep) struct archive *archive = NULL;
	CLEANUP(export_freep) struct export *export = NULL;
	struct error err = {0};
	bool more = true;

	assert_ok(reader_open(&reader, fixture->directory, &err), err);
	assert_ok(archive_open(&archive, fixture->directory, DB_READ, &err), err);
	assert_ok(export_start(&export, kind, format, filter, reader, &err), err);
	while (more)
		assert_ok(export_next(export, reader, archive, out, &more, &err), err);
}

static size_t
lines_of(struct view text)
{
	struct view line;
	size_t count = 0;

	while (view_next_line(&text, &line))
		count++;
	return count;
}

#define assert_holds(out, text)                                                                    \
	do {                                                                                       \
		if (view_find(str_view(out), view_of(text), 0) == SIZE_MAX)                        \
			fail_msg("%s is not in:\n%s", text, str_text(out));                        \
	} while (0)

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return 1;
	fixture_make(fixture);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_remove(*state);
	free(*state);
	return 0;
}

static void
a_case_is_a_line_with_every_value_and_its_evidence(void **state)
{
	CLEANUP(str_free) struct str out = str_new(1 << 20);
	const struct filter oldest = {.order = ORDER_OLDEST};

	write_all(*state, EXPORT_CASES, EXPORT_NDJSON, &oldest, &out);
	assert_int_equal(lines_of(str_view(&out)), FIXTURE_CASES);
	assert_holds(&out, "{\"id\":\"alpha\",\"messages\":[101,103],\"fields\":{\"category\":[");
	assert_holds(&out,
		"\"country\":[{\"value\":\"EE\",\"confidence\":0.98,\"method\":\"vocabulary\","
		"\"message\":101,\"part\":\"text\",\"start\":16,\"end\":23,\"quote\":\"Estonia\"}"
		"]");
	assert_holds(&out, "\"contact_email\":[{\"value\":\"mari@example.ee\",\"confidence\":0.9,"
			   "\"method\":\"sender\",\"message\":101}]");
	assert_holds(&out, "\"part\":\"attachment:plan \\\"1\\\".pdf\"");
}

static void
a_message_is_a_line_with_all_that_is_known_of_it(void **state)
{
	CLEANUP(str_free) struct str out = str_new(1 << 20);
	const struct filter oldest = {.order = ORDER_OLDEST};

	write_all(*state, EXPORT_MESSAGES, EXPORT_NDJSON, &oldest, &out);
	assert_int_equal(lines_of(str_view(&out)), FIXTURE_MESSAGES);
	assert_holds(&out, "{\"id\":101,\"message_id\":\"\\u003ca@example.org\\u003e\"");
	assert_holds(&out, "\"source\":\"imap:research/INBOX\","
			   "\"sources\":[\"imap:research/INBOX\",\"old/1.eml\"],"
			   "\"date\":\"2020-03-04T09:12:00+01:00\"");
	assert_holds(&out, "\"bounce\":{\"recipients\":[{\"address\":\"x@example.org\"");
	assert_holds(&out, "\"set_aside\":\"the reader was killed after 10 s\"");
	assert_holds(&out, "\"class\":null,\"class_confidence\":null");
}

static void
csv_has_a_line_an_object_and_joins_several_values(void **state)
{
	CLEANUP(str_free) struct str out = str_new(1 << 20);
	const struct filter oldest = {.order = ORDER_OLDEST};

	write_all(*state, EXPORT_CASES, EXPORT_CSV, &oldest, &out);
	assert_int_equal(lines_of(str_view(&out)), FIXTURE_CASES + 1);
	assert_holds(&out, "id,title,messages,first_message,last_message,category,testimony");
	assert_holds(&out, "\"alpha\",\"Land register\",\"101; 103\",\"2020-03-04T");
}

static void
csv_cells_never_become_formulas(void **state)
{
	CLEANUP(str_free) struct str out = str_new(1 << 20);
	const struct filter all = {0};

	write_all(*state, EXPORT_CASES, EXPORT_CSV, &all, &out);
	assert_holds(&out, "\"'@SUM(1+1)\"");
	str_clear(&out);
	write_all(*state, EXPORT_MESSAGES, EXPORT_CSV, &all, &out);
	assert_holds(&out, "\"'=cmd|' /C calc'!A0 <script>");
	assert_holds(&out, "\"plan \"\"1\"\".pdf\"");
}

static void
csv_of_nothing_has_a_header(void **state)
{
	CLEANUP(str_free) struct str out = str_new(1 << 20);
	const struct filter none = {.country = VIEW("ZZ")};

	write_all(*state, EXPORT_CASES, EXPORT_CSV, &none, &out);
	assert_int_equal(lines_of(str_view(&out)), 1);
	str_clear(&out);
	write_all(*state, EXPORT_CASES, EXPORT_NDJSON, &none, &out);
	assert_int_equal(out.size, 0);
}

static void
what_vanishes_while_an_export_is_written_is_left_out(void **state)
{
	CLEANUP(reader_closep) struct reader *reader = NULL;
	CLEANUP(archive_closep) struct archive *archive = NULL;
	CLEANUP(export_freep) struct export *export = NULL;
	CLEANUP(str_free) struct str out = str_new(1 << 20);
	const struct fixture *fixture = *state;
	const struct filter oldest = {.order = ORDER_OLDEST};
	struct error err = {0};
	bool more = true;

	assert_ok(reader_open(&reader, fixture->directory, &err), err);
	assert_ok(archive_open(&archive, fixture->directory, DB_READ, &err), err);
	assert_ok(export_start(&export, EXPORT_CASES, EXPORT_NDJSON, &oldest, reader, &err), err);
	assert_ok(export_next(export, reader, archive, &out, &more, &err), err);
	fixture_change(fixture, "DELETE FROM casefile WHERE id = 'beta'");
	while (more)
		assert_ok(export_next(export, reader, archive, &out, &more, &err), err);
	assert_int_equal(lines_of(str_view(&out)), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_case_is_a_line_with_every_value_and_its_evidence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_message_is_a_line_with_all_that_is_known_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			csv_has_a_line_an_object_and_joins_several_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(csv_cells_never_become_formulas, set_up, tear_down),
		cmocka_unit_test_setup_teardown(csv_of_nothing_has_a_header, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_vanishes_while_an_export_is_written_is_left_out, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
