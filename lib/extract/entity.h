#ifndef EXTRACT_ENTITY_H
#define EXTRACT_ENTITY_H

#include "extract/tongue.h"

/**
 * Names in the running text: runs of capitalised words with what joins them ("University of
 * Applied Sciences and Arts"), and what stands in quotation marks. What kind of body a name is
 * tells org_words.tsv; names of platforms, countries, months, people's titles and the words of
 * name_stops.tsv are none.
 */
enum entity_kind {
	ENTITY_NAME,   /**< no word of it tells what it is */
	ENTITY_PUBLIC, /**< ministry, agency, city, register … */
	ENTITY_COMPANY,
	ENTITY_SCHOOL, /**< university, institute, laboratory */
	ENTITY_OTHER,  /**< bank, association, foundation, chamber … */
};

struct entity {
	enum entity_kind kind;
	size_t sentence;     /**< index into document->sentences */
	size_t first_token;  /**< index into document->tokens */
	size_t behind_token; /**< one past the last */
	size_t start;        /**< bytes of the sentence's part */
	size_t end;
	bool is_quoted;
	bool at_start;   /**< of a sentence, where every word is capitalised */
	bool is_odd;     /**< "OrgBook", "e-Koosolek": capitals where no sentence puts them */
	bool is_acronym; /**< capitals only, one word */
	bool is_small;   /**< "ministry of agriculture", in small letters */
	bool is_generic; /**< "the Ministry": says no more than its kind */
	bool is_known;   /**< a country, platform, month or title: a name of no project */
};

struct entities {
	const struct entity *items;
	size_t count;
};

/** Names of one sentence: more is a directory. */
enum { ENTITY_WORDS_MAX = 12 };

/**
 * All names of a document's own and forwarded sentences and signatures, in the order of the text,
 * in its arena. Linear. Fails only when the arena is full.
 */
__attribute__((warn_unused_result)) bool entities_find(
	const struct document *document, struct entities *ret_entities, struct error *err);

/** Its words. */
struct view entity_text(const struct document *document, const struct entity *entity);

/**
 * The cue of a table (and value; NULL: any) that ends at most `reach` bytes before the name, in its
 * sentence and with no stop between; NULL if there is none.
 */
const struct hit *entity_cue_before(struct tongue *tongue, const struct entity *entity,
	enum table table, const char *value, size_t reach);

/** The same behind the name. */
const struct hit *entity_cue_behind(struct tongue *tongue, const struct entity *entity,
	enum table table, const char *value, size_t reach);

/** "the company X", "a start-up in Helsinki, called X": a word for a firm leads to it. */
bool entity_is_firm(struct tongue *tongue, const struct entity *entity);

/** Is it the sender, a greeted or signing person, or one with a title before the name? */
bool entity_is_person(const struct document *document, const struct entity *entity);

/** Does it stand where content is: asserted, not in a comparison or another's project? */
bool entity_is_content(const struct document *document, const struct entity *entity);

/** What two names have in common that name the same: folded, without "the" and its kin. */
struct view entity_key(struct view text, struct arena *arena);

#endif
