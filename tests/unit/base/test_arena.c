/*
 * Memory of one unit of work has a maximum that a stranger cannot pass.
 */
#include "../unit.h"

#include "base/arena.h"

static void
an_arena_at_its_maximum_gives_nothing_more_and_stays_full(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(100000);
	size_t total = 0;

	(void)state;
	while (arena_alloc(arena, 1000))
		total += 1000;
	assert_true(total <= 100000 && total >= 50000);
	assert_true(arena_is_full(arena));
	assert_null(arena_copy(arena, view_make(arena, 60000)).data);
	assert_true(arena_is_full(arena));
}

static void
sizes_that_cannot_be_make_the_arena_full(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(SIZE_MAX);
	CLEANUP(arena_freep) struct arena *other = arena_new(SIZE_MAX);

	(void)state;
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_true(arena_is_full(arena));
	assert_null(arena_alloc_array(other, SIZE_MAX / 2, 3));
	assert_true(arena_is_full(other));
}

static void
a_reset_arena_starts_anew(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(64 * 1024);

	(void)state;
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 30; i++)
			assert_non_null(arena_alloc(arena, 1024));
		assert_false(arena_is_full(arena));
		arena_reset(arena);
	}
	assert_null(arena_alloc(arena, 100 * 1024));
	arena_reset(arena);
	assert_false(arena_is_full(arena));
}

static void
memory_is_zeroed_and_aligned_also_after_a_reset(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t size = 0; size < 200; size++) {
		char *memory = arena_alloc(arena, size);

		assert_int_equal((uintptr_t)memory % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xAA, size);
		if (size % 50 == 49)
			arena_reset(arena);
	}
}

static void
copies_are_terminated(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_string_equal(arena_string(arena, view_make("abcdef", 3)), "abc");
	assert_view(arena_format(arena, "%s-%d", "x", 5), "x-5");
	assert_non_null(arena_copy(arena, view_of(NULL)).data);
}

static void
an_array_grows_to_its_maximum_and_keeps_its_items(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	int *items = NULL, *item;
	size_t count = 0, capacity = 0;

	(void)state;
	while ((item = arena_push(arena, &items, &count, &capacity, sizeof(*item), 1000)))
		*item = (int)count;
	assert_int_equal(count, 1000);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(items[i], i + 1);
	assert_false(arena_is_full(arena));
}

static void
a_new_item_is_zeroed_even_where_one_was_taken_back(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	int *items = NULL, *item;
	size_t count = 0, capacity = 0;

	(void)state;
	item = arena_push(arena, &items, &count, &capacity, sizeof(*item), 10);
	*item = 4711;
	count--;
	item = arena_push(arena, &items, &count, &capacity, sizeof(*item), 10);
	assert_int_equal(*item, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_at_its_maximum_gives_nothing_more_and_stays_full),
		cmocka_unit_test(sizes_that_cannot_be_make_the_arena_full),
		cmocka_unit_test(a_reset_arena_starts_anew),
		cmocka_unit_test(memory_is_zeroed_and_aligned_also_after_a_reset),
		cmocka_unit_test(copies_are_terminated),
		cmocka_unit_test(an_array_grows_to_its_maximum_and_keeps_its_items),
		cmocka_unit_test(a_new_item_is_zeroed_even_where_one_was_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
