#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/**
 * How far a failure reaches, because that decides who acts.
 */
enum error_reach {
	ERROR_NONE,       /**< nothing failed */
	ERROR_MESSAGE,    /**< one message: set it aside with the reason, go on with the next */
	ERROR_CONNECTION, /**< this connection: back off, come back */
	ERROR_MAILBOX, /**< this mailbox until somebody changes its configuration or the server */
	ERROR_STORAGE, /**< no room or no right to write: say so, wait, go on when there is */
	ERROR_USAGE,   /**< the command line or the configuration is wrong: exit status 2 */
	ERROR_PROGRAM, /**< the program cannot go on */
};

/** Room for one sentence. A longer one is cut at a character's border and ends in "…". */
enum { ERROR_TEXT_SIZE = 512 };

/**
 * A failure as a value: how far it reaches and one sentence for a person, which says what
 * happened, to what, and what to do; never message content, addresses or secrets. Start with
 * `struct error err = {0};`. It owns nothing and may be copied.
 */
struct error {
	enum error_reach reach;
	char text[ERROR_TEXT_SIZE];
};

/**
 * Fills *err with the cause. Returns false, so that `return error_set(...)` reads well. A NULL
 * err is accepted and ignored.
 */
__attribute__((format(printf, 3, 4))) bool error_set(
	struct error *err, enum error_reach reach, const char *format, ...);

/** The same, with ": " and the words for errno behind; errno is kept. */
__attribute__((format(printf, 3, 4))) bool error_set_errno(
	struct error *err, enum error_reach reach, const char *format, ...);

/**
 * Puts what the caller knows before the cause: "<context>: <cause>". The reach stays. Returns
 * false.
 */
__attribute__((format(printf, 2, 3))) bool error_context(
	struct error *err, const char *format, ...);

#endif
