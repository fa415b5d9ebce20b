/*
 * An administrator's typo is named by file, line and key; nothing is guessed.
 */
#include "../unit.h"

#include "daemon/config.h"

#define MAILBOX "[mailbox research]\nhost = h\nuser = u\npassword_file = /dev/null\n"

static bool
load(const char *folder, struct view text, struct config **config, struct error *err)
{
	CLEANUP(freep) char *path = unit_write_file(folder, "c.conf", text);

	return config_load(config, path, err);
}

static struct config *
load_good(const char *folder, struct view text)
{
	struct config *config = NULL;
	struct error err = {0};

	assert_ok(load(folder, text, &config, &err), err);
	return config;
}

/* The error names file and line ("c.conf:2: ") and goes on with the words. */
static void
assert_wrong(const char *folder, struct view text, const char *words)
{
	struct config *config = NULL;
	struct error err = {0};

	assert_false(load(folder, text, &config, &err));
	assert_null(config);
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, folder);
	assert_contains(err.text, words);
}

static void
an_empty_file_gives_the_defaults(void **state)
{
	CLEANUP(config_freep) struct config *config = load_good(*state, VIEW(""));

	assert_string_equal(config->directory, "/var/lib/casepost");
	assert_string_equal(config->listen, "127.0.0.1:8025");
	assert_int_equal(config->mailbox_count, 0);
}

static void
a_mailbox_has_defaults_that_fit_its_security(void **state)
{
	CLEANUP(config_freep)
	struct config *config = load_good(*state,
		VIEW(MAILBOX "\n[mailbox other]\nhost = h\nuser = u\npassword_file = /dev/null\n"
			     "security = starttls\nidle = no\npoll_interval = 30s\n"));
	const struct config_mailbox *first = &config->mailboxes[0], *second = first + 1;

	assert_int_equal(config->mailbox_count, 2);
	assert_string_equal(first->name, "research");
	assert_int_equal(first->port, 993);
	assert_int_equal(first->security, SECURITY_TLS);
	assert_true(first->idle);
	assert_int_equal(first->poll_interval_s, 300);
	assert_int_equal(first->folders.count, 1);
	assert_string_equal(first->folders.items[0], "INBOX");
	assert_null(first->sent_folder);
	assert_int_equal(first->line, 1);
	assert_int_equal(second->port, 143);
	assert_false(second->idle);
	assert_int_equal(second->poll_interval_s, 30);
	assert_int_equal(second->line, 6);
}

static void
a_typo_is_named_by_file_line_and_key(void **state)
{
	assert_wrong(*state, VIEW("[store]\n\n# why\ndirektory = /x\n"),
		"c.conf:4: direktory: is no key of [store]");
	assert_wrong(*state, VIEW(MAILBOX "idel = yes\n"),
		"c.conf:5: idel: is no key of [mailbox research]");
	assert_wrong(*state, VIEW("[web]\nhost = x\n"), "c.conf:2: host: is no key of [web]");
	assert_wrong(*state, VIEW(MAILBOX "idle = true\n"),
		"c.conf:5: idle: \"true\" is neither yes nor no");
	assert_wrong(*state, VIEW(MAILBOX "security = ssl\n"),
		"c.conf:5: security: \"ssl\" is none of tls, starttls, insecure");
	assert_wrong(*state, VIEW("[store]\ndirectory =\n"), "c.conf:2: directory: needs a value");
}

static void
an_unknown_section_is_an_error_even_if_it_is_empty(void **state)
{
	assert_wrong(*state, VIEW("\n[stroe]\ndirectory = /x\n"), "c.conf:2: section: [stroe]");
	assert_wrong(*state, VIEW("[store]\n[wep]\n"), "c.conf:2: section: [wep] is none of");
	assert_wrong(*state, VIEW("[mailboxes]\n"), "c.conf:1: section: [mailboxes]");
	assert_wrong(
		*state, VIEW("directory = /x\n"), "c.conf:1: directory: stands in no [section]");
	assert_wrong(*state,
		VIEW("[mailbox aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n"),
		"c.conf:1: section: the name is too long");
}

static void
a_line_that_is_none_is_named(void **state)
{
	assert_wrong(*state, VIEW("[store]\ndirectory\n"), "c.conf:2: this is neither");
	assert_wrong(*state, VIEW("[store\n"), "c.conf:1: this is neither");
	assert_wrong(
		*state, VIEW("[store]\nnonsense\n\ndirektory = x\n"), "c.conf:2: this is neither");
	assert_wrong(*state, VIEW("[store]\ndirektory = x\nnonsense\n"), "c.conf:2: direktory");
	assert_wrong(*state, VIEW("[store]\ndirectory = /a\0b\n"), "c.conf:2: this is no text");
}

static void
a_missing_file_is_named(void **state)
{
	struct config *config = NULL;
	struct error err = {0};

	(void)state;
	assert_false(config_load(&config, "/nonexistent/c.conf", &err));
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_contains(err.text, "/nonexistent/c.conf");
	assert_contains(err.text, "No such file");
}

static void
a_file_that_the_configuration_names_has_to_be_there(void **state)
{
	assert_wrong(*state, VIEW("[mailbox m]\npassword_file = /nonexistent\n"),
		"c.conf:2: password_file: cannot read /nonexistent");
	assert_wrong(*state, VIEW("[web]\ntls_key = /nonexistent\n"), "c.conf:2: tls_key: cannot");
	assert_wrong(
		*state, VIEW("[web]\ntls_key = /dev/null\n"), "tls_certificate: needs tls_key");
}

static void
what_a_mailbox_lacks_is_told_at_its_section(void **state)
{
	assert_wrong(*state, VIEW("\n[mailbox m]\n"), "c.conf:2: host: is missing in [mailbox m]");
	assert_wrong(*state, VIEW("[mailbox m]\nhost = h\n"), "c.conf:1: user: is missing");
	assert_wrong(*state,
		VIEW("[mailbox mm]\nhost=h\nuser=u\npassword_file=/dev/null\n"
		     "[mailbox m]\nhost = h\nuser = u\n"),
		"c.conf:5: password_file: is missing in [mailbox m]");
	assert_wrong(*state, VIEW("[mailbox]\nhost = h\n"), "c.conf:1: [mailbox]: needs a name");
	assert_wrong(*state, VIEW("[mailbox a/b]\n"), "c.conf:1: [mailbox]");
}

static void
a_key_or_a_mailbox_that_is_there_twice_is_an_error(void **state)
{
	assert_wrong(*state, VIEW("[store]\ndirectory = /a\ndirectory = /b\n"),
		"c.conf:3: directory: is there twice");
	assert_wrong(*state, VIEW(MAILBOX "idle = no\nhost = other\n"),
		"c.conf:6: host: is there twice");
	assert_wrong(*state, VIEW("[web]\nlisten = a:1\n[store]\n[web]\nlisten = b:1\n"),
		"c.conf:5: listen: is there twice");
	assert_wrong(*state, VIEW(MAILBOX "folders = A\nfolders = B\n"),
		"c.conf:6: folders: is there twice");
	assert_wrong(*state, VIEW(MAILBOX MAILBOX), "c.conf:5: [mailbox]: \"research\" is there");
	assert_wrong(*state, VIEW(MAILBOX "[store]\n" MAILBOX), "c.conf:6: [mailbox]");
}

static void
a_list_goes_on_in_the_next_line_and_nothing_else_does(void **state)
{
	CLEANUP(config_freep)
	struct config *config = load_good(
		*state, VIEW(MAILBOX "folders = INBOX, Blockchain ,,\n\tArchive/2020,\n  Sent\n"
				     "[call]\nowner = a@example.org, b@example.org\n"));
	const struct config_list *folders = &config->mailboxes[0].folders;

	assert_int_equal(folders->count, 4);
	assert_string_equal(folders->items[1], "Blockchain");
	assert_string_equal(folders->items[2], "Archive/2020");
	assert_string_equal(folders->items[3], "Sent");
	assert_int_equal(config->owners.count, 2);
	assert_wrong(*state, VIEW("[store]\ndirectory = /a\n  /b\n"),
		"c.conf:3: directory: does not go on");
}

static void
a_line_that_would_be_cut_is_an_error(void **state)
{
	CLEANUP(str_free) struct str text = str_new(4096);

	str_append(&text, VIEW("[store]\r\ndirectory = /"));
	while (text.size < 9 + 198)
		str_append_byte(&text, 'x');
	str_append(&text, VIEW("\r\n"));
	{
		CLEANUP(config_freep) struct config *config = load_good(*state, str_view(&text));

		assert_int_equal(strlen(config->directory), 198 - strlen("directory = "));
	}
	str_truncate(&text, text.size - 2);
	str_append(&text, VIEW("x\r\n"));
	assert_wrong(*state, str_view(&text), "c.conf:2: the line is longer than 198 bytes");
}

static void
durations_have_units_and_limits(void **state)
{
	static const struct {
		const char *text;
		int seconds; /* -1: wrong */
	} CASES[] = {{"1s", 1}, {"90", 90}, {"5m", 300}, {"24h", 86400}, {"0", -1}, {"25h", -1},
		{"m", -1}, {"", -1}, {"5 m", -1}, {"-5m", -1}, {"5d", -1}, {"1.5h", -1},
		{"99999999999999999999h", -1}, {"86400m", -1}};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		CLEANUP(config_freep) struct config *config = NULL;
		CLEANUP(str_free) struct str text = str_new(4096);
		struct error err = {0};
		bool ok;

		str_append_format(&text, "%spoll_interval = %s\n", MAILBOX, CASES[i].text);
		ok = load(*state, str_view(&text), &config, &err);
		assert_int_equal(ok, CASES[i].seconds > 0);
		if (ok)
			assert_int_equal(config->mailboxes[0].poll_interval_s, CASES[i].seconds);
		else
			assert_contains(err.text, "c.conf:5: poll_interval: ");
	}
}

static void
a_port_is_a_number_from_1_to_65535(void **state)
{
	assert_wrong(*state, VIEW(MAILBOX "port = 0\n"), "c.conf:5: port: \"0\" is no port");
	assert_wrong(*state, VIEW(MAILBOX "port = 65536\n"), "c.conf:5: port: \"65536\"");
	assert_wrong(*state, VIEW(MAILBOX "port = imaps\n"), "c.conf:5: port: \"imaps\"");
	{
		CLEANUP(config_freep)
		struct config *config = load_good(*state, VIEW(MAILBOX "port = 65535\n"));

		assert_int_equal(config->mailboxes[0].port, 65535);
	}
}

static void
comments_and_a_byte_order_mark_are_passed_over(void **state)
{
	CLEANUP(config_freep)
	struct config *config =
		load_good(*state, VIEW("\xEF\xBB\xBF[store]\n; a comment\n# another\n"
				       "directory = /x   ; where all is\n"));

	assert_string_equal(config->directory, "/x");
}

static void
a_password_is_the_first_line_of_its_file(void **state)
{
	CLEANUP(freep) char *path = unit_write_file(*state, "p", VIEW(" se;cret # \r\nmore\n"));
	CLEANUP(str_free) struct str password = str_new(100);
	struct config_mailbox mailbox = {.name = "m", .password_file = path};
	CLEANUP(freep) char *same = NULL;
	struct error err = {0};

	assert_ok(config_read_password(&mailbox, &password, &err), err);
	assert_string_equal(str_text(&password), " se;cret # ");
	same = unit_write_file(*state, "p", VIEW("\n"));
	assert_false(config_read_password(&mailbox, &password, &err));
	assert_contains(err.text, "mailbox m is empty");
}

static void
a_credential_is_found_where_systemd_put_it(void **state)
{
	CLEANUP(freep) char *path = unit_write_file(*state, "secret", VIEW("x\n"));
	struct view text = VIEW("[mailbox m]\nhost = h\nuser = u\npassword_credential = secret\n");

	unsetenv("CREDENTIALS_DIRECTORY");
	{
		CLEANUP(config_freep) struct config *config = load_good(*state, text);

		assert_string_equal(config->mailboxes[0].password_file,
			"/run/credentials/casepostd.service/secret");
	}
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	assert_wrong(*state, VIEW("[mailbox m]\nhost = h\nuser = u\npassword_credential = none\n"),
		"c.conf:4: password_credential: systemd passed no credential \"none\"");
	{
		CLEANUP(config_freep) struct config *config = load_good(*state, text);

		assert_string_equal(config->mailboxes[0].password_file, path);
	}
	assert_wrong(*state, VIEW("[mailbox m]\npassword_credential = ../secret\n"),
		"c.conf:2: password_credential: \"../secret\" is no name");
	unsetenv("CREDENTIALS_DIRECTORY");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(an_empty_file_gives_the_defaults),
		folder_test(a_mailbox_has_defaults_that_fit_its_security),
		folder_test(a_typo_is_named_by_file_line_and_key),
		folder_test(an_unknown_section_is_an_error_even_if_it_is_empty),
		folder_test(a_line_that_is_none_is_named),
		cmocka_unit_test(a_missing_file_is_named),
		folder_test(a_file_that_the_configuration_names_has_to_be_there),
		folder_test(what_a_mailbox_lacks_is_told_at_its_section),
		folder_test(a_key_or_a_mailbox_that_is_there_twice_is_an_error),
		folder_test(a_list_goes_on_in_the_next_line_and_nothing_else_does),
		folder_test(a_line_that_would_be_cut_is_an_error),
		folder_test(durations_have_units_and_limits),
		folder_test(a_port_is_a_number_from_1_to_65535),
		folder_test(comments_and_a_byte_order_mark_are_passed_over),
		folder_test(a_password_is_the_first_line_of_its_file),
		folder_test(a_credential_is_found_where_systemd_put_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
