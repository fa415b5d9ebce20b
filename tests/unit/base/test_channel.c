/*
 * Frames between our own processes, whose other end may have been captured.
 */
#include "../unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/fd.h"

enum { TYPE = 7, SIZE_MAX_ACCEPTED = 1000, TIMEOUT_MS = 5000 };

struct ends {
	struct channel ours;
	int theirs;
};

static int
set_up(void **state)
{
	struct ends *ends = calloc(1, sizeof(*ends));
	struct error err = {0};
	int fds[2];

	assert_ok(channel_pair(fds, &err), err);
	ends->ours = channel_new(fds[0], SIZE_MAX_ACCEPTED);
	ends->theirs = fds[1];
	*state = ends;
	return 0;
}

static int
tear_down(void **state)
{
	struct ends *ends = *state;

	channel_close(&ends->ours);
	fd_close(&ends->theirs);
	free(ends);
	return 0;
}

static void
send_bytes(struct ends *ends, const void *bytes, size_t size)
{
	assert_int_equal(send(ends->theirs, bytes, size, MSG_NOSIGNAL), size);
}

static void
send_header(struct ends *ends, uint32_t size, uint16_t type, uint16_t reserved)
{
	const struct {
		uint32_t size;
		uint16_t type, reserved;
	} header = {size, type, reserved};

	send_bytes(ends, &header, sizeof(header));
}

static void
a_frame_fed_byte_by_byte_is_taken_when_it_is_whole(void **state)
{
	struct ends *ends = *state;
	CLEANUP(frame_free) struct frame frame = frame_new(TYPE);
	struct frame_reader reader;
	struct error err = {0};
	struct view wire;

	frame_put_u64(&frame, UINT64_MAX);
	frame_put_i64(&frame, INT64_MIN);
	frame_put_real(&frame, 0.25);
	frame_put_bytes(&frame, VIEW("bytes"));
	frame_put_text(&frame, VIEW("text"));
	frame_put_text(&frame, view_of(NULL));
	wire = frame_seal(&frame);
	for (size_t i = 0; i < wire.size; i++) {
		assert_false(channel_take(&ends->ours, &reader));
		send_bytes(ends, wire.data + i, 1);
		assert_ok(channel_receive(&ends->ours, &err), err);
	}
	assert_true(channel_take(&ends->ours, &reader));
	assert_int_equal(reader.type, TYPE);
	assert_true(frame_get_u64(&reader) == UINT64_MAX);
	assert_true(frame_get_i64(&reader) == INT64_MIN);
	assert_true(frame_get_real(&reader) == 0.25);
	assert_view(frame_get_bytes(&reader), "bytes");
	assert_view(frame_get_text(&reader), "text");
	assert_null(frame_get_text(&reader).data);
	assert_true(frame_end(&reader));
	assert_false(channel_take(&ends->ours, &reader));
}

static void
many_frames_in_one_piece_are_taken_one_by_one(void **state)
{
	struct ends *ends = *state;
	struct frame_reader reader;
	struct error err = {0};

	for (uint64_t i = 0; i < 100; i++) {
		send_header(ends, sizeof(i), TYPE, 0);
		send_bytes(ends, &i, sizeof(i));
	}
	for (uint64_t i = 0; i < 100; i++) {
		assert_ok(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err), err);
		assert_int_equal(frame_get_u64(&reader), i);
		assert_true(frame_end(&reader));
	}
}

static void
a_frame_with_leftovers_or_too_little_does_not_end_well(void **state)
{
	struct frame_reader leftover = {TYPE, VIEW("12345678x"), false};
	struct frame_reader missing = {TYPE, VIEW("1234567"), false};

	(void)state;
	(void)frame_get_u64(&leftover);
	assert_false(frame_end(&leftover));
	assert_int_equal(frame_get_u64(&missing), 0);
	assert_false(frame_end(&missing));
}

static void
after_a_failed_get_all_further_gets_are_empty(void **state)
{
	const uint64_t numbers[] = {1000, 5, 5};
	struct frame_reader reader = {TYPE, view_make(numbers, sizeof(numbers)), false};

	(void)state;
	assert_int_equal(frame_get_bytes(&reader).size, 0);
	assert_int_equal(frame_get_u64(&reader), 0);
	assert_int_equal(frame_get_i64(&reader), 0);
	assert_int_equal(frame_get_bytes(&reader).size, 0);
	assert_int_equal(frame_get_count(&reader), 0);
	assert_false(frame_end(&reader));
}

static void
sizes_and_counts_beyond_the_frame_are_refused(void **state)
{
	static const uint64_t HOSTILE[] = {9, UINT64_MAX, (uint64_t)1 << 63, UINT64_MAX - 7};

	(void)state;
	for (size_t i = 0; i < sizeof(HOSTILE) / sizeof(HOSTILE[0]); i++) {
		const uint64_t numbers[] = {HOSTILE[i], 0};
		struct view bytes = view_make(numbers, sizeof(numbers));
		struct frame_reader as_bytes = {TYPE, bytes, false};
		struct frame_reader as_count = {TYPE, bytes, false};
		struct frame_reader as_text = {TYPE, bytes, false};

		assert_int_equal(frame_get_bytes(&as_bytes).size, 0);
		assert_true(as_bytes.failed);
		assert_int_equal(frame_get_count(&as_count), 0);
		assert_true(as_count.failed);
		assert_int_equal(frame_get_text(&as_text).size, 0);
		assert_true(as_text.failed);
	}
}

static void
a_frame_larger_than_agreed_is_refused_before_it_arrives(void **state)
{
	struct ends *ends = *state;
	struct frame_reader reader;
	struct error err = {0};

	send_header(ends, SIZE_MAX_ACCEPTED + 1, TYPE, 0);
	assert_false(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err));
	assert_int_equal(err.reach, ERROR_CONNECTION);
	assert_contains(err.text, "cannot be");
}

static void
a_header_with_bits_that_nobody_sets_is_refused(void **state)
{
	struct ends *ends = *state;
	struct frame_reader reader;
	struct error err = {0};

	send_header(ends, 0, TYPE, 1);
	assert_false(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err));
	assert_contains(err.text, "cannot be");
}

static void
a_large_frame_behind_a_good_one_is_refused_as_well(void **state)
{
	struct ends *ends = *state;
	char body[SIZE_MAX_ACCEPTED + 1] = {0};
	struct frame_reader reader;
	struct error err = {0};

	send_header(ends, 0, TYPE, 0);
	send_header(ends, sizeof(body), TYPE, 0);
	send_bytes(ends, body, sizeof(body));
	assert_ok(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err), err);
	assert_false(channel_take(&ends->ours, &reader));
	assert_false(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err));
	assert_contains(err.text, "cannot be");
}

/* The pattern that would keep the receiver turning: more bytes wait than any frame may have. */
static void
a_captured_peer_cannot_keep_the_receiver_busy(void **state)
{
	struct ends *ends = *state;
	char body[3 * SIZE_MAX_ACCEPTED] = {0};
	struct frame_reader reader;
	struct error err = {0};

	send_header(ends, 0, TYPE, 0);
	send_header(ends, 0x7FFFFFFF, TYPE, 0);
	send_bytes(ends, body, sizeof(body));
	assert_ok(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err), err);
	assert_false(channel_receive(&ends->ours, &err));
	assert_contains(err.text, "cannot be");
	assert_false(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err));
}

static void
a_peer_that_is_gone_or_silent_is_an_error_of_the_connection(void **state)
{
	struct ends *ends = *state;
	struct frame_reader reader;
	struct error err = {0};

	assert_false(channel_read(&ends->ours, 1, &reader, &err));
	assert_int_equal(err.reach, ERROR_CONNECTION);
	assert_contains(err.text, "does not answer");
	fd_close(&ends->theirs);
	assert_false(channel_read(&ends->ours, TIMEOUT_MS, &reader, &err));
	assert_int_equal(err.reach, ERROR_CONNECTION);
	assert_contains(err.text, "has ended");
}

static void
a_frame_that_nobody_reads_ends_in_time(void **state)
{
	struct ends *ends = *state;
	CLEANUP(frame_free) struct frame frame = frame_new(TYPE);
	CLEANUP(freep) char *large = calloc(1, 8 << 20);
	struct error err = {0};

	frame_put_bytes(&frame, view_make(large, 8 << 20));
	assert_false(channel_send(&ends->ours, &frame, 10, &err));
	assert_int_equal(err.reach, ERROR_CONNECTION);
}

static void
a_frame_beyond_the_maximum_is_never_sent(void **state)
{
	struct ends *ends = *state;
	CLEANUP(frame_free) struct frame frame = frame_new(TYPE);
	CLEANUP(freep) char *large = calloc(1, 33 << 20);
	struct error err = {0};

	frame_put_bytes(&frame, view_make(large, 33 << 20));
	frame_put_bytes(&frame, view_make(large, 33 << 20));
	assert_int_equal(frame_seal(&frame).size, 0);
	assert_false(channel_send(&ends->ours, &frame, 10, &err));
	assert_int_equal(err.reach, ERROR_MESSAGE);
}

#define channel_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		channel_test(a_frame_fed_byte_by_byte_is_taken_when_it_is_whole),
		channel_test(many_frames_in_one_piece_are_taken_one_by_one),
		channel_test(a_frame_with_leftovers_or_too_little_does_not_end_well),
		channel_test(after_a_failed_get_all_further_gets_are_empty),
		channel_test(sizes_and_counts_beyond_the_frame_are_refused),
		channel_test(a_frame_larger_than_agreed_is_refused_before_it_arrives),
		channel_test(a_header_with_bits_that_nobody_sets_is_refused),
		channel_test(a_large_frame_behind_a_good_one_is_refused_as_well),
		channel_test(a_captured_peer_cannot_keep_the_receiver_busy),
		channel_test(a_peer_that_is_gone_or_silent_is_an_error_of_the_connection),
		channel_test(a_frame_that_nobody_reads_ends_in_time),
		channel_test(a_frame_beyond_the_maximum_is_never_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
