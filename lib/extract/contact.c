/*
 * Whom to write to about the case: the person whom the message names for it, else the sender, who
 * is the forwarder of a forwarded account. A named person without an address takes the sender's
 * place alone. Names come from the From header, or from below the greeting where that has none.
 */
#include "extract/candidate.h"
#include "extract/entity.h"
#include "extract/person.h"

enum {
	CUE_REACH = 60,     /* "questions go best to my colleague in the unit, X" */
	ADDRESS_REACH = 40, /* between a name and its address */
	CASES_MAX = 64,
};

struct looker {
	const struct document *document;
	struct tongue tongue;
	struct entities entities;
	size_t next_entity; /* the first of the sentence at hand or behind it */
	struct candidates *candidates;
	bool named[CASES_MAX]; /* a person is named for this case */
	bool named_for_all;
};

static bool
is_label(const struct looker *looker, const struct sentence *sentence, enum field field)
{
	return looker->document->blocks[sentence->block].label_field == (int)field;
}

static bool
same_address(struct view a, struct view b)
{
	return view_equal_nocase(view_trim(a), view_trim(b));
}

static bool
is_team(const struct document *document, struct view address)
{
	for (size_t i = 0; i < document->owner_count; i++)
		if (same_address(document->owners[i], address))
			return true;
	for (size_t i = 0; i < document->mail->to_count; i++)
		if (same_address(document->mail->to[i].address, address) &&
			document->mail->to_count == 1)
			return true;
	return false;
}

static bool
propose(struct looker *looker, enum field field, struct view value, size_t index, size_t start,
	size_t end, double score, struct error *err)
{
	const struct sentence *sentence = &looker->document->sentences[index];
	bool by_label = is_label(looker, sentence, FIELD_CONTACT_NAME) ||
			is_label(looker, sentence, FIELD_CONTACT_EMAIL);
	const struct candidate candidate = {.field = field,
		.value = value,
		.sentence = index,
		.start = start,
		.end = end,
		.method = by_label ? METHOD_LABEL : METHOD_PATTERN,
		.score = score};
	return candidate_add(looker->candidates, looker->document, &candidate, err);
}

static void
mark_named(struct looker *looker, const struct sentence *sentence)
{
	if (sentence->case_index < 0 || sentence->case_index >= CASES_MAX)
		looker->named_for_all = true;
	else
		looker->named[sentence->case_index] = true;
}

/* A person by shape: one to four words, no body, nothing known, not the sender's team. */
static bool
looks_like_person(const struct looker *looker, const struct entity *entity)
{
	const struct document *document = looker->document;
	size_t words = entity->behind_token - entity->first_token;
	struct view text = entity_text(document, entity);
	if (entity->kind != ENTITY_NAME || entity->is_quoted || entity->is_known ||
		entity->is_acronym || words > 4 || text.size < 3)
		return false;
	for (size_t i = entity->first_token; i < entity->behind_token; i++)
		if (document->tokens[i].kind == TOKEN_NUMBER)
			return false;
	/* whom the mail greets is the reader */
	for (size_t i = 0; i < document->mail->to_count; i++)
		if (document->mail->to[i].name.size &&
			view_find(document->mail->to[i].name, text, 0) != SIZE_MAX)
			return false;
	return true;
}

/* The address nearest behind a name in its sentence, or nearest at all. */
static bool
address_near(const struct looker *looker, const struct sentence *sentence, size_t from,
	struct pattern_match *ret_match)
{
	const struct document *document = looker->document;
	struct view within = view_slice(document->parts[sentence->part].text, 0, sentence->end);
	for (size_t at = from;
		pattern_find(shape(document->shapes, SHAPE_EMAIL), within, at, ret_match);
		at = ret_match->end)
		if (!is_team(document, view_slice(within, ret_match->start, ret_match->end)))
			return true;
	return false;
}

static bool
is_self(struct looker *looker, const struct sentence *sentence)
{
	return tongue_hit(&looker->tongue, sentence, TABLE_CONTACT_CUES, "self", sentence->start,
		sentence->end);
}

/* The name in a sentence that is most likely meant: beside the address, else behind the cue. */
static const struct entity *
person_of(struct looker *looker, size_t index, size_t cue_end, size_t address_start)
{
	const struct entity *best = NULL;
	while (looker->next_entity < looker->entities.count &&
		looker->entities.items[looker->next_entity].sentence < index)
		looker->next_entity++;
	for (size_t i = looker->next_entity; i < looker->entities.count; i++) {
		const struct entity *entity = &looker->entities.items[i];
		if (entity->sentence > index)
			break;
		if (!looks_like_person(looker, entity))
			continue;
		bool beside = address_start != SIZE_MAX && entity->end <= address_start &&
			      entity->end + ADDRESS_REACH >= address_start;
		bool behind =
			entity->start >= cue_end && entity->start <= cue_end + CUE_REACH &&
			!(entity->at_start && entity->behind_token == entity->first_token + 1);
		if (beside)
			best = entity;
		else if (behind && !best)
			best = entity;
	}
	return best;
}

static bool
add_named(struct looker *looker, size_t index, struct error *err)
{
	const struct document *document = looker->document;
	const struct sentence *sentence = &document->sentences[index];
	struct pattern_match address;
	bool name_label = is_label(looker, sentence, FIELD_CONTACT_NAME);
	bool by_label = name_label || is_label(looker, sentence, FIELD_CONTACT_EMAIL);
	const struct hit *cue = tongue_hit(&looker->tongue, sentence, TABLE_CONTACT_CUES, "contact",
		sentence->start, sentence->end);
	if (!cue && address_near(looker, sentence, sentence->start, &address))
		cue = tongue_hit(&looker->tongue, sentence, TABLE_CONTACT_CUES, "verb",
			sentence->start, sentence->end);
	bool has_address = address_near(looker, sentence, sentence->start, &address);
	if (!by_label && (!cue || is_self(looker, sentence)) && !has_address)
		return true;
	size_t cue_end = by_label ? document->blocks[sentence->block].value_start
			 : cue    ? cue->end
				  : sentence->end;
	const struct entity *person =
		person_of(looker, index, cue_end, has_address ? address.start : SIZE_MAX);
	/* a verb alone ("ask", "call") names nobody for the case without an address or full name */
	bool full_name = person && person->behind_token >= person->first_token + 2;
	double score = by_label ? 0.93 : cue && has_address ? 0.88 : has_address ? 0.55 : 0.5;
	if (!by_label && !has_address && !(full_name && cue))
		return true;
	if (has_address && same_address(view_slice(document->parts[sentence->part].text,
						address.start, address.end),
				   document->mail->from.address))
		return true;
	if (score >= 0.5 && (person || has_address))
		mark_named(looker, sentence);
	if (person) {
		struct view name = person_clean(
			document->vocabulary, entity_text(document, person), document->arena);
		if (name.size && !propose(looker, FIELD_CONTACT_NAME, name, index, person->start,
					 person->end, score, err))
			return false;
	}
	return !has_address ||
	       propose(looker, FIELD_CONTACT_EMAIL,
		       document_text(document, sentence->part, address.start, address.end), index,
		       address.start, address.end, score, err);
}

/* The name that the sender signs with: two words or more in a closing or at a signature's head. */
static const struct entity *
signed_name(const struct looker *looker)
{
	const struct document *document = looker->document;
	for (size_t i = looker->entities.count; i > 0; i--) {
		const struct entity *entity = &looker->entities.items[i - 1];
		const struct sentence *sentence = &document->sentences[entity->sentence];
		enum block_kind kind = document->blocks[sentence->block].kind;
		if (document->parts[sentence->part].kind != PART_TEXT || sentence->level > 0 ||
			sentence->span == SPAN_FORWARDED)
			continue;
		if (kind != BLOCK_CLOSING && sentence->span != SPAN_SIGNATURE)
			continue;
		size_t words = entity->behind_token - entity->first_token;
		if (words >= 2 && words <= 4 && entity->kind == ENTITY_NAME && !entity->is_known &&
			!entity->is_odd)
			return entity;
	}
	return NULL;
}

static bool
is_latin(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] >= 0xD0)
			return false;
	return true;
}

/* From the header; where that is no full name in our letters, as signed. */
static struct view
sender_name(const struct looker *looker)
{
	const struct document *document = looker->document;
	struct view name =
		person_clean(document->vocabulary, document->mail->from.name, document->arena);
	const struct entity *as_signed = signed_name(looker);
	bool is_full = name.size && (person_word_count(name) >= 2 || !is_latin(name));
	if (!as_signed || (is_full && is_latin(name)))
		return name;
	struct view written = entity_text(document, as_signed);
	if (!is_full || (!is_latin(name) && is_latin(written)))
		return person_clean(document->vocabulary, written, document->arena);
	return name;
}

static bool
add_sender(struct looker *looker, struct error *err)
{
	const struct document *document = looker->document;
	struct view name = sender_name(looker), address = document->mail->from.address;
	if (looker->named_for_all || address.size == 0 || is_team(document, address))
		return true;
	for (size_t index = 0; index < document->case_count || index == 0; index++) {
		struct candidate candidate = {.field = FIELD_CONTACT_EMAIL,
			.value = address,
			.part = NO_PART,
			.sentence = NO_SENTENCE,
			.case_index = document->case_count > 1 ? (int)index : CASE_SHARED,
			.method = METHOD_SENDER,
			.score = 0.9};
		if (index >= CASES_MAX || looker->named[index])
			continue;
		if (!candidate_add(looker->candidates, document, &candidate, err))
			return false;
		candidate.field = FIELD_CONTACT_NAME;
		candidate.value = name;
		if (name.size && !candidate_add(looker->candidates, document, &candidate, err))
			return false;
		if (document->case_count <= 1)
			break;
	}
	return true;
}

bool
find_contacts(const struct document *document, struct candidates *candidates, struct error *err)
{
	struct looker looker = {
		.document = document, .tongue = tongue_new(document), .candidates = candidates};
	if (!entities_find(document, &looker.entities, err))
		return false;
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		bool own = sentence->span == SPAN_OWN && sentence->level == 0;
		if (own && sentence->asserts && !add_named(&looker, i, err))
			return false;
	}
	return add_sender(&looker, err);
}
