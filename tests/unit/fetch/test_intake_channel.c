#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "fetch/intake_channel.h"
#include "fetch/protocol.h"
#include "recorder.h"

/* A daemon's end in a thread: serves frames until the channel ends or a frame is nonsense. */
struct pair {
	struct channel near, far;
	struct recorder recorder;
	struct intake_client client;
	pthread_t thread;
	bool nonsense;
};

static void *
serve(void *context)
{
	struct pair *pair = context;
	struct intake intake = recorder_intake(&pair->recorder);
	struct intake_server server = intake_server_new(&intake, VIEW("research"));
	struct frame_reader frame;
	struct error err = {0};

	while (!pair->nonsense && channel_read(&pair->far, -1, &frame, &err))
		pair->nonsense = !intake_serve_frame(&server, &frame, &pair->far, &err);
	intake_server_free(&server);
	channel_close(&pair->far);
	return NULL;
}

static void
open_pair(struct pair *pair)
{
	struct error err = {0};
	int fds[2];

	*pair = (struct pair){.recorder = recorder_new()};
	assert_true(channel_pair(fds, &err));
	pair->near = channel_new(fds[0], FRAME_SIZE_MAX);
	pair->far = channel_new(fds[1], 1024 * 1024);
	intake_client_init(&pair->client, &pair->near);
}

static void
start(struct pair *pair)
{
	open_pair(pair);
	assert_int_equal(pthread_create(&pair->thread, NULL, serve, pair), 0);
}

static void
finish(struct pair *pair)
{
	channel_close(&pair->near);
	pthread_join(pair->thread, NULL);
}

static const struct place PLACE = {
	.mailbox = {"forged", 6},
	.folder = {"INBOX", 5},
	.uidvalidity = 7,
	.uid = 4711,
	.received_at = 1583309520,
	.answered = true,
};

static bool
send_message(struct pair *pair, const char *bytes, struct error *err)
{
	struct intake *intake = &pair->client.intake;

	return intake->begin(intake->context, &PLACE, strlen(bytes), err) &&
	       intake->append(intake->context, view_of(bytes), err) &&
	       intake->finish(intake->context, err);
}

static bool
commit(struct pair *pair, struct error *err)
{
	return pair->client.intake.commit(pair->client.intake.context, err);
}

static void
messages_arrive_as_they_were_sent_under_the_channels_own_mailbox(void **state)
{
	struct pair pair;
	struct error err = {0};

	(void)state;
	start(&pair);
	assert_true(send_message(&pair, "hello", &err));
	assert_true(commit(&pair, &err));
	finish(&pair);
	assert_string_equal(str_text(&pair.recorder.log),
		"message [research] INBOX v7 u4711 t1583309520 answered: hello\n");
	recorder_free(&pair.recorder);
}

static void
a_large_message_travels_in_pieces(void **state)
{
	enum { SIZE = 3 * INTAKE_PIECE_MAX + 17 };
	struct pair pair;
	struct error err = {0};
	CLEANUP(freep) char *bytes = malloc(SIZE + 1);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', SIZE);
	bytes[SIZE] = '\0';
	start(&pair);
	assert_true(send_message(&pair, bytes, &err));
	assert_true(commit(&pair, &err));
	finish(&pair);
	assert_true(pair.recorder.log.size > SIZE);
	recorder_free(&pair.recorder);
}

static void
a_failure_on_the_way_is_the_answer_to_the_commit(void **state)
{
	struct pair pair;
	struct error err = {0};

	(void)state;
	start(&pair);
	pair.recorder.fail_append = ERROR_STORAGE;
	assert_true(send_message(&pair, "lost", &err));
	assert_true(send_message(&pair, "lost too", &err));
	assert_false(commit(&pair, &err));
	assert_int_equal(err.reach, ERROR_STORAGE);
	assert_true(send_message(&pair, "again", &err));
	assert_true(commit(&pair, &err));
	finish(&pair);
	assert_non_null(strstr(str_text(&pair.recorder.log), "again"));
	assert_null(strstr(str_text(&pair.recorder.log), "lost"));
	recorder_free(&pair.recorder);
}

static void
a_message_that_the_archive_finds_too_large_is_refused_and_the_others_kept(void **state)
{
	struct pair pair;
	struct error err = {0};

	(void)state;
	start(&pair);
	pair.recorder.fail_append = ERROR_MESSAGE;
	assert_true(send_message(&pair, "huge", &err));
	assert_true(send_message(&pair, "small", &err));
	assert_true(commit(&pair, &err));
	finish(&pair);
	assert_non_null(strstr(str_text(&pair.recorder.log), "refused [research] INBOX v7 u4711"));
	assert_non_null(strstr(str_text(&pair.recorder.log), "small"));
	recorder_free(&pair.recorder);
}

static void
what_is_known_and_compared_comes_through(void **state)
{
	struct pair pair;
	struct error err = {0};
	struct uidset known = {0};
	struct intake *intake = &pair.client.intake;
	struct comparison comparison = {
		.folder = VIEW("INBOX"), .uidvalidity = 7, .on_server = 10, .pending = 2};

	(void)state;
	start(&pair);
	uidset_add(&pair.recorder.known, 3, 9);
	assert_true(intake->known(intake->context, VIEW("x"), VIEW("INBOX"), 7, &known, &err));
	assert_int_equal(uidset_size(&known), 7);
	comparison.gone = &known;
	assert_true(intake->compared(intake->context, &comparison, &err));
	finish(&pair);
	assert_string_equal(str_text(&pair.recorder.log),
		"compared [research] INBOX v7 server 10 pending 2 gone 3:9\n");
	uidset_free(&known);
	recorder_free(&pair.recorder);
}

static void
a_channel_that_ends_is_no_reason_to_come_back(void **state)
{
	struct pair pair;
	struct error err = {0};

	(void)state;
	open_pair(&pair);
	channel_close(&pair.far);
	assert_false(commit(&pair, &err));
	assert_int_equal(err.reach, ERROR_PROGRAM);
	assert_true(pair.client.wake.stop);
	channel_close(&pair.near);
	recorder_free(&pair.recorder);
}

static void
orders_are_obeyed_whenever_they_come(void **state)
{
	struct pair pair;
	struct error err = {0};
	struct frame frame = frame_new(FETCHER_SYNC_NOW);

	(void)state;
	open_pair(&pair);
	assert_true(channel_send(&pair.far, &frame, -1, &err));
	pair.client.wake.receive(&pair.client.wake);
	assert_true(pair.client.wake.sync_now);
	assert_false(pair.client.wake.stop);
	frame_free(&frame);
	frame = frame_new(FETCHER_STOP);
	assert_true(channel_send(&pair.far, &frame, -1, &err));
	pair.client.wake.receive(&pair.client.wake);
	assert_true(pair.client.wake.stop);
	frame_free(&frame);
	channel_close(&pair.far);
	channel_close(&pair.near);
	recorder_free(&pair.recorder);
}

/* Sends one frame of a captured fetcher; true if the daemon's end takes it for nonsense. */
static bool
is_nonsense(struct frame *frame)
{
	struct pair pair;
	struct error err = {0};

	start(&pair);
	assert_true(channel_send(&pair.near, frame, -1, &err));
	shutdown(pair.near.fd, SHUT_WR);
	pthread_join(pair.thread, NULL);
	channel_close(&pair.near);
	assert_null(strstr(str_text(&pair.recorder.log), "message"));
	recorder_free(&pair.recorder);
	frame_free(frame);
	return pair.nonsense;
}

static struct frame
begin_frame(struct view folder, uint64_t uidvalidity, uint64_t uid)
{
	struct frame frame = frame_new(FETCHER_BEGIN);

	frame_put_bytes(&frame, folder);
	frame_put_u64(&frame, uidvalidity);
	frame_put_u64(&frame, uid);
	frame_put_i64(&frame, 0);
	frame_put_u64(&frame, 0);
	frame_put_u64(&frame, 0);
	return frame;
}

static void
frames_that_no_fetcher_sends_are_nonsense(void **state)
{
	static const uint16_t types[] = {0, 1, FETCHER_CONFIG, FETCHER_KNOWN_REPLY,
		FETCHER_COMMIT_REPLY, FETCHER_COMPARED_REPLY, FETCHER_COMPARED_REPLY + 1, 65535,
		FETCHER_KNOWN, FETCHER_BEGIN, FETCHER_APPEND, FETCHER_REFUSE, FETCHER_COMPARED};
	struct frame frame;

	(void)state;
	/* Unknown types, and known ones without their fields. */
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		frame = frame_new(types[i]);
		assert_true(is_nonsense(&frame));
	}
	frame = begin_frame(VIEW("INBOX"), 1, 1);
	assert_false(is_nonsense(&frame));
	frame = begin_frame(VIEW("INBOX"), 1, 0);
	assert_true(is_nonsense(&frame));
	frame = begin_frame(VIEW("INBOX"), 1, 1ULL << 32);
	assert_true(is_nonsense(&frame));
	frame = begin_frame(VIEW(""), 1, 1);
	assert_true(is_nonsense(&frame));
	frame = begin_frame(VIEW("\xff"), 1, 1);
	assert_true(is_nonsense(&frame));
	frame = begin_frame(VIEW("a\0b"), 1, 1);
	assert_true(is_nonsense(&frame));
	frame = begin_frame(VIEW("INBOX"), 1, 1);
	frame_put_u64(&frame, 1); /* one field too many */
	assert_true(is_nonsense(&frame));
}

static void
a_commit_in_the_middle_of_a_message_is_nonsense(void **state)
{
	struct pair pair;
	struct error err = {0};
	struct intake *intake = &pair.client.intake;

	(void)state;
	start(&pair);
	assert_true(intake->begin(intake->context, &PLACE, 5, &err));
	assert_false(commit(&pair, &err));
	finish(&pair);
	assert_true(pair.nonsense);
	recorder_free(&pair.recorder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_arrive_as_they_were_sent_under_the_channels_own_mailbox),
		cmocka_unit_test(a_large_message_travels_in_pieces),
		cmocka_unit_test(a_failure_on_the_way_is_the_answer_to_the_commit),
		cmocka_unit_test(
			a_message_that_the_archive_finds_too_large_is_refused_and_the_others_kept),
		cmocka_unit_test(what_is_known_and_compared_comes_through),
		cmocka_unit_test(a_channel_that_ends_is_no_reason_to_come_back),
		cmocka_unit_test(orders_are_obeyed_whenever_they_come),
		cmocka_unit_test(frames_that_no_fetcher_sends_are_nonsense),
		cmocka_unit_test(a_commit_in_the_middle_of_a_message_is_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
