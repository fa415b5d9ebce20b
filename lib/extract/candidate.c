/*
 * Candidates: the finders' proposals in one growing list, which resolve() reads.
 */
#include "extract/candidate.h"

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void
trim(struct candidate *candidate, struct view text)
{
	while (candidate->start < candidate->end && is_blank(text.data[candidate->start]))
		candidate->start++;
	while (candidate->start < candidate->end && is_blank(text.data[candidate->end - 1]))
		candidate->end--;
}

bool
candidate_add(struct candidates *candidates, const struct document *document,
	const struct candidate *candidate, struct error *err)
{
	struct candidate *added = arena_push(candidates->arena, &candidates->items,
		&candidates->count, &candidates->capacity, sizeof(*added), CANDIDATES_MAX);

	if (!added && arena_is_full(candidates->arena))
		return error_set(err, ERROR_MESSAGE, "the message is too large to be understood");
	if (!added)
		return true;
	*added = *candidate;
	if (candidate->sentence != NO_SENTENCE) {
		added->part = document->sentences[candidate->sentence].part;
		added->case_index = document->sentences[candidate->sentence].case_index;
	}
	if (added->part != NO_PART)
		trim(added, document->parts[added->part].text);
	return true;
}
