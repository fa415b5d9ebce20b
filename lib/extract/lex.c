/*
 * The common lexer of dates and numbers: bytes and vocabulary hits of a sentence become atoms. The
 * vocabulary's matcher has found the words already, in every language; what remains here is digits,
 * punctuation and the order of it all. One pass over the sentence.
 */
#include "extract/lex.h"

#include "base/utf8.h"

struct meaning {
	const char *value;
	enum atom_kind kind;
	int unit;
};

/* The values of relative_dates.tsv and seasons.tsv that stand alone. */
static const struct meaning meanings[] = {
	{"edge", ATOM_EDGE, 0},
	{"last", ATOM_LAST, 0},
	{"this", ATOM_THIS, 0},
	{"next", ATOM_NEXT, 0},
	{"day", ATOM_UNIT, UNIT_DAY},
	{"week", ATOM_UNIT, UNIT_WEEK},
	{"month", ATOM_UNIT, UNIT_MONTH},
	{"quarter", ATOM_UNIT, UNIT_QUARTER},
	{"half", ATOM_UNIT, UNIT_HALF},
	{"year", ATOM_UNIT, UNIT_YEAR},
	{"ago", ATOM_AGO, 0},
	{"hence", ATOM_HENCE, 0},
	{"since", ATOM_SINCE, 0},
	{"until", ATOM_UNTIL, 0},
	{"by", ATOM_BY, 0},
	{"to", ATOM_TO, 0},
	{"in", ATOM_IN, 0},
	{"of", ATOM_OF, 0},
};

/* "spring" → 3: the month in which it begins, the north's way. */
static const struct meaning seasons[] = {
	{"spring", ATOM_SEASON, 3},
	{"summer", ATOM_SEASON, 6},
	{"autumn", ATOM_SEASON, 9},
	{"winter", ATOM_SEASON, 12},
	{"Q1", ATOM_QUARTER, 1},
	{"Q2", ATOM_QUARTER, 2},
	{"Q3", ATOM_QUARTER, 3},
	{"Q4", ATOM_QUARTER, 4},
	{"H1", ATOM_QUARTER, 0},
	{"H2", ATOM_QUARTER, 0},
	{"edge", ATOM_EDGE, 0},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct meaning *
meaning_of(const struct meaning *list, size_t count, struct view value)
{
	for (size_t i = 0; i < count; i++)
		if (view_equal(value, view_of(list[i].value)))
			return &list[i];
	return NULL;
}

/* "year-1", "month+2": units from now. */
static bool
shift_from_value(struct view value, struct atom *atom)
{
	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] != '+' && value.data[i] != '-')
			continue;
		const struct meaning *unit =
			meaning_of(meanings, COUNT_OF(meanings), view_slice(value, 0, i));
		struct view digits = view_slice(value, i + 1, value.size);
		uint64_t number = 0;
		if (!unit || unit->kind != ATOM_UNIT || !view_to_u64(digits, &number) ||
			number > 99)
			return false;
		atom->kind = ATOM_SHIFT;
		atom->unit = (enum date_unit)unit->unit;
		atom->number = value.data[i] == '-' ? -(int64_t)number : (int64_t)number;
		return true;
	}
	return false;
}

static bool
number_from_hit(const struct hit *hit, struct atom *atom)
{
	bool is_scale = hit->value.size > 1 && hit->value.data[0] == 'x';
	uint64_t number = 0;
	if (!view_to_u64(view_slice(hit->value, is_scale ? 1 : 0, hit->value.size), &number))
		return false;
	if (number > 1000000000000u)
		return false;
	atom->kind = is_scale ? ATOM_SCALE : ATOM_COUNT;
	atom->number = (int64_t)number;
	return true;
}

static bool
atom_from_hit(const struct hit *hit, struct atom *atom)
{
	const struct meaning *found = NULL;
	uint64_t number = 0;
	*atom = (struct atom){.start = hit->start,
		.end = hit->end,
		.weak = hit->weight<1, .sure = hit->weight> 1};
	if (hit->table == TABLE_NUMBER_WORDS)
		return number_from_hit(hit, atom);
	if (hit->table == TABLE_MONTHS) {
		if (!view_to_u64(hit->value, &number) || number < 1 || number > 12)
			return false;
		atom->kind = ATOM_MONTH;
		atom->number = (int64_t)number;
		return true;
	}
	if (hit->table == TABLE_SEASONS)
		found = meaning_of(seasons, COUNT_OF(seasons), hit->value);
	else if (hit->table == TABLE_RELATIVE_DATES) {
		if (shift_from_value(hit->value, atom))
			return true;
		found = meaning_of(meanings, COUNT_OF(meanings), hit->value);
	}
	if (!found)
		return false;
	atom->kind = found->kind;
	atom->number = found->unit;
	atom->unit = found->kind == ATOM_UNIT ? (enum date_unit)found->unit : UNIT_DAY;
	return true;
}

/* A full name of a month is one in any language. */
static bool
is_understood(struct tongue *tongue, const struct sentence *sentence, const struct hit *hit)
{
	return (hit->table == TABLE_MONTHS && hit->weight >= 1) ||
	       tongue_speaks(tongue, sentence, hit);
}

/* The longest known word that begins at `offset`; *next moves past hits that lie behind. Of equally
 * long ones, in the order of the tables: "second" is a number before it is anything else. */
static bool
known_word(struct tongue *tongue, const struct sentence *sentence, size_t *next, size_t offset,
	struct atom *atom)
{
	const struct hit *hits = sentence_hits(tongue->document, sentence);
	size_t count = sentence->hit_count;
	bool found = false;
	while (*next < count && hits[*next].start < offset)
		++*next;
	for (size_t i = *next; i < count && hits[i].start == offset; i++) {
		struct atom candidate;
		if ((found && hits[i].end <= atom->end) ||
			!is_understood(tongue, sentence, &hits[i]))
			continue;
		if (atom_from_hit(&hits[i], &candidate)) {
			*atom = candidate;
			found = true;
		}
	}
	return found;
}

static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return c > 0xBF && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) && c != 0x3000;
}

static char
mark_of(uint32_t c)
{
	if (c < 0x80)
		return (char)c;
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
		return '-';
	if (c == 0xA3 || c == 0xA5 || (c >= 0x20A0 && c <= 0x20BF))
		return '$'; /* any currency */
	return c == 0x2018 || c == 0x2019 ? '\'' : '?';
}

static bool
is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x202F ||
	       c == 0x2009;
}

static void
take_digits(struct view text, size_t end, struct atom *atom)
{
	size_t at = atom->start;
	atom->kind = ATOM_DIGITS;
	for (; at < end && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
		atom->digits++;
		if (atom->digits <= 15)
			atom->number = atom->number * 10 + (text.data[at] - '0');
	}
	atom->end = at;
}

static void
take_word(struct view text, size_t end, struct atom *atom)
{
	size_t at = atom->start;
	atom->kind = ATOM_WORD;
	while (at < end) {
		size_t next = at;
		uint32_t c = utf8_next(text, &next);
		if (!is_letter(c))
			break;
		at = next;
	}
	atom->end = at;
}

static struct atom
take_atom(struct view text, size_t start, size_t end)
{
	struct atom atom = {.start = start};
	size_t next = start;
	uint32_t c = utf8_next(text, &next);
	if (c >= '0' && c <= '9') {
		take_digits(text, end, &atom);
	} else if (is_letter(c)) {
		take_word(text, end, &atom);
	} else {
		atom.kind = ATOM_MARK;
		atom.mark = mark_of(c);
		atom.end = next;
	}
	return atom;
}

/* What is written onto the digits: "k" and "m" scale them, one to three other letters behind a
 * small number make it an ordinal ("1st", "3e", "12:e"), which dates skip. */
static void
take_suffix(struct view text, struct atom *atom, const struct atom *digits)
{
	size_t size = atom->end - atom->start;
	char first = text.data[atom->start];
	if (size == 1 && (first == 'k' || first == 'K')) {
		atom->kind = ATOM_SCALE;
		atom->number = 1000;
	} else if (size == 1 && first == 'M') {
		atom->kind = ATOM_SCALE;
		atom->number = 1000000;
	} else if (size <= 4 && digits->digits <= 2) {
		atom->kind = ATOM_OF;
	}
}

bool
lex_sentence(struct tongue *tongue, const struct sentence *sentence, struct atoms *ret_atoms,
	struct error *err)
{
	const struct document *document = tongue->document;
	struct view text = document->parts[sentence->part].text;
	size_t count = 0, capacity = 0, next_hit = 0;
	struct atom *items = NULL;
	bool glued = true;

	for (size_t at = sentence->start; at < sentence->end;) {
		size_t after = at;
		if (is_space(utf8_next(text, &after))) {
			at = after;
			glued = false;
			continue;
		}
		struct atom atom;
		bool is_digit = text.data[at] >= '0' && text.data[at] <= '9';
		if (!known_word(tongue, sentence, &next_hit, at, &atom) ||
			(is_digit && atom.kind != ATOM_QUARTER) || atom.end > sentence->end)
			atom = take_atom(text, at, sentence->end);
		atom.glued = glued;
		if (glued && atom.kind == ATOM_WORD && count > 0 &&
			items[count - 1].kind == ATOM_DIGITS)
			take_suffix(document->parts[sentence->part].text, &atom, &items[count - 1]);
		struct atom *room = arena_push(
			document->arena, &items, &count, &capacity, sizeof(*items), SIZE_MAX);
		if (!room)
			return error_set(err, ERROR_MESSAGE, "too much text for its limits");
		*room = atom;
		at = atom.end;
		glued = true;
	}
	*ret_atoms = (struct atoms){items, count};
	return true;
}
