/*
 * What a case is about and what it is built on: sectors, platforms, networks, reasons. Each hit of
 * a vocabulary becomes a candidate whose score depends on what holds around it; resolve() adds them
 * up.
 */
#include "extract/coded.h"
#include "extract/score.h"
#include "extract/tongue.h"

static unsigned
context_of(const struct document *document, size_t sentence, const struct hit *hit)
{
	return context_at(document, &document->sentences[sentence], hit->start);
}

/* A cue of the clause outside the hit's own words: "not confidential" holds its negation itself. */
static bool
is_negated_outside(const struct document *document, size_t index, const struct hit *hit)
{
	const struct sentence *sentence = &document->sentences[index];
	const struct clause *clause = clause_at(document, sentence, hit->start);

	return sentence_hit(document, sentence, TABLE_CUES, "negation", clause->start,
		       hit->start) != NULL;
}

/* A sentence with the blockchain or its platform in it says what the service is about. */
static bool
tells_what_it_is(const struct document *document, size_t index)
{
	const struct sentence *sentence = &document->sentences[index];

	return sentence_hit(
		       document, sentence, TABLE_TOPICS, NULL, sentence->start, sentence->end) ||
	       sentence_hit(
		       document, sentence, TABLE_PLATFORMS, NULL, sentence->start, sentence->end);
}

/* What a service is for is told early; later words are rather about its troubles. */
static double
early(const struct document *document, size_t index)
{
	enum { NEAR = 4, FAR = 10 };
	const struct sentence *sentence = &document->sentences[index];
	size_t distance = 0;

	while (distance < FAR && distance < index) {
		const struct sentence *before = &document->sentences[index - distance - 1];

		if (before->part != sentence->part || before->case_index != sentence->case_index)
			break;
		distance++;
	}
	return distance < NEAR ? 1 : distance < FAR ? 0.8 : 0.6;
}

static bool
visit_sector(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_of(document, sentence, hit);
	enum part_kind part = document->parts[document->sentences[sentence].part].kind;
	double score = 0.35 * hit->weight;

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.3;
	if (part == PART_SUBJECT)
		score = score_or(score, 0.35 * hit->weight);
	if (coded_has_cue(document, sentence, "project"))
		score = score_or(score, 0.1 * hit->weight);
	if (tells_what_it_is(document, sentence))
		score = score_or(score, 0.25 * hit->weight);
	score *= early(document, sentence);
	return coded_add(document, candidates, sentence, hit, FIELD_SECTOR, hit->value, score, err);
}

bool
find_sectors(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_SECTORS, visit_sector, err);
}

/* "built on", "runs on", "uses" before the name in its clause, or the subject's word. */
static bool
is_used(const struct document *document, size_t index, const struct hit *hit)
{
	const struct sentence *sentence = &document->sentences[index];
	const struct clause *clause = clause_at(document, sentence, hit->start);
	struct tongue tongue = tongue_new(document);

	return document->parts[sentence->part].kind == PART_SUBJECT ||
	       tongue_hit(&tongue, sentence, TABLE_CUES, "uses", clause->start, hit->start);
}

static bool
visit_platform(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_of(document, sentence, hit);
	double score = (is_used(document, sentence, hit) ? 0.85 : 0.6) * hit->weight;

	if (context & CONTEXT_REJECTED)
		score *= 0.3;
	if (is_negated_outside(document, sentence, hit))
		score *= 0.3;
	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.25;
	if (context & CONTEXT_HYPOTHETICAL)
		score *= 0.6;
	return coded_add(
		document, candidates, sentence, hit, FIELD_PLATFORM, hit->value, score, err);
}

bool
find_platforms(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_PLATFORMS, visit_platform, err);
}

static bool
visit_network(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_of(document, sentence, hit);
	double score = 0.8 * hit->weight;

	if (is_negated_outside(document, sentence, hit) || (context & CONTEXT_REJECTED))
		score *= 0.4;
	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS | CONTEXT_HYPOTHETICAL))
		score *= 0.5;
	return coded_add(
		document, candidates, sentence, hit, FIELD_NETWORK, hit->value, score, err);
}

bool
find_networks(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_NETWORKS, visit_network, err);
}

/* Words like "law" and "cost" are reasons only where something is told to have been hard. */
static bool
visit_reason(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_of(document, sentence, hit);
	double score = hit->weight * 0.3;

	if (coded_has_cue(document, sentence, "problem"))
		score = hit->weight * 0.75;
	else if (coded_block_has_cue(document, sentence, "problem"))
		score = hit->weight * 0.5;
	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.4;
	return coded_add(
		document, candidates, sentence, hit, FIELD_REASONS, hit->value, score, err);
}

bool
find_reasons(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_REASONS, visit_reason, err);
}
