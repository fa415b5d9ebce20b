/*
 * What a case is about and what it is built on: sectors, platforms, networks, reasons. Each hit of a vocabulary becomes a candidate whose score depends on what holds
 * around it; resolve() adds them up.
 */
#include "extract/coded.h"
#include "extract/score.h"

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
	return coded_add(
		document, candidates, sentence, hit, FIELD_SECTOR, hit->value, score, err);
}

bool
find_sectors(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_SECTORS, visit_sector, err);
}

static bool
visit_platform(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_of(document, sentence, hit);
	double score = 0.85 * hit->weight;

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
find_platforms(
	const struct document *document, struct candidates *candidates, struct error *err)
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
