/*
 * Sentences in which the sender draws a lesson.
 */
#include "letter.h"

struct example {
	const char *language;
	const char *text;
	enum field field;
	const char *value; /* NULL: nothing is said */
};

static void
a_lesson_is_kept_word_for_word_with_its_introduction(void **state)
{
	static const struct example examples[] = {
		{"en",
			"We spent a year on it. Lesson: never let the vendor own the keys. It was "
			"a good year.",
			FIELD_LESSONS, "Lesson: never let the vendor own the keys."},
		{"en", "The one thing I would tell anyone is to sort out the legal basis first.",
			FIELD_LESSONS,
			"The one thing I would tell anyone is to sort out the legal basis first."},
		{"en", "If you ask me what we learned: a ledger does not fix bad data.",
			FIELD_LESSONS,
			"If you ask me what we learned: a ledger does not fix bad data."},
		{"en", "What we learnt is that the registry must be clean before you chain it.",
			FIELD_LESSONS,
			"What we learnt is that the registry must be clean before you chain it."},
		{"en", "Looking back, we should have asked the notaries first.", FIELD_LESSONS,
			"Looking back, we should have asked the notaries first."},
		{"en", "With hindsight I would have started with the users.", FIELD_LESSONS,
			"With hindsight I would have started with the users."},
		{"en", "So our advice to others is simple: do not start from the technology.",
			FIELD_LESSONS,
			"So our advice to others is simple: do not start from the technology."},
		{"en", "The moral of the story is that you need a business owner.", FIELD_LESSONS,
			"The moral of the story is that you need a business owner."},
		{"en", "We learned the hard way that consent is not a checkbox.", FIELD_LESSONS,
			"We learned the hard way that consent is not a checkbox."},
		{"en", "I'd urge others to budget twice as much for integration.", FIELD_LESSONS,
			"I'd urge others to budget twice as much for integration."},
		{"en",
			"Anyone planning something similar should talk to the data protection "
			"officer on day one.",
			FIELD_LESSONS,
			"Anyone planning something similar should talk to the data protection "
			"officer on day one."},
		{"en", "Lessons learned: Agree on governance early. Keep the scope small.",
			FIELD_LESSONS, "Agree on governance early."},
		{"en", "Lessons learned: Agree on governance early. Keep the scope small.",
			FIELD_LESSONS, "Keep the scope small."},
		{"en", "Next time we'd buy a plain database.", FIELD_LESSONS,
			"Next time we'd buy a plain database."},
		{"en", "A word to the wise: read the procurement law before you write the tender.",
			FIELD_LESSONS,
			"A word to the wise: read the procurement law before you write the "
			"tender."},
		{"en", "What did it teach us? That a shared database needs a shared owner.",
			FIELD_LESSONS, "That a shared database needs a shared owner."},
		{"en", "In short: no mandate, no ledger.", FIELD_LESSONS,
			"In short: no mandate, no ledger."},
		{"en",
			"I have drawn one conclusion from all this: never pilot without a budget "
			"for the day after.",
			FIELD_LESSONS,
			"I have drawn one conclusion from all this: never pilot without a budget "
			"for the day after."},
		{"en", "It taught me to distrust any project that begins with a logo.",
			FIELD_LESSONS,
			"It taught me to distrust any project that begins with a logo."},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_holds(*state, e->language, e->text, find_lessons, e->field, e->value);
	}
}

static void
rows_and_answers_under_an_announcement_are_lessons(void **state)
{
	static const struct example examples[] = {
		{"en",
			"Q: What would you tell other agencies?\nA: Start small, and stay small "
			"until somebody complains.",
			FIELD_LESSONS, "A: Start small, and stay small until somebody complains."},
		{"en",
			"3. Lessons learned\n\n- Agree on who pays for the nodes before the first "
			"line of code.\n- The wallet is the hard part.\n\nKind regards",
			FIELD_LESSONS,
			"Agree on who pays for the nodes before the first line of code."},
		{"en",
			"3. Lessons learned\n\n- Agree on who pays for the nodes before the first "
			"line of code.\n- The wallet is the hard part.\n\nKind regards",
			FIELD_LESSONS, "The wallet is the hard part."},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_holds(*state, e->language, e->text, find_lessons, e->field, e->value);
	}
}

static void
findings_and_requests_are_no_lessons(void **state)
{
	static const struct example examples[] = {
		{"en", "The pilot had 14 users. It was built by two people.", FIELD_LESSONS, NULL},
		{"en", "Please find the report attached. Do not hesitate to call me.",
			FIELD_LESSONS, NULL},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_says(*state, e->language, e->text, find_lessons, e->field, e->value);
	}
}

static void
lessons_are_found_in_other_languages(void **state)
{
	static const struct example examples[] = {
		{"es", "La lección que nos llevamos: sin marco legal no hay proyecto.",
			FIELD_LESSONS,
			"La lección que nos llevamos: sin marco legal no hay proyecto."},
		{"es", "Si tuviera que empezar de nuevo, empezaría por los datos.", FIELD_LESSONS,
			"Si tuviera que empezar de nuevo, empezaría por los datos."},
		{"fr", "Avec le recul, il aurait fallu associer les notaires dès le début.",
			FIELD_LESSONS,
			"Avec le recul, il aurait fallu associer les notaires dès le début."},
		{"fr", "Notre principal enseignement : sans base légale, on ne va nulle part.",
			FIELD_LESSONS,
			"Notre principal enseignement : sans base légale, on ne va nulle part."},
		{"de", "Rückblickend hätten wir zuerst die Rechtsfragen klären sollen.",
			FIELD_LESSONS,
			"Rückblickend hätten wir zuerst die Rechtsfragen klären sollen."},
		{"de", "Mein Rat an andere: erst die Daten, dann die Kette.", FIELD_LESSONS,
			"Mein Rat an andere: erst die Daten, dann die Kette."},
		{"de",
			"Gelernt haben wir vor allem eines: Ohne Auftraggeber im Fachbereich wird "
			"nichts daraus.",
			FIELD_LESSONS,
			"Gelernt haben wir vor allem eines: Ohne Auftraggeber im Fachbereich wird "
			"nichts daraus."},
		{"nl", "Achteraf hadden we eerst met de juristen moeten praten.", FIELD_LESSONS,
			"Achteraf hadden we eerst met de juristen moeten praten."},
		{"sv", "Nästa gång börjar vi med användarna.", FIELD_LESSONS,
			"Nästa gång börjar vi med användarna."},
		{"it", "Col senno di poi avremmo dovuto coinvolgere i comuni prima.", FIELD_LESSONS,
			"Col senno di poi avremmo dovuto coinvolgere i comuni prima."},
		{"pt", "A lição que fica: sem dono não há projeto.", FIELD_LESSONS,
			"A lição que fica: sem dono não há projeto."},
		{"fi", "Tärkein oppi oli, että ensin pitää sopia omistajuudesta.", FIELD_LESSONS,
			"Tärkein oppi oli, että ensin pitää sopia omistajuudesta."},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		letter_holds(*state, e->language, e->text, find_lessons, e->field, e->value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		letter_test(a_lesson_is_kept_word_for_word_with_its_introduction),
		letter_test(rows_and_answers_under_an_announcement_are_lessons),
		letter_test(findings_and_requests_are_no_lessons),
		letter_test(lessons_are_found_in_other_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
