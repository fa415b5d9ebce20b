#ifndef TESTS_LETTER_H
#define TESTS_LETTER_H

/*
 * A letter of one text in one language, dated 10 March 2020, through the document and one finder:
 * what the finders' tests share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/candidate.h"

struct letter {
	struct vocabulary *vocabulary;
	struct shapes *shapes;
	struct arena *arena;
	struct mail mail;
	struct span span;
	struct document document;
	struct candidates candidates;
};

static inline int
letter_setup(void **state)
{
	struct letter *letter = calloc(1, sizeof(*letter));
	struct tsv_folders folders = {VOCABULARY_DIR, NULL};
	struct error err = {0};

	assert_non_null(letter);
	if (!vocabulary_load(&letter->vocabulary, &folders, &err) ||
		!shapes_new(&letter->shapes, &err))
		fail_msg("%s", err.text);
	letter->arena = arena_new((size_t)64 << 20);
	*state = letter;
	return 0;
}

static inline int
letter_teardown(void **state)
{
	struct letter *letter = *state;

	arena_free(letter->arena);
	shapes_free(letter->shapes);
	vocabulary_free(letter->vocabulary);
	free(letter);
	return 0;
}

/** Reads a letter; what an earlier one gave is gone. */
static inline void
letter_read(struct letter *letter, const char *language, const char *text, finder *find)
{
	struct error err = {0};
	struct view view = view_of(text);

	arena_reset(letter->arena);
	letter->span = (struct span){SPAN_OWN, 0, view.size, 0};
	letter->mail = (struct mail){.text = view,
		.reply_text = view,
		.spans = &letter->span,
		.span_count = 1,
		.language = view_of(language),
		.has_date = true,
		.date = 1583830800,
		.from = {VIEW("Ann Other"), VIEW("ann@agency.example")}};
	letter->candidates = (struct candidates){.arena = letter->arena};
	if (!document_build(&letter->document, &letter->mail, letter->vocabulary, letter->shapes,
		    letter->arena, &err))
		fail_msg("%s", err.text);
	if (!find(&letter->document, &letter->candidates, &err))
		fail_msg("%s", err.text);
}

/** The surest candidate of a field at 0.4 or more; NULL if there is none. */
static inline const struct candidate *
letter_best(const struct letter *letter, enum field field)
{
	const struct candidate *best = NULL;

	for (size_t i = 0; i < letter->candidates.count; i++) {
		const struct candidate *one = &letter->candidates.items[i];
		if (one->field == field && one->score >= 0.4 && (!best || one->score > best->score))
			best = one;
	}
	return best;
}

/** Every candidate's words stand where it says, so that its evidence can be shown. */
static inline void
letter_check_evidence(const struct letter *letter)
{
	for (size_t i = 0; i < letter->candidates.count; i++) {
		const struct candidate *one = &letter->candidates.items[i];
		if (one->part == NO_PART)
			continue;
		struct view text = letter->document.parts[one->part].text;
		assert_true(one->start < one->end);
		assert_true(one->end <= text.size);
	}
}

/** The best value of the field is `value`; NULL: none is said. */
static inline void
letter_says(struct letter *letter, const char *language, const char *text, finder *find,
	enum field field, const char *value)
{
	letter_read(letter, language, text, find);
	letter_check_evidence(letter);
	const struct candidate *best = letter_best(letter, field);
	struct view said = best ? best->value : VIEW("nothing");
	if (!view_equal_nocase(said, value ? view_of(value) : VIEW("nothing")))
		fail_msg("%s\n\twant %s, got %.*s", text, value ? value : "nothing", (int)said.size,
			said.data);
}

/** One of the field's values at 0.4 or more is `value`. */
static inline void
letter_holds(struct letter *letter, const char *language, const char *text, finder *find,
	enum field field, const char *value)
{
	letter_read(letter, language, text, find);
	letter_check_evidence(letter);
	for (size_t i = 0; i < letter->candidates.count; i++) {
		const struct candidate *one = &letter->candidates.items[i];
		if (one->field == field && one->score >= 0.4 &&
			view_equal_nocase(one->value, view_of(value)))
			return;
	}
	fail_msg("%s\n\tlacks %s", text, value);
}

#define letter_test(function)                                                                      \
	cmocka_unit_test_setup_teardown(function, letter_setup, letter_teardown)

#endif
