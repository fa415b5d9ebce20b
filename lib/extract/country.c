/*
 * Countries and levels of government, from names, demonyms, capitals, regions, cities and
 * agencies. Where the text names no place, the signature's postal address and the country-code
 * domain of the sender stand in, as weak candidates that resolve() uses only then.
 */
#include "extract/coded.h"
#include "extract/fold.h"
#include "extract/score.h"
#include "extract/tongue.h"

#include "base/utf8.h"

enum {
	/* Lower-case words that short are rather words ("porto", "gent") than countries. */
	LOWER_CASE_BYTES_MIN = 5,
};

/* Scores, from the rules part of the corpus. */
static const double place_score = 0.6;
static const double signature_score = 0.3;
static const double domain_score = 0.25;

static bool
begins_upper(const struct document *document, size_t part, size_t start)
{
	size_t offset = start;
	return fold_is_upper(utf8_next(document->parts[part].text, &offset));
}

static bool
is_place(const struct document *document, const struct sentence *sentence, const struct hit *hit)
{
	bool lower = !begins_upper(document, sentence->part, hit->start);
	return !lower || hit->end - hit->start >= LOWER_CASE_BYTES_MIN;
}

static double
place_context(const struct document *document, size_t index, const struct hit *hit)
{
	const struct sentence *sentence = &document->sentences[index];
	unsigned context = context_at(document, sentence, hit->start);
	double score = place_score * hit->weight;

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		return score * 0.15;
	if (context & CONTEXT_NEGATED)
		score *= 0.3;
	if (context & CONTEXT_HYPOTHETICAL)
		score *= 0.6;
	if (coded_has_cue(document, index, "first_person"))
		score = score_or(score, 0.25);
	if (sentence_hit(document, sentence, TABLE_LEVELS, NULL, sentence->start, sentence->end) ||
		sentence_hit(document, sentence, TABLE_ORG_WORDS, "public", sentence->start,
			sentence->end))
		score = score_or(score, 0.2);
	if (document->parts[sentence->part].kind == PART_SUBJECT)
		score = score_or(score, 0.2);
	return score;
}

static bool
visit_place(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	if (!is_place(document, &document->sentences[sentence], hit))
		return true;
	return coded_add(document, candidates, sentence, hit, FIELD_COUNTRY, hit->value,
		place_context(document, sentence, hit), err);
}

/* The postal address below the name. */
static bool
find_in_signature(const struct document *document, struct candidates *candidates, struct error *err)
{
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		const struct hit *hits = sentence_hits(document, sentence);

		if (sentence->span != SPAN_SIGNATURE)
			continue;
		for (size_t j = 0; j < sentence->hit_count; j++)
			if (hits[j].table == TABLE_COUNTRIES &&
				begins_upper(document, sentence->part, hits[j].start) &&
				!coded_add(document, candidates, i, &hits[j], FIELD_COUNTRY,
					hits[j].value, signature_score, err))
				return false;
	}
	return true;
}

static bool
find_in_address(const struct document *document, struct candidates *candidates, struct error *err)
{
	struct view address = document->mail->from.address;
	const struct hit *hits = document->sender_hits;

	for (size_t i = 0; i < document->sender_hit_count; i++) {
		struct candidate candidate = {.field = FIELD_COUNTRY,
			.value = hits[i].value,
			.part = NO_PART,
			.sentence = NO_SENTENCE,
			.case_index = CASE_SHARED,
			.method = METHOD_SENDER,
			.score = domain_score};

		if (hits[i].table == TABLE_COUNTRY_DOMAINS && hits[i].end == address.size &&
			!candidate_add(candidates, document, &candidate, err))
			return false;
	}
	return true;
}

bool
find_countries(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_COUNTRIES, visit_place, err) &&
	       find_in_signature(document, candidates, err) &&
	       find_in_address(document, candidates, err);
}

static bool
visit_level(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_at(document, &document->sentences[sentence], hit->start);
	double score = 0.5 * hit->weight;

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.2;
	if (coded_has_cue(document, sentence, "first_person"))
		score = score_or(score, 0.2);
	return coded_add(document, candidates, sentence, hit, FIELD_LEVEL, hit->value, score, err);
}

static bool
find_levels_in_signature(
	const struct document *document, struct candidates *candidates, struct error *err)
{
	struct tongue tongue = tongue_new(document);

	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		const struct hit *hits = sentence_hits(document, sentence);

		if (sentence->span != SPAN_SIGNATURE)
			continue;
		for (size_t j = 0; j < sentence->hit_count; j++)
			if (hits[j].table == TABLE_LEVELS &&
				tongue_speaks(&tongue, sentence, &hits[j]) &&
				!coded_add(document, candidates, i, &hits[j], FIELD_LEVEL,
					hits[j].value, 0.3 * hits[j].weight, err))
				return false;
	}
	return true;
}

bool
find_levels(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_LEVELS, visit_level, err) &&
	       find_levels_in_signature(document, candidates, err);
}
