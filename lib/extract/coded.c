/*
 * What the finders of coded fields share: a walk over a table's hits, and what a label says about
 * the words behind it. The finders themselves are in country.c, topic.c and status.c.
 */
#include "extract/coded.h"

#include "extract/score.h"
#include "extract/tongue.h"

bool
coded_visit(const struct document *document, struct candidates *candidates, enum table table,
	hit_visitor *visit, struct error *err)
{
	struct tongue tongue = tongue_new(document);

	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		const struct hit *hits = sentence_hits(document, sentence);

		if (!sentence->asserts)
			continue;
		for (size_t j = 0; j < sentence->hit_count; j++)
			if (hits[j].table == table && tongue_speaks(&tongue, sentence, &hits[j]) &&
				!visit(document, candidates, i, &hits[j], err))
				return false;
	}
	return true;
}

bool
coded_add(const struct document *document, struct candidates *candidates, size_t sentence,
	const struct hit *hit, enum field field, struct view value, double score, struct error *err)
{
	const struct block *block = &document->blocks[document->sentences[sentence].block];
	struct candidate candidate = {.field = field,
		.value = value,
		.sentence = sentence,
		.start = hit->start,
		.end = hit->end,
		.method = METHOD_VOCABULARY,
		.score = score};

	if (block->label_field == (int)field && hit->start < block->value_start)
		return true;
	if (block->label_field == (int)field) {
		candidate.method = METHOD_LABEL;
		candidate.score = score_or(score, 0.85);
	} else if (block->label_field >= 0) {
		candidate.score = score * 0.5;
	}
	return candidate_add(candidates, document, &candidate, err);
}

bool
coded_has_cue(const struct document *document, size_t sentence, const char *value)
{
	const struct sentence *where = &document->sentences[sentence];
	return sentence_hit(document, where, TABLE_CUES, value, where->start, where->end) != NULL;
}

bool
coded_block_has_cue(const struct document *document, size_t sentence, const char *value)
{
	const struct block *block = &document->blocks[document->sentences[sentence].block];

	for (size_t i = 0; i < block->sentence_count; i++)
		if (coded_has_cue(document, block->first_sentence + i, value))
			return true;
	return false;
}

bool
coded_is_negated(const struct document *document, size_t index, const struct hit *hit)
{
	const struct sentence *sentence = &document->sentences[index];
	const struct clause *clause = clause_at(document, sentence, hit->start);
	struct tongue tongue = tongue_new(document);

	return tongue_hit(&tongue, sentence, TABLE_CUES, "negation", clause->start, hit->start) ||
	       tongue_hit(&tongue, sentence, TABLE_CUES, "negation", hit->end, clause->end);
}
