#ifndef TESTS_UNIT_CASEBOOK_FIXTURE_H
#define TESTS_UNIT_CASEBOOK_FIXTURE_H

#include <stdbool.h>

/**
 * A small store in a temporary folder, made with the real schemas: two cases, five messages (one
 * with markup in every text, one set aside), a folder that adds up. Free with fixture_remove().
 */
struct fixture {
	char directory[64];
};

enum { FIXTURE_MESSAGES = 5, FIXTURE_CASES = 2 };

void fixture_make(struct fixture *fixture);
void fixture_remove(struct fixture *fixture);

/** Runs SQL on the fixture's cases.db, for what one test needs more. */
void fixture_change(const struct fixture *fixture, const char *sql);

#endif
