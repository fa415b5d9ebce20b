#ifndef EXTRACT_LEX_H
#define EXTRACT_LEX_H

#include "extract/tongue.h"

/**
 * A sentence as the parsers of dates and numbers see it: digit runs, the words that their tables
 * know with what they mean, other words, punctuation. White space separates and is not kept.
 */
enum atom_kind {
	ATOM_DIGITS,  /**< a run of ASCII digits; `number` is its value, `digits` its length */
	ATOM_MONTH,   /**< `number` 1 to 12; `weak` where it is also an ordinary word */
	ATOM_SEASON,  /**< `number` is the month in which it begins */
	ATOM_QUARTER, /**< `number` 1 to 4; 0 for a half year */
	ATOM_EDGE,    /**< "early", "end of", "mid" */
	ATOM_SHIFT,   /**< "last year", "next month": `unit` and `number` of units from now */
	ATOM_LAST,    /**< "last", "past" before or behind a month or season */
	ATOM_THIS,
	ATOM_NEXT,
	ATOM_UNIT,  /**< "year", "months": `unit` */
	ATOM_AGO,   /**< "ago" behind a span, or "vor", "hace", "il y a" before it */
	ATOM_HENCE, /**< "in", "dans", "om" before a span that lies ahead */
	ATOM_SINCE,
	ATOM_UNTIL,
	ATOM_BY,
	ATOM_TO,    /**< between two ends of a range: "to", "until", "bis", "and" */
	ATOM_IN,    /**< other prepositions that a date may follow */
	ATOM_OF,    /**< what may stand inside a date: "of", "de", "the", "th" */
	ATOM_COUNT, /**< a number in words: `number` is its value */
	ATOM_SCALE, /**< "thousand", "million", "dozen": `number` is the factor */
	ATOM_WORD,
	ATOM_MARK, /**< `mark` is the character; dashes are '-', currencies '$', others beyond ASCII
		      '?' */
};

enum date_unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_HALF, UNIT_YEAR };

struct atom {
	enum atom_kind kind;
	enum date_unit unit;
	int64_t number;
	unsigned digits;
	char mark;
	bool weak;  /**< weight below 1: also another word */
	bool sure;  /**< weight above 1: needs nothing beside it */
	bool glued; /**< no white space before it */
	size_t start;
	size_t end;
};

struct atoms {
	const struct atom *items;
	size_t count;
};

/**
 * Cuts a sentence into atoms, in the document's arena. Words of other languages than the block's
 * mean nothing, names of months excepted. False: the arena is full.
 */
__attribute__((warn_unused_result)) bool lex_sentence(struct tongue *tongue,
	const struct sentence *sentence, struct atoms *ret_atoms, struct error *err);

/** The atom, or a mark of '\0' where there is none. */
static inline struct atom
atom_at(const struct atoms *atoms, size_t index)
{
	return index < atoms->count ? atoms->items[index] : (struct atom){.kind = ATOM_MARK};
}

static inline bool
atom_is_mark(const struct atoms *atoms, size_t index, char mark)
{
	struct atom atom = atom_at(atoms, index);
	return atom.kind == ATOM_MARK && atom.mark == mark;
}

#endif
