#ifndef EXTRACT_DATE_H
#define EXTRACT_DATE_H

#include "extract/lex.h"

/**
 * Date expressions as people write them, in the languages of the tables: 2019-05-17, 17.5.2019,
 * 17 May 2019, "Q3 2019", "last autumn", "three years ago", "im Frühjahr". They become partial
 * dates, as exact as told and no more; relative ones are resolved against the message's date.
 */
struct date {
	int year;
	int month;   /**< 1 to 12; 0 if not told */
	int day;     /**< 1 to 31; 0 if not told */
	int quarter; /**< 1 to 4; 0 if not told */
};

/** What stands before a date and gives it a side. */
enum date_lead { LEAD_NONE, LEAD_SINCE, LEAD_UNTIL, LEAD_BY };

struct date_found {
	struct date date;
	enum date_lead lead;
	bool begins_range; /**< "from May to July 2019": this is May */
	bool ends_range;
	size_t start; /**< bytes of the sentence's part, without what leads */
	size_t end;
};

/**
 * All date expressions of a sentence, in order. A month or season without a year is resolved by
 * the tense of its clause, or to the nearest one. Linear in the sentence.
 *
 * @ret_dates  in the document's arena
 *
 * Fails only when the arena is full.
 */
__attribute__((warn_unused_result)) bool dates_read(struct tongue *tongue,
	const struct sentence *sentence, struct date_found **ret_dates, size_t *ret_count,
	struct error *err);

/** "2019", "2019-05", "2019-05-17" or "2019-Q3", in the arena; {NULL, 0} when it is full. */
struct view date_text(struct date date, struct arena *arena);

/** -1 if the date lies wholly before the message's date, 1 if it begins after it, else 0. */
int date_side(const struct document *document, struct date date);

#endif
