/*
 * What holds in a clause: negation, plan, hypothesis, comparison and the like, from the words of
 * cues.tsv. A sentence is cut at commas, semicolons, brackets and contrasts ("but"); a cue marks
 * its clause, and some reach further: a plan or a condition up to the next contrast, a question or
 * other people's project over the whole sentence.
 */
#include "extract/blocks.h"
#include "extract/tongue.h"

/* A cue reaches over at most this many clauses, so that a list without end stays linear. */
enum { REACH_CLAUSES_MAX = 12 };

struct meaning {
	const char *value;
	unsigned context;
	bool reaches; /* up to the next contrast, not only the clause */
};

static const struct meaning meanings[] = {
	{"negation", CONTEXT_NEGATED, false},
	{"planned", CONTEXT_PLANNED, false},
	{"hypothetical", CONTEXT_HYPOTHETICAL, true},
	{"past", CONTEXT_PAST, false},
	{"comparison", CONTEXT_COMPARISON, false},
	{"others", CONTEXT_OTHERS, true},
	{"rejected", CONTEXT_REJECTED, true},
	{"dropped", CONTEXT_DROPPED, true},
	{"reported", CONTEXT_REPORTED, true},
};

static unsigned
context_of(const struct hit *hit, bool *ret_reaches)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (view_equal(hit->value, view_of(meanings[i].value))) {
			*ret_reaches = meanings[i].reaches;
			return meanings[i].context;
		}
	return 0;
}

static bool
add_clause(struct document *document, struct sentence *sentence, size_t start, size_t end,
	struct error *err)
{
	struct clause *clause = arena_push(document->arena, &document->clauses,
		&document->clause_count, &document->clause_capacity, sizeof(*clause), CLAUSES_MAX);

	if (!clause)
		return error_set(err, ERROR_MESSAGE, "the message is too large to be understood");
	*clause = (struct clause){.start = start, .end = end};
	sentence->clause_count++;
	return true;
}

/* A comma in "1,000" is none; a dash must have space on both sides. */
static bool
is_break(struct view text, size_t at, size_t end)
{
	char byte = text.data[at];

	if (byte == ';' || byte == '(' || byte == ')' || byte == '\t' || byte == '|')
		return true;
	if (byte == ',' || byte == ':')
		return at + 1 < end && (text.data[at + 1] == ' ' || text.data[at + 1] == '\n');
	return view_starts_with(view_slice(text, at, end), VIEW(" – ")) ||
	       view_starts_with(view_slice(text, at, end), VIEW(" — ")) ||
	       view_starts_with(view_slice(text, at, end), VIEW(" - "));
}

/* A contrast or conjunction begins a clause where it stands. */
static bool
begins_clause(const struct part *part, size_t *hit, size_t at)
{
	bool begins = false;

	while (*hit < part->hit_count && part->hits[*hit].start <= at) {
		begins = begins ||
			 (part->hits[*hit].start == at &&
				 (hit_is(&part->hits[*hit], TABLE_CUES, "contrast") ||
					 hit_is(&part->hits[*hit], TABLE_CUES, "conjunction")));
		(*hit)++;
	}
	return begins;
}

static bool
cut_clauses(struct document *document, struct sentence *sentence, struct error *err)
{
	const struct part *part = &document->parts[sentence->part];
	size_t start = sentence->start, hit = sentence->first_hit;

	sentence->first_clause = document->clause_count;
	for (size_t at = sentence->start; at < sentence->end; at++) {
		bool begins = begins_clause(part, &hit, at) && at > start;
		bool breaks = is_break(part->text, at, sentence->end);

		if (!begins && !breaks)
			continue;
		size_t end = begins ? at : at + 1;
		if (!add_clause(document, sentence, start, end, err))
			return false;
		start = end;
	}
	return start < sentence->end || sentence->clause_count == 0
		       ? add_clause(document, sentence, start, sentence->end, err)
		       : true;
}

static bool
has_contrast(const struct document *document, const struct sentence *sentence,
	const struct clause *clause)
{
	return sentence_hit(document, sentence, TABLE_CUES, "contrast", clause->start, clause->end);
}

/* Marks the clause of the cue and, if it reaches, those behind it up to a contrast. */
static void
mark(struct document *document, struct sentence *sentence, const struct hit *hit)
{
	struct clause *clauses = document->clauses + sentence->first_clause;
	bool reaches = false;
	unsigned context = context_of(hit, &reaches);

	if (!context)
		return;
	size_t at = (size_t)(clause_at(document, sentence, hit->start) - clauses);
	size_t end = at + REACH_CLAUSES_MAX;
	clauses[at].context |= context;
	for (size_t i = at + 1; reaches && i < sentence->clause_count && i < end; i++) {
		if (has_contrast(document, sentence, &clauses[i]))
			break;
		clauses[i].context |= context;
	}
}

static bool
build_sentence(struct document *document, struct sentence *sentence, struct tongue *tongue,
	struct error *err)
{
	if (!cut_clauses(document, sentence, err))
		return false;
	const struct hit *hits = sentence_hits(document, sentence);
	for (size_t i = 0; i < sentence->hit_count; i++)
		if (hits[i].table == TABLE_CUES && tongue_speaks(tongue, sentence, &hits[i]))
			mark(document, sentence, &hits[i]);
	for (size_t i = 0; i < sentence->clause_count; i++) {
		struct clause *clause = &document->clauses[sentence->first_clause + i];

		clause->context |= sentence->is_question ? CONTEXT_QUESTION : 0U;
		sentence->context |= clause->context;
	}
	return true;
}

bool
contexts_build(struct document *document, size_t part, struct error *err)
{
	size_t first = document->parts[part].first_sentence;
	size_t end = document->sentence_count;
	struct tongue tongue = tongue_new(document);

	for (size_t i = first; i < end; i++)
		if (!build_sentence(document, &document->sentences[i], &tongue, err))
			return false;
	return true;
}
