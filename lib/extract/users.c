/*
 * How many people, companies or bodies use a project: a number (number.c), what it counts
 * (user_nouns.tsv against not_users.tsv, the nearest behind it settles it), and whether those are
 * told to use it (user_cues.tsv) and not hoped for. The main present or final figure has the best
 * score; resolve() takes it.
 */
#include "extract/candidate.h"
#include "extract/number.h"

enum {
	NOUN_REACH = 48, /* bytes between a number and the noun that it counts */
	NOUN_WORDS = 4,  /* and words: "4,300 mostly elderly female citizens" */
	CUE_REACH = 90,
	TARGET_REACH = 50,
	DENIAL_REACH = 12,
};

struct looker {
	struct tongue *tongue;
	const struct document *document;
	const struct sentence *sentence;
	struct atoms atoms;
};

/* The first hit of a table that begins in [start, end). */
static const struct hit *
first_hit(
	const struct looker *looker, enum table table, const char *value, size_t start, size_t end)
{
	return tongue_hit(looker->tongue, looker->sentence, table, value, start,
		end < looker->sentence->end ? end : looker->sentence->end);
}

/* How far a noun may stand: up to the next number, clause mark or NOUN_WORDS words. */
static size_t
noun_limit(const struct looker *looker, const struct number_found *number)
{
	size_t words = 0, at = number->behind;
	for (; at < looker->atoms.count; at++) {
		struct atom atom = looker->atoms.items[at];
		bool ends = atom.kind == ATOM_DIGITS ||
			    (atom.kind == ATOM_MARK && atom.mark != '\'' && atom.mark != '-' &&
				    atom.mark != '"' && atom.mark != '.');
		if (ends || atom.start > number->end + NOUN_REACH || words > NOUN_WORDS)
			return atom.start;
		words += atom.kind != ATOM_MARK && atom.kind != ATOM_OF;
	}
	return looker->sentence->end;
}

static bool
is_label(const struct looker *looker)
{
	return looker->document->blocks[looker->sentence->block].label_field == FIELD_USERS;
}

/* "no 300 users": a denial right before the number, and not elsewhere in the clause. */
static bool
is_denied(
	const struct looker *looker, const struct number_found *number, const struct clause *clause)
{
	size_t from = number->start > DENIAL_REACH ? number->start - DENIAL_REACH : 0;
	return first_hit(looker, TABLE_CUES, "negation",
		from > clause->start ? from : clause->start, number->start);
}

/* 0: those are no users, told as such or not yet. */
static double
score_of_cues(const struct looker *looker, const struct number_found *number, double score)
{
	const struct document *document = looker->document;
	const struct clause *clause = clause_at(document, looker->sentence, number->start);
	size_t near = number->start > CUE_REACH ? number->start - CUE_REACH : 0;
	const unsigned unreal =
		CONTEXT_COMPARISON | CONTEXT_OTHERS | CONTEXT_QUESTION | CONTEXT_DROPPED;
	if ((clause->context & unreal) || is_denied(looker, number, clause))
		return 0;
	if (clause->context & (CONTEXT_PLANNED | CONTEXT_HYPOTHETICAL))
		score -= 0.25;
	size_t nearby = near > clause->start ? near : clause->start;
	if (first_hit(looker, TABLE_USER_CUES, "target", nearby, number->end + TARGET_REACH))
		score -= 0.4;
	if (first_hit(looker, TABLE_USER_CUES, "use", clause->start, clause->end))
		score += 0.22;
	else if (first_hit(looker, TABLE_USER_CUES, "use", near, number->end + CUE_REACH))
		score += 0.12;
	if (first_hit(looker, TABLE_USER_CUES, "now", clause->start, clause->end))
		score += 0.08;
	return score;
}

/* A number with a noun behind it. */
static double
score_of_counted(
	const struct looker *looker, const struct number_found *number, const struct hit *noun)
{
	double score = 0.42 * (noun->weight > 0 ? noun->weight : 1);
	if (number->value == 1 || (number->is_date && noun->start > number->end + 2))
		return 0;
	if (number->value < 10)
		score -= number->in_words ? 0.22 : 0.12;
	else if (number->value >= 100)
		score += 0.08;
	return score_of_cues(looker, number, score);
}

/* "38, of them five with a roof", "144 voted": a number on its own beside a word of use. */
static double
score_of_bare(const struct looker *looker, const struct number_found *number)
{
	const struct clause *clause = clause_at(looker->document, looker->sentence, number->start);
	bool used = first_hit(looker, TABLE_USER_CUES, "use", clause->start, clause->end);
	bool told = first_hit(looker, TABLE_USER_CUES, "now", clause->start, clause->end) &&
		    first_hit(looker, TABLE_USER_NOUNS, NULL, looker->sentence->start,
			    looker->sentence->end);
	if (number->is_date || number->value < 10 || (!used && !told))
		return 0;
	return score_of_cues(looker, number, used ? 0.28 : 0.4);
}

static double
score_of(const struct looker *looker, const struct number_found *number, size_t *ret_end)
{
	size_t limit = noun_limit(looker, number);
	const struct hit *noun = first_hit(looker, TABLE_USER_NOUNS, NULL, number->end, limit);
	const struct hit *thing = first_hit(looker, TABLE_NOT_USERS, NULL, number->end, limit);
	*ret_end = number->end;
	if (number->has_sign)
		return 0;
	if (is_label(looker))
		return thing && !noun ? 0.3 : 0.93;
	if (thing && (!noun || thing->start < noun->start ||
			     (thing->start == noun->start && thing->end >= noun->end)))
		return 0;
	if (!noun)
		return score_of_bare(looker, number);
	*ret_end = noun->end;
	return score_of_counted(looker, number, noun);
}

static bool
add(const struct looker *looker, const struct number_found *number, size_t end, double score,
	struct candidates *candidates, struct error *err)
{
	const struct candidate candidate = {.field = FIELD_USERS,
		.value = arena_format(
			looker->document->arena, "%llu", (unsigned long long)number->value),
		.sentence = (size_t)(looker->sentence - looker->document->sentences),
		.start = number->start,
		.end = end,
		.method = is_label(looker) ? METHOD_LABEL : METHOD_PATTERN,
		.score = score > 0.95 ? 0.95 : score};
	if (!candidate.value.data)
		return error_set(err, ERROR_MESSAGE, "too many numbers for the limits");
	return candidate_add(candidates, looker->document, &candidate, err);
}

static bool
find_in_sentence(struct tongue *tongue, const struct sentence *sentence,
	struct candidates *candidates, struct error *err)
{
	struct looker looker = {tongue, tongue->document, sentence, {0}};
	if (!lex_sentence(tongue, sentence, &looker.atoms, err))
		return false;
	for (size_t at = 0; at < looker.atoms.count;) {
		struct number_found number;
		if (!number_read(&looker.atoms, at, &number)) {
			at++;
			continue;
		}
		size_t end = number.end;
		double score = score_of(&looker, &number, &end);
		if (score > 0.2 && !add(&looker, &number, end, score, candidates, err))
			return false;
		at = number.behind;
	}
	return true;
}

static bool
may_hold_number(const struct document *document, const struct sentence *sentence)
{
	struct view text = sentence_text(document, sentence);
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= '0' && text.data[i] <= '9')
			return true;
	return sentence_hit(
		document, sentence, TABLE_NUMBER_WORDS, NULL, sentence->start, sentence->end);
}

bool
find_users(const struct document *document, struct candidates *candidates, struct error *err)
{
	struct tongue tongue = tongue_new(document);
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		if (!sentence->asserts || !may_hold_number(document, sentence))
			continue;
		if (!find_in_sentence(&tongue, sentence, candidates, err))
			return false;
	}
	return true;
}
