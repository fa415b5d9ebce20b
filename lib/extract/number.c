/*
 * Numbers over the atoms of lex.c. A mark between digits groups thousands when exactly three
 * digits follow, in any of the ways of the languages of the tables; else it is a decimal mark,
 * which only a scale behind it ("4.3k", "1,2 Mio.") makes whole.
 */
#include "extract/number.h"

struct amount {
	uint64_t whole;
	uint64_t fraction; /* digits behind the decimal mark */
	uint64_t divisor;  /* ten to the power of their count; 1 for none */
	size_t behind;
};

static bool
groups_thousands(const struct atoms *atoms, size_t at, char mark)
{
	struct atom next = atom_at(atoms, at + 1);
	if (!atom_is_mark(atoms, at, mark) || !atom_at(atoms, at).glued)
		return false;
	return next.kind == ATOM_DIGITS && next.glued && next.digits == 3;
}

/* "4 300": a space groups too, but only digits of three after one to three. */
static bool
groups_by_space(const struct atoms *atoms, size_t at, unsigned first_digits)
{
	struct atom next = atom_at(atoms, at);
	return next.kind == ATOM_DIGITS && !next.glued && next.digits == 3 && first_digits <= 3 &&
	       first_digits > 0;
}

static bool
take_groups(const struct atoms *atoms, size_t at, struct amount *amount)
{
	static const char group_marks[] = {',', '.', '\''};
	struct atom first = atom_at(atoms, at);
	*amount = (struct amount){(uint64_t)first.number, 0, 1, at + 1};
	if (first.digits > 3 || first.number == 0)
		return first.digits <= 10;
	for (size_t i = 0; i < sizeof(group_marks); i++) {
		while (groups_thousands(atoms, amount->behind, group_marks[i]) &&
			amount->whole < NUMBER_MAX) {
			struct atom group = atom_at(atoms, amount->behind + 1);
			amount->whole = amount->whole * 1000 + (uint64_t)group.number;
			amount->behind += 2;
		}
		if (amount->behind != at + 1)
			return amount->whole < NUMBER_MAX;
	}
	while (groups_by_space(atoms, amount->behind, first.digits) && amount->whole < NUMBER_MAX) {
		amount->whole =
			amount->whole * 1000 + (uint64_t)atom_at(atoms, amount->behind).number;
		amount->behind++;
	}
	return amount->whole < NUMBER_MAX;
}

static void
take_fraction(const struct atoms *atoms, struct amount *amount)
{
	struct atom mark = atom_at(atoms, amount->behind);
	struct atom digits = atom_at(atoms, amount->behind + 1);
	if (mark.kind != ATOM_MARK || !mark.glued || (mark.mark != '.' && mark.mark != ','))
		return;
	if (digits.kind != ATOM_DIGITS || !digits.glued || digits.digits > 3)
		return;
	amount->fraction = (uint64_t)digits.number;
	for (unsigned i = 0; i < digits.digits; i++)
		amount->divisor *= 10;
	amount->behind += 2;
}

/* "thousand", "k", "Mio."; a stop of an abbreviation is left outside. */
static bool
take_scale(const struct atoms *atoms, struct amount *amount)
{
	struct atom scale = atom_at(atoms, amount->behind);
	if (scale.kind != ATOM_SCALE || scale.number < 1)
		return false;
	if (amount->whole > NUMBER_MAX / (uint64_t)scale.number)
		return false;
	uint64_t factor = (uint64_t)scale.number;
	amount->whole = amount->whole * factor + amount->fraction * factor / amount->divisor;
	amount->fraction = 0;
	amount->divisor = 1;
	amount->behind++;
	return true;
}

/* "two hundred and twelve thousand", "zwölf", "three million"; small after large is added. */
static bool
take_words(const struct atoms *atoms, size_t at, struct amount *amount)
{
	struct atom first = atom_at(atoms, at);
	uint64_t total = 0, current = 0;
	size_t next = at, behind = at;
	if (first.kind != ATOM_COUNT && first.kind != ATOM_SCALE)
		return false;
	for (; next < atoms->count && next < at + 12; next++) {
		struct atom atom = atom_at(atoms, next);
		if (atom.kind == ATOM_COUNT && (current < 1 || (uint64_t)atom.number < current)) {
			if (behind == next && current && current % 10 && current < 100)
				break; /* "three four": two numbers */
			current += (uint64_t)atom.number;
		} else if (atom.kind == ATOM_SCALE && atom.number < 1000) {
			current = (current ? current : 1) * (uint64_t)atom.number;
		} else if (atom.kind == ATOM_SCALE) {
			total += (current ? current : 1) * (uint64_t)atom.number;
			current = 0;
		} else if ((atom.kind == ATOM_TO && current >= 100) ||
			   atom_is_mark(atoms, next, '-')) {
			continue;
		} else {
			break;
		}
		behind = next + 1;
		if (total + current > NUMBER_MAX || current > NUMBER_MAX)
			return false;
	}
	*amount = (struct amount){total + current, 0, 1, behind};
	return behind > at;
}

static bool
is_sign(struct atom atom, struct view signs)
{
	return atom.kind == ATOM_MARK && view_find_byte(signs, atom.mark, 0) != SIZE_MAX;
}

/* Digits that are part of something else: "v2.1", "B2", "5.1.1", "10:30", "+49 30", "2019-05". */
static bool
is_piece(const struct atoms *atoms, size_t first, size_t behind)
{
	struct atom before = atom_at(atoms, first - 1), after = atom_at(atoms, behind);
	bool glued = atom_at(atoms, first).glued && first > 0;
	if (glued && (before.digits || before.kind == ATOM_WORD || before.kind == ATOM_QUARTER ||
			     is_sign(before, VIEW(".,:/-_@\\#+"))))
		return true;
	if (is_sign(before, VIEW("+#")))
		return true;
	if (!after.glued || behind >= atoms->count)
		return false;
	if (after.kind == ATOM_WORD || after.digits)
		return true;
	return is_sign(after, VIEW(":/@_-.,")) && atom_at(atoms, behind + 1).glued &&
	       (atom_at(atoms, behind + 1).digits ||
		       (after.mark != '-' && after.mark != '/' && after.mark != ',' &&
			       after.mark != '.' && atom_at(atoms, behind + 1).kind == ATOM_WORD));
}

bool
number_read(const struct atoms *atoms, size_t at, struct number_found *ret_number)
{
	struct amount amount;
	struct atom first = atom_at(atoms, at);
	bool in_words = first.kind != ATOM_DIGITS;
	if (in_words ? !take_words(atoms, at, &amount) : !take_groups(atoms, at, &amount))
		return false;
	if (!in_words) {
		take_fraction(atoms, &amount);
		while (take_scale(atoms, &amount))
			continue;
		if (amount.divisor > 1 || is_piece(atoms, at, amount.behind))
			return false;
	}
	struct atom before = atom_at(atoms, at - 1), after = atom_at(atoms, amount.behind);
	*ret_number = (struct number_found){.value = amount.whole,
		.in_words = in_words,
		.is_date = !in_words && amount.behind == at + 1 &&
			   ((first.digits == 4 && first.number >= 1800 && first.number <= 2050) ||
				   after.kind == ATOM_MONTH || before.kind == ATOM_MONTH),
		.has_sign = is_sign(before, VIEW("$")) || is_sign(after, VIEW("%$")),
		.first = at,
		.behind = amount.behind,
		.start = first.start,
		.end = atoms->items[amount.behind - 1].end};
	return amount.whole > 0;
}
