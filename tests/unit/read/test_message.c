/*
 * Whole messages: structure, headers, texts and attachments, as people and programs send them.
 */
#include "reading_test.h"

static void
plain_text_is_the_text(void **state)
{
	const struct mail *mail = read_text(state, "From: Anna Berg <anna@example.org>\r\n"
						   "To: b@example.org, \"C, D\" <c@example.org>\r\n"
						   "Subject: A register\r\n"
						   "Date: Wed, 4 Mar 2020 09:12:00 +0100\r\n"
						   "Message-ID: <1@example.org>\r\n"
						   "References: <a@x> <b@x>\r\n"
						   "\r\n"
						   "It runs.\r\n");

	assert_view(mail->from.name, "Anna Berg");
	assert_view(mail->from.address, "anna@example.org");
	assert_int_equal(mail->to_count, 2);
	assert_view(mail->to[1].name, "C, D");
	assert_view(mail->subject, "A register");
	assert_view(mail->message_id, "<1@example.org>");
	assert_int_equal(mail->reference_count, 2);
	assert_view(mail->references[1], "<b@x>");
	assert_true(mail->has_date);
	assert_int_equal(mail->date, 1583309520);
	assert_int_equal(mail->date_offset_minutes, 60);
	assert_view(mail->text, "It runs.\n");
	assert_view(mail->reply_text, "It runs.");
	assert_int_equal(mail->problem_count, 0);
}

static void
of_alternatives_the_plain_text_is_taken(void **state)
{
	const struct mail *mail =
		read_text(state, "Content-Type: multipart/alternative; boundary=b\n\n"
				 "--b\nContent-Type: text/plain\n\nplain words\n"
				 "--b\nContent-Type: text/html\n\n<p>html words</p>\n--b--\n");

	assert_view(mail->text, "plain words\n");
	assert_int_equal(mail->attachment_count, 0);
}

static void
an_empty_plain_alternative_gives_way_to_html(void **state)
{
	const struct mail *mail =
		read_text(state, "Content-Type: multipart/alternative; boundary=b\n\n"
				 "--b\nContent-Type: text/plain\n\n \n"
				 "--b\nContent-Type: text/html\n\n<p>html words</p>\n--b--\n");

	assert_view(mail->text, "html words\n");
}

static void
an_attachment_has_name_size_digest_and_text(void **state)
{
	static const uint8_t DIGEST[] = {0x2c, 0xf2, 0x4d, 0xba, 0x5f, 0xb0, 0xa3, 0x0e};
	const struct mail *mail = read_text(state,
		"Content-Type: multipart/mixed; boundary=b\n\n"
		"--b\n\nsee file\n"
		"--b\nContent-Type: text/csv; name=\"C:\\\\dir\\\\..\\\\a.csv\"\n"
		"Content-Transfer-Encoding: base64\n"
		"Content-Disposition: attachment; filename*=utf-8''../z%C3%A4hl.csv\n\n"
		"aGVsbG8=\n--b--\n");

	assert_view(mail->text, "see file\n");
	assert_int_equal(mail->attachment_count, 1);
	assert_view(mail->attachments[0].name, "zähl.csv");
	assert_view(mail->attachments[0].type, "text/csv");
	assert_int_equal(mail->attachments[0].size_bytes, 5);
	assert_memory_equal(mail->attachments[0].sha256, DIGEST, sizeof(DIGEST));
	assert_view(mail->attachments[0].text, "hello");
	assert_false(mail->attachments[0].is_inline);
}

static void
an_attached_message_is_a_forward(void **state)
{
	const struct mail *mail =
		read_text(state, "Subject: look\nContent-Type: multipart/mixed; boundary=b\n\n"
				 "--b\n\nHe wrote this to me.\n"
				 "--b\nContent-Type: message/rfc822\n\n"
				 "From: Olaf <o@example.org>\nSubject: pilot\n\n"
				 "We ran a pilot.\n--b--\n");

	assert_view(mail->text, "He wrote this to me.\n\nFrom: Olaf <o@example.org>\n"
				"Subject: pilot\n\nWe ran a pilot.\n");
	assert_int_equal(mail->span_count, 3);
	assert_int_equal(mail->spans[1].kind, SPAN_FORWARD_HEADER);
	assert_int_equal(mail->spans[2].kind, SPAN_FORWARDED);
	assert_view(mail->reply_text, "He wrote this to me.\n\nWe ran a pilot.");
}

static void
what_a_report_returns_is_a_quote(void **state)
{
	const struct mail *mail = read_text(state,
		"From: MAILER-DAEMON@example.org\nReturn-Path: <>\n"
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
		"--b\n\nNot delivered.\n"
		"--b\nContent-Type: message/delivery-status\n\n"
		"Reporting-MTA: dns; example.org\n\n"
		"Final-Recipient: rfc822; <a@example.org>\nAction: failed\nStatus: 5.1.1\n\n"
		"Original-Recipient: rfc822;b@example.org\nAction: Delayed\n"
		"Status: 4.0.0\nDiagnostic-Code: smtp; 450\n 4.2.2 mailbox full\n"
		"--b\nContent-Type: message/rfc822\n\nSubject: pilot\n\nWe ran a pilot.\n--b--\n");

	assert_view(mail->reply_text, "Not delivered.");
	assert_view(mail->automation.report_type, "delivery-status");
	assert_view(mail->automation.return_path, "<>");
	assert_int_equal(mail->bounce_count, 2);
	assert_view(mail->bounces[0].address, "a@example.org");
	assert_view(mail->bounces[0].action, "failed");
	assert_view(mail->bounces[0].status, "5.1.1");
	assert_view(mail->bounces[1].address, "b@example.org");
	assert_view(mail->bounces[1].action, "delayed");
	assert_view(mail->bounces[1].status, "4.2.2");
}

static void
a_report_in_prose_gives_its_recipients(void **state)
{
	const struct mail *mail =
		read_text(state, "From: MAILER-DAEMON@mx.example.org\nTo: me@example.net\n"
				 "Subject: failure notice\n\n"
				 "Hi. This is the qmail-send program at mx.example.org.\n\n"
				 "<a@example.org>:\n192.0.2.4 does not like recipient.\n"
				 "Remote host said: 550 5.1.1 unknown\n\n"
				 "<b@example.org>:\nmailbox full (#5.2.2)\n\n"
				 "--- Below this line is a copy of the message.\n\n"
				 "Return-Path: <me@example.net>\nTo: a@example.org\n\n5.9.9\n");

	assert_int_equal(mail->bounce_count, 2);
	assert_view(mail->bounces[0].address, "a@example.org");
	assert_view(mail->bounces[0].status, "5.1.1");
	assert_view(mail->bounces[1].address, "b@example.org");
	assert_view(mail->bounces[1].status, "5.2.2");
}

static void
a_letter_with_addresses_is_no_report(void **state)
{
	const struct mail *mail = read_text(state, "From: anna@example.org\nSubject: Contacts\n\n"
						   "bo@example.org\n550 5.1.1 members\n");

	assert_int_equal(mail->bounce_count, 0);
}

static void
an_empty_message_is_a_problem_and_no_failure(void **state)
{
	const struct mail *mail = read_text(state, "");

	assert_true(has_problem(mail, "empty"));
	assert_int_equal(mail->text.size, 0);
}

static void
what_is_not_mime_at_all_is_text(void **state)
{
	const struct mail *mail = read_text(state, "just some words\nand more of them\n");

	assert_view(mail->text, "just some words\nand more of them\n");
	assert_true(has_problem(mail, "header_missing"));
}

static void
nul_bytes_are_replaced_and_named(void **state)
{
	static const char RAW[] = "Subject: x\n\nbefore\0after\n";
	const struct mail *mail = read_bytes(state, view_make(RAW, sizeof(RAW) - 1));

	assert_view(mail->text, "before\xEF\xBF\xBD"
				"after\n");
	assert_true(has_problem(mail, "text_damaged"));
}

static void
a_boundary_that_never_appears_loses_no_text(void **state)
{
	const struct mail *mail = read_text(
		state, "Content-Type: multipart/mixed; boundary=wrong\n\nthe words are here\n");

	assert_view(mail->text, "the words are here\n");
	assert_true(has_problem(mail, "boundary_bad"));
}

static void
a_missing_boundary_is_found_in_the_body(void **state)
{
	const struct mail *mail = read_text(state,
		"Content-Type: multipart/alternative\n\n--there\nContent-Type: "
		"text/plain\n\nplain\n--there\nContent-Type: text/html\n\n<b>rich</b>\n"
		"--there--\n");

	assert_view(mail->text, "plain\n");
}

static void
bare_carriage_returns_are_line_ends(void **state)
{
	const struct mail *mail = read_text(state, "Subject: mac\r\rline one\rline two\r");

	assert_view(mail->subject, "mac");
	assert_view(mail->text, "line one\nline two\n");
}

static void
an_mbox_line_is_no_part_of_the_message(void **state)
{
	const struct mail *mail =
		read_text(state, "From a@b Mon Jan  1 00:00:00 2020\nSubject: x\n\nhi\n");

	assert_view(mail->subject, "x");
	assert_view(mail->text, "hi\n");
}

static void
flowed_paragraphs_are_joined(void **state)
{
	const struct mail *mail =
		read_text(state, "Content-Type: text/plain; format=flowed; delsp=yes\n\n"
				 "This goes \non here.\n\n> a quo \n> ted line\n own\n");

	assert_view(mail->text, "This goeson here.\n\n> a quoted line\nown\n");
}

struct charset_case {
	const char *label;
	const char *bytes;
	const char *text;
	const char *problem;
};

static void
text_in_any_charset_becomes_utf8(void **state)
{
	static const struct charset_case CASES[] = {
		{"charset=iso-8859-1", "caf\xe9 \x93q\x94\n", "café “q”\n", NULL},
		{"charset=iso-8859-15", "5 \xa4\n", "5 €\n", NULL},
		{"charset=windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2\n", "Привет\n", NULL},
		{"charset=koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4\n", "Привет\n", NULL},
		{"charset=\"UTF-8\"", "na\xc3\xafve\n", "naïve\n", NULL},
		{"charset=iso-2022-jp", "\x1b$B$3$s\x1b(B\n", "こん\n", NULL},
		{"charset=shift_jis", "\x82\xb1\x82\xf1\n", "こん\n", NULL},
		{"charset=gb2312", "\xc4\xe3\xba\xc3\n", "你好\n", NULL},
		{"charset=big5", "\xa7\x41\xa6\x6e\n", "你好\n", NULL},
		{"charset=euc-kr", "\xbe\xc8\xb3\xe7\n", "안녕\n", NULL},
		{"charset=iso-8859-1", "na\xc3\xafve\n", "naïve\n", "charset_mislabelled"},
		{"charset=utf-8", "caf\xe9 is not UTF-8\n", "café is not UTF-8\n",
			"charset_mislabelled"},
		{"charset=x-nobody-knows", "plain\n", "plain\n", NULL},
		{"charset=x-nobody-knows", "na\xc3\xafve\n", "naïve\n", "charset_unknown"},
		{"x=y", "caf\xe9 ol\xe9, tr\xe8s bien\n", "café olé, très bien\n",
			"charset_guessed"},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		CLEANUP(str_free) struct str raw = str_new(1000);
		const struct mail *mail;

		str_append_format(
			&raw, "Content-Type: text/plain; %s\n\n%s", CASES[i].label, CASES[i].bytes);
		mail = read_bytes(state, str_view(&raw));
		assert_view(mail->text, CASES[i].text);
		if (CASES[i].problem)
			assert_true(has_problem(mail, CASES[i].problem));
	}
}

static void
bidi_overrides_and_controls_are_left_out(void **state)
{
	const struct mail *mail = read_text(state,
		"Subject: =?utf-8?q?a=E2=80=AEb=07c?=\n"
		"Content-Type: text/plain; charset=utf-8\n\nx\xE2\x80\xAEy\x01z\n");

	assert_view(mail->subject, "abc");
	assert_view(mail->text, "xyz\n");
}

static void
machines_are_told_by_their_headers(void **state)
{
	const struct mail *mail =
		read_text(state, "Auto-Submitted: auto-replied (vacation)\nPrecedence: Bulk\n"
				 "List-Id: News <news.example.org>\nX-Autoreply: yes\n"
				 "X-Auto-Response-Suppress: All\nList-Unsubscribe: <mailto:x@y>\n"
				 "X-Spam-Flag: YES\nX-Mailer: Foo 1\n\nI am away.\n");

	assert_view(mail->automation.auto_submitted, "auto-replied");
	assert_view(mail->automation.precedence, "bulk");
	assert_view(mail->automation.list_id, "News <news.example.org>");
	assert_view(mail->automation.auto_reply, "yes");
	assert_view(mail->automation.spam_status, "yes");
	assert_view(mail->automation.mailer, "Foo 1");
	assert_true(mail->automation.list_unsubscribe);
}

static void
a_request_to_suppress_replies_is_no_sign_of_a_machine(void **state)
{
	const struct mail *mail = read_text(
		state, "X-Auto-Response-Suppress: All\nX-Autoreply: no\n\nA human wrote this.\n");

	assert_int_equal(mail->automation.auto_reply.size, 0);
}

static void
the_language_is_that_of_the_own_words(void **state)
{
	static const char *const CASES[][2] = {
		{"en", "We have been running this for two years and it is used by all of them."},
		{"de", "Wir haben das seit zwei Jahren und es wird von allen benutzt."},
		{"fr", "Nous avons lancé ce projet avec les communes et il est utilisé par tous."},
		{"es", "El proyecto fue lanzado por el ayuntamiento y lo usan todos los vecinos."},
		{"pt", "O projeto foi lançado pela prefeitura e não é usado por todos os "
		       "cidadãos."},
		{"sv", "Vi har haft det i två år och det används av alla som är med."},
		{"fi", "Meillä on ollut tämä käytössä, mutta se ei ole vielä valmis ja sitä "
		       "kehitetään."},
		{"et", "Meil on see olnud kasutusel, aga see ei ole veel valmis ja mida me teeme."},
		{"ru", "Мы запустили это два года назад, и это не все, что у нас есть."},
		{"ja", "これは新しいプロジェクトです。"},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		CLEANUP(str_free) struct str raw = str_new(2000);

		str_append_format(&raw,
			"Content-Type: text/plain; charset=utf-8\n\n%s\n\n"
			"> We said that this is in English and it is quoted.\n",
			CASES[i][1]);
		assert_view(read_bytes(state, str_view(&raw))->language, CASES[i][0]);
	}
}

static void
append_times(struct str *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		str_append(out, view_of(text));
}

static void
ten_thousand_nested_parts_are_cut_and_named(void **state)
{
	CLEANUP(str_free) struct str raw = str_new(16 * 1024 * 1024);
	const struct mail *mail;

	str_append(&raw, VIEW("Subject: deep\n"));
	for (unsigned i = 0; i < 10000; i++)
		str_append_format(
			&raw, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
	str_append(&raw, VIEW("\nbottom\n"));
	mail = read_bytes(state, str_view(&raw));
	assert_view(mail->subject, "deep");
	assert_true(has_problem(mail, "too_many_parts"));
}

static void
ten_thousand_parts_side_by_side_are_cut_and_named(void **state)
{
	CLEANUP(str_free) struct str raw = str_new(16 * 1024 * 1024);
	const struct mail *mail;

	str_append(&raw, VIEW("Content-Type: multipart/mixed; boundary=b\n\n"));
	append_times(&raw, "--b\n\npart\n", 10000);
	mail = read_bytes(state, str_view(&raw));
	assert_true(has_problem(mail, "too_many_parts"));
	assert_true(mail->text.size > 1000);
}

static void
a_thousand_messages_inside_each_other_are_cut(void **state)
{
	CLEANUP(str_free) struct str raw = str_new(16 * 1024 * 1024);

	append_times(&raw, "Subject: in\nContent-Type: message/rfc822\n\n", 1000);
	str_append(&raw, VIEW("Subject: last\n\nbottom\n"));
	assert_true(has_problem(read_bytes(state, str_view(&raw)), "too_many_parts"));
}

static void
a_message_of_sixty_megabytes_is_read(void **state)
{
	CLEANUP(str_free) struct str raw = str_new(64 * 1024 * 1024);
	const struct mail *mail;

	str_append(&raw, VIEW("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbig file\n"
			      "--b\nContent-Type: application/pdf; name=big.pdf\n"
			      "Content-Transfer-Encoding: base64\n\n"));
	while (raw.size < 60 * 1024 * 1024)
		str_append(&raw, VIEW("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZHSElKS0xN\n"));
	str_append(&raw, VIEW("--b--\n"));
	mail = read_bytes(state, str_view(&raw));
	assert_view(mail->text, "big file\n");
	assert_int_equal(mail->attachment_count, 1);
	assert_true(mail->attachments[0].size_bytes > 40 * 1024 * 1024);
}

static void
a_text_of_ten_megabytes_is_cut_and_named(void **state)
{
	CLEANUP(str_free) struct str raw = str_new(32 * 1024 * 1024);
	const struct mail *mail;

	str_append(&raw, VIEW("Subject: long\n\n"));
	append_times(&raw, "one more line of a very long text\n", 300000);
	mail = read_bytes(state, str_view(&raw));
	assert_true(mail->text.size <= MESSAGE_TEXT_MAX);
	assert_true(mail->text.size > MESSAGE_TEXT_MAX / 2);
	assert_true(has_problem(mail, "text_too_long"));
}

static void
a_hostile_header_of_half_a_megabyte_is_survived(void **state)
{
	static const char *const FILLS[] = {"a", "a, ", "=?utf-8?q?x?= ", "(", "\"", "<", "=?x?q?",
		"a@b, ", ";a=b", "\n ", "\\"};
	static const char *const NAMES[] = {
		"Subject", "To", "Content-Type: text/plain; x", "References", "Date"};

	for (size_t i = 0; i < sizeof(FILLS) / sizeof(FILLS[0]); i++) {
		CLEANUP(str_free) struct str raw = str_new(16 * 1024 * 1024);

		str_append_format(&raw, "%s: ", NAMES[i % (sizeof(NAMES) / sizeof(NAMES[0]))]);
		append_times(&raw, FILLS[i], 512 * 1024 / strlen(FILLS[i]));
		str_append(&raw, VIEW("\n\nhello\n"));
		(void)read_bytes(state, str_view(&raw));
	}
}

static const char SAMPLE[] =
	"From: =?utf-8?b?w4RubmE=?= <a@example.org>\r\n"
	"To: Team: b@example.org, \"c\" <c@example.org>;\r\n"
	"Subject: =?iso-8859-1?q?Caf=E9?= Re: x\r\n"
	"Date: Wed, 4 Mar 2020 09:12:00 +0100\r\n"
	"Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n"
	"--b1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n"
	"--b2\r\nContent-Type: text/plain; format=flowed\r\n\r\n"
	"Own words \r\nhere.\r\n\r\nOn Mon, 2 Mar 2020 at 10:00, X <x@y> wrote:\r\n> quoted\r\n"
	"-- \r\nAnna\r\n+49 30 1234567\r\n"
	"--b2\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	"<p>Own <b>words</b><table><tr><td>a<td>b</table>&nbsp;=C3=A9\r\n--b2--\r\n"
	"--b1\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n"
	"--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
	"Final-Recipient: rfc822; d@example.org\r\nStatus: 5.1.1\r\n"
	"--b1\r\nContent-Type: text/plain; name*0*=utf-8''a%20; name*1=b\r\n"
	"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8\r\n"
	"--b1--\r\n";

static void
every_front_of_a_message_can_be_read(void **state)
{
	for (size_t size = 0; size < sizeof(SAMPLE); size++)
		(void)read_bytes(state, view_make(SAMPLE, size));
}

static void
every_damaged_byte_can_be_read(void **state)
{
	static const char BYTES[] = {'\0', '\n', '\r', '"', '\xFF', '-', '=', ':', '<', '>'};
	char copy[sizeof(SAMPLE)];

	memcpy(copy, SAMPLE, sizeof(SAMPLE));
	for (size_t at = 0; at + 1 < sizeof(SAMPLE); at++) {
		copy[at] = BYTES[at % sizeof(BYTES)];
		(void)read_bytes(state, view_make(copy, sizeof(SAMPLE) - 1));
		copy[at] = SAMPLE[at];
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_the_text),
		cmocka_unit_test(of_alternatives_the_plain_text_is_taken),
		cmocka_unit_test(an_empty_plain_alternative_gives_way_to_html),
		cmocka_unit_test(an_attachment_has_name_size_digest_and_text),
		cmocka_unit_test(an_attached_message_is_a_forward),
		cmocka_unit_test(what_a_report_returns_is_a_quote),
		cmocka_unit_test(a_report_in_prose_gives_its_recipients),
		cmocka_unit_test(a_letter_with_addresses_is_no_report),
		cmocka_unit_test(an_empty_message_is_a_problem_and_no_failure),
		cmocka_unit_test(what_is_not_mime_at_all_is_text),
		cmocka_unit_test(nul_bytes_are_replaced_and_named),
		cmocka_unit_test(a_boundary_that_never_appears_loses_no_text),
		cmocka_unit_test(a_missing_boundary_is_found_in_the_body),
		cmocka_unit_test(bare_carriage_returns_are_line_ends),
		cmocka_unit_test(an_mbox_line_is_no_part_of_the_message),
		cmocka_unit_test(flowed_paragraphs_are_joined),
		cmocka_unit_test(text_in_any_charset_becomes_utf8),
		cmocka_unit_test(bidi_overrides_and_controls_are_left_out),
		cmocka_unit_test(machines_are_told_by_their_headers),
		cmocka_unit_test(a_request_to_suppress_replies_is_no_sign_of_a_machine),
		cmocka_unit_test(the_language_is_that_of_the_own_words),
		cmocka_unit_test(ten_thousand_nested_parts_are_cut_and_named),
		cmocka_unit_test(ten_thousand_parts_side_by_side_are_cut_and_named),
		cmocka_unit_test(a_thousand_messages_inside_each_other_are_cut),
		cmocka_unit_test(a_message_of_sixty_megabytes_is_read),
		cmocka_unit_test(a_text_of_ten_megabytes_is_cut_and_named),
		cmocka_unit_test(a_hostile_header_of_half_a_megabyte_is_survived),
		cmocka_unit_test(every_front_of_a_message_can_be_read),
		cmocka_unit_test(every_damaged_byte_can_be_read),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
