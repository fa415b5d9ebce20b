/*
 * The grammar of dates over the atoms of lex.c: one attempt at each atom, the longest form first.
 * No form looks back or further ahead than its own atoms, so a sentence is read in linear time.
 * What the words mean stands in months.tsv, seasons.tsv, relative_dates.tsv and number_words.tsv.
 */
#include "extract/date.h"

/* The years that a project of this kind can name; older ones are history of something else. */
enum { YEAR_MIN = 2005, YEAR_MAX = 2045 };

/* What the reader of one sentence carries along. */
struct reader {
	const struct document *document;
	const struct sentence *sentence;
	struct atoms atoms;
};

/* A form that was recognised: what it says and how many atoms it took. */
struct form {
	struct date date;
	int season;               /* month in which it begins; 0 for none */
	bool is_open;             /* the year is to be found from tense or distance */
	enum atom_kind direction; /* ATOM_LAST, ATOM_THIS, ATOM_NEXT; ATOM_WORD for none */
	size_t taken;
};

static bool
is_year(struct atom atom)
{
	return atom.kind == ATOM_DIGITS && atom.digits == 4 && atom.number >= YEAR_MIN &&
	       atom.number <= YEAR_MAX;
}

static bool
is_day(struct atom atom)
{
	return (atom.kind == ATOM_DIGITS && atom.digits <= 2 && atom.number >= 1 &&
		       atom.number <= 31) ||
	       (atom.kind == ATOM_COUNT && atom.number >= 1 && atom.number <= 31);
}

static bool
is_count(struct atom atom)
{
	return (atom.kind == ATOM_DIGITS && atom.digits <= 3) || atom.kind == ATOM_COUNT;
}

/* Steps over "of", "the", "th", commas and stops between the pieces of a date. */
static size_t
skip_filling(const struct atoms *atoms, size_t at)
{
	for (size_t steps = 0; steps < 3; steps++, at++) {
		struct atom atom = atom_at(atoms, at);
		bool fills = atom.kind == ATOM_OF ||
			     (atom.kind == ATOM_UNIT && atom.unit == UNIT_YEAR) ||
			     (atom.kind == ATOM_MARK &&
				     (atom.mark == ',' || atom.mark == '.' || atom.mark == '\''));
		if (!fills)
			break;
	}
	return at;
}

/* A year behind the piece that ends at `at`: "2019", "of last year", "'19". */
static bool
read_year_behind(const struct reader *reader, size_t at, struct form *form)
{
	size_t next = skip_filling(&reader->atoms, at);
	struct atom atom = atom_at(&reader->atoms, next);
	if (atom.kind == ATOM_IN || atom.kind == ATOM_EDGE)
		atom = atom_at(&reader->atoms, ++next);
	if (is_year(atom)) {
		form->date.year = (int)atom.number;
	} else if (atom.kind == ATOM_SHIFT && atom.unit == UNIT_YEAR && reader->document->year) {
		form->date.year = reader->document->year + (int)atom.number;
	} else if (atom.kind == ATOM_DIGITS && atom.digits == 2 &&
		   atom_is_mark(&reader->atoms, next - 1, '\'') && atom.number >= 5 &&
		   atom.number <= 45) {
		form->date.year = 2000 + (int)atom.number;
	} else {
		return false;
	}
	form->taken = next + 1;
	return true;
}

/* 2019-05-17, 2019-05, 2019/05 */
static bool
read_iso(const struct reader *reader, size_t at, struct form *form)
{
	const struct atoms *atoms = &reader->atoms;
	struct atom year = atom_at(atoms, at), month = atom_at(atoms, at + 2);
	struct atom mark = atom_at(atoms, at + 1), day = atom_at(atoms, at + 4);
	if (!is_year(year) || mark.kind != ATOM_MARK || !mark.glued || !month.glued)
		return false;
	if ((mark.mark != '-' && mark.mark != '/' && mark.mark != '.') ||
		month.kind != ATOM_DIGITS || month.digits != 2 || month.number < 1 ||
		month.number > 12)
		return false;
	form->date = (struct date){.year = (int)year.number, .month = (int)month.number};
	form->taken = at + 3;
	if (atom_is_mark(atoms, at + 3, mark.mark) && is_day(day) && day.glued) {
		form->date.day = (int)day.number;
		form->taken = at + 5;
	}
	return true;
}

/* 17.05.2019, 5/17/2019, 17.5.19; American order where the sender's clock is American. */
static bool
read_numeric(const struct reader *reader, size_t at, struct form *form)
{
	const struct atoms *atoms = &reader->atoms;
	struct atom first = atom_at(atoms, at), mark = atom_at(atoms, at + 1);
	struct atom second = atom_at(atoms, at + 2), third = atom_at(atoms, at + 4);
	int offset = reader->document->mail->date_offset_minutes;
	bool american = mark.mark == '/' && offset <= -240 && offset >= -600 &&
			view_equal(reader->document->mail->language, VIEW("en"));
	bool short_year =
		third.digits == 2 && mark.mark != '-' && third.number >= 5 && third.number <= 45;

	if (!is_day(first) || first.kind != ATOM_DIGITS || mark.kind != ATOM_MARK ||
		!second.digits || second.digits > 2 || third.kind != ATOM_DIGITS)
		return false;
	if ((mark.mark != '.' && mark.mark != '/' && mark.mark != '-') ||
		!atom_is_mark(atoms, at + 3, mark.mark) || (!is_year(third) && !short_year))
		return false;
	int64_t day = first.number, month = second.number;
	if (month > 12 || (american && day <= 12)) {
		day = second.number;
		month = first.number;
	}
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	form->date = (struct date){.year = (int)(short_year ? 2000 + third.number : third.number),
		.month = (int)month,
		.day = (int)day};
	form->taken = at + 5;
	return true;
}

/* 05/2019 */
static bool
read_month_slash_year(const struct reader *reader, size_t at, struct form *form)
{
	struct atom month = atom_at(&reader->atoms, at), year = atom_at(&reader->atoms, at + 2);
	struct atom mark = atom_at(&reader->atoms, at + 1);
	if (month.kind != ATOM_DIGITS || month.digits > 2 || month.number < 1 ||
		month.number > 12 || !is_year(year) || !mark.glued || !year.glued)
		return false;
	if (mark.kind != ATOM_MARK || (mark.mark != '/' && (mark.mark != '.' || month.digits != 2)))
		return false;
	form->date = (struct date){.year = (int)year.number, .month = (int)month.number};
	form->taken = at + 3;
	return true;
}

/* Is a month or season meant, where its name is also a common word ("may", "march", "spring")? */
static bool
month_is_meant(const struct reader *reader, size_t at, bool has_number)
{
	struct atom named = atom_at(&reader->atoms, at);
	if ((named.kind == ATOM_MONTH && !named.weak) || named.sure || has_number)
		return true;
	for (size_t steps = 0; steps < 2 && at > 1; steps++, at--)
		if (atom_at(&reader->atoms, at - 1).kind != ATOM_OF)
			break;
	struct atom before = atom_at(&reader->atoms, at - 1);
	if (at == 0)
		return false;
	switch ((int)before.kind) {
	case ATOM_SINCE:
	case ATOM_UNTIL:
	case ATOM_BY:
	case ATOM_IN:
	case ATOM_EDGE:
	case ATOM_LAST:
	case ATOM_THIS:
	case ATOM_NEXT:
	case ATOM_TO:
	case ATOM_HENCE:
		return true;
	default:
		return false;
	}
}

/* "17 May 2019", "17. Mai", "le 12 novembre 2018", "May 17th, 2019", "May 2019", "last May" */
static bool
read_month(const struct reader *reader, size_t at, struct form *form)
{
	const struct atoms *atoms = &reader->atoms;
	size_t month_at = at, next;
	if (is_day(atom_at(atoms, at)))
		month_at = skip_filling(atoms, at + 1);
	struct atom month = atom_at(atoms, month_at);
	if (month.kind != ATOM_MONTH)
		return false;
	form->date = (struct date){.month = (int)month.number};
	if (month_at != at)
		form->date.day = (int)atom_at(atoms, at).number;
	form->taken = month_at + 1;
	next = month_at + 1;
	struct atom behind = atom_at(atoms, next);
	if (month_at == at && behind.kind == ATOM_DIGITS && is_day(behind) &&
		!atom_is_mark(atoms, next + 1, ':')) {
		form->date.day = (int)behind.number;
		form->taken = ++next;
	}
	if (read_year_behind(reader, next, form))
		return true;
	if (!month_is_meant(reader, at, form->date.day != 0))
		return false;
	behind = atom_at(atoms, next);
	if (behind.kind == ATOM_LAST || behind.kind == ATOM_NEXT) {
		form->direction = behind.kind;
		form->taken = next + 1;
	}
	form->is_open = true;
	return true;
}

/* "Q3 2019", "third quarter of 2019", "summer of 2018", "2019-Q3", "next spring", "this quarter" */
static bool
read_season(const struct reader *reader, size_t at, struct form *form)
{
	struct atom first = atom_at(&reader->atoms, at);
	size_t next = at + 1;
	if (is_year(first)) {
		if (atom_is_mark(&reader->atoms, next, '-') ||
			atom_is_mark(&reader->atoms, next, '/'))
			next++;
		struct atom quarter = atom_at(&reader->atoms, next);
		if (quarter.kind != ATOM_QUARTER)
			return false;
		form->date =
			(struct date){.year = (int)first.number, .quarter = (int)quarter.number};
		form->taken = next + 1;
		return true;
	}
	if (first.kind != ATOM_SEASON && first.kind != ATOM_QUARTER)
		return false;
	form->date = (struct date){.quarter = first.kind == ATOM_QUARTER ? (int)first.number : 0};
	form->season = first.kind == ATOM_SEASON ? (int)first.number : 0;
	form->taken = next;
	if (atom_is_mark(&reader->atoms, next, '/') || atom_is_mark(&reader->atoms, next, '-'))
		next++;
	if (read_year_behind(reader, next, form))
		return true;
	struct atom behind = atom_at(&reader->atoms, next);
	if (behind.kind == ATOM_LAST || behind.kind == ATOM_NEXT) {
		form->direction = behind.kind;
		form->taken = next + 1;
	}
	form->is_open = true;
	if (form->season)
		return month_is_meant(reader, at, form->direction != ATOM_WORD);
	return form->date.quarter != 0;
}

/* Moves the message's date by whole units and keeps as much as the unit is exact. */
static struct date
shifted(const struct document *document, enum date_unit unit, int64_t number)
{
	static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct date date = {.year = document->year, .month = document->month};
	int64_t months = (int64_t)document->year * 12 + document->month - 1;

	if (unit == UNIT_YEAR)
		return (struct date){.year = document->year + (int)number};
	if (unit == UNIT_QUARTER) {
		int64_t quarters = months / 3 + number;
		return (struct date){
			.year = (int)(quarters / 4), .quarter = (int)(quarters % 4) + 1};
	}
	if (unit == UNIT_MONTH || unit == UNIT_HALF) {
		months += unit == UNIT_HALF ? number * 6 : number;
		return (struct date){.year = (int)(months / 12), .month = (int)(months % 12) + 1};
	}
	int64_t day = document->day + number * (unit == UNIT_WEEK ? 7 : 1);
	while (day < 1) {
		date.month = date.month == 1 ? 12 : date.month - 1;
		date.year -= date.month == 12;
		day += month_days[date.month - 1];
	}
	while (day > month_days[date.month - 1]) {
		day -= month_days[date.month - 1];
		date.month = date.month == 12 ? 1 : date.month + 1;
		date.year += date.month == 1;
	}
	date.day = unit == UNIT_DAY ? (int)day : 0;
	return date;
}

/* "last year", "yesterday"; "three years ago", "vor drei Jahren", "in two months"; "end of the
 * month". */
static bool
read_relative(const struct reader *reader, size_t at, struct form *form)
{
	const struct atoms *atoms = &reader->atoms;
	struct atom first = atom_at(atoms, at);
	if (!reader->document->year)
		return false;
	if (first.kind == ATOM_SHIFT) {
		struct atom month = atom_at(atoms, skip_filling(atoms, at + 1));
		form->date = shifted(reader->document, first.unit, first.number);
		form->taken = at + 1;
		if (first.unit == UNIT_YEAR && month.kind == ATOM_MONTH) {
			form->date.month = (int)month.number; /* "vorig jaar november" */
			form->taken = skip_filling(atoms, at + 1) + 1;
		}
		return true;
	}
	if (first.kind == ATOM_EDGE) {
		size_t next = skip_filling(atoms, at + 1);
		struct atom unit = atom_at(atoms, next);
		if (unit.kind != ATOM_UNIT || next == at + 1 || unit.unit == UNIT_DAY ||
			unit.unit == UNIT_WEEK)
			return false;
		form->date = shifted(reader->document, unit.unit, 0);
		form->taken = next + 1;
		return true;
	}
	size_t count_at = first.kind == ATOM_AGO || first.kind == ATOM_HENCE ? at + 1 : at;
	struct atom count = atom_at(atoms, count_at), unit = atom_at(atoms, count_at + 1);
	struct atom behind = atom_at(atoms, count_at + 2);
	if (!is_count(count) || unit.kind != ATOM_UNIT || count.number > 400)
		return false;
	/* "för tre år sedan", "seit drei Jahren": the words for "since" look back as well */
	bool is_past = first.kind == ATOM_AGO || behind.kind == ATOM_AGO ||
		       behind.kind == ATOM_SINCE || atom_at(atoms, at - 1).kind == ATOM_SINCE;
	bool is_ahead =
		!is_past &&
		(first.kind == ATOM_HENCE || behind.kind == ATOM_HENCE ||
			(atom_at(atoms, at - 1).kind == ATOM_IN &&
				context_at(reader->document, reader->sentence, count.start) &
					CONTEXT_PLANNED));
	if (!is_past && !is_ahead)
		return false;
	form->date = shifted(reader->document, unit.unit, is_past ? -count.number : count.number);
	form->taken = count_at + 2 +
		      (behind.kind == ATOM_AGO || behind.kind == ATOM_HENCE ||
			      (behind.kind == ATOM_SINCE && first.kind == ATOM_AGO));
	return true;
}

/* Does something that is counted follow, so that "2010" is no year? */
static bool
counts_something(const struct reader *reader, size_t at)
{
	struct atom atom = atom_at(&reader->atoms, at);
	size_t next = atom.end;
	static const enum table counted[] = {TABLE_USER_NOUNS, TABLE_NOT_USERS};
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		const struct hit *hit = sentence_hit(reader->document, reader->sentence, counted[i],
			NULL, next, reader->sentence->end);
		if (hit && hit->start <= next + 1)
			return true;
	}
	return false;
}

static bool
read_year(const struct reader *reader, size_t at, struct form *form)
{
	struct atom year = atom_at(&reader->atoms, at), before = atom_at(&reader->atoms, at - 1);
	struct atom after = atom_at(&reader->atoms, at + 1);
	if (!is_year(year) || (after.glued && (after.kind == ATOM_WORD)))
		return false;
	if (at > 0 && before.kind == ATOM_MARK && year.glued && before.mark != '(' &&
		before.mark != '-' && before.mark != '/' && before.mark != '"' &&
		before.mark != '[' && before.mark != '|' && before.mark != ':' &&
		before.mark != '\'')
		return false;
	if (at > 1 && year.glued && before.kind == ATOM_MARK && before.mark == '-' &&
		!is_year(atom_at(&reader->atoms, at - 2)) && atom_at(&reader->atoms, at - 2).digits)
		return false;
	if (after.kind == ATOM_MARK && after.glued &&
		(after.mark == '%' || after.mark == '@' ||
			((after.mark == '.' || after.mark == ',') &&
				atom_at(&reader->atoms, at + 2).digits &&
				atom_at(&reader->atoms, at + 2).glued)))
		return false;
	if (counts_something(reader, at))
		return false;
	form->date = (struct date){.year = (int)year.number};
	form->taken = at + 1;
	/* 2019/20: the school or budget year begins in 2019 */
	if (atom_is_mark(&reader->atoms, at + 1, '/') &&
		atom_at(&reader->atoms, at + 2).digits == 2)
		form->taken = at + 3;
	return true;
}

static bool
read_form(const struct reader *reader, size_t at, struct form *form)
{
	static bool (*const readers[])(const struct reader *, size_t, struct form *) = {read_iso,
		read_numeric, read_month_slash_year, read_season, read_month, read_relative,
		read_year};
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		*form = (struct form){.direction = ATOM_WORD};
		if (readers[i](reader, at, form))
			return true;
	}
	return false;
}

/* What stands before the form: its lead and "last", "this", "next". */
static void
look_before(const struct reader *reader, size_t at, struct form *form, struct date_found *found)
{
	for (size_t steps = 0; steps < 4 && at > 0; steps++) {
		struct atom before = atom_at(&reader->atoms, --at);
		switch ((int)before.kind) {
		case ATOM_LAST:
		case ATOM_THIS:
		case ATOM_NEXT:
			form->direction = before.kind;
			found->start = before.start;
			break;
		case ATOM_SINCE:
			found->lead = LEAD_SINCE;
			return;
		case ATOM_UNTIL:
			found->lead = LEAD_UNTIL;
			found->ends_range = true;
			return;
		case ATOM_BY:
			found->lead = LEAD_BY;
			return;
		case ATOM_TO:
			found->ends_range = true;
			return;
		case ATOM_AGO: /* "vor" leads to a day as well as to a span */
			found->lead = LEAD_BY;
			return;
		case ATOM_UNIT:
			if (before.unit != UNIT_YEAR)
				return;
			break;
		case ATOM_EDGE:
		case ATOM_OF:
		case ATOM_IN:
		case ATOM_HENCE:
			break;
		default:
			found->ends_range = before.kind == ATOM_MARK && before.mark == '-';
			return;
		}
	}
}

/* The year of a month, season or quarter that was named without one. */
static int
open_year(const struct reader *reader, const struct form *form, const struct date_found *found)
{
	const struct document *document = reader->document;
	int month = form->date.month;
	if (form->season)
		month = form->season;
	else if (form->date.quarter)
		month = form->date.quarter * 3 - 2;
	unsigned context = context_at(document, reader->sentence, found->start);
	bool ahead = (context & CONTEXT_PLANNED) || form->direction == ATOM_NEXT ||
		     found->lead == LEAD_BY;
	bool behind = found->lead == LEAD_SINCE || form->direction == ATOM_LAST ||
		      ((context & CONTEXT_PAST) && !ahead);
	int year = document->year, now = document->month;

	if (form->direction == ATOM_THIS)
		return year;
	if (form->direction == ATOM_LAST) {
		int last_month = form->season || form->date.quarter ? month + 2 : month;
		return last_month < now ? year : year - 1;
	}
	if (form->direction == ATOM_NEXT)
		return month > now ? year : year + 1;
	if (behind && !(context & CONTEXT_PLANNED))
		return month <= now ? year : year - 1;
	if (ahead)
		return month + (form->season || form->date.quarter ? 2 : 0) >= now ? year
										   : year + 1;
	if (month - now > 5)
		return year - 1;
	return now - month > 6 ? year + 1 : year;
}

/* "from May to July 2019": the first month takes the year of the second. */
static void
join_ranges(struct date_found *dates, const bool *is_open, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct date_found *first = &dates[i - 1], *second = &dates[i];
		if (!second->ends_range || second->start > first->end + 24) {
			second->ends_range = false;
			continue;
		}
		first->begins_range = true;
		if (is_open[i - 1] && !is_open[i] && first->date.month)
			first->date.year =
				second->date.year -
				(first->date.month > second->date.month && second->date.month);
	}
}

struct view
date_text(struct date date, struct arena *arena)
{
	if (date.day)
		return arena_format(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
	if (date.month)
		return arena_format(arena, "%04d-%02d", date.year, date.month);
	if (date.quarter)
		return arena_format(arena, "%04d-Q%d", date.year, date.quarter);
	return arena_format(arena, "%04d", date.year);
}

static int
first_day(struct date date)
{
	int month = date.month ? date.month : date.quarter ? date.quarter * 3 - 2 : 1;
	return (date.year * 12 + month) * 32 + (date.day ? date.day : 1);
}

static int
last_day(struct date date)
{
	int month = date.month ? date.month : date.quarter ? date.quarter * 3 : 12;
	return (date.year * 12 + month) * 32 + (date.day ? date.day : 31);
}

int
date_side(const struct document *document, struct date date)
{
	int today = (document->year * 12 + document->month) * 32 + document->day;
	if (first_day(date) > today)
		return 1;
	return last_day(date) < today ? -1 : 0;
}

bool
dates_read(struct tongue *tongue, const struct sentence *sentence, struct date_found **ret_dates,
	size_t *ret_count, struct error *err)
{
	const struct document *document = tongue->document;
	struct reader reader = {document, sentence, {0}};
	struct date_found *dates = NULL;
	bool *is_open = NULL;
	size_t count = 0, capacity = 0, open_count = 0, open_capacity = 0;

	if (!lex_sentence(tongue, sentence, &reader.atoms, err))
		return false;
	for (size_t at = 0; at < reader.atoms.count;) {
		struct form form;
		if (!read_form(&reader, at, &form) || (form.is_open && !document->year)) {
			at++;
			continue;
		}
		struct date_found *found = arena_push(
			document->arena, &dates, &count, &capacity, sizeof(*dates), SIZE_MAX);
		bool *open = arena_push(document->arena, &is_open, &open_count, &open_capacity,
			sizeof(*is_open), SIZE_MAX);
		if (!found || !open)
			return error_set(err, ERROR_MESSAGE, "too many dates for the limits");
		found->start = reader.atoms.items[at].start;
		found->end = reader.atoms.items[form.taken - 1].end;
		look_before(&reader, at, &form, found);
		*open = form.is_open && form.direction == ATOM_WORD;
		if (form.is_open)
			form.date.year = open_year(&reader, &form, found);
		found->date = form.date;
		at = form.taken;
	}
	join_ranges(dates, is_open, count);
	*ret_dates = dates;
	*ret_count = count;
	return true;
}
