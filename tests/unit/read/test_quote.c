/*
 * Whose words are whose: quotes, forwards, signatures, footers, disclaimers and banners.
 */
#include "reading_test.h"

static const struct mail *
read_body(void **state, const char *subject, const char *body)
{
	CLEANUP(str_free) struct str raw = str_new(100000);

	str_append_format(&raw,
		"From: Anna Berg <a@example.org>\nSubject: %s\n"
		"Content-Type: text/plain; charset=utf-8\n\n%s",
		subject, body);
	return read_bytes(state, str_view(&raw));
}

static void
an_earlier_message_is_cut_in_fifteen_languages(void **state)
{
	static const char *const HEADERS[] = {
		"On Mon, 2 Mar 2020 at 10:00, Bo <b@example.org> wrote:",
		"Am 02.03.2020 um 10:00 schrieb Bo <b@example.org>:",
		"Le lun. 2 mars 2020 à 10:00, Bo <b@example.org> a écrit :",
		"El lun., 2 mar. 2020 a las 10:00, Bo (<b@example.org>) escribió:",
		"Em seg., 2 de mar. de 2020 às 10:00, Bo <b@example.org> escreveu:",
		"Il giorno lun 2 mar 2020 alle ore 10:00 Bo <b@example.org> ha scritto:",
		"Op ma 2 mrt. 2020 om 10:00 schreef Bo <b@example.org>:",
		"Den mån 2 mars 2020 kl 10:00 skrev Bo <b@example.org>:",
		"Den man. 2. mar. 2020 kl. 10.00 skrev Bo <b@example.org>:",
		"ma 2. maalisk. 2020 klo 10.00 Bo (b@example.org) kirjoitti:",
		"W dniu pon., 2 mar 2020 o 10:00 Bo <b@example.org> napisał(a):",
		"po 2. 3. 2020 v 10:00 odesílatel Bo <b@example.org> napsal:",
		"пн, 2 мар. 2020 г. в 10:00, Bo <b@example.org>:",
		"Bo <b@example.org>, 2 Mar 2020 Pzt, 10:00 tarihinde şunu yazdı:",
		"Kontakt Bo (<b@example.org>) kirjutas kuupäeval E, 2. märts 2020 kell 10:00:",
		"2020年3月2日(月) 10:00 Bo <b@example.org>:",
		"Bo <b@example.org> 于2020年3月2日周一 上午10:00写道：",
		"-----Original Message-----\nFrom: Bo\nSent: Monday, March 2, 2020\nTo: "
		"Anna\nSubject: x",
		"Von: Bo <b@example.org>\nGesendet: Montag, 2. März 2020 10:00\nAn: Anna\nBetreff: "
		"x",
		"De : Bo <b@example.org>\nEnvoyé : lundi 2 mars 2020\nÀ : Anna\nObjet : x",
		"De: Bo\nEnviado el: lunes, 2 de marzo de 2020\nPara: Anna\nAsunto: x",
		"*Från:* Bo\n*Skickat:* den 2 mars 2020\n*Till:* Anna\n*Ämne:* x",
		"Lähettäjä: Bo\nLähetetty: 2. maaliskuuta 2020\nVastaanottaja: Anna\nAihe: x",
		"Da: Bo\nInviato: lunedì 2 marzo 2020\nA: Anna\nOggetto: x",
		"Van: Bo\nVerzonden: maandag 2 maart 2020\nAan: Anna\nOnderwerp: x",
		"Fra: Bo\nSendt: 2. marts 2020\nTil: Anna\nEmne: x",
		"Od: Bo\nWysłano: 2 marca 2020\nDo: Anna\nTemat: x",
		"От: Bo\nОтправлено: 2 марта 2020 г.\nКому: Anna\nТема: x",
		"发件人: Bo\n发送时间: 2020年3月2日\n收件人: Anna\n主题: x",
		"差出人: Bo\n送信日時: 2020年3月2日\n宛先: Anna\n件名: x",
		"________________________________\nFrom: Bo\nSent: 2 March 2020\nTo: "
		"Anna\nSubject: x",
	};

	for (size_t i = 0; i < sizeof(HEADERS) / sizeof(HEADERS[0]); i++) {
		CLEANUP(str_free) struct str body = str_new(10000);

		str_append_format(&body, "It runs since May.\n\n%s\n\nDoes it run?\n", HEADERS[i]);
		assert_view(read_body(state, "Re: x", str_text(&body))->reply_text,
			"It runs since May.");
	}
}

static void
answers_between_quotes_are_kept(void **state)
{
	const struct mail *mail = read_body(state, "Re: x",
		"On 2 Mar 2020, at 10:00, Bo wrote:\n\n> When did it start?\n\nIn 2018.\n\n"
		"> And who pays?\n\nThe city.\n");

	assert_view(mail->reply_text, "In 2018.\n\nThe city.");
}

static void
a_forward_is_kept_and_its_header_is_not(void **state)
{
	static const char *const BODIES[] = {
		"See below.\n\n---------- Forwarded message ---------\nFrom: Bo\n"
		"Date: 2 Mar 2020\nSubject: x\nTo: Anna\n\n\nWe run a pilot.\n",
		"See below.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: x\n"
		"Datum: 2. März 2020\nVon: Bo\nAn: Anna\n\nWe run a pilot.\n",
		"See below.\n\nBegin forwarded message:\n\nFrom: Bo\nSubject: x\n"
		"Date: 2 March 2020\nTo: Anna\n\nWe run a pilot.\n",
		"See below.\n\nFrom: Bo\nSent: Monday, March 2, 2020\nTo: Anna\nSubject: x\n\n"
		"We run a pilot.\n",
	};

	for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++) {
		const struct mail *mail = read_body(state, "FW: x", BODIES[i]);
		const char *end = mail->reply_text.data + mail->reply_text.size;

		assert_true(view_starts_with(mail->reply_text, VIEW("See below.")));
		assert_true(view_ends_with(mail->reply_text, VIEW("We run a pilot.")));
		assert_true(end - mail->reply_text.data < 40);
	}
}

static void
signatures_are_found_with_and_without_a_delimiter(void **state)
{
	static const char *const BODIES[] = {
		"It runs.\n\n-- \nAnna Berg\nCity of Aarhus\n",
		"It runs.\n\n--\nAnna Berg\n+45 8940 0000\n",
	};
	const struct mail *mail;

	for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++)
		assert_view(read_body(state, "x", BODIES[i])->reply_text, "It runs.");
	mail = read_body(state, "x",
		"It runs.\n\nBest regards,\nAnna Berg\n\nSenior Adviser\nCity of Aarhus\n"
		"Tel. +45 8940 0000\nwww.aarhus.example\n");
	assert_view(mail->reply_text, "It runs.\n\nBest regards,\nAnna Berg");
	assert_view(mail->signature,
		"Senior Adviser\nCity of Aarhus\nTel. +45 8940 0000\nwww.aarhus.example");
	mail = read_body(state, "x", "Numbers:\n\nCall +45 8940 0000 in May 2019, he said.\n");
	assert_view(mail->reply_text, "Numbers:\n\nCall +45 8940 0000 in May 2019, he said.");
}

static void
what_programs_add_is_no_ones_words(void **state)
{
	static const char *const BODIES[] = {
		"It runs.\n\nSent from my iPhone\n",
		"It runs.\n\nVon meinem iPhone gesendet\n",
		"It runs.\n\nEnvoyé de mon iPhone\n",
		"It runs.\n\nSkickat från min Samsung\n",
		"It runs.\n\nGet Outlook for Android\n",
		"It runs.\n\nThis e-mail may contain confidential information and is intended\n"
		"solely for the addressee.\n",
		"It runs.\n\nDiese E-Mail enthält vertrauliche Informationen.\n",
		"It runs.\n\nCe message est confidentiel et destiné à son destinataire.\n",
		"CAUTION: This email originated from outside of the organization.\n\nIt runs.\n",
		"[EXTERNAL EMAIL] Do not click links or open attachments\n\nIt runs.\n",
		"It runs.\n_______________________________________________\n"
		"Gov mailing list\ngov@lists.example.org\n",
	};

	for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++)
		assert_view(read_body(state, "x", BODIES[i])->reply_text, "It runs.");
}

static void
stripping_everything_is_undone_and_named(void **state)
{
	const struct mail *mail = read_body(state, "x", "> We ran a pilot in 2018.\n");

	assert_view(mail->reply_text, "> We ran a pilot in 2018.");
	assert_true(has_problem(mail, "nothing_but_quotes"));
}

static void
prose_that_tells_who_wrote_what_is_no_header(void **state)
{
	static const char *const BODIES[] = {
		"In 2019 the minister said: we stop.\nSo we stopped it.",
		"On Monday he wrote to us. It was stopped at 10:00 in 2019.\nThat was it.",
		"Subject: a register of companies. It runs.\nFrom: the beginning it was slow.",
		"We met on 2 March 2019.\nThe vendor wrote the code, the city paid:\nno one used "
		"it.",
	};

	for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++)
		assert_view(read_body(state, "x", BODIES[i])->reply_text, BODIES[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_earlier_message_is_cut_in_fifteen_languages),
		cmocka_unit_test(answers_between_quotes_are_kept),
		cmocka_unit_test(a_forward_is_kept_and_its_header_is_not),
		cmocka_unit_test(signatures_are_found_with_and_without_a_delimiter),
		cmocka_unit_test(what_programs_add_is_no_ones_words),
		cmocka_unit_test(stripping_everything_is_undone_and_named),
		cmocka_unit_test(prose_that_tells_who_wrote_what_is_no_header),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
