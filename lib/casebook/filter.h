#ifndef CASEBOOK_FILTER_H
#define CASEBOOK_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/**
 * What a person or a program asks for, with the names of the site's query and the command line's
 * options. Zeroed it asks for everything.
 */

/** A search longer than this is a pasted page. */
enum { FILTER_Q_MAX = 500, FILTER_TERMS_MAX = 16, FILTER_LIMIT_MAX = 1000 };

enum order { ORDER_NEWEST, ORDER_OLDEST, ORDER_TITLE };

/** Empty views do not filter. Values are those of the exports. */
struct filter {
	struct view category;
	struct view country; /**< ISO 3166-1 alpha-2, either case */
	struct view sector;
	struct view platform;
	struct view stage;
	struct view reason;
	struct view level;
	struct view confidentiality;
	struct view class;    /**< of messages */
	struct view state;    /**< of messages: "read", "set_aside" */
	struct view answered; /**< of messages: "yes", "no" */
	struct view waiting; /**< of messages: "yes": submissions and questions without an answer */
	struct view language;
	struct view since; /**< as given: "2020", "2020-03", "2020-03-04" */
	struct view until;
	struct view q;    /**< words for full-text search; quotes make phrases */
	int64_t since_at; /**< Unix seconds: the begin of `since`, UTC */
	int64_t until_at; /**< the end of the last day that counts; exclusive */
	enum order order;
	uint64_t limit; /**< 0: all */
	uint64_t offset;
};

/**
 * Takes one filter by its name ("country", "q", "sort", "limit", "offset" …). An empty value lifts
 * it. `value` is borrowed.
 *
 * Fails with ERROR_USAGE for a name that is not known or a value that cannot be one.
 */
__attribute__((warn_unused_result)) bool filter_set(
	struct filter *filter, struct view name, struct view value, struct error *err);

/** True if a filter other than sort, limit and offset is set. */
bool filter_is_narrow(const struct filter *filter);

/**
 * Makes an FTS5 expression of the user's words: all have to be there; "several words" in quotes
 * stand together; a star at the end of a word leaves its end open. Everything else is taken as
 * words, so that no input is wrong FTS5.
 *
 * @ret_match  in the arena; empty if q is empty
 *
 * Fails with ERROR_USAGE, in words, when q holds no word or too many, or a quote is not closed.
 */
__attribute__((warn_unused_result)) bool filter_match(
	struct view q, struct arena *arena, struct view *ret_match, struct error *err);

#endif
