/*
 * Readiness: every mailbox was compared with its server a short while ago, and the disk takes
 * writes.
 */
#include "../unit.h"

#include "base/health.h"

enum { NOW = 1000000 };

static struct health_state
state_of(int64_t first_compared, int64_t second_compared)
{
	struct health_state state = {.mailbox_count = 2, .poll_interval_s = 200};

	state.mailboxes[0].compared_at = first_compared;
	state.mailboxes[1].compared_at = second_compared;
	return state;
}

static void
ready_means_that_every_mailbox_was_compared_within_three_intervals(void **state)
{
	struct health_state both = state_of(NOW - 600, NOW);
	struct health_state late = state_of(NOW - 601, NOW);

	(void)state;
	assert_true(health_is_ready(&both, NOW));
	assert_false(health_is_ready(&late, NOW));
}

static void
a_mailbox_that_was_never_compared_is_not_ready(void **state)
{
	struct health_state never = state_of(NOW, 0);

	(void)state;
	assert_false(health_is_ready(&never, NOW));
}

static void
patience_is_at_least_five_minutes(void **state)
{
	struct health_state quick = state_of(NOW - 300, NOW);

	(void)state;
	quick.poll_interval_s = 1;
	assert_true(health_is_ready(&quick, NOW));
	assert_false(health_is_ready(&quick, NOW + 1));
}

static void
a_full_disk_is_not_ready_until_it_has_room(void **state)
{
	struct health *health = health_new(NOW);
	struct health_state copy;

	(void)state;
	health_set_storage_error(health, HEALTH_ARCHIVE, "the disk is full");
	health_get(health, &copy);
	assert_false(health_is_ready(&copy, NOW));
	health_set_storage_error(health, HEALTH_ARCHIVE, NULL);
	health_get(health, &copy);
	assert_true(health_is_ready(&copy, NOW));
	health_free(health);
}

static void
a_mailbox_keeps_its_number_and_what_it_says(void **state)
{
	struct health *health = health_new(NOW);
	struct mailbox_health said = {.name = "second", .compared_at = NOW, .idle = true};
	struct health_state copy;

	(void)state;
	assert_int_equal(health_add_mailbox(health, "first"), 0);
	assert_int_equal(health_add_mailbox(health, "second"), 1);
	assert_int_equal(health_add_mailbox(health, "first"), 0);
	health_set_mailbox(health, 1, &said);
	health_set_mailbox(health, 99, &said);
	health_set_poll_interval(health, 60);
	health_set_poll_interval(health, 30);
	health_count(health, 2, 1, 0);
	health_count(health, 3, 1, 1);
	health_get(health, &copy);
	assert_int_equal(copy.mailbox_count, 2);
	assert_string_equal(copy.mailboxes[0].name, "first");
	assert_int_equal(copy.mailboxes[1].compared_at, NOW);
	assert_int_equal(copy.poll_interval_s, 60);
	assert_int_equal(copy.messages_archived, 5);
	assert_int_equal(copy.messages_read, 2);
	assert_int_equal(copy.readers_replaced, 1);
	health_free(health);
}

static void
more_mailboxes_than_there_is_room_for_do_no_harm(void **state)
{
	struct health *health = health_new(NOW);
	struct mailbox_health said = {.compared_at = NOW};
	struct health_state copy;
	char name[16];

	(void)state;
	for (int i = 0; i < HEALTH_MAILBOXES_MAX + 5; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		health_set_mailbox(health, health_add_mailbox(health, name), &said);
	}
	health_get(health, &copy);
	assert_int_equal(copy.mailbox_count, HEALTH_MAILBOXES_MAX);
	health_free(health);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			ready_means_that_every_mailbox_was_compared_within_three_intervals),
		cmocka_unit_test(a_mailbox_that_was_never_compared_is_not_ready),
		cmocka_unit_test(patience_is_at_least_five_minutes),
		cmocka_unit_test(a_full_disk_is_not_ready_until_it_has_room),
		cmocka_unit_test(a_mailbox_keeps_its_number_and_what_it_says),
		cmocka_unit_test(more_mailboxes_than_there_is_room_for_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
