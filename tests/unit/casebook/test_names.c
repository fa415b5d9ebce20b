/*
 * Names as people vary them.
 */
#include "../unit.h"

#include "casebook/names.h"

static bool
same(const char *a, const char *b)
{
	bool there = name_same_text(view_of(a), view_of(b));

	assert_int_equal(there, name_same_text(view_of(b), view_of(a)));
	return there;
}

static void
case_accents_punctuation_and_articles_do_not_matter(void **state)
{
	(void)state;
	assert_true(same("the Register Centre", "REGISTER CENTRE"));
	assert_true(same("e-Extrait", "eExtrait"));
	assert_true(same("Système d'état", "Systeme d'Etat"));
	assert_true(same("Việt Nam ế", "Viet Nam e")); /* two accents on one letter */
	assert_true(same("Das Grundbuch", "grundbuch"));
	assert_true(same("ﬁle", "FILE"));
}

static void
one_name_in_another_is_the_same_up_to_twice_its_words(void **state)
{
	(void)state;
	assert_true(same("Register Centre", "Register Centre Estonia"));
	assert_true(same("Stadjerspas", "Project Stadjerspas"));
	assert_false(same("Chain", "Land Registry on Chain"));
}

static void
other_names_are_other(void **state)
{
	(void)state;
	assert_false(same("Lantmäteriet", "Stadjerspas"));
	assert_false(same("Register Centre", "Centre Register"));
	assert_false(same("Projekt A1", "Projekt A2"));
	assert_false(same("", "x"));
}

static void
other_scripts_have_names_too(void **state)
{
	(void)state;
	assert_true(same("Земельный Кадастр", "земельный кадастр"));
	assert_false(same("土地登記", "東京都"));
}

static void
a_name_of_articles_alone_is_a_name(void **state)
{
	(void)state;
	assert_true(same("The The", "the the"));
	assert_false(same("The The", "Register"));
}

static void
very_long_and_hostile_names_end_in_time(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	CLEANUP(freep) char *text = malloc(1 << 20);
	struct name name;

	(void)state;
	memset(text, 'a', 1 << 20);
	name_fold(view_make(text, 1 << 20), arena, &name);
	assert_int_equal(name.count, 1);
	for (size_t i = 0; i < 1 << 20; i += 2)
		text[i] = ' ';
	name_fold(view_make(text, 1 << 20), arena, &name);
	assert_int_equal(name.count, NAME_WORDS_MAX);
	memset(text, '\xFF', 1 << 20);
	name_fold(view_make(text, 1 << 20), arena, &name);
	assert_int_equal(name.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_accents_punctuation_and_articles_do_not_matter),
		cmocka_unit_test(one_name_in_another_is_the_same_up_to_twice_its_words),
		cmocka_unit_test(other_names_are_other),
		cmocka_unit_test(other_scripts_have_names_too),
		cmocka_unit_test(a_name_of_articles_alone_is_a_name),
		cmocka_unit_test(very_long_and_hostile_names_end_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
