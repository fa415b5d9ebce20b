#include "cmocka_all.h"
#include "fetch/backoff.h"

enum { POLL_MS = 300 * 1000 };

static void
transient_faults_are_tried_again_soon_and_then_later(void **state)
{
	struct backoff backoff = {0};
	int64_t last = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		int64_t wait = backoff_next_ms(&backoff, ERROR_CONNECTION, POLL_MS, UINT32_MAX);

		assert_in_range(wait, i == 0 ? 500 : last + 1, 2 * last + 1001);
		last = wait;
	}
}

static void
no_wait_is_longer_than_the_poll_interval(void **state)
{
	struct backoff backoff = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_in_range(backoff_next_ms(&backoff, ERROR_CONNECTION, POLL_MS, UINT32_MAX), 1,
			POLL_MS);
}

static void
a_refusal_is_asked_about_less_often(void **state)
{
	struct backoff transient = {0}, refusal = {0};

	(void)state;
	for (int i = 0; i < 30; i++)
		assert_true(backoff_next_ms(&refusal, ERROR_MAILBOX, POLL_MS, 0) >
			    backoff_next_ms(&transient, ERROR_CONNECTION, POLL_MS, UINT32_MAX));
	assert_in_range(backoff_next_ms(&refusal, ERROR_MAILBOX, POLL_MS, UINT32_MAX), POLL_MS,
		5 * POLL_MS);
}

static void
chance_spreads_a_wait_over_half_of_its_step(void **state)
{
	struct backoff low = {4}, high = {4};

	(void)state;
	assert_int_equal(backoff_next_ms(&low, ERROR_CONNECTION, POLL_MS, 0), 8000);
	assert_in_range(
		backoff_next_ms(&high, ERROR_CONNECTION, POLL_MS, UINT32_MAX), 15900, 16000);
}

static void
a_success_begins_anew(void **state)
{
	struct backoff backoff = {9};

	(void)state;
	backoff_reset(&backoff);
	assert_in_range(
		backoff_next_ms(&backoff, ERROR_CONNECTION, POLL_MS, UINT32_MAX), 500, 1000);
}

static void
a_wait_that_the_server_asks_for_is_found_in_its_words(void **state)
{
	(void)state;
	assert_int_equal(backoff_suggested_ms(VIEW("Request is throttled. Suggested Backoff "
						   "Time: 299910 milliseconds")),
		299910);
	assert_int_equal(backoff_suggested_ms(VIEW("Backoff Time:99999999999999999999")), 0);
	assert_int_equal(backoff_suggested_ms(VIEW("Backoff Time: 9999999999")), 3600000);
	assert_int_equal(backoff_suggested_ms(VIEW("Backoff Time: soon")), 0);
	assert_int_equal(backoff_suggested_ms(VIEW("no")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transient_faults_are_tried_again_soon_and_then_later),
		cmocka_unit_test(no_wait_is_longer_than_the_poll_interval),
		cmocka_unit_test(a_refusal_is_asked_about_less_often),
		cmocka_unit_test(chance_spreads_a_wait_over_half_of_its_step),
		cmocka_unit_test(a_success_begins_anew),
		cmocka_unit_test(a_wait_that_the_server_asks_for_is_found_in_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
