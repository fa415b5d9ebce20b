#include <signal.h>
#include <string.h>

#include "cmocka_all.h"
#include "fake_server.h"
#include "fetch/mailbox.h"
#include "recorder.h"

static char *inbox[] = {(char[]){"INBOX"}};

/* libetpan 1.9.4 forgets a greeting that says BYE: 49 bytes a connection. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:mailimap_greeting_new\n";
}

struct run {
	struct recorder recorder;
	struct error err;
	struct str states; /* errors that were shown on the way */
	struct wake wake;
	const char *stop_at; /* once this is in the log and the mailbox waits */
	bool ok;
};

static void
on_state(void *context, const struct mailbox_health *state)
{
	struct run *run = context;

	if (state->error[0])
		str_append_format(&run->states, "%s\n", state->error);
	if (state->phase == MAILBOX_WAITING && run->stop_at &&
		strstr(str_text(&run->recorder.log), run->stop_at))
		run->wake.stop = true;
}

static void
no_wake(struct wake *wake)
{
	wake->stop = true;
}

static struct mailbox_options
options_for(const struct fake_server *server)
{
	static char name[] = "research", host[] = "127.0.0.1", user[] = "reader", secret[] = "pw";

	return (struct mailbox_options){
		.name = name,
		.host = host,
		.port = server->port,
		.security = SECURITY_INSECURE,
		.user = user,
		.secret = secret,
		.folders = inbox,
		.folder_count = 1,
		.idle = true,
		.poll_interval_s = 1, /* limits the waits between tries as well */
		.once = true,
	};
}

/* One round against the server, which is stopped afterwards. */
static void
run_with(struct mailbox_options *options, struct run *run)
{
	struct intake intake;
	struct mailbox_watcher watcher = {on_state, run};

	run->recorder.log = str_new(1 << 26);
	run->recorder.open = str_new(1 << 26);
	run->recorder.body = str_new(1 << 26);
	run->states = str_new(1 << 20);
	run->wake = (struct wake){.fd = -1, .receive = no_wake};
	intake = recorder_intake(&run->recorder);
	run->ok = mailbox_run(options, &intake, &run->wake, &watcher, &run->err);
}

static void
run_once(struct fake_server *server, struct run *run)
{
	struct mailbox_options options;

	fake_server_start(server);
	options = options_for(server);
	run_with(&options, run);
}

static void
release(struct fake_server *server, struct run *run)
{
	fake_server_stop(server);
	recorder_free(&run->recorder);
	str_free(&run->states);
}

/* Three messages, the second with a fault; the log without the comparison's line. */
static void
assert_outcome(enum fault fault, const char *expected)
{
	struct fake_message messages[] = {
		{10, "one", FAULT_NONE, "\\Seen \\Answered"},
		{20, "two", fault, NULL},
		{30, "three", FAULT_NONE, NULL},
	};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 3};
	struct run run = {0};

	run_once(&server, &run);
	if (!run.ok)
		fail_msg("%s", run.err.text);
	if (!strstr(str_text(&run.recorder.log), expected))
		fail_msg("not \"%s\" in:\n%s", expected, str_text(&run.recorder.log));
	assert_non_null(strstr(str_text(&run.recorder.log),
		"message [research] INBOX v7 u10 t1583309520 answered: one\n"));
	assert_non_null(strstr(str_text(&run.recorder.log),
		"message [research] INBOX v7 u30 t1583309520: three\n"));
	assert_non_null(strstr(str_text(&run.recorder.log), "pending 0"));
	release(&server, &run);
}

static void
a_mailbox_is_taken_whole_and_only_read(void **state)
{
	struct fake_message messages[] = {
		{1, "one", FAULT_NONE, NULL}, {4000, "two", FAULT_NONE, NULL}};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 2};
	struct run run = {0};

	(void)state;
	run_once(&server, &run);
	assert_true(run.ok);
	assert_string_equal(str_text(&run.recorder.log),
		"message [research] INBOX v7 u1 t1583309520: one\n"
		"message [research] INBOX v7 u4000 t1583309520: two\n"
		"compared [research] INBOX v7 server 2 pending 0 gone \n");
	assert_null(strstr(str_text(&server.commands), "SELECT"));
	assert_null(strstr(str_text(&server.commands), " BODY[]"));
	assert_null(strstr(str_text(&server.commands), "STORE"));
	release(&server, &run);
}

static void
what_is_known_is_not_taken_again(void **state)
{
	struct fake_message messages[] = {
		{1, "one", FAULT_NONE, NULL}, {2, "two", FAULT_NONE, NULL}};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 2};
	struct run run = {0};

	(void)state;
	uidset_add(&run.recorder.known, 1, 1);
	uidset_add(&run.recorder.known, 500, 501);
	run_once(&server, &run);
	assert_true(run.ok);
	assert_string_equal(str_text(&run.recorder.log),
		"message [research] INBOX v7 u2 t1583309520: two\n"
		"compared [research] INBOX v7 server 2 pending 0 gone 500:501\n");
	release(&server, &run);
}

static void
a_message_that_the_server_refuses_is_set_aside_and_the_others_kept(void **state)
{
	(void)state;
	assert_outcome(FAULT_NO, "refused [research] INBOX v7 u20 t0: the server refuses FETCH: "
				 "that one is broken\n");
	assert_outcome(FAULT_OMIT, "refused [research] INBOX v7 u20 t0: the server lists the "
				   "message and does not send it\n");
}

static void
an_answer_that_is_not_imap_costs_its_message_only(void **state)
{
	(void)state;
	assert_outcome(FAULT_GARBAGE,
		"refused [research] INBOX v7 u20 t0: the answer to FETCH is not IMAP\n");
	assert_outcome(FAULT_HUGE, "refused [research] INBOX v7 u20 t0: the server announced more");
}

static void
attributes_that_cannot_be_read_do_not_cost_the_message(void **state)
{
	(void)state;
	assert_outcome(FAULT_BAD_ATTRIBUTE, "message [research] INBOX v7 u20 t0: two\n");
}

static void
a_message_that_went_meanwhile_is_not_refused(void **state)
{
	struct fake_message messages[] = {
		{10, "one", FAULT_NONE, NULL}, {20, "two", FAULT_GONE, NULL}};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 2};
	struct run run = {0};

	(void)state;
	run_once(&server, &run);
	assert_true(run.ok);
	assert_null(strstr(str_text(&run.recorder.log), "refused"));
	assert_non_null(strstr(str_text(&run.recorder.log), "server 1 pending 0"));
	release(&server, &run);
}

static void
bodies_in_any_legal_form_are_taken(void **state)
{
	(void)state;
	assert_outcome(FAULT_UID_LAST, "message [research] INBOX v7 u20 t1583309520: two\n");
	assert_outcome(FAULT_QUOTED, "message [research] INBOX v7 u20 t1583309520: two\n");
}

static void
a_body_that_is_nil_is_not_an_empty_message(void **state)
{
	(void)state;
	assert_outcome(FAULT_NIL, "refused [research] INBOX v7 u20");
}

static void
a_lost_connection_is_taken_up_again(void **state)
{
	(void)state;
	assert_outcome(FAULT_HANG_UP_ONCE, "message [research] INBOX v7 u20 t1583309520: two\n");
	assert_outcome(FAULT_UNAVAILABLE, "message [research] INBOX v7 u20 t1583309520: two\n");
}

static void
a_message_that_ends_every_connection_holds_up_no_other(void **state)
{
	struct fake_message messages[] = {{10, "one", FAULT_HANG_UP, NULL},
		{20, "two", FAULT_HANG_UP, NULL}, {3000, "three", FAULT_NONE, NULL}};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 3};
	struct run run = {0};

	(void)state;
	run_once(&server, &run);
	assert_non_null(strstr(str_text(&run.recorder.log), "u3000 t1583309520: three\n"));
	release(&server, &run);
}

static void
a_full_disk_loses_nothing(void **state)
{
	struct fake_message messages[] = {{3, "one", FAULT_NONE, NULL}};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 1};
	struct mailbox_options options;
	struct run run = {.stop_at = "u3 "};

	(void)state;
	fake_server_start(&server);
	options = options_for(&server);
	options.once = false;
	run.recorder.fail_commit = ERROR_STORAGE;
	run_with(&options, &run);
	assert_true(run.ok);
	assert_non_null(strstr(str_text(&run.states), "as ordered"));
	assert_non_null(strstr(str_text(&run.recorder.log), "u3 t1583309520: one\n"));
	release(&server, &run);
}

static void
a_new_uidvalidity_adds_and_forgets_nothing(void **state)
{
	struct fake_message messages[] = {{3, "one", FAULT_NONE, NULL}};
	struct fake_server server = {
		.uidvalidity = 7, .new_uidvalidity = 8, .messages = messages, .count = 1};
	struct mailbox_options options;
	struct run run = {.stop_at = "v8 server"};

	(void)state;
	fake_server_start(&server);
	options = options_for(&server);
	options.once = false;
	run_with(&options, &run);
	assert_true(run.ok);
	assert_string_equal(str_text(&run.recorder.log),
		"message [research] INBOX v7 u3 t1583309520: one\n"
		"compared [research] INBOX v7 server 1 pending 0 gone \n"
		"message [research] INBOX v8 u3 t1583309520: one\n"
		"compared [research] INBOX v8 server 1 pending 0 gone \n");
	release(&server, &run);
}

static void
without_uidvalidity_nothing_is_taken(void **state)
{
	struct fake_message messages[] = {{1, "one", FAULT_NONE, NULL}};
	struct fake_server server = {.uidvalidity = 0, .messages = messages, .count = 1};
	struct run run = {0};

	(void)state;
	run_once(&server, &run);
	assert_false(run.ok);
	assert_non_null(strstr(run.err.text, "UIDVALIDITY"));
	assert_int_equal(run.recorder.log.size, 0);
	release(&server, &run);
}

/* The login that is refused, and with what words. */
static void
assert_no_login(
	struct fake_server server, enum security security, const char *words, const char *forbidden)
{
	struct fake_message messages[] = {{1, "one", FAULT_NONE, NULL}};
	struct mailbox_options options;
	struct run run = {0};

	server.uidvalidity = 1;
	server.messages = messages;
	server.count = 1;
	fake_server_start(&server);
	options = options_for(&server);
	options.security = security;
	run_with(&options, &run);
	assert_false(run.ok);
	if (!strstr(run.err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", run.err.text, words);
	if (forbidden && strstr(str_text(&server.commands), forbidden))
		fail_msg("%s was sent", forbidden);
	assert_int_equal(run.recorder.log.size, 0);
	release(&server, &run);
}

static void
a_refused_password_is_told_from_a_server_in_trouble(void **state)
{
	(void)state;
	assert_no_login(
		(struct fake_server){
			.login_answer = "NO [AUTHENTICATIONFAILED] no, reader with pw"},
		SECURITY_INSECURE, "does not accept user and password: no, … with …", NULL);
	assert_no_login((struct fake_server){.login_answer = "NO [UNAVAILABLE] later"},
		SECURITY_INSECURE, "cannot log us in just now: later", NULL);
	assert_no_login((struct fake_server){.capabilities = "IMAP4rev1 LOGINDISABLED"},
		SECURITY_INSECURE, "LOGINDISABLED", "LOGIN ");
}

static void
the_password_is_never_sent_where_encryption_was_asked_for_and_failed(void **state)
{
	(void)state;
	assert_no_login((struct fake_server){.greeting = "* PREAUTH welcome"}, SECURITY_STARTTLS,
		"PREAUTH", "LOGIN");
	assert_no_login((struct fake_server){.capabilities = "IMAP4rev1"}, SECURITY_STARTTLS,
		"offers no STARTTLS", "LOGIN");
	assert_no_login((struct fake_server){.capabilities = "IMAP4rev1 STARTTLS",
				.after_starttls = "* CAPABILITY IMAP4rev1\r\n"},
		SECURITY_STARTTLS, "", "LOGIN");
	assert_no_login((struct fake_server){.capabilities = "IMAP4rev1 STARTTLS"},
		SECURITY_STARTTLS, "", "LOGIN");
	assert_no_login((struct fake_server){0}, SECURITY_TLS, "does not speak TLS", "LOGIN");
}

static void
a_server_that_says_bye_is_come_back_to(void **state)
{
	(void)state;
	assert_no_login(
		(struct fake_server){.greeting = "* BYE too many"}, SECURITY_INSECURE, "", "LOGIN");
}

static void
folders_are_named_or_matched_and_a_missing_one_stops_no_other(void **state)
{
	static char absent[] = "absent", all[] = "*";
	static char *folders[] = {absent, all};
	struct fake_message messages[] = {{1, "one", FAULT_NONE, NULL}};
	struct fake_server server = {.uidvalidity = 7, .messages = messages, .count = 1};
	struct mailbox_options options;
	struct run run = {0};

	(void)state;
	fake_server_start(&server);
	options = options_for(&server);
	options.folders = folders;
	options.folder_count = 2;
	run_with(&options, &run);
	assert_false(run.ok);
	assert_non_null(strstr(run.err.text, "absent: the server refuses to open the folder"));
	assert_non_null(strstr(str_text(&run.recorder.log), "INBOX v7 u1 "));
	assert_non_null(strstr(str_text(&run.recorder.log), "Entwürfe v7 u1 "));
	assert_null(strstr(str_text(&server.commands), "EXAMINE x"));
	release(&server, &run);
}

/* Stays until the message with UID 3 has come in while it was waiting. */
static void
assert_arrival(struct fake_server server)
{
	struct fake_message messages[] = {
		{1, "one", FAULT_NONE, NULL}, {3, "new", FAULT_NONE, NULL}};
	struct mailbox_options options;
	struct run run = {.stop_at = "u3 "};

	server.uidvalidity = 7;
	server.messages = messages;
	server.count = 2;
	server.arrives = 1;
	fake_server_start(&server);
	options = options_for(&server);
	options.once = false;
	options.poll_interval_s = 3600;
	run_with(&options, &run);
	assert_true(run.ok);
	assert_non_null(strstr(str_text(&run.recorder.log), "u3 t1583309520: new\n"));
	assert_int_equal(server.connections, 1);
	release(&server, &run);
}

static void
new_mail_wakes_the_wait_whatever_comes_before_it(void **state)
{
	(void)state;
	assert_arrival((struct fake_server){0});
	assert_arrival((struct fake_server){.idle_first = "* OK Still here"});
	assert_arrival((struct fake_server){.idle_first = "* 2 EXISTS"});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mailbox_is_taken_whole_and_only_read),
		cmocka_unit_test(what_is_known_is_not_taken_again),
		cmocka_unit_test(
			a_message_that_the_server_refuses_is_set_aside_and_the_others_kept),
		cmocka_unit_test(an_answer_that_is_not_imap_costs_its_message_only),
		cmocka_unit_test(attributes_that_cannot_be_read_do_not_cost_the_message),
		cmocka_unit_test(a_message_that_went_meanwhile_is_not_refused),
		cmocka_unit_test(bodies_in_any_legal_form_are_taken),
		cmocka_unit_test(a_body_that_is_nil_is_not_an_empty_message),
		cmocka_unit_test(a_lost_connection_is_taken_up_again),
		cmocka_unit_test(a_message_that_ends_every_connection_holds_up_no_other),
		cmocka_unit_test(a_full_disk_loses_nothing),
		cmocka_unit_test(a_new_uidvalidity_adds_and_forgets_nothing),
		cmocka_unit_test(without_uidvalidity_nothing_is_taken),
		cmocka_unit_test(a_refused_password_is_told_from_a_server_in_trouble),
		cmocka_unit_test(
			the_password_is_never_sent_where_encryption_was_asked_for_and_failed),
		cmocka_unit_test(a_server_that_says_bye_is_come_back_to),
		cmocka_unit_test(folders_are_named_or_matched_and_a_missing_one_stops_no_other),
		cmocka_unit_test(new_mail_wakes_the_wait_whatever_comes_before_it),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
