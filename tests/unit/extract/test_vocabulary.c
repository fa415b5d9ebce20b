/*
 * The tables as one matcher, proved on small tables written for the purpose.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extract/fold.h"
#include "extract/vocabulary.h"

struct search {
	struct vocabulary *vocabulary;
	struct arena *arena;
	struct hit *hits;
	size_t count;
};

static int
load(void **state)
{
	const struct tsv_folders folders = {VOCABULARY_DIR, NULL};
	struct vocabulary *vocabulary = NULL;
	struct error err = {0};

	if (!vocabulary_load(&vocabulary, &folders, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	*state = vocabulary;
	return 0;
}

static int
unload(void **state)
{
	vocabulary_free(*state);
	return 0;
}

static struct search
find(void **state, const char *text)
{
	struct search search = {.vocabulary = *state, .arena = arena_new(64 * 1024 * 1024)};
	struct error err = {0};

	assert_true(vocabulary_search(
		*state, view_of(text), search.arena, &search.hits, &search.count, &err));
	return search;
}

static const struct hit *
hit_of(const struct search *search, enum table table, const char *value)
{
	for (size_t i = 0; i < search->count; i++)
		if (hit_is(&search->hits[i], table, value))
			return &search->hits[i];
	return NULL;
}

static void
case_accents_and_hyphens_do_not_matter(void **state)
{
	struct search search = find(state, "HYPERLEDGER-Fabric in Espana");

	assert_non_null(hit_of(&search, TABLE_PLATFORMS, "hyperledger fabric"));
	assert_non_null(hit_of(&search, TABLE_COUNTRIES, "ES"));
	arena_free(search.arena);
}

static void
offsets_are_those_of_the_original_bytes(void **state)
{
	const char *text = "Größe ﬁn – Köln, in Österreich.";
	struct search search = find(state, text);
	const struct hit *hit = hit_of(&search, TABLE_COUNTRIES, "AT");

	assert_non_null(hit);
	assert_true(
		view_equal(view_slice(view_of(text), hit->start, hit->end), VIEW("Österreich")));
	arena_free(search.arena);
}

static void
the_longer_term_hides_the_shorter(void **state)
{
	struct search search = find(state, "on Hyperledger Fabric");

	assert_null(hit_of(&search, TABLE_PLATFORMS, "hyperledger"));
	arena_free(search.arena);
}

static void
parts_of_words_do_not_match(void **state)
{
	struct search search = find(state, "The Chilean Malian omani stellarator");

	assert_null(hit_of(&search, TABLE_PLATFORMS, "stellar"));
	arena_free(search.arena);
}

static void
an_exact_term_needs_its_capitals(void **state)
{
	struct search low = find(state, "a corda was cut"), high = find(state, "built on Corda");

	assert_null(hit_of(&low, TABLE_PLATFORMS, "corda"));
	assert_non_null(hit_of(&high, TABLE_PLATFORMS, "corda"));
	arena_free(low.arena);
	arena_free(high.arena);
}

static void
an_open_term_takes_the_rest_of_the_word(void **state)
{
	const char *text = "lagstiftningens krav";
	struct search search = find(state, text);
	const struct hit *hit = hit_of(&search, TABLE_REASONS, "legal");

	assert_non_null(hit);
	assert_int_equal(hit->end, strlen("lagstiftningens"));
	arena_free(search.arena);
}

static void
a_table_with_a_wrong_weight_is_refused_by_line(void **state)
{
	char folder[] = "/tmp/vocabulary-XXXXXX", path[64];
	struct vocabulary *vocabulary = NULL;
	struct error err = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/sectors.tsv", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fputs("value\tlanguage\tterms\tweight\nland\t\tdeeds\tmuch\n", file);
	(void)fclose(file);
	assert_false(
		vocabulary_load(&vocabulary, &(struct tsv_folders){VOCABULARY_DIR, folder}, &err));
	assert_int_equal(err.reach, ERROR_USAGE);
	assert_non_null(strstr(err.text, "sectors.tsv:2"));
	(void)unlink(path);
	(void)rmdir(folder);
}

static void
folding_keeps_words_and_drops_signs(void **state)
{
	struct arena *arena = arena_new(1024 * 1024);

	(void)state;
	assert_true(fold_equal(VIEW("Ærø – Straße"), VIEW("aero strasse"), arena));
	assert_false(fold_equal(VIEW("Riga"), VIEW("Rigas"), arena));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_accents_and_hyphens_do_not_matter),
		cmocka_unit_test(offsets_are_those_of_the_original_bytes),
		cmocka_unit_test(the_longer_term_hides_the_shorter),
		cmocka_unit_test(parts_of_words_do_not_match),
		cmocka_unit_test(an_exact_term_needs_its_capitals),
		cmocka_unit_test(an_open_term_takes_the_rest_of_the_word),
		cmocka_unit_test(a_table_with_a_wrong_weight_is_refused_by_line),
		cmocka_unit_test(folding_keeps_words_and_drops_signs),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
