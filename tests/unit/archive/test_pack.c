/*
 * Pieces come out of zstd as they went in, and damage is told.
 */
#include "../unit.h"

#include "archive/pack.h"

static uint64_t
next_random(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return *random >> 33;
}

static void
a_piece_of_any_size_comes_back_as_it_went_in(void **state)
{
	static const size_t SIZES[] = {0, 1, 100, 65535, 65536, PACK_PIECE_MAX - 1, PACK_PIECE_MAX};
	CLEANUP(packer_freep) struct packer *packer = packer_new();
	CLEANUP(packer_freep) struct packer *other = packer_new();
	CLEANUP(freep) char *raw = malloc(PACK_PIECE_MAX);
	uint64_t random = 1;
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < PACK_PIECE_MAX; i++)
		raw[i] = (char)next_random(&random); /* the worst for a packer */
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
		struct view back;

		assert_ok(packer_unpack(other, packer_pack(packer, view_make(raw, SIZES[i])), &back,
				  &err),
			err);
		assert_view_equal(back, view_make(raw, SIZES[i]));
	}
}

static void
a_damaged_piece_is_an_error_of_its_message(void **state)
{
	CLEANUP(packer_freep) struct packer *packer = packer_new();
	CLEANUP(freep) char *copy = calloc(1, 1000);
	struct view packed, back;
	struct error err = {0};

	(void)state;
	packed = packer_pack(packer, view_make(copy, 1000));
	memcpy(copy, packed.data, packed.size);
	assert_false(packer_unpack(packer, view_make(copy, packed.size - 1), &back, &err));
	assert_int_equal(err.reach, ERROR_MESSAGE);
	assert_false(packer_unpack(packer, VIEW("no zstd"), &back, &err));
	assert_int_equal(err.reach, ERROR_MESSAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_piece_of_any_size_comes_back_as_it_went_in),
		cmocka_unit_test(a_damaged_piece_is_an_error_of_its_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
