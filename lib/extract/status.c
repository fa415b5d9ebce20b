/*
 * How far a case came: stages and what speaks for a category. "In production" asserts a stage only
 * if nobody says "not", "will" or "would have"; then it speaks for a category instead.
 */
#include "extract/coded.h"
#include "extract/score.h"

static bool
add_signal(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, const char *signal, double score, struct error *err)
{
	return coded_add(
		document, candidates, sentence, hit, FIELD_CATEGORY, view_of(signal), score, err);
}

/* "The pilot has been running since May" is a pilot, not a service. */
static bool
is_trial_running(const struct document *document, size_t index, const struct hit *hit)
{
	static const char *const trials[] = {"pilot", "prototype", "proof_of_concept"};
	const struct sentence *sentence = &document->sentences[index];
	const struct clause *clause = clause_at(document, sentence, hit->start);

	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++)
		if (sentence_hit(document, sentence, TABLE_STAGES, trials[i], clause->start,
			    clause->end))
			return true;
	return false;
}

static bool
visit_production(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_at(document, &document->sentences[sentence], hit->start);
	double score = hit->weight;

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		return true;
	if (is_trial_running(document, sentence, hit))
		score *= 0.35;
	if (context & CONTEXT_NEGATED)
		return add_signal(
			document, candidates, sentence, hit, "not_live", score * 0.7, err);
	if (context & CONTEXT_DROPPED)
		return add_signal(
			document, candidates, sentence, hit, "not_live", score * 0.3, err);
	if (context & CONTEXT_PLANNED)
		return add_signal(
			document, candidates, sentence, hit, "upcoming", score * 0.7, err);
	if (context & CONTEXT_HYPOTHETICAL)
		return add_signal(
			document, candidates, sentence, hit, "not_live", score * 0.3, err);
	return coded_add(
		document, candidates, sentence, hit, FIELD_STAGE, hit->value, score * 0.8, err);
}

/* "It never got beyond the pilot" reached the pilot. */
static bool
visit_trial(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_at(document, &document->sentences[sentence], hit->start);
	double score = hit->weight * 0.7;
	bool beyond = coded_has_cue(document, sentence, "beyond");

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.2;
	if ((context & CONTEXT_NEGATED) && !beyond)
		score *= 0.5;
	if ((context & CONTEXT_NEGATED) && beyond &&
		!add_signal(document, candidates, sentence, hit, "not_live", 0.7, err))
		return false;
	if (context & (CONTEXT_HYPOTHETICAL | CONTEXT_PLANNED))
		score *= 0.6;
	return coded_add(document, candidates, sentence, hit, FIELD_STAGE, hit->value, score, err);
}

static bool
visit_stop(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_at(document, &document->sentences[sentence], hit->start);
	double score = hit->weight * 0.8;

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.2;
	if (coded_is_negated(document, sentence, hit))
		score *= 0.3;
	if (context & (CONTEXT_HYPOTHETICAL | CONTEXT_PLANNED))
		score *= 0.4;
	if (!coded_has_cue(document, sentence, "project"))
		score *= 0.6;
	return coded_add(document, candidates, sentence, hit, FIELD_STAGE, hit->value, score, err);
}

static bool
visit_stage(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	if (view_equal(hit->value, VIEW("production")))
		return visit_production(document, candidates, sentence, hit, err);
	if (view_equal(hit->value, VIEW("discontinued")) || view_equal(hit->value, VIEW("on_hold")))
		return visit_stop(document, candidates, sentence, hit, err);
	return visit_trial(document, candidates, sentence, hit, err);
}

static bool
visit_category(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, struct error *err)
{
	unsigned context = context_at(document, &document->sentences[sentence], hit->start);
	double score = hit->weight * 0.75;

	if (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS))
		score *= 0.2;
	if (view_equal(hit->value, VIEW("implemented")) &&
		(context & (CONTEXT_NEGATED | CONTEXT_PLANNED | CONTEXT_HYPOTHETICAL)))
		score *= 0.2;
	if (view_equal(hit->value, VIEW("upcoming")) &&
		(context & (CONTEXT_NEGATED | CONTEXT_DROPPED)))
		score *= 0.3;
	if (view_equal(hit->value, VIEW("lessons")) &&
		((context & CONTEXT_HYPOTHETICAL) || coded_is_negated(document, sentence, hit)))
		score *= 0.4;
	return coded_add(
		document, candidates, sentence, hit, FIELD_CATEGORY, hit->value, score, err);
}

bool
find_stages(const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(document, candidates, TABLE_STAGES, visit_stage, err) &&
	       coded_visit(document, candidates, TABLE_CATEGORIES, visit_category, err);
}
