/*
 * Names as people vary them: "the Register Centre", "Register centre (RIK)", "REGISTER CENTRE".
 */
#include "casebook/names.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/utf8.h"

enum { NAME_BYTES_MAX = 2000 };

/* Articles of the languages that the call is answered in; grammar, not vocabulary. */
static bool
is_article(struct view word)
{
	static const char ARTICLES[] =
		" the a an el la los las le les der die das het de o os as il lo gli i den det ";
	CLEANUP(str_free) struct str needle = str_new(64);

	if (word.size > 4)
		return false;
	str_append_byte(&needle, ' ');
	str_append(&needle, word);
	str_append_byte(&needle, ' ');
	return view_find(view_of(ARTICLES), str_view(&needle), 0) != SIZE_MAX;
}

static uint32_t
next_code_point(const UChar *text, int32_t length, int32_t *at)
{
	uint32_t c = text[(*at)++];

	if (U16_IS_LEAD(c) && *at < length && U16_IS_TRAIL(text[*at]))
		c = (c << 10) + text[(*at)++] - (uint32_t)U16_SURROGATE_OFFSET;
	return c;
}

/* Decomposes one code point and appends its letters and digits in lower case; false: a gap. */
static bool
append_folded(struct str *out, uint32_t code_point)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
	UChar decomposed[32];
	int32_t length;
	bool word = false;

	if (U_FAILURE(status))
		return false;
	/* The whole decomposition: a letter with two accents comes apart in two steps. */
	length = unorm2_getDecomposition(nfkd, (UChar32)code_point, decomposed, 32, &status);
	if (length < 0 || U_FAILURE(status)) {
		length = 0;
		U16_APPEND_UNSAFE(decomposed, length, code_point);
	}
	for (int32_t i = 0; i < length;) {
		UChar32 c = (UChar32)next_code_point(decomposed, length, &i);

		if (u_charType(c) == U_NON_SPACING_MARK) {
			word = true;
		} else if (u_isalnum(c) || u_charType(c) == U_COMBINING_SPACING_MARK) {
			utf8_append(out, (uint32_t)u_foldCase(c, U_FOLD_CASE_DEFAULT));
			word = true;
		}
	}
	return word;
}

static void
end_word(struct str *word, struct arena *arena, struct name *name)
{
	if (word->size > 0 && name->count < NAME_WORDS_MAX)
		name->words[name->count++] = arena_copy(arena, str_view(word));
	str_clear(word);
}

static void
drop_articles(struct name *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < name->count; i++)
		kept += !is_article(name->words[i]);
	if (kept == 0)
		return; /* nothing but articles: then they are the name */
	kept = 0;
	for (size_t i = 0; i < name->count; i++)
		if (!is_article(name->words[i]))
			name->words[kept++] = name->words[i];
	name->count = kept;
}

void
name_fold(struct view text, struct arena *arena, struct name *ret_name)
{
	CLEANUP(str_free) struct str word = str_new(NAME_BYTES_MAX * 4);

	*ret_name = (struct name){.count = 0};
	text = view_slice(text, 0, utf8_floor(text, NAME_BYTES_MAX));
	for (size_t i = 0; i < text.size;)
		if (!append_folded(&word, utf8_next(text, &i)))
			end_word(&word, arena, ret_name);
	end_word(&word, arena, ret_name);
	drop_articles(ret_name);
}

static bool
holds_at(const struct name *longer, const struct name *shorter, size_t at)
{
	for (size_t i = 0; i < shorter->count; i++)
		if (!view_equal(longer->words[at + i], shorter->words[i]))
			return false;
	return true;
}

/* "e-Extrait" and "eExtrait": the same letters, cut otherwise. */
static bool
same_letters(const struct name *a, const struct name *b)
{
	CLEANUP(str_free) struct str left = str_new(NAME_BYTES_MAX * 4);
	CLEANUP(str_free) struct str right = str_new(NAME_BYTES_MAX * 4);

	for (size_t i = 0; i < a->count; i++)
		str_append(&left, a->words[i]);
	for (size_t i = 0; i < b->count; i++)
		str_append(&right, b->words[i]);
	return view_equal(str_view(&left), str_view(&right));
}

bool
name_same(const struct name *a, const struct name *b)
{
	const struct name *shorter = a->count <= b->count ? a : b;
	const struct name *longer = a->count <= b->count ? b : a;

	if (shorter->count == 0)
		return longer->count == 0;
	if (same_letters(a, b))
		return true;
	if (shorter->count * 2 < longer->count)
		return false;
	for (size_t at = 0; at + shorter->count <= longer->count; at++)
		if (holds_at(longer, shorter, at))
			return true;
	return false;
}

bool
name_same_text(struct view a, struct view b)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(256 * 1024);
	struct name left, right;

	name_fold(a, arena, &left);
	name_fold(b, arena, &right);
	return name_same(&left, &right);
}
