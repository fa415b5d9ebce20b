/* Lists, details and totals of a small casebook. */
#include "../unit.h"

#include "casebook/query.h"
#include "fixture.h"

struct world {
	struct fixture fixture;
	struct reader *reader;
	struct arena *arena;
};

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct error err = {0};

	if (!world)
		return 1;
	fixture_make(&world->fixture);
	world->arena = arena_new(64 << 20);
	if (!reader_open(&world->reader, world->fixture.directory, &err)) {
		print_error("%s\n", err.text);
		return 1;
	}
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	reader_close(world->reader);
	arena_free(world->arena);
	fixture_remove(&world->fixture);
	free(world);
	return 0;
}

static uint64_t
cases_with(struct world *world, const char *name, const char *value)
{
	struct filter filter = {0};
	struct error err = {0};
	struct case_rows rows;

	assert_ok(filter_set(&filter, view_of(name), view_of(value), &err), err);
	assert_ok(query_cases(world->reader, &filter, world->arena, &rows, &err), err);
	return rows.total;
}

static uint64_t
messages_with(struct world *world, const char *name, const char *value)
{
	struct filter filter = {0};
	struct error err = {0};
	struct message_rows rows;

	assert_ok(filter_set(&filter, view_of(name), view_of(value), &err), err);
	assert_ok(query_messages(world->reader, &filter, world->arena, &rows, &err), err);
	return rows.total;
}

static void
each_filter_leaves_the_cases_that_say_so(void **state)
{
	struct world *world = *state;

	assert_int_equal(cases_with(world, "q", ""), 2);
	assert_int_equal(cases_with(world, "country", "ee"), 1);
	assert_int_equal(cases_with(world, "country", "FR"), 0);
	assert_int_equal(cases_with(world, "category", "lessons"), 1);
	assert_int_equal(cases_with(world, "sector", "land"), 1);
	assert_int_equal(cases_with(world, "platform", "hyperledger fabric"), 1);
	assert_int_equal(cases_with(world, "stage", "discontinued"), 1);
	assert_int_equal(cases_with(world, "reason", "cost"), 1);
	assert_int_equal(cases_with(world, "confidentiality", "in_confidence"), 1);
	assert_int_equal(cases_with(world, "language", "fr"), 1);
	assert_int_equal(cases_with(world, "since", "2020-03-06"), 1);
	assert_int_equal(cases_with(world, "until", "2020-03-04"), 1);
	assert_int_equal(cases_with(world, "until", "2019"), 0);
}

static void
each_filter_leaves_the_messages_that_say_so(void **state)
{
	struct world *world = *state;

	assert_int_equal(messages_with(world, "q", ""), FIXTURE_MESSAGES);
	assert_int_equal(messages_with(world, "class", "submission"), 2);
	assert_int_equal(messages_with(world, "state", "set_aside"), 1);
	assert_int_equal(messages_with(world, "answered", "yes"), 1);
	assert_int_equal(messages_with(world, "waiting", "yes"), 2);
	assert_int_equal(messages_with(world, "language", "FR"), 1);
	assert_int_equal(messages_with(world, "country", "EE"), 2);
	assert_int_equal(messages_with(world, "category", "lessons"), 1);
	assert_int_equal(messages_with(world, "since", "2020-03-08"), 1);
}

static void
a_search_finds_words_in_texts_subjects_attachments_and_values(void **state)
{
	struct world *world = *state;

	assert_int_equal(cases_with(world, "q", "hyperledger"), 1);
	assert_int_equal(cases_with(world, "q", "farmers"), 1);
	assert_int_equal(cases_with(world, "q", "\"land register\" fabric"), 1);
	assert_int_equal(cases_with(world, "q", "register alchemy"), 0);
	assert_int_equal(cases_with(world, "q", "se"), 1);
	assert_int_equal(cases_with(world, "q", "FRANCAIS"), 1);
	assert_int_equal(messages_with(world, "q", "farm*"), 1);
	assert_int_equal(messages_with(world, "q", "jean@example.fr"), 1);
}

static void
no_search_is_a_wrong_query(void **state)
{
	static const char *const hostile[] = {"a\"b", "NEAR(", "a AND", "{a b}:c", "(((((", "a\\",
		"^", "a'b", "*a*", "\x01\x02x", "+ + a", "col:val", "\"a\" \"b\"*", "%s%n"};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct filter filter = {.q = view_of(hostile[i])};
		struct error err = {0};
		struct message_rows rows;

		if (!query_messages(world->reader, &filter, world->arena, &rows, &err))
			assert_int_equal(err.reach, ERROR_USAGE);
	}
}

static void
a_search_shows_the_words_around_what_it_found(void **state)
{
	struct world *world = *state;
	struct filter filter = {.q = VIEW("Estonia runs")};
	struct error err = {0};
	struct message_rows rows;

	assert_ok(query_messages(world->reader, &filter, world->arena, &rows, &err), err);
	assert_int_equal(rows.count, 1);
	assert_true(view_find(rows.rows[0].snippet, VIEW("\002Estonia\003"), 0) != SIZE_MAX);
}

static void
a_page_has_its_rows_and_the_total_of_all(void **state)
{
	struct world *world = *state;
	struct filter filter = {.limit = 2, .offset = 2, .order = ORDER_OLDEST};
	struct error err = {0};
	struct message_rows rows;

	assert_ok(query_messages(world->reader, &filter, world->arena, &rows, &err), err);
	assert_int_equal(rows.total, FIXTURE_MESSAGES);
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.rows[0].id, 103);
	assert_int_equal(rows.rows[1].id, 104);
	filter.offset = 100;
	assert_ok(query_messages(world->reader, &filter, world->arena, &rows, &err), err);
	assert_int_equal(rows.count, 0);
	assert_int_equal(rows.total, FIXTURE_MESSAGES);
}

static void
the_short_way_to_a_page_gives_the_same_as_the_long_one(void **state)
{
	struct world *world = *state;
	struct filter newest = {.limit = 3}, same = {.limit = 3, .until = VIEW("9999")};
	struct message_rows quick, slow;
	struct case_rows quick_cases, slow_cases;
	struct error err = {0};

	same.until_at = INT64_MAX;
	assert_ok(query_messages(world->reader, &newest, world->arena, &quick, &err), err);
	assert_ok(query_messages(world->reader, &same, world->arena, &slow, &err), err);
	assert_int_equal(quick.total, slow.total);
	assert_int_equal(quick.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(quick.rows[i].id, slow.rows[i].id);
	assert_ok(query_cases(world->reader, &newest, world->arena, &quick_cases, &err), err);
	assert_ok(query_cases(world->reader, &same, world->arena, &slow_cases, &err), err);
	assert_int_equal(quick_cases.total, slow_cases.total);
	assert_view_equal(quick_cases.rows[0].id, slow_cases.rows[0].id);
}

static void
who_waits_longest_comes_first(void **state)
{
	struct world *world = *state;
	struct message_rows rows;
	struct error err = {0};

	assert_ok(query_waiting(world->reader, 8, world->arena, &rows, &err), err);
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.rows[0].id, 101);
	assert_int_equal(rows.rows[1].id, 102);
	assert_ok(query_set_aside(world->reader, 8, world->arena, &rows, &err), err);
	assert_int_equal(rows.count, 1);
}

static void
a_case_has_its_values_in_the_order_of_fields(void **state)
{
	static const char *const order[] = {
		"category", "country", "sector", "platform", "users", "contact_email"};
	struct world *world = *state;
	struct case_detail detail;
	struct error err = {0};

	assert_int_equal(
		query_case(world->reader, VIEW("alpha"), world->arena, &detail, &err), FOUND);
	assert_int_equal(detail.value_count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_view_equal(detail.values[i].field, view_of(order[i]));
	assert_view(detail.values[1].quote, "Estonia");
	assert_int_equal(detail.values[5].part.size, 0);
	assert_int_equal(detail.message_count, 2);
	assert_int_equal(detail.messages[0].id, 101);
}

static void
every_id_that_a_case_ever_had_leads_to_it(void **state)
{
	struct world *world = *state;
	struct case_detail detail;
	struct error err = {0};

	assert_int_equal(
		query_case(world->reader, VIEW("gamma"), world->arena, &detail, &err), FOUND);
	assert_view(detail.row.id, "alpha");
	assert_int_equal(
		query_case(world->reader, VIEW("delta"), world->arena, &detail, &err), ABSENT);
}

static void
a_message_comes_with_all_that_hangs_on_it(void **state)
{
	struct world *world = *state;
	struct message_detail detail;
	struct error err = {0};

	assert_int_equal(query_message(world->reader, 101, world->arena, &detail, &err), FOUND);
	assert_int_equal(detail.span_count, 2);
	assert_int_equal(detail.spans[1].start, 63);
	assert_int_equal(detail.attachment_count, 1);
	assert_view(detail.attachments[0].name, "plan \"1\".pdf");
	assert_int_equal(detail.problem_count, 1);
	assert_view(detail.problems[0].code, "charset_unknown");
	assert_int_equal(detail.case_count, 1);
	assert_int_equal(detail.value_count, 6);
	assert_view(detail.recipients_text, "Study <study@example.org>");
	assert_int_equal(query_message(world->reader, 999, world->arena, &detail, &err), ABSENT);
}

static void
totals_count_what_is_there(void **state)
{
	struct world *world = *state;
	const struct totals *totals;
	struct error err = {0};

	assert_ok(query_totals(world->reader, &totals, &err), err);
	assert_int_equal(totals->messages, FIXTURE_MESSAGES);
	assert_int_equal(totals->cases, FIXTURE_CASES);
	assert_int_equal(totals->set_aside, 1);
	assert_int_equal(totals->unanswered, 2);
	assert_int_equal(totals->by_country.count, 2);
	assert_int_equal(totals->by_month.count, 2);
	assert_view(totals->by_month.rows[0].name, "2020-03");
}

static void
the_version_moves_with_the_casebook_and_only_then(void **state)
{
	struct world *world = *state;
	uint64_t before, same, after;
	struct error err = {0};

	assert_ok(reader_version(world->reader, &before, &err), err);
	assert_ok(reader_version(world->reader, &same, &err), err);
	assert_true(before == same);
	fixture_change(&world->fixture, "INSERT INTO change (at, kind, id, what, digest) "
					"VALUES (1583900000, 'case', 'beta', 'put', 'z')");
	assert_ok(reader_version(world->reader, &after, &err), err);
	assert_true(before != after);
}

static void
a_question_that_takes_too_long_is_stopped_and_explained(void **state)
{
	struct world *world = *state;
	const struct filter all = {0};
	struct error err = {0};
	struct case_rows rows;

	/* A list of cases without an end. */
	fixture_change(&world->fixture,
		"ALTER TABLE casefile RENAME TO true_casefile;"
		"CREATE VIEW casefile AS WITH RECURSIVE n (i) AS"
		" (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
		" SELECT i AS id, i AS first_at, i AS last_at, '' AS title, 'unknown' AS category,"
		" NULL AS stage, NULL AS confidentiality FROM n WHERE i < 0;");
	assert_false(query_cases(world->reader, &all, world->arena, &rows, &err));
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, "longer than 2 seconds");
	assert_int_equal(messages_with(world, "q", "farmers"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_filter_leaves_the_cases_that_say_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			each_filter_leaves_the_messages_that_say_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_search_finds_words_in_texts_subjects_attachments_and_values, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(no_search_is_a_wrong_query, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_search_shows_the_words_around_what_it_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_page_has_its_rows_and_the_total_of_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_short_way_to_a_page_gives_the_same_as_the_long_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_waits_longest_comes_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_case_has_its_values_in_the_order_of_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			every_id_that_a_case_ever_had_leads_to_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_message_comes_with_all_that_hangs_on_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(totals_count_what_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_version_moves_with_the_casebook_and_only_then, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_question_that_takes_too_long_is_stopped_and_explained, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
