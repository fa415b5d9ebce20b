/*
 * Folding: the one form in which words are compared. It stands between the text as read and the
 * vocabularies' automaton; offsets lead back to the original bytes, so that evidence is exact.
 */
#include "extract/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "base/utf8.h"

/* A character folds to at most this many bytes; longer decompositions (whole Arabic phrases in one
 * sign) are cut. */
enum { FOLD_BYTES_MAX = 12 };

/* What stands for a paragraph's end and for a sign that is no letter. No term holds them. */
enum { FOLD_BREAK = '\n', FOLD_SIGN = '|' };

struct folding {
	struct arena *arena;
	char *out;
	uint32_t *from;
	size_t size;
	size_t line_feeds; /* in the run of white space that is being read */
	const UNormalizer2 *decomposer;
};

static const char *
fold_letter(uint32_t point)
{
	switch (point) {
	case 0xdf: /* ß */
	case 0x1e9e:
		return "ss";
	case 0xe6: /* æ */
		return "ae";
	case 0xf8: /* ø */
		return "o";
	case 0x153: /* œ */
		return "oe";
	case 0x111: /* đ */
	case 0xf0:  /* ð */
		return "d";
	case 0xfe: /* þ */
		return "th";
	case 0x142: /* ł */
		return "l";
	case 0x131: /* ı */
		return "i";
	}
	return NULL;
}

static bool
is_apostrophe(uint32_t point)
{
	return point == '\'' || point == '`' || point == 0xb4 || point == 0x2018 ||
	       point == 0x2019 || point == 0x2bc;
}

static bool
is_quotation_mark(uint32_t point)
{
	return point == '"' || point == 0xab || point == 0xbb || point == 0x201c ||
	       point == 0x201d || point == 0x201e || point == 0x2039 || point == 0x203a;
}

static bool
is_space(uint32_t point)
{
	return point <= ' ' || point == '-' || point == 0xa0 || point == 0xad ||
	       (point >= 0x2000 && point <= 0x2015) || point == 0x202f || point == 0x3000;
}

static void
put(struct folding *folding, char byte, uint32_t from)
{
	folding->out[folding->size] = byte;
	folding->from[folding->size++] = from;
}

/* A run is one space, or a break if a line in it is empty. Soft hyphens vanish within words. */
static void
put_space(struct folding *folding, uint32_t point, uint32_t from)
{
	if (point == 0xad)
		return;
	bool goes_on = folding->size > 0 && (folding->out[folding->size - 1] == ' ' ||
						    folding->out[folding->size - 1] == FOLD_BREAK);
	if (!goes_on) {
		folding->line_feeds = 0;
		put(folding, ' ', from);
	}
	if (point == '\n' && ++folding->line_feeds == 2)
		folding->out[folding->size - 1] = FOLD_BREAK;
}

static void
put_point(struct folding *folding, uint32_t point, uint32_t from)
{
	char bytes[4];
	size_t count = 0;

	if (point < 0x80) {
		put(folding, (char)point, from);
		return;
	}
	if (point < 0x800) {
		bytes[count++] = (char)(0xc0 | (point >> 6));
	} else if (point < 0x10000) {
		bytes[count++] = (char)(0xe0 | (point >> 12));
		bytes[count++] = (char)(0x80 | ((point >> 6) & 0x3f));
	} else {
		bytes[count++] = (char)(0xf0 | (point >> 18));
		bytes[count++] = (char)(0x80 | ((point >> 12) & 0x3f));
		bytes[count++] = (char)(0x80 | ((point >> 6) & 0x3f));
	}
	bytes[count++] = (char)(0x80 | (point & 0x3f));
	for (size_t i = 0; i < count; i++)
		put(folding, bytes[i], from);
}

static void
put_beyond_ascii(struct folding *folding, uint32_t point, uint32_t from)
{
	UChar parts[16];
	UErrorCode status = U_ZERO_ERROR;

	point = (uint32_t)u_foldCase((UChar32)point, U_FOLD_CASE_DEFAULT);
	const char *letters = fold_letter(point);
	for (; letters && *letters; letters++)
		put(folding, *letters, from);
	if (fold_letter(point) || u_charType((UChar32)point) == U_NON_SPACING_MARK)
		return;
	int32_t count =
		unorm2_getDecomposition(folding->decomposer, (UChar32)point, parts, 16, &status);
	if (count <= 0 || U_FAILURE(status)) {
		if (u_isalnum((UChar32)point))
			put_point(folding, point, from);
		else
			put(folding, FOLD_SIGN, from);
		return;
	}
	size_t before = folding->size;
	for (int32_t i = 0; i < count && folding->size - before + 4 <= FOLD_BYTES_MAX;) {
		uint32_t part = parts[i++];

		if (U16_IS_LEAD(part) && i < count)
			part = (uint32_t)U16_GET_SUPPLEMENTARY(part, parts[i++]);
		if (u_isalnum((UChar32)part))
			put_point(folding, (uint32_t)u_foldCase((UChar32)part, U_FOLD_CASE_DEFAULT),
				from);
	}
}

static void
fold_point(struct folding *folding, uint32_t point, uint32_t from)
{
	if (is_space(point))
		put_space(folding, point, from);
	else if (is_apostrophe(point))
		put(folding, '\'', from);
	else if (is_quotation_mark(point))
		put(folding, '"', from);
	else if (point >= 'A' && point <= 'Z')
		put(folding, (char)(point | 0x20), from);
	else if (point < 0x80)
		put(folding, (char)point, from);
	else if (point == 0x2026)
		put(folding, '.', from);
	else
		put_beyond_ascii(folding, point, from);
}

/* Characters of two bytes fold to at most three ("½" is 12), longer ones to FOLD_BYTES_MAX. */
static size_t
capacity_for(struct view text)
{
	size_t rare = 0;
	for (size_t i = 0; i < text.size; i++)
		rare += (unsigned char)text.data[i] >= 0xe0;
	return text.size + rare * FOLD_BYTES_MAX + FOLD_BYTES_MAX + 1 + text.size / 2;
}

bool
fold_text(struct view text, struct arena *arena, struct folded *ret_folded)
{
	UErrorCode status = U_ZERO_ERROR;
	struct folding folding = {.arena = arena};

	folding.decomposer = unorm2_getNFKDInstance(&status);
	folding.out = arena_alloc(arena, capacity_for(text));
	folding.from = arena_alloc_array(arena, capacity_for(text), sizeof(*folding.from));
	if (U_FAILURE(status) || !folding.out || !folding.from)
		return false;
	for (size_t offset = 0; offset < text.size;) {
		uint32_t from = (uint32_t)offset;
		fold_point(&folding, utf8_next(text, &offset), from);
	}
	folding.from[folding.size] = (uint32_t)text.size;
	*ret_folded = (struct folded){view_make(folding.out, folding.size), folding.from};
	return true;
}

struct view
fold_view(struct view text, struct arena *arena)
{
	struct folded folded;
	return fold_text(text, arena, &folded) ? view_trim(folded.text) : (struct view){NULL, 0};
}

bool
fold_is_word(unsigned char byte)
{
	return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
}

bool
fold_equal(struct view a, struct view b, struct arena *arena)
{
	struct view left = fold_view(a, arena), right = fold_view(b, arena);
	return left.data && right.data && view_equal(left, right);
}

bool
fold_is_upper(uint32_t point)
{
	return u_isupper((UChar32)point) || u_istitle((UChar32)point);
}

bool
fold_is_letter(uint32_t point)
{
	return u_isalpha((UChar32)point);
}
