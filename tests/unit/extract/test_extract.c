/*
 * What is understood of a mail, told as whole little mails.
 */
#include "fixture.h"

#include <string.h>

static const char service[] = "Dear Maja,\n\nour agency runs the company register. Since January "
			      "2019 the register has been "
			      "in production on Hyperledger Fabric, a permissioned network, and "
			      "4,300 companies use it.\n\n"
			      "Best regards\nAnna\n";

static void
a_live_service_is_implemented(void **state)
{
	struct told told = tell(state, "Our company register on a ledger", service);

	assert_int_equal(told.extraction.class, CLASS_SUBMISSION);
	assert_int_equal(told.extraction.mention_count, 1);
	assert_string_equal(said(&told, 0, FIELD_CATEGORY), "implemented");
	assert_string_equal(said(&told, 0, FIELD_STAGE), "production");
	assert_string_equal(said(&told, 0, FIELD_PLATFORM), "hyperledger fabric");
	assert_string_equal(said(&told, 0, FIELD_NETWORK), "permissioned");
	assert_string_equal(said(&told, 0, FIELD_SECTOR), "business_registry");
	forget(&told);
}

static void
every_value_stands_where_its_evidence_says(void **state)
{
	struct told told = tell(state, "Our company register on a ledger", service);

	assert_true(told.extraction.mention_count > 0);
	assert_evidence(&told);
	forget(&told);
}

static void
the_same_mail_gives_the_same_facts(void **state)
{
	struct told first = tell(state, "Register", service),
		    again = tell(state, "Register", service);

	assert_int_equal(
		first.extraction.mentions[0].value_count, again.extraction.mentions[0].value_count);
	for (size_t i = 0; i < first.extraction.mentions[0].value_count; i++)
		assert_true(view_equal(first.extraction.mentions[0].values[i].text,
			again.extraction.mentions[0].values[i].text));
	forget(&first);
	forget(&again);
}

static void
a_negated_launch_is_no_launch(void **state)
{
	struct told told = tell(state, "Land register pilot",
		"Dear Maja,\n\nour ministry built a prototype of a land register on Ethereum with "
		"two "
		"banks. It never went live and no citizen has used it. We shut it down in 2019.\n");

	assert_string_equal(said(&told, 0, FIELD_CATEGORY), "lessons");
	assert_string_equal(said(&told, 0, FIELD_STAGE), "discontinued");
	assert_string_equal(said(&told, 0, FIELD_LAUNCHED), "");
	forget(&told);
}

static void
a_pilot_that_runs_is_a_pilot(void **state)
{
	struct told told = tell(state, "Diplomas",
		"Hello,\n\nour pilot for diplomas on EBSI has been running since October with "
		"three "
		"universities. There is no date for production yet.\n");

	assert_string_equal(said(&told, 0, FIELD_CATEGORY), "in_progress");
	assert_string_equal(said(&told, 0, FIELD_STAGE), "pilot");
	forget(&told);
}

static void
a_comparison_is_not_the_country(void **state)
{
	struct told told = tell(state, "Votes",
		"Dear Maja,\n\nunlike Georgia, we in Latvia ran our voting pilot on Corda only "
		"once.\n");

	assert_true(says(&told, 0, FIELD_COUNTRY, "LV"));
	assert_false(says(&told, 0, FIELD_COUNTRY, "GE"));
	forget(&told);
}

static void
a_rejected_platform_does_not_count(void **state)
{
	struct told told = tell(state, "Archive",
		"Dear Maja,\n\nour archive has been in production since 2018 on Exonum. Before "
		"that we "
		"looked at Corda and rejected it.\n");

	assert_true(says(&told, 0, FIELD_PLATFORM, "exonum"));
	assert_false(says(&told, 0, FIELD_PLATFORM, "corda"));
	forget(&told);
}

static void
public_sector_is_no_public_network(void **state)
{
	struct told told = tell(state, "Ledger",
		"Dear Maja,\n\nin the public sector we run a private Ethereum chain in production "
		"for "
		"the tax office, with 30 public bodies.\n");

	assert_true(says(&told, 0, FIELD_NETWORK, "private"));
	assert_false(says(&told, 0, FIELD_NETWORK, "public"));
	forget(&told);
}

static void
a_form_fills_fields_by_its_labels(void **state)
{
	struct told told = tell(state, "Form",
		"Project: WaterMark\nCountry: Portugal\nLevel: municipal\nPlatform: Quorum\n"
		"Status: on hold\nMay we publish: no\n");

	assert_true(says(&told, 0, FIELD_COUNTRY, "PT"));
	assert_string_equal(said(&told, 0, FIELD_LEVEL), "local");
	assert_string_equal(said(&told, 0, FIELD_PLATFORM), "quorum");
	assert_string_equal(said(&told, 0, FIELD_STAGE), "on_hold");
	assert_string_equal(said(&told, 0, FIELD_CONFIDENTIALITY), "in_confidence");
	forget(&told);
}

static void
names_left_out_make_it_anonymous(void **state)
{
	struct told told = tell(state, "Our vouchers",
		"Dear Maja,\n\nour city stopped its voucher pilot on Stellar in 2019. You may use "
		"the "
		"story as long as our name is left out.\n");

	assert_string_equal(said(&told, 0, FIELD_CONFIDENTIALITY), "anonymous");
	forget(&told);
}

static void
numbered_sections_are_cases_of_their_own(void **state)
{
	struct told told = tell(state, "Two cases",
		"Dear Maja,\n\n1. Land register\n\nOur land register has been in production on "
		"Exonum since "
		"2018 and all notaries use it every day. It is called TitleChain.\n\n"
		"2. Diplomas\n\nOur diploma pilot on Ethereum was stopped in 2019, the "
		"universities did "
		"not want it. It was called DiploSeal.\n\nBest regards\nAnna\n");

	assert_int_equal(told.extraction.mention_count, 2);
	assert_string_equal(said(&told, 0, FIELD_PLATFORM), "exonum");
	assert_string_equal(said(&told, 0, FIELD_CATEGORY), "implemented");
	assert_string_equal(said(&told, 1, FIELD_PLATFORM), "ethereum");
	assert_string_equal(said(&told, 1, FIELD_CATEGORY), "lessons");
	forget(&told);
}

static void
other_languages_are_understood(void **state)
{
	struct told told = tell(state, "Zeugnisse",
		"Guten Tag,\n\nunsere Stadt hat 2018 einen Prototyp für Zeugnisse auf Ethereum "
		"gebaut. "
		"Er ging nie in Betrieb, und im März 2019 wurde das Projekt eingestellt.\n");

	assert_int_equal(told.extraction.class, CLASS_SUBMISSION);
	assert_string_equal(said(&told, 0, FIELD_CATEGORY), "lessons");
	assert_string_equal(said(&told, 0, FIELD_STAGE), "discontinued");
	assert_string_equal(said(&told, 0, FIELD_SECTOR), "credentials");
	assert_string_equal(said(&told, 0, FIELD_LEVEL), "local");
	forget(&told);
}

static void
an_automatic_answer_tells_of_no_case(void **state)
{
	struct told told = {.arena = NULL};
	const struct extractor *extractor = *state;
	struct error err = {0};

	told = tell(state, "Out of office",
		"I am out of the office until Monday. In urgent cases write to my colleague.\n");
	told.mail.automation.auto_submitted = VIEW("auto-replied");
	assert_true(extract_mail(extractor, &told.mail, told.arena, &told.extraction, &err));
	assert_int_equal(told.extraction.class, CLASS_AUTO_REPLY);
	assert_int_equal(told.extraction.mention_count, 0);
	forget(&told);
}

static void
the_teams_own_mail_is_never_a_submission(void **state)
{
	struct told told = tell(state, "Register", service);
	struct error err = {0};

	told.mail.from.address = VIEW("research@example.org");
	assert_true(extract_mail(*state, &told.mail, told.arena, &told.extraction, &err));
	assert_int_not_equal(told.extraction.class, CLASS_SUBMISSION);
	assert_int_equal(told.extraction.mention_count, 0);
	forget(&told);
}

static void
quoted_text_never_becomes_a_value(void **state)
{
	static const char text[] =
		"Thank you, Thursday suits me.\n\n> We went live on Corda in Malta.\n";
	struct told told = tell(state, "Re: call", text);
	struct span spans[] = {{.kind = SPAN_OWN, .start = 0, .end = 31},
		{.kind = SPAN_QUOTE, .start = 31, .end = sizeof(text) - 1, .level = 1}};
	struct error err = {0};

	told.mail.spans = spans;
	told.mail.span_count = 2;
	assert_true(extract_mail(*state, &told.mail, told.arena, &told.extraction, &err));
	assert_false(says(&told, 0, FIELD_PLATFORM, "corda"));
	assert_false(says(&told, 0, FIELD_COUNTRY, "MT"));
	forget(&told);
}

static void
an_empty_mail_is_understood_as_nothing(void **state)
{
	struct told told = tell(state, "", "");

	assert_int_equal(told.extraction.mention_count, 0);
	forget(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_service_is_implemented),
		cmocka_unit_test(every_value_stands_where_its_evidence_says),
		cmocka_unit_test(the_same_mail_gives_the_same_facts),
		cmocka_unit_test(a_negated_launch_is_no_launch),
		cmocka_unit_test(a_pilot_that_runs_is_a_pilot),
		cmocka_unit_test(a_comparison_is_not_the_country),
		cmocka_unit_test(a_rejected_platform_does_not_count),
		cmocka_unit_test(public_sector_is_no_public_network),
		cmocka_unit_test(a_form_fills_fields_by_its_labels),
		cmocka_unit_test(names_left_out_make_it_anonymous),
		cmocka_unit_test(numbered_sections_are_cases_of_their_own),
		cmocka_unit_test(other_languages_are_understood),
		cmocka_unit_test(an_automatic_answer_tells_of_no_case),
		cmocka_unit_test(the_teams_own_mail_is_never_a_submission),
		cmocka_unit_test(quoted_text_never_becomes_a_value),
		cmocka_unit_test(an_empty_mail_is_understood_as_nothing),
	};

	return cmocka_run_group_tests(tests, load_extractor, free_extractor);
}
