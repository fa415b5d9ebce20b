#ifndef EXTRACT_NUMBER_H
#define EXTRACT_NUMBER_H

#include "extract/lex.h"

/**
 * Whole numbers as people write them: 4,300 4.300 4 300 4'300 4.3k, "four thousand", "zwei
 * Dutzend", "1,2 Mio.". What is counted is not looked at here; find_users() does.
 */
struct number_found {
	uint64_t value;
	bool in_words; /**< "twelve": told without a digit */
	bool is_date;  /**< four digits that may be a year, a day of a month, a time */
	bool has_sign; /**< a currency, percent or number sign, or a unit glued to it */
	size_t first;  /**< atoms it took: first, and the one behind the last */
	size_t behind;
	size_t start; /**< bytes of the sentence's part */
	size_t end;
};

/** A project with more users than people live on earth is a number of something else. */
#define NUMBER_MAX UINT64_C(10000000000)

/**
 * The number that begins at atom `at`, if one does. Numbers are read whole or not at all: the
 * digits of an address, a version or a decimal fraction without a scale are none. Linear.
 */
bool number_read(const struct atoms *atoms, size_t at, struct number_found *ret_number);

#endif
