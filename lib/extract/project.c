/*
 * The name that the sender uses for the project: what follows "called", what stands in quotation
 * marks or beside "project", what the subject says and the text repeats, what no ordinary word
 * looks like. Every mention is proposed for what its own words are worth; resolve() adds up.
 */
#include "extract/candidate.h"
#include "extract/entity.h"
#include "extract/score.h"

enum {
	CALLED_REACH = 14, /* "called – in good humour – X" is too far */
	BESIDE_REACH = 3,
	NEAR_REACH = 45,
};

struct looker {
	const struct document *document;
	struct tongue tongue;
	struct entities entities;
};

static bool
is_label(const struct document *document, const struct sentence *sentence)
{
	return document->blocks[sentence->block].label_field == FIELD_PROJECT_NAME;
}

/* "Bakong, the payment system of": a comma, an article, and soon a word for a project. */
static bool
is_apposed(struct looker *looker, const struct entity *entity)
{
	const struct document *document = looker->document;
	const struct sentence *sentence = &document->sentences[entity->sentence];
	struct view text = document->parts[sentence->part].text;
	if (entity->end + 2 >= sentence->end)
		return false;
	char mark = text.data[entity->end];
	bool article = tongue_hit(&looker->tongue, sentence, TABLE_NAME_STOPS, NULL,
		entity->end + 1, entity->end + 4);
	if (mark == ' ' && !tongue_hit(&looker->tongue, sentence, TABLE_NAME_CUES, "is",
				   entity->end, entity->end + 4))
		return false;
	return (mark == ',' || mark == ' ' || mark == '(') && article &&
	       entity_cue_behind(&looker->tongue, entity, TABLE_NAME_CUES, "project", NEAR_REACH);
}

/* Where the surroundings of a name say that it is a project's. */
static double
score_of_cues(struct looker *looker, const struct entity *entity)
{
	struct tongue *tongue = &looker->tongue;
	double score = 0;
	if (entity_cue_before(tongue, entity, TABLE_NAME_CUES, "called", CALLED_REACH))
		score = score_or(score, 0.72);
	if (entity_cue_before(tongue, entity, TABLE_NAME_CUES, "project", BESIDE_REACH))
		score = score_or(score, 0.6);
	else if (entity_cue_behind(tongue, entity, TABLE_NAME_CUES, "project", 1))
		score = score_or(score, entity->is_quoted || entity->is_odd ? 0.6
					: entity->is_acronym                ? 0.2
									    : 0.45);
	else if (entity_cue_behind(tongue, entity, TABLE_NAME_CUES, "project", NEAR_REACH) &&
		 entity->is_quoted)
		score = score_or(score, 0.35);
	if (is_apposed(looker, entity))
		score = score_or(score, 0.45);
	if (entity->is_quoted)
		score = score_or(score, 0.35);
	if (entity->is_odd)
		score = score_or(score, 0.35);
	return score;
}

/* "National Digital Identity Platform": several capitals that end in a word for a project. */
static bool
ends_as_project(struct looker *looker, const struct entity *entity)
{
	const struct token *last = &looker->document->tokens[entity->behind_token - 1];
	const struct sentence *sentence = &looker->document->sentences[entity->sentence];
	return entity->behind_token >= entity->first_token + 2 &&
	       tongue_hit(&looker->tongue, sentence, TABLE_NAME_CUES, "project", last->start,
		       last->end);
}

static double
score_of_place(struct looker *looker, const struct entity *entity)
{
	const struct document *document = looker->document;
	const struct sentence *sentence = &document->sentences[entity->sentence];
	bool nouns = view_equal(document->mail->language, VIEW("de"));
	if (document->parts[sentence->part].kind == PART_SUBJECT)
		return nouns && !entity->is_odd && !entity->is_quoted ? 0.15 : 0.3;
	if (document->blocks[sentence->block].kind == BLOCK_HEADING)
		return nouns ? 0.1 : 0.25;
	return 0;
}

static double
score_of(struct looker *looker, const struct entity *entity)
{
	const struct sentence *sentence = &looker->document->sentences[entity->sentence];
	if (!entity_is_content(looker->document, entity) ||
		entity_is_person(looker->document, entity))
		return 0;
	if ((entity->is_known || entity->is_generic) && !entity->is_quoted)
		return 0;
	double score = score_of_cues(looker, entity);
	double place = score_of_place(looker, entity);
	score = score_or(score, place);
	if (ends_as_project(looker, entity))
		score = score_or(score, 0.4);
	if (entity->kind != ENTITY_NAME && !entity->is_quoted)
		score *= entity->kind == ENTITY_COMPANY || entity->kind == ENTITY_SCHOOL ? 0.2
											 : 0.45;
	if (entity_is_firm(&looker->tongue, entity))
		score *= 0.2;
	else if (entity_cue_before(&looker->tongue, entity, TABLE_OWNER_CUES, "partner", 8) ||
		 entity_cue_before(&looker->tongue, entity, TABLE_OWNER_CUES, "maker", 8))
		score *= 0.35;
	if (sentence->context & CONTEXT_REPORTED)
		score *= 0.9;
	return score;
}

/* A mention without a cue counts a little where it can be nothing else. */
static bool
may_be_name(const struct looker *looker, const struct entity *entity)
{
	const struct document *document = looker->document;
	if (entity->kind != ENTITY_NAME || entity->is_known || entity->is_generic ||
		entity->is_acronym || !entity_is_content(document, entity) ||
		entity_is_person(document, entity))
		return false;
	return entity->is_odd || !view_equal(document->mail->language, VIEW("de"));
}

static bool
add(struct looker *looker, const struct entity *entity, double score, struct candidates *candidates,
	struct error *err)
{
	const struct candidate candidate = {.field = FIELD_PROJECT_NAME,
		.value = entity_text(looker->document, entity),
		.sentence = entity->sentence,
		.start = entity->start,
		.end = entity->end,
		.method = METHOD_PATTERN,
		.score = score > 0.95 ? 0.95 : score};
	return candidate_add(candidates, looker->document, &candidate, err);
}

/* A labelled line gives its whole value, up to a bracket or comma. */
static bool
add_labels(struct looker *looker, struct candidates *candidates, struct error *err)
{
	const struct document *document = looker->document;
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		const struct block *block = &document->blocks[sentence->block];
		if (!is_label(document, sentence) || !sentence->asserts ||
			i != block->first_sentence)
			continue;
		struct view text = document->parts[sentence->part].text;
		size_t start = block->value_start, end = start;
		while (end < sentence->end && !view_find_byte(VIEW("(,;\n\t|"), text.data[end], 0))
			end++;
		while (end < sentence->end &&
			view_find_byte(VIEW("(,;\n\t|"), text.data[end], 0) == SIZE_MAX)
			end++;
		struct view value = view_trim(view_slice(text, start, end));
		const struct candidate candidate = {.field = FIELD_PROJECT_NAME,
			.value = value,
			.sentence = i,
			.start = start,
			.end = end,
			.method = METHOD_LABEL,
			.score = 0.93};
		if (value.size < 2 || value.size > 120)
			continue;
		if (!candidate_add(candidates, document, &candidate, err))
			return false;
	}
	return true;
}

bool
find_project_names(
	const struct document *document, struct candidates *candidates, struct error *err)
{
	struct looker looker = {.document = document, .tongue = tongue_new(document)};
	if (!entities_find(document, &looker.entities, err))
		return false;
	for (size_t i = 0; i < looker.entities.count; i++) {
		const struct entity *entity = &looker.entities.items[i];
		double score = score_of(&looker, entity);
		/* a name is told again and again */
		if (score < 0.1 && may_be_name(&looker, entity))
			score = 0.08;
		if (score > 0 && !add(&looker, entity, score, candidates, err))
			return false;
	}
	return add_labels(&looker, candidates, err);
}
