#ifndef READ_READING_H
#define READ_READING_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/tsv.h"
#include "read/words.h"

/**
 * The vocabulary of reading, loaded from the tables read_*.tsv: for the rooms of lib/read only;
 * outside, `struct reading` is opaque (read/message.h).
 */

enum { READING_TABLES_MAX = 8, LANGUAGES_MAX = 64 };

struct language {
	struct view code;   /**< ISO 639-1 */
	struct words words; /**< its most frequent function words */
};

struct reading {
	struct arena *arena;
	struct tsv *tables[READING_TABLES_MAX];
	size_t table_count;

	/* labels of a quoted message's header: "From", "Von", "De" … */
	struct words from, sent, to, subject;
	struct words original;       /* "-----Original Message-----" */
	struct words forward;        /* "---------- Forwarded message" */
	struct words above;          /* "reply above this line" */
	struct words wrote;          /* the verb of "On … wrote:" */
	struct words begin;          /* its beginning: "On", "Am", "Le" */
	struct words forward_prefix; /* of subjects: "Fwd", "WG" */

	struct words closing; /* "Best regards" */
	struct words contact; /* labels of signatures: "tel", "mobil", "www" */
	struct words disclaimer;
	struct words footer; /* "Sent from my …" */
	struct words list_footer;
	struct words banner;

	struct words bounce_subject; /* "failure notice" */
	struct words bounce_copy;    /* "--- Below this line is a copy of the message" */
	struct words bounce_delayed; /* "has been delayed" */

	struct language languages[LANGUAGES_MAX];
	size_t language_count;
};

#endif
