#include <string.h>

#include "base/channel.h"
#include "cmocka_all.h"
#include "fetch/mailbox.h"
#include "fetch/protocol.h"

static struct frame_reader
read_back(const struct frame *frame)
{
	/* A frame's payload begins behind its header of 8 bytes (base/channel.h). */
	return (struct frame_reader){
		.rest = view_slice(str_view(&frame->bytes), 8, frame->bytes.size)};
}

static char *folders[] = {(char[]){"INBOX"}, (char[]){"Archive/*"}};

static struct mailbox_options
sample(void)
{
	static char name[] = "research", host[] = "imap.example.org", user[] = "u", secret[] = "s";

	return (struct mailbox_options){
		.name = name,
		.host = host,
		.port = 993,
		.user = user,
		.secret = secret,
		.folders = folders,
		.folder_count = 2,
		.idle = true,
		.poll_interval_s = 300,
	};
}

static bool
comes_through(const struct mailbox_options *options, struct mailbox_options *ret_options)
{
	CLEANUP(frame_free) struct frame frame = frame_new(FETCHER_CONFIG);
	struct frame_reader reader;
	struct error err = {0};

	mailbox_options_put(options, &frame);
	reader = read_back(&frame);
	return mailbox_options_get(&reader, ret_options, &err);
}

static void
options_come_through_a_frame_unchanged(void **state)
{
	struct mailbox_options options = sample(), got;

	(void)state;
	assert_true(comes_through(&options, &got));
	assert_string_equal(got.name, "research");
	assert_string_equal(got.host, "imap.example.org");
	assert_int_equal(got.port, 993);
	assert_int_equal(got.security, SECURITY_TLS);
	assert_null(got.ca_file);
	assert_string_equal(got.secret, "s");
	assert_int_equal(got.folder_count, 2);
	assert_string_equal(got.folders[1], "Archive/*");
	assert_true(got.idle);
	assert_false(got.once);
	assert_int_equal(got.poll_interval_s, 300);
	mailbox_options_free(&got);
}

static void
options_that_make_no_sense_are_refused(void **state)
{
	struct mailbox_options got, wrong;

	(void)state;
	wrong = sample();
	wrong.host = NULL;
	assert_false(comes_through(&wrong, &got));
	wrong = sample();
	wrong.port = 0;
	assert_false(comes_through(&wrong, &got));
	wrong = sample();
	wrong.folder_count = 0;
	assert_false(comes_through(&wrong, &got));
	wrong = sample();
	wrong.poll_interval_s = 0;
	assert_false(comes_through(&wrong, &got));
}

static void
every_cut_of_a_frame_of_options_is_refused(void **state)
{
	CLEANUP(frame_free) struct frame frame = frame_new(FETCHER_CONFIG);
	struct mailbox_options options = sample(), got;
	struct error err = {0};

	(void)state;
	mailbox_options_put(&options, &frame);
	for (size_t size = 0; size < frame.bytes.size - 8; size++) {
		struct frame_reader reader = read_back(&frame);

		reader.rest.size = size;
		assert_false(mailbox_options_get(&reader, &got, &err));
	}
}

static void
a_state_comes_through_and_its_words_are_made_safe(void **state)
{
	CLEANUP(frame_free) struct frame frame = frame_new(FETCHER_STATE);
	struct mailbox_health sent = {.phase = MAILBOX_BACKOFF, .idle = true, .behind = 7};
	struct mailbox_health got;
	struct frame_reader reader;

	(void)state;
	strcpy(sent.error, "bad\x01\xff words");
	fetcher_put_state(&frame, &sent);
	reader = read_back(&frame);
	assert_true(fetcher_get_state(&reader, &got));
	assert_int_equal(got.phase, MAILBOX_BACKOFF);
	assert_true(got.idle);
	assert_int_equal(got.behind, 7);
	assert_string_equal(got.error, "bad\xef\xbf\xbd words");
	reader = read_back(&frame);
	reader.rest.size--;
	assert_false(fetcher_get_state(&reader, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_come_through_a_frame_unchanged),
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		cmocka_unit_test(every_cut_of_a_frame_of_options_is_refused),
		cmocka_unit_test(a_state_comes_through_and_its_words_are_made_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
