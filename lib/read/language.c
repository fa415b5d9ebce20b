/*
 * Which language a text is in: function words are a third of any text and nearly disjoint between
 * languages. Scripts that only one of our languages uses decide by themselves.
 */
#include "read/language.h"

#include "base/utf8.h"

enum {
	TEXT_SIZE_MAX = 20 * 1024, /* more does not make it surer */
	WORD_SIZE_MAX = 24,
	HITS_MIN = 2,
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 || c == '\'';
}

static void
count_word(const struct reading *reading, struct view word, size_t *hits)
{
	for (size_t i = 0; i < reading->language_count; i++)
		hits[i] += words_hold(&reading->languages[i].words, word) ? 1 : 0;
}

/* Languages without blanks between words: their phrases are looked for anywhere. */
static void
count_wide(const struct reading *reading, struct view folded, size_t *hits)
{
	for (size_t i = 0; i < reading->language_count; i++) {
		const struct words *words = &reading->languages[i].words;

		for (size_t w = 0; w < words->count; w++)
			if ((unsigned char)words->items[w].data[0] >= 0xE3)
				for (size_t at = view_find(folded, words->items[w], 0);
					at != SIZE_MAX; at = view_find(folded, words->items[w],
								at + words->items[w].size))
					hits[i]++;
	}
}

struct view
language_guess(const struct reading *reading, struct view text)
{
	CLEANUP(str_free) struct str folded = str_new((size_t)TEXT_SIZE_MAX * 3);
	size_t hits[LANGUAGES_MAX] = {0}, best = 0, second = SIZE_MAX;
	struct view all;

	words_fold(&folded, view_slice(text, 0, utf8_floor(text, TEXT_SIZE_MAX)));
	all = str_view(&folded);
	for (size_t at = 0; at < all.size;) {
		size_t start;

		while (at < all.size && !is_letter(all.data[at]))
			at++;
		for (start = at; at < all.size && is_letter(all.data[at]);)
			at++;
		if (at > start && at - start <= WORD_SIZE_MAX)
			count_word(reading, view_slice(all, start, at), hits);
	}
	count_wide(reading, all, hits);
	for (size_t i = 1; i < reading->language_count; i++) {
		if (hits[i] > hits[best]) {
			second = best;
			best = i;
		} else if (second == SIZE_MAX || hits[i] > hits[second]) {
			second = i;
		}
	}
	if (reading->language_count == 0 || hits[best] < HITS_MIN ||
		(second != SIZE_MAX && hits[second] == hits[best]))
		return VIEW("");
	return reading->languages[best].code;
}
