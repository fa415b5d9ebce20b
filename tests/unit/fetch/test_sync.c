#include "cmocka_all.h"
#include "fetch/sync.h"

static void
a_batch_is_bounded_by_count(void **state)
{
	struct sync_message messages[450];
	struct sync_batch batch;

	(void)state;
	for (uint32_t i = 0; i < 450; i++)
		messages[i] = (struct sync_message){i + 1, 10};
	assert_true(sync_next_batch(messages, 450, 0, &batch));
	assert_int_equal(batch.count, SYNC_BATCH_COUNT_MAX);
	assert_true(sync_next_batch(messages, 450, 400, &batch));
	assert_int_equal(batch.count, 50);
	assert_false(sync_next_batch(messages, 450, 450, &batch));
}

static void
a_batch_is_bounded_by_bytes(void **state)
{
	struct sync_message messages[20];
	struct sync_batch batch;

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		messages[i] = (struct sync_message){i + 1, SYNC_LARGE_BYTES};
	assert_true(sync_next_batch(messages, 20, 0, &batch));
	assert_int_equal(batch.count, SYNC_BATCH_BYTES_MAX / SYNC_LARGE_BYTES);
	assert_false(batch.large);
}

static void
a_large_message_goes_alone_and_splits_no_order(void **state)
{
	const struct sync_message messages[] = {{1, 100}, {2, UINT32_MAX}, {3, 100}, {7, 100}};
	struct sync_batch batch;

	(void)state;
	assert_true(sync_next_batch(messages, 4, 0, &batch));
	assert_int_equal(batch.count, 1);
	assert_false(batch.large);
	assert_true(sync_next_batch(messages, 4, 1, &batch));
	assert_int_equal(batch.count, 1);
	assert_true(batch.large);
	assert_true(sync_next_batch(messages, 4, 2, &batch));
	assert_int_equal(batch.count, 2);
}

static void
the_batches_cover_every_message_once(void **state)
{
	struct sync_message messages[1000];
	struct sync_batch batch;
	struct uidset all = {0};
	uint64_t count = 0;
	uint32_t random = 7;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		random = random * 1664525U + 1013904223U;
		messages[i] = (struct sync_message){i * 3 + 1, random % (2 * SYNC_LARGE_BYTES)};
	}
	for (size_t at = 0; sync_next_batch(messages, 1000, at, &batch);
		at = batch.first + batch.count) {
		assert_int_equal(batch.first, at);
		count += batch.count;
		sync_batch_uids(messages, &batch, &all);
	}
	assert_int_equal(count, 1000);
	assert_int_equal(uidset_size(&all), 1000);
	uidset_free(&all);
}

static void
a_part_holds_the_first_messages_of_a_set(void **state)
{
	struct uidset set = {0}, part = {0};

	(void)state;
	uidset_add(&set, 5, 7);
	uidset_add(&set, 100, 4294967295U);
	sync_take_part(&set, 10, &part);
	assert_int_equal(uidset_size(&part), 10);
	assert_true(uidset_contains(&part, 5));
	assert_true(uidset_contains(&part, 106));
	assert_false(uidset_contains(&part, 107));
	uidset_free(&set);
	uidset_free(&part);
}

static void
answers_in_any_order_and_twice_are_put_right(void **state)
{
	struct sync_message messages[] = {{9, 1}, {0, 1}, {2, 1}, {9, 1}, {4, 1}};

	(void)state;
	assert_int_equal(sync_tidy(messages, 5), 3);
	assert_int_equal(messages[0].uid, 2);
	assert_int_equal(messages[1].uid, 4);
	assert_int_equal(messages[2].uid, 9);
	assert_int_equal(sync_tidy(NULL, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_bounded_by_count),
		cmocka_unit_test(a_batch_is_bounded_by_bytes),
		cmocka_unit_test(a_large_message_goes_alone_and_splits_no_order),
		cmocka_unit_test(the_batches_cover_every_message_once),
		cmocka_unit_test(a_part_holds_the_first_messages_of_a_set),
		cmocka_unit_test(answers_in_any_order_and_twice_are_put_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
