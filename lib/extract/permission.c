/*
 * What the sender allows: words that say it ("in confidence"), a stance towards naming or
 * publishing ("you may use it as long as our name stays out"), and answers to a form's question
 * ("May we publish? Yes").
 */
#include "extract/coded.h"
#include "extract/score.h"
#include "extract/tongue.h"

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
visit_confidentiality(const struct document *document, struct candidates *candidates,
	size_t sentence, const struct hit *hit, struct error *err)
{
	struct view value = hit->value;
	double score = hit->weight;
	bool negated = is_negated_outside(document, sentence, hit);

	if (negated && view_equal(value, VIEW("public"))) {
		value = VIEW("in_confidence");
		score *= 0.8;
	} else if (negated && view_equal(value, VIEW("in_confidence"))) {
		score *= 0.2;
	}
	return coded_add(
		document, candidates, sentence, hit, FIELD_CONFIDENTIALITY, value, score, err);
}

/* ---- Permission told in other words ---- */

/* The pair of cues that makes a statement about this mail, and what it says. */
struct wish {
	const char *about;
	const char *stance;
	const char *value;
	double score;
};

static const struct wish wishes[] = {
	{"naming", "denial", "anonymous", 0.6},
	{"naming", "negation", "anonymous", 0.6},
	{"publishing", "denial", "in_confidence", 0.55},
	{"publishing", "permission", "public", 0.5},
};

static const struct hit *
cue(struct tongue *tongue, const struct sentence *sentence, const char *value)
{
	return tongue_hit(tongue, sentence, TABLE_CUES, value, sentence->start, sentence->end);
}

/* "You may use it as long as our name stays out": a stance towards naming or publishing. */
static bool
find_wish(const struct document *document, struct candidates *candidates, struct tongue *tongue,
	size_t index, struct error *err)
{
	const struct sentence *sentence = &document->sentences[index];

	if (!cue(tongue, sentence, "audience"))
		return true;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(*wishes); i++) {
		const struct hit *about = cue(tongue, sentence, wishes[i].about);
		const struct hit *stance = cue(tongue, sentence, wishes[i].stance);

		if (!about || !stance)
			continue;
		struct candidate candidate = {.field = FIELD_CONFIDENTIALITY,
			.value = view_of(wishes[i].value),
			.sentence = index,
			.start = about->start < stance->start ? about->start : stance->start,
			.end = about->end > stance->end ? about->end : stance->end,
			.method = METHOD_PATTERN,
			.score = wishes[i].score};
		return candidate_add(candidates, document, &candidate, err);
	}
	return true;
}

static bool
find_wishes(const struct document *document, struct candidates *candidates, struct error *err)
{
	struct tongue tongue = tongue_new(document);

	for (size_t i = 0; i < document->sentence_count; i++)
		if (document->sentences[i].asserts &&
			!find_wish(document, candidates, &tongue, i, err))
			return false;
	return true;
}

/* ---- Forms ---- */

/* "May we publish: no" and "Confidential: no" answer opposite questions. */
static const char *
answer_of(bool asks_to_publish, bool yes)
{
	return asks_to_publish == yes ? "public" : "in_confidence";
}

static bool
find_answer(const struct document *document, struct candidates *candidates,
	const struct block *block, struct error *err)
{
	if (block->label_field != FIELD_CONFIDENTIALITY || block->sentence_count == 0)
		return true;
	const struct sentence *sentence = &document->sentences[block->first_sentence];
	size_t reach = block->value_start + 12;
	const struct hit *yes =
		sentence_hit(document, sentence, TABLE_CUES, "yes", block->value_start, reach);
	const struct hit *no =
		sentence_hit(document, sentence, TABLE_CUES, "no", block->value_start, reach);
	bool publish = sentence_hit(document, sentence, TABLE_CUES, "publishing", block->start,
			       block->value_start) != NULL;

	if (!yes == !no)
		return true;
	return candidate_add(candidates, document,
		&(struct candidate){.field = FIELD_CONFIDENTIALITY,
			.value = view_of(answer_of(publish, yes != NULL)),
			.sentence = block->first_sentence,
			.start = block->start,
			.end = sentence->end,
			.method = METHOD_LABEL,
			.score = 0.7},
		err);
}

static bool
find_answers(const struct document *document, struct candidates *candidates, struct error *err)
{
	for (size_t i = 0; i < document->block_count; i++)
		if (!find_answer(document, candidates, &document->blocks[i], err))
			return false;
	return true;
}

bool
find_confidentiality(
	const struct document *document, struct candidates *candidates, struct error *err)
{
	return coded_visit(
		       document, candidates, TABLE_CONFIDENTIALITY, visit_confidentiality, err) &&
	       find_wishes(document, candidates, err) && find_answers(document, candidates, err);
}
