/*
 * Finds names by their shape: one pass over the tokens of each sentence. German writes every noun
 * with a capital, so there a run needs a word of org_words.tsv, an odd capital or a quotation mark
 * to be more than a noun; the finders that use this see to that by its kind.
 */
#include "extract/entity.h"

#include "base/utf8.h"
#include "extract/fold.h"

struct scanner {
	const struct document *document;
	struct tongue tongue;
	size_t index; /* of the sentence */
	const struct sentence *sentence;
	struct entity *items;
	size_t count;
	size_t capacity;
};

static const struct token *
token_at(const struct scanner *scanner, size_t i)
{
	return &scanner->document->tokens[scanner->sentence->first_token + i];
}

static struct view
token_text(const struct scanner *scanner, size_t i)
{
	const struct token *token = token_at(scanner, i);
	return document_text(scanner->document, scanner->sentence->part, token->start, token->end);
}

static const struct hit *
word_hit(struct scanner *scanner, enum table table, const char *value, size_t i)
{
	const struct token *token = token_at(scanner, i);
	return tongue_hit(
		&scanner->tongue, scanner->sentence, table, value, token->start, token->start + 1);
}

/* "of", "für", "de la": joins two capitalised words of one name. */
static bool
is_joint(struct scanner *scanner, size_t i)
{
	return !token_at(scanner, i)->is_capitalised &&
	       word_hit(scanner, TABLE_NAME_STOPS, "joint", i);
}

static bool
is_and(struct scanner *scanner, size_t i)
{
	return word_hit(scanner, TABLE_NAME_STOPS, "and", i) ||
	       view_equal(token_text(scanner, i), VIEW("&"));
}

/* Words that a capital makes no name: "I", "Dear", "The", "Monday". */
static bool
is_stop(struct scanner *scanner, size_t i)
{
	const struct token *token = token_at(scanner, i);
	static const char *const values[] = {"word", "joint", "and"};
	const struct hit *hit;
	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
		hit = word_hit(scanner, TABLE_NAME_STOPS, values[v], i);
		if (hit && hit->end >= token->end)
			return true;
	}
	hit = word_hit(scanner, TABLE_MONTHS, NULL, i);
	if (hit && hit->end >= token->end && hit->weight >= 1)
		return true;
	return word_hit(scanner, TABLE_TITLES, NULL, i) != NULL;
}

static bool
is_name_word(struct scanner *scanner, size_t i)
{
	const struct token *token = token_at(scanner, i);
	if (token->kind != TOKEN_WORD || is_stop(scanner, i))
		return false;
	return token->is_capitalised || token->is_upper || token->has_inner_upper;
}

/* "Recorder's office": a body's word in small letters. */
static bool
ends_body(struct scanner *scanner, size_t i)
{
	const struct hit *hit = word_hit(scanner, TABLE_ORG_WORDS, NULL, i);
	return hit && hit->weight > 1;
}

/* In signatures and headings a line is a thing of its own. */
static bool
is_new_line(const struct scanner *scanner, size_t i)
{
	const struct block *block = &scanner->document->blocks[scanner->sentence->block];
	const struct token *before = token_at(scanner, i - 1), *token = token_at(scanner, i);
	struct view text = scanner->document->parts[scanner->sentence->part].text;
	if (scanner->sentence->span != SPAN_SIGNATURE && block->kind == BLOCK_PARAGRAPH)
		return false;
	return view_find_byte(view_slice(text, before->end, token->start), '\n', 0) != SIZE_MAX;
}

/* Within a name a capital is enough, where it is no small word's ("Lumen Ledger Ltd"). */
static bool
continues_name(struct scanner *scanner, size_t i)
{
	enum { SMALL_WORD = 3 };
	const struct token *token = token_at(scanner, i);
	if (is_name_word(scanner, i))
		return true;
	return token->kind == TOKEN_WORD && token->is_capitalised &&
	       token->end - token->start > SMALL_WORD &&
	       !word_hit(scanner, TABLE_MONTHS, NULL, i) &&
	       !word_hit(scanner, TABLE_TITLES, NULL, i);
}

/* "Project X", "Firma X": a word for a firm or project leads to the name and is none of it. */
static bool
leads_to_name(struct scanner *scanner, size_t i, size_t limit)
{
	if (i + 1 >= limit || !is_name_word(scanner, i + 1) || ends_body(scanner, i + 1))
		return false;
	const struct hit *project = word_hit(scanner, TABLE_NAME_CUES, "project", i);
	const struct hit *firm = word_hit(scanner, TABLE_OWNER_CUES, "firm", i);
	const struct hit *cue = project ? project : firm;
	return cue && cue->end == token_at(scanner, i)->end &&
	       !word_hit(scanner, TABLE_ORG_WORDS, NULL, i + 1);
}

/* Where the run that begins at token i ends; words joined by lower-case joints belong to it. */
static size_t
end_of_run(struct scanner *scanner, size_t i, size_t limit)
{
	size_t end = i + 1;
	bool is_body = word_hit(scanner, TABLE_ORG_WORDS, NULL, i) != NULL;
	while (end < limit && end < i + ENTITY_WORDS_MAX) {
		const struct token *token = token_at(scanner, end);
		size_t next = end;
		if (is_new_line(scanner, end))
			break;
		if (token->kind == TOKEN_PUNCTUATION) {
			/* "Recorder's Office", "V-ICT-OR", "St. Gallen" stay one name */
			char mark = scanner->document->parts[scanner->sentence->part]
					    .text.data[token->start];
			bool is_inner = (mark == '\'' || mark == '-' || mark == '&' ||
						mark == '/' || mark == '.') &&
					end + 1 < limit &&
					!token_at(scanner, end + 1)->space_before &&
					(!token->space_before || mark == '&');
			if (mark == '&' && end + 1 < limit && is_name_word(scanner, end + 1))
				is_inner = true;
			if (!is_inner || mark == '.')
				break;
			next = end + 2;
		} else if (token->kind == TOKEN_NUMBER) {
			if (!token->space_before || end != i + 1 || token->end - token->start > 2)
				break;
			next = end + 1;
		} else if (continues_name(scanner, end)) {
			is_body = is_body || word_hit(scanner, TABLE_ORG_WORDS, NULL, end);
			next = end + 1;
		} else if (is_joint(scanner, end) || (is_body && is_and(scanner, end))) {
			bool joins_and = is_and(scanner, end);
			next = end + 1;
			while (next < limit && next < end + 3 && is_joint(scanner, next))
				next++;
			/* "the Ministry of Finance and Tencent": a list, unless an "of" came first
			 */
			if (next >= limit || !is_name_word(scanner, next) ||
				(joins_and && (word_hit(scanner, TABLE_ORG_WORDS, NULL, next) ||
						      end < i + 3)))
				break;
			next++;
		} else if (!token->is_capitalised && ends_body(scanner, end)) {
			/* "Recorder's office", "law clinic": a lower-case word ends the name */
			end++;
			break;
		} else {
			break;
		}
		end = next;
	}
	return end;
}

/* "a ministry of agriculture", "the central bank of Cambodia": a body in small letters needs an
 * "of" and says what of. */
static size_t
end_of_small_body(struct scanner *scanner, size_t i, size_t limit)
{
	const struct token *token = token_at(scanner, i);
	if (token->kind != TOKEN_WORD || token->is_capitalised || !ends_body(scanner, i))
		return i;
	const struct hit *body = word_hit(scanner, TABLE_ORG_WORDS, NULL, i);
	size_t of = i + 1;
	while (of < limit && token_at(scanner, of)->start < body->end)
		of++;
	if (of < limit && of > i + 1 && is_joint(scanner, of - 1))
		of--; /* the term holds its "of" */
	if (of + 1 >= limit || !is_joint(scanner, of))
		return i;
	size_t what = of + 1;
	if (token_at(scanner, what)->kind != TOKEN_WORD || is_stop(scanner, what))
		return i;
	return token_at(scanner, what)->is_capitalised ? end_of_run(scanner, what, limit)
						       : what + 1;
}

static enum entity_kind
kind_of(struct scanner *scanner, size_t first, size_t behind)
{
	static const struct {
		const char *value;
		enum entity_kind kind;
	} kinds[] = {{"company", ENTITY_COMPANY}, {"school", ENTITY_SCHOOL},
		{"public", ENTITY_PUBLIC}, {"other", ENTITY_OTHER}};
	const struct token *from = token_at(scanner, first), *to = token_at(scanner, behind - 1);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (tongue_hit(&scanner->tongue, scanner->sentence, TABLE_ORG_WORDS, kinds[i].value,
			    from->start, to->end))
			return kinds[i].kind;
	/* who is known to be of a tier of government is public */
	const struct hit *tier = sentence_hit(
		scanner->document, scanner->sentence, TABLE_LEVELS, NULL, from->start, to->end);
	return tier && tier->start == from->start && tier->end >= to->end &&
			       !sentence_hit(scanner->document, scanner->sentence, TABLE_COUNTRIES,
				       NULL, from->start, to->end)
		       ? ENTITY_PUBLIC
		       : ENTITY_NAME;
}

static bool
is_known(const struct scanner *scanner, size_t start, size_t end)
{
	static const enum table tables[] = {
		TABLE_COUNTRIES, TABLE_PLATFORMS, TABLE_MONTHS, TABLE_TOPICS, TABLE_NETWORKS};
	const struct sentence *sentence = scanner->sentence;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct hit *hit =
			sentence_hit(scanner->document, sentence, tables[i], NULL, start, end);
		struct view text = scanner->document->parts[sentence->part].text;
		/* "Hyperledger-based" is no name either */
		if (hit && hit->start == start && (hit->end >= end || text.data[hit->end] == '-'))
			return true;
	}
	return false;
}

/* "OrgBook", "e-Koosolek", "KM-Log": a capital behind a small letter, or capitals and a hyphen. */
static bool
is_odd(struct view word)
{
	bool hyphen = view_find_byte(word, '-', 0) != SIZE_MAX;
	for (size_t i = 1; i < word.size; i++) {
		char before = word.data[i - 1], byte = word.data[i];
		bool is_upper = byte >= 'A' && byte <= 'Z';
		if (is_upper && before >= 'a' && before <= 'z')
			return true;
		if (is_upper && hyphen && before >= 'A' && before <= 'Z')
			return true;
	}
	return hyphen && word.size > 2 && word.data[1] == '-';
}

/* "the Ministry", "the City": a body's word alone names none. */
static bool
is_generic(struct scanner *scanner, size_t first, size_t behind)
{
	return behind == first + 1 && word_hit(scanner, TABLE_NAME_STOPS, "generic", first);
}

/* "l'Université", "dell'Agenzia": the bytes before the name itself. */
static size_t
elision(struct view word)
{
	size_t at = view_find_byte(word, '\'', 0), width = 1;
	size_t curly = view_find(word, VIEW("’"), 0);
	if (curly < at) {
		at = curly;
		width = VIEW("’").size;
	}
	if (at == SIZE_MAX || at > 5 || at + width >= word.size || at == 0)
		return 0;
	char last = word.data[at - 1];
	return last >= 'a' && last <= 'z'   ? at + width
	       : last == 'L' || last == 'D' ? at + width
					    : 0;
}

static bool
add(struct scanner *scanner, size_t first, size_t behind, bool is_quoted, struct error *err)
{
	const struct token *from = token_at(scanner, first), *to = token_at(scanner, behind - 1);
	struct entity *entity = arena_push(scanner->document->arena, &scanner->items,
		&scanner->count, &scanner->capacity, sizeof(*entity), SIZE_MAX);
	if (!entity)
		return error_set(err, ERROR_MESSAGE, "too many names for the limits");
	enum entity_kind kind = kind_of(scanner, first, behind);
	*entity = (struct entity){.kind = kind,
		.sentence = scanner->index,
		.first_token = scanner->sentence->first_token + first,
		.behind_token = scanner->sentence->first_token + behind,
		.start = from->start + elision(token_text(scanner, first)),
		.end = to->end,
		.is_quoted = is_quoted,
		.at_start = first == 0,
		.is_acronym = behind == first + 1 && from->is_upper,
		.is_small = !is_quoted && !from->is_capitalised && !from->has_inner_upper,
		.is_generic = is_generic(scanner, first, behind),
		.is_known = kind == ENTITY_NAME && is_known(scanner, from->start, to->end)};
	for (size_t i = first; i < behind; i++)
		entity->is_odd = entity->is_odd || is_odd(token_text(scanner, i));
	return true;
}

/* The character class of a quotation mark: 1 opens, 2 closes, 3 may do both; 0 is none. */
static int
quote_kind(const struct scanner *scanner, size_t i)
{
	const struct token *token = token_at(scanner, i);
	size_t offset = token->start;
	if (token->kind != TOKEN_PUNCTUATION)
		return 0;
	switch (utf8_next(scanner->document->parts[scanner->sentence->part].text, &offset)) {
	case 0x201E: /* „ */
	case 0xAB:   /* « */
	case 0x2039:
		return 1;
	case 0x201D:
	case 0x203A:
		return 2;
	case '"':
	case 0x201C: /* “ opens in English and closes in German */
	case 0x2018:
	case 0x2019:
	case 0xBB:
	case '\'':
	case '*':
	case '_':
		return 3;
	default:
		return 0;
	}
}

/* A name in quotation marks: one to six words, the first with a capital or an odd one. */
static size_t
end_of_quoted(struct scanner *scanner, size_t i, size_t limit)
{
	int opens = quote_kind(scanner, i);
	bool has_capital = false;
	if (opens != 1 && opens != 3)
		return i;
	if (i > 0 && !token_at(scanner, i)->space_before && quote_kind(scanner, i) == 3 &&
		token_at(scanner, i - 1)->kind == TOKEN_WORD)
		return i; /* an apostrophe */
	for (size_t end = i + 1; end < limit && end < i + 8; end++) {
		const struct token *token = token_at(scanner, end);
		if (quote_kind(scanner, end) >= 2 && end > i + 1 && !token->space_before &&
			(end + 1 >= limit || token_at(scanner, end + 1)->space_before ||
				token_at(scanner, end + 1)->kind == TOKEN_PUNCTUATION))
			return has_capital ? end : i;
		has_capital = has_capital || token->is_capitalised || token->has_inner_upper;
	}
	return i;
}

static bool
scan_sentence(struct scanner *scanner, struct error *err)
{
	size_t limit = scanner->sentence->token_count;
	for (size_t i = 0; i < limit;) {
		size_t end = end_of_quoted(scanner, i, limit);
		if (end > i) {
			if (!add(scanner, i + 1, end, true, err))
				return false;
			i = end + 1;
			continue;
		}
		end = end_of_small_body(scanner, i, limit);
		if (end > i) {
			if (!add(scanner, i, end, false, err))
				return false;
			i = end;
			continue;
		}
		if (!is_name_word(scanner, i) || leads_to_name(scanner, i, limit)) {
			i++;
			continue;
		}
		end = end_of_run(scanner, i, limit);
		if (!add(scanner, i, end, false, err))
			return false;
		i = end;
	}
	return true;
}

bool
entities_find(const struct document *document, struct entities *ret_entities, struct error *err)
{
	struct scanner scanner = {.document = document, .tongue = tongue_new(document)};
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		if (sentence->span != SPAN_OWN && sentence->span != SPAN_FORWARDED &&
			sentence->span != SPAN_SIGNATURE)
			continue;
		scanner.index = i;
		scanner.sentence = sentence;
		if (!scan_sentence(&scanner, err))
			return false;
	}
	*ret_entities = (struct entities){scanner.items, scanner.count};
	return true;
}

struct view
entity_text(const struct document *document, const struct entity *entity)
{
	return document_text(
		document, document->sentences[entity->sentence].part, entity->start, entity->end);
}

const struct hit *
entity_cue_before(struct tongue *tongue, const struct entity *entity, enum table table,
	const char *value, size_t reach)
{
	const struct sentence *sentence = &tongue->document->sentences[entity->sentence];
	const struct hit *hits = sentence_hits(tongue->document, sentence);
	struct view text = tongue->document->parts[sentence->part].text;
	const struct hit *best = NULL;
	for (size_t i = 0; i < sentence->hit_count && hits[i].start < entity->start; i++)
		if (hits[i].table == table && hits[i].end <= entity->start &&
			hits[i].end + reach >= entity->start &&
			(!value || hit_is(&hits[i], table, value)) &&
			tongue_speaks(tongue, sentence, &hits[i]))
			best = &hits[i];
	/* "what I take with me: Settle …" names nobody that takes part */
	if (best && table == TABLE_OWNER_CUES &&
		view_find_byte(view_slice(text, best->end, entity->start), ':', 0) != SIZE_MAX &&
		!hit_is(best, table, "partner"))
		return NULL;
	return best;
}

const struct hit *
entity_cue_behind(struct tongue *tongue, const struct entity *entity, enum table table,
	const char *value, size_t reach)
{
	const struct sentence *sentence = &tongue->document->sentences[entity->sentence];
	return tongue_hit(tongue, sentence, table, value, entity->end, entity->end + reach + 1);
}

bool
entity_is_firm(struct tongue *tongue, const struct entity *entity)
{
	enum { CALLED_REACH = 14, FIRM_REACH = 60, BESIDE_REACH = 6 };
	const struct hit *called =
		entity_cue_before(tongue, entity, TABLE_NAME_CUES, "called", CALLED_REACH);
	return entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "firm", BESIDE_REACH) ||
	       (called && entity_cue_before(tongue, entity, TABLE_OWNER_CUES, "firm", FIRM_REACH));
}

bool
entity_is_person(const struct document *document, const struct entity *entity)
{
	const struct sentence *sentence = &document->sentences[entity->sentence];
	enum block_kind kind = document->blocks[sentence->block].kind;
	struct view text = entity_text(document, entity), from = document->mail->from.name;
	size_t before = entity->start > sentence->start + 12 ? entity->start - 12 : sentence->start;
	if (kind == BLOCK_GREETING || kind == BLOCK_CLOSING)
		return true;
	if (sentence_hit(document, sentence, TABLE_TITLES, NULL, before, entity->start))
		return true;
	return from.size && text.size >= 3 && view_find(from, text, 0) != SIZE_MAX;
}

bool
entity_is_content(const struct document *document, const struct entity *entity)
{
	const struct sentence *sentence = &document->sentences[entity->sentence];
	unsigned context = context_at(document, sentence, entity->start);
	if (sentence->span != SPAN_OWN && sentence->span != SPAN_FORWARDED)
		return false;
	if (!sentence->asserts && document->parts[sentence->part].kind != PART_SUBJECT &&
		document->blocks[sentence->block].kind != BLOCK_HEADING)
		return false;
	return (context & (CONTEXT_COMPARISON | CONTEXT_OTHERS | CONTEXT_REJECTED)) == 0;
}

static struct view
without_article(struct view folded)
{
	static const char *const articles[] = {"the ", "a ", "an ", "el ", "la ", "los ", "las ",
		"le ", "les ", "der ", "die ", "das ", "het ", "de ", "o ", "os ", "as "};
	for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++)
		if (view_starts_with(folded, view_of(articles[i])))
			return view_slice(folded, view_of(articles[i]).size, folded.size);
	return folded;
}

struct view
entity_key(struct view text, struct arena *arena)
{
	return without_article(fold_view(text, arena));
}
