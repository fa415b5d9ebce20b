/*
 * The public body that owns or leads a project, and the others that take part. A name's kind
 * (org_words.tsv) says who could, the words around it (owner_cues.tsv) who does; lists behind a
 * cue belong to it as a whole. A body is proposed as owner or as partner, whichever is the better.
 */
#include "extract/candidate.h"
#include "extract/entity.h"
#include "extract/score.h"

enum {
	CUE_REACH = 7,      /* "built by the X" */
	FAR_CUE_REACH = 26, /* "together with our long-standing friends at X" */
	LIST_GAP_MAX = 14,  /* between two of a list: ", the " and the like */
	BODIES_MAX = 400,   /* distinct names of a message that are compared */
};

struct body {
	struct view text;
	struct view key; /* entity_key() of it */
	int case_index;
	double owner;
	double partner;
	const struct entity *owner_words; /* the mention that tells most */
	const struct entity *partner_words;
	double best_owner;
};

struct looker {
	const struct document *document;
	struct tongue tongue;
	struct entities entities;
	struct body *bodies;
	size_t body_count;
	size_t body_capacity;
};

struct part_taken {
	double owner;
	double partner;
};

static const struct sentence *
sentence_of(const struct looker *looker, const struct entity *entity)
{
	return &looker->document->sentences[entity->sentence];
}

static int
label_of(const struct looker *looker, const struct entity *entity)
{
	return looker->document->blocks[sentence_of(looker, entity)->block].label_field;
}

/* Nothing but a comma, an "and" and articles between two names of one list? */
static bool
continues_list(struct looker *looker, const struct entity *before, const struct entity *entity)
{
	const struct document *document = looker->document;
	bool joined = false;
	if (before->sentence != entity->sentence || entity->start < before->end ||
		entity->start - before->end > LIST_GAP_MAX)
		return false;
	for (size_t i = before->behind_token; i < entity->first_token; i++) {
		const struct token *token = &document->tokens[i];
		struct view word = document_text(document,
			document->sentences[entity->sentence].part, token->start, token->end);
		if (view_equal(word, VIEW(",")) || view_equal(word, VIEW(";")) ||
			view_equal(word, VIEW("&")) || view_equal(word, VIEW("/")) ||
			tongue_hit(&looker->tongue, sentence_of(looker, entity), TABLE_NAME_STOPS,
				"and", token->start, token->end))
			joined = true;
		else if (!tongue_hit(&looker->tongue, sentence_of(looker, entity), TABLE_NAME_STOPS,
				 NULL, token->start, token->end) &&
			 !tongue_hit(&looker->tongue, sentence_of(looker, entity), TABLE_OWNER_CUES,
				 "firm", token->start, token->end))
			return false;
	}
	return joined;
}

static double
owner_by_cues(struct looker *looker, const struct entity *entity)
{
	struct tongue *tongue = &looker->tongue;
	bool is_public = entity->kind == ENTITY_PUBLIC;
	double score = is_public ? (entity->is_small ? 0.3 : 0.35) : 0;
	if (entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "us", FAR_CUE_REACH))
		score = score_or(score, is_public                        ? 0.6
					: entity->kind == ENTITY_COMPANY ? 0.1
									 : 0.35);
	if (entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "owner", CUE_REACH))
		score = score_or(score, is_public ? 0.25 : 0.05);
	if (entity_cue_behind(tongue, entity, TABLE_NAME_CUES, "project", 1))
		score = score_or(score, is_public ? 0.2 : 0);
	if (entity->at_start && is_public)
		score = score_or(score, 0.12);
	return score;
}

/* A German noun, which a capital does not make a name. */
static bool
is_noun(const struct looker *looker, const struct entity *entity)
{
	return entity->kind == ENTITY_NAME && !entity->is_odd && !entity->is_acronym &&
	       entity->behind_token == entity->first_token + 1 &&
	       view_equal(looker->document->mail->language, VIEW("de"));
}

/* "with Digipolis," and not "with a Merkle root": no noun follows. */
static bool
stands_alone(struct looker *looker, const struct entity *entity)
{
	const struct sentence *sentence = sentence_of(looker, entity);
	size_t end = sentence->first_token + sentence->token_count;
	if (entity->behind_token >= end)
		return true;
	const struct token *next = &looker->document->tokens[entity->behind_token];
	return next->kind == TOKEN_PUNCTUATION ||
	       tongue_hit(
		       &looker->tongue, sentence, TABLE_NAME_STOPS, NULL, next->start, next->end);
}

static double
partner_by_cues(struct looker *looker, const struct entity *entity)
{
	struct tongue *tongue = &looker->tongue;
	double score = 0;
	if (entity->kind == ENTITY_COMPANY || entity->kind == ENTITY_SCHOOL)
		score = 0.35;
	else if (entity->kind == ENTITY_OTHER)
		score = 0.15;
	bool is_plain = entity->kind == ENTITY_NAME;
	if (entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "maker", CUE_REACH))
		score = score_or(score, 0.6);
	if (entity_is_firm(tongue, entity))
		score = score_or(score, 0.6);
	if (entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "partner", CUE_REACH))
		score = score_or(score, is_noun(looker, entity) ? 0.25 : 0.55);
	else if (!is_plain &&
		 entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "partner", FAR_CUE_REACH))
		score = score_or(score, 0.3);
	else if (entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "with", CUE_REACH) &&
		 (!is_plain || stands_alone(looker, entity)))
		score = score_or(score, is_noun(looker, entity) ? 0.1 : 0.5);
	if (entity_cue_behind(tongue, entity, TABLE_OWNER_CUES, "maker", 3))
		score = score_or(score, 0.5);
	if (entity->is_quoted && is_plain)
		score *= 0.5;
	return score;
}

static struct part_taken
part_taken(struct looker *looker, const struct entity *entity)
{
	const struct sentence *sentence = sentence_of(looker, entity);
	struct part_taken part = {0};
	int label = label_of(looker, entity);
	if (label == FIELD_ORGANISATION || label == FIELD_PARTNERS) {
		part.owner = label == FIELD_ORGANISATION ? 0.93 : 0;
		part.partner = label == FIELD_PARTNERS ? 0.9 : 0;
		return part;
	}
	if (sentence->span == SPAN_SIGNATURE && sentence->level == 0) {
		part.owner = entity->kind == ENTITY_PUBLIC && !entity->is_generic ? 0.3 : 0;
		return part;
	}
	if (looker->document->blocks[sentence->block].kind == BLOCK_CLOSING) {
		part.owner = entity->kind == ENTITY_PUBLIC && !entity->is_generic ? 0.3 : 0;
		return part;
	}
	if (!entity_is_content(looker->document, entity) ||
		entity_is_person(looker->document, entity) || entity->is_known ||
		entity->is_generic)
		return part;
	part.owner = owner_by_cues(looker, entity);
	part.partner = partner_by_cues(looker, entity);
	if (entity_cue_before(&looker->tongue, entity, TABLE_OWNER_CUES, "compare", 20)) {
		part.owner *= 0.3;
		part.partner *= 0.3;
	}
	return part;
}

static bool
is_genitive_of(struct view longer, struct view shorter)
{
	struct view rest = view_slice(longer, shorter.size, longer.size);
	return shorter.size > 3 && view_starts_with(longer, shorter) &&
	       (view_equal(rest, VIEW("s")) || view_equal(rest, VIEW("'s")) ||
		       view_equal(rest, VIEW("’s")));
}

static struct body *
body_of(struct looker *looker, struct view text, int case_index)
{
	struct arena *arena = looker->document->arena;
	struct view key = entity_key(text, arena);
	for (size_t i = 0; i < looker->body_count; i++) {
		struct body *known = &looker->bodies[i];
		if (known->case_index != case_index)
			continue;
		/* "Lantmäteriets", "Telia's": the genitive is the same body */
		if (view_equal(known->key, key) || is_genitive_of(key, known->key))
			return known;
		if (is_genitive_of(known->key, key)) {
			known->text = text;
			known->key = key;
			known->best_owner = known->partner = 0; /* better words are these */
			return known;
		}
	}
	struct body *body = arena_push(arena, &looker->bodies, &looker->body_count,
		&looker->body_capacity, sizeof(*body), BODIES_MAX);
	if (!body)
		return NULL;
	body->text = text;
	body->key = key;
	body->case_index = case_index;
	return body;
}

static bool
add(struct looker *looker, const struct entity *entity, enum field field, double score,
	struct candidates *candidates, struct error *err)
{
	int label = label_of(looker, entity);
	bool by_label = label == FIELD_ORGANISATION || label == FIELD_PARTNERS;
	const struct candidate candidate = {.field = field,
		.value = entity_text(looker->document, entity),
		.sentence = entity->sentence,
		.start = entity->start,
		.end = entity->end,
		.method = by_label ? METHOD_LABEL : METHOD_PATTERN,
		.score = score > 0.95 ? 0.95 : score};
	return candidate_add(candidates, looker->document, &candidate, err);
}

/* Scores all mentions; a list takes the part of its first. */
static bool
read_parts(struct looker *looker, struct part_taken *parts)
{
	for (size_t i = 0; i < looker->entities.count; i++) {
		const struct entity *entity = &looker->entities.items[i];
		parts[i] = part_taken(looker, entity);
		if (i > 0 && parts[i - 1].partner >= 0.45 && !entity->is_known &&
			continues_list(looker, entity - 1, entity) &&
			parts[i].partner < parts[i - 1].partner * 0.95)
			parts[i].partner = parts[i - 1].partner * 0.95;
		if (parts[i].owner < 0.05 && parts[i].partner < 0.05)
			continue;
		struct body *body = body_of(looker, entity_text(looker->document, entity),
			sentence_of(looker, entity)->case_index);
		if (!body)
			continue;
		body->owner = score_or(body->owner, parts[i].owner);
		if (parts[i].owner > body->best_owner) {
			body->best_owner = parts[i].owner;
			body->owner_words = entity;
		}
		if (parts[i].partner > body->partner) {
			body->partner = parts[i].partner;
			body->partner_words = entity;
		}
	}
	return true;
}

/* The best owner of a case, which is then nobody's partner. */
static const struct body *
best_owner(const struct looker *looker, int case_index)
{
	const struct body *best = NULL;
	for (size_t i = 0; i < looker->body_count; i++) {
		const struct body *body = &looker->bodies[i];
		bool concerns = body->case_index == case_index || body->case_index == CASE_SHARED ||
				case_index == CASE_SHARED;
		if (concerns && body->owner >= 0.3 && body->owner > body->partner &&
			(!best || body->owner > best->owner))
			best = body;
	}
	return best;
}

bool
find_organisations(
	const struct document *document, struct candidates *candidates, struct error *err)
{
	struct looker looker = {.document = document, .tongue = tongue_new(document)};
	if (!entities_find(document, &looker.entities, err))
		return false;
	struct part_taken *parts =
		arena_alloc_array(document->arena, looker.entities.count + 1, sizeof(*parts));
	if (!parts)
		return error_set(err, ERROR_MESSAGE, "too many names for the limits");
	if (!read_parts(&looker, parts))
		return false;
	for (size_t i = 0; i < looker.body_count; i++) {
		const struct body *body = &looker.bodies[i];
		const struct body *owner = best_owner(&looker, body->case_index);
		bool is_owner = owner && view_equal(owner->key, body->key);
		/* somebody owns it: the best of those who could is more likely than its words say
		 */
		double score = is_owner ? 0.35 + 0.65 * body->owner : body->owner * 0.6;
		if (body->owner_words && body->owner > 0.2 &&
			!add(&looker, body->owner_words, FIELD_ORGANISATION, score, candidates,
				err))
			return false;
		if (!is_owner && body->partner_words && body->partner >= 0.2 &&
			!add(&looker, body->partner_words, FIELD_PARTNERS, body->partner,
				candidates, err))
			return false;
	}
	return true;
}
