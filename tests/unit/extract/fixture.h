#ifndef TESTS_UNIT_EXTRACT_FIXTURE_H
#define TESTS_UNIT_EXTRACT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "extract/extract.h"

/** A mail of the sender's own words, understood with the program's own vocabulary. */
struct told {
	struct arena *arena;
	struct mail mail;
	struct span span;
	struct extraction extraction;
};

/** cmocka's group set-up and tear-down: loads the extractor into *state. */
int load_extractor(void **state);
int free_extractor(void **state);

/** Understands a text from anna@agency.example.ee of 10 March 2020; free with forget(). */
struct told tell(void **state, const char *subject, const char *text);
void forget(struct told *told);

/** The first value of a field of a case, or "" if none is said. */
const char *said(const struct told *told, size_t mention, enum field field);

/** True if the case has that value among those of the field. */
bool says(const struct told *told, size_t mention, enum field field, const char *value);

/** Fails the test unless each value's quote stands where its evidence says. */
void assert_evidence(const struct told *told);

#endif
