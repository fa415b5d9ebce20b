/*
 * Threads are the same whatever the order of arrival.
 */
#include "told.h"

static const struct told CHAIN[] = {
	{.name = "letter one", .message_id = "<1@x>"},
	{.name = "letter two", .message_id = "<2@x>", .reply_to = "<1@x>"},
	{.name = "letter three", .message_id = "<3@x>", .reply_to = "<2@x>"},
	{.name = "letter four", .message_id = "<4@x>", .reply_to = "<2@x>"},
};

static int64_t
smallest_id(const struct told *told, size_t count)
{
	int64_t smallest = INT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (told_id(&told[i]) < smallest)
			smallest = told_id(&told[i]);
	return smallest;
}

static void
assert_one_thread(const struct book *book, const struct told *told, size_t count)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "%lld|%zu\n", (long long)smallest_id(told, count),
		count);
	assert_answer(book, "SELECT thread, count(*) FROM message GROUP BY thread", expected);
}

static void
four_messages_are_one_thread_in_all_24_orders(void **state)
{
	size_t orders = 0;

	(void)state;
	for (size_t order = 0; order < 256; order++) {
		const size_t picks[] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6};
		unsigned seen = 0;
		struct book *book;

		for (size_t i = 0; i < 4; i++)
			seen |= 1u << picks[i];
		if (seen != 15)
			continue;
		book = book_new();
		for (size_t i = 0; i < 4; i++)
			book_tell(book, &CHAIN[picks[i]]);
		assert_one_thread(book, CHAIN, 4);
		book_free(book);
		orders++;
	}
	assert_int_equal(orders, 24);
}

static void
a_thread_without_its_middle_falls_apart_and_comes_together_again(void **state)
{
	struct book *book = *state;

	for (size_t i = 0; i < 4; i++)
		book_tell(book, &CHAIN[i]);
	book_drop(book, &CHAIN[1]);
	assert_answer(book, "SELECT count(DISTINCT thread), count(*) FROM message", "3|3\n");
	book_tell(book, &CHAIN[1]);
	assert_one_thread(book, CHAIN, 4);
}

static void
two_messages_with_one_message_id_are_two_messages_in_one_thread(void **state)
{
	static const struct told TWINS[] = {
		{.name = "letter of one", .message_id = "<same@x>"},
		{.name = "letter of another", .message_id = "<same@x>"},
	};
	struct book *book = *state;

	book_tell(book, &TWINS[0]);
	book_tell(book, &TWINS[1]);
	assert_answer(book, "SELECT count(*) FROM message", "2\n");
	assert_one_thread(book, TWINS, 2);
}

static void
messages_that_say_nothing_of_each_other_stay_apart(void **state)
{
	static const struct told ALONE[] = {{.name = "letter a"}, {.name = "letter b"},
		{.name = "letter c", .message_id = "<c@x>", .reply_to = "<missing@x>"},
		{.name = "letter d", .message_id = "<d@x>", .reply_to = "<d@x>"}};
	struct book *book = *state;

	for (size_t i = 0; i < 4; i++)
		book_tell(book, &ALONE[i]);
	assert_answer(book, "SELECT count(DISTINCT thread) FROM message", "4\n");
	assert_answer(book, "SELECT count(*) FROM message WHERE thread <> id", "0\n");
}

static void
a_message_put_again_stays_in_its_thread(void **state)
{
	struct book *book = *state;

	for (size_t i = 0; i < 4; i++)
		book_tell(book, &CHAIN[i]);
	for (size_t i = 0; i < 4; i++) {
		book_tell(book, &CHAIN[i]);
		assert_one_thread(book, CHAIN, 4);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_messages_are_one_thread_in_all_24_orders),
		book_test(a_thread_without_its_middle_falls_apart_and_comes_together_again),
		book_test(two_messages_with_one_message_id_are_two_messages_in_one_thread),
		book_test(messages_that_say_nothing_of_each_other_stay_apart),
		book_test(a_message_put_again_stays_in_its_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
