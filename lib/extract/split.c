/*
 * Several cases in one message. Two ways lead to them: sections (numbers, bullets or headings that
 * each tell of a project of its own), else distinct project names, each with a paragraph that says
 * something about it. What stands before the first section or behind the last is shared.
 */
#include "extract/split.h"

#include "extract/fold.h"

enum {
	SECTIONS_MAX = EXTRACT_MENTIONS_MAX,
	/* A section that tells of a project takes more than a line. */
	SECTION_BYTES_MIN = 90,
	NAMES_MAX = EXTRACT_MENTIONS_MAX,
};

/* A name that finders are less sure of does not make a case. */
static const double name_score_min = 0.55;

struct section {
	size_t first; /* block */
	size_t end;
	unsigned evidence;
};

enum {
	EVIDENCE_STAGE = 1 << 0,
	EVIDENCE_PLATFORM = 1 << 1,
	EVIDENCE_NAME = 1 << 2,
	EVIDENCE_PLACE = 1 << 3,
	EVIDENCE_SECTOR = 1 << 4,
	EVIDENCE_OWNER = 1 << 5,
};

static unsigned
evidence_of_table(enum table table)
{
	if (table == TABLE_STAGES)
		return EVIDENCE_STAGE;
	if (table == TABLE_PLATFORMS)
		return EVIDENCE_PLATFORM;
	if (table == TABLE_COUNTRIES)
		return EVIDENCE_PLACE;
	if (table == TABLE_SECTORS)
		return EVIDENCE_SECTOR;
	return table == TABLE_ORG_WORDS ? EVIDENCE_OWNER : 0;
}

static bool
block_asserts(const struct document *document, const struct block *block)
{
	for (size_t i = 0; i < block->sentence_count; i++)
		if (document->sentences[block->first_sentence + i].asserts)
			return true;
	return false;
}

static unsigned
block_evidence(const struct document *document, const struct candidates *names, size_t index)
{
	const struct block *block = &document->blocks[index];
	const struct part *part = &document->parts[block->part];
	unsigned evidence = 0;

	for (size_t i = 0; i < block->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[block->first_sentence + i];

		for (size_t j = 0; sentence->asserts && j < sentence->hit_count; j++)
			evidence |= evidence_of_table(part->hits[sentence->first_hit + j].table);
	}
	for (size_t i = 0; i < names->count; i++) {
		const struct candidate *name = &names->items[i];
		size_t at = name->sentence;

		if (name->score >= name_score_min && at != NO_SENTENCE &&
			document->sentences[at].block == index)
			evidence |= EVIDENCE_NAME;
	}
	return evidence;
}

/* ---- Sections ---- */

/* "1." is 1, "b)" is 2; 0 for bullets and other signs. */
static int
marker_number(struct view marker)
{
	int number = 0;

	for (size_t i = 0; i < marker.size; i++) {
		char byte = marker.data[i];

		if (byte >= '0' && byte <= '9')
			number = number * 10 + (byte - '0');
		else if (((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') && number == 0)
			return (byte | 0x20) - 'a' + 1;
	}
	return number;
}

struct sections {
	struct section items[SECTIONS_MAX];
	size_t count;
	size_t stop; /* the block behind the last section */
};

static size_t
section_bytes(const struct document *document, const struct section *section)
{
	return document->blocks[section->end - 1].end - document->blocks[section->first].start;
}

/* Numbered starts: 1, 2, 3 … in order, in one part, at one depth of quoting. */
static void
collect_numbered(
	const struct document *document, const struct part *part, struct sections *sections)
{
	size_t end = part->first_block + part->block_count;
	int expected = 1;

	sections->count = 0;
	sections->stop = end;
	for (size_t i = part->first_block; i < end; i++) {
		const struct block *block = &document->blocks[i];
		bool begins = block->marker.size && marker_number(block->marker) == expected &&
			      block_asserts(document, block) && sections->count < SECTIONS_MAX;

		if (!begins)
			continue;
		if (sections->count)
			sections->items[sections->count - 1].end = i;
		sections->items[sections->count++] = (struct section){.first = i, .end = end};
		expected++;
	}
}

/* Headings that hold a project's name or stand over paragraphs of their own. */
static void
collect_headings(
	const struct document *document, const struct part *part, struct sections *sections)
{
	size_t end = part->first_block + part->block_count;

	sections->count = 0;
	sections->stop = end;
	for (size_t i = part->first_block; i < end; i++) {
		const struct block *block = &document->blocks[i];

		if (block->kind != BLOCK_HEADING || !block_asserts(document, block) ||
			sections->count == SECTIONS_MAX)
			continue;
		if (sections->count)
			sections->items[sections->count - 1].end = i;
		sections->items[sections->count++] = (struct section){.first = i, .end = end};
	}
}

static void
collect_bullets(const struct document *document, const struct part *part, struct sections *sections)
{
	size_t end = part->first_block + part->block_count;

	sections->count = 0;
	sections->stop = end;
	for (size_t i = part->first_block; i < end; i++) {
		const struct block *block = &document->blocks[i];

		if (block->kind != BLOCK_ITEM || marker_number(block->marker) ||
			!block_asserts(document, block) || sections->count == SECTIONS_MAX)
			continue;
		sections->items[sections->count++] = (struct section){.first = i, .end = i + 1};
	}
}

/* The last section has no successor that ends it: it is not longer than the longest before it,
 * and ends at the closing. */
static void
end_last(const struct document *document, struct sections *sections)
{
	struct section *last = &sections->items[sections->count - 1];
	size_t longest = 1;

	for (size_t i = 0; i + 1 < sections->count; i++) {
		size_t blocks = sections->items[i].end - sections->items[i].first;
		longest = blocks > longest ? blocks : longest;
	}
	for (size_t i = last->first + 1; i < last->end; i++) {
		const struct block *block = &document->blocks[i];

		if (i - last->first >= longest || block->kind == BLOCK_CLOSING ||
			block->span != document->blocks[last->first].span)
			last->end = i;
	}
}

/* Does the section tell of a project of its own? */
static bool
is_case(const struct document *document, const struct section *section)
{
	unsigned evidence = section->evidence;
	unsigned kinds = (unsigned)__builtin_popcount(evidence);

	if (section_bytes(document, section) < SECTION_BYTES_MIN)
		return false;
	if (evidence & EVIDENCE_NAME)
		return (evidence & (EVIDENCE_STAGE | EVIDENCE_PLATFORM)) != 0;
	return ((evidence & EVIDENCE_PLATFORM) && kinds >= 3) ||
	       ((evidence & EVIDENCE_STAGE) && kinds >= 4);
}

static void
weigh(const struct document *document, const struct candidates *names, struct sections *sections)
{
	for (size_t i = 0; i < sections->count; i++)
		for (size_t b = sections->items[i].first; b < sections->items[i].end; b++)
			sections->items[i].evidence |= block_evidence(document, names, b);
}

static void
give_blocks(struct document *document, size_t first, size_t end, int case_index)
{
	for (size_t b = first; b < end; b++) {
		const struct block *block = &document->blocks[b];

		for (size_t i = 0; i < block->sentence_count; i++)
			document->sentences[block->first_sentence + i].case_index = case_index;
	}
}

/* True if the sections tell of two cases or more; those that tell of none stay shared. */
static bool
accept_sections(
	struct document *document, const struct candidates *names, struct sections *sections)
{
	size_t cases = 0;

	if (sections->count < 2)
		return false;
	end_last(document, sections);
	weigh(document, names, sections);
	for (size_t i = 0; i < sections->count; i++)
		cases += is_case(document, &sections->items[i]);
	if (cases < 2 || cases * 2 < sections->count)
		return false;
	cases = 0;
	for (size_t i = 0; i < sections->count; i++)
		if (is_case(document, &sections->items[i]))
			give_blocks(document, sections->items[i].first, sections->items[i].end,
				(int)cases++);
	document->case_count = cases;
	return true;
}

static bool
split_by_sections(struct document *document, const struct candidates *names)
{
	for (size_t p = 0; p < document->part_count; p++) {
		const struct part *part = &document->parts[p];
		struct sections sections;

		if (part->kind == PART_SUBJECT || part->block_count < 2)
			continue;
		collect_numbered(document, part, &sections);
		if (accept_sections(document, names, &sections))
			return true;
		collect_headings(document, part, &sections);
		if (accept_sections(document, names, &sections))
			return true;
		collect_bullets(document, part, &sections);
		if (accept_sections(document, names, &sections))
			return true;
	}
	return false;
}

/* ---- Names ---- */

struct name {
	struct view folded;
	size_t first_block;
	unsigned evidence; /* of the blocks in which it is the only name */
	int case_index;
};

struct name_list {
	struct name items[NAMES_MAX];
	size_t count;
};

static struct name *
find_name(struct name_list *list, struct view folded)
{
	for (size_t i = 0; i < list->count; i++) {
		struct view other = list->items[i].folded;

		if (view_find(other, folded, 0) != SIZE_MAX ||
			view_find(folded, other, 0) != SIZE_MAX)
			return &list->items[i];
	}
	return NULL;
}

/* Distinct names, with the blocks in which each stands alone. */
static bool
list_names(const struct document *document, const struct candidates *names, struct name_list *list,
	struct error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct candidate *candidate = &names->items[i];

		if (candidate->score < name_score_min || candidate->sentence == NO_SENTENCE ||
			document->parts[candidate->part].kind == PART_SUBJECT)
			continue;
		struct view folded = fold_view(candidate->value, document->arena);
		size_t block = document->sentences[candidate->sentence].block;

		if (!folded.data)
			return error_set(
				err, ERROR_MESSAGE, "the message is too large to be understood");
		struct name *name = find_name(list, folded);
		if (!name && list->count < NAMES_MAX) {
			name = &list->items[list->count++];
			*name = (struct name){.folded = folded, .first_block = block};
		}
		if (name)
			name->evidence |= block_evidence(document, names, block);
	}
	return true;
}

static int
count_cases(struct name_list *list)
{
	int cases = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct name *name = &list->items[i];
		bool shares_block = false;

		for (size_t j = 0; j < i; j++)
			shares_block =
				shares_block || list->items[j].first_block == name->first_block;
		bool told = name->evidence & (EVIDENCE_STAGE | EVIDENCE_PLATFORM);
		name->case_index = told && !shares_block ? cases++ : -1;
	}
	return cases;
}

/* The case whose name stands in the block; -1: none or several. */
static int
case_of_block(const struct document *document, const struct candidates *names,
	struct name_list *list, size_t block)
{
	int found = -1;

	for (size_t i = 0; i < names->count; i++) {
		const struct candidate *candidate = &names->items[i];

		if (candidate->sentence == NO_SENTENCE ||
			document->sentences[candidate->sentence].block != block ||
			candidate->score < name_score_min)
			continue;
		struct view folded = fold_view(candidate->value, document->arena);
		const struct name *name = folded.data ? find_name(list, folded) : NULL;

		if (!name || name->case_index < 0)
			continue;
		if (found >= 0 && found != name->case_index)
			return -1;
		found = name->case_index;
	}
	return found;
}

/* "The second one", "better news from": a block that turns to another case and tells of it. */
static bool
turns_to_next(const struct document *document, const struct candidates *names, size_t index)
{
	const struct block *block = &document->blocks[index];
	unsigned evidence = block_evidence(document, names, index);

	if (block->sentence_count == 0 || !block_asserts(document, block) ||
		!(evidence & EVIDENCE_STAGE) || __builtin_popcount(evidence) < 3)
		return false;
	const struct sentence *first = &document->sentences[block->first_sentence];
	return sentence_hit(document, first, TABLE_CUES, "next_case", first->start, first->end) !=
	       NULL;
}

static size_t
count_turns(const struct document *document, const struct candidates *names)
{
	size_t turns = 0;

	for (size_t b = 0; b < document->block_count; b++)
		turns += turns_to_next(document, names, b);
	return turns;
}

static bool
ends_cases(const struct block *block)
{
	return block->kind == BLOCK_CLOSING || block->span == SPAN_SIGNATURE;
}

static bool
split_by_names(struct document *document, const struct candidates *names, struct error *err)
{
	struct name_list list = {.count = 0};

	if (!list_names(document, names, &list, err))
		return false;
	int cases = count_cases(&list);
	if (cases < 2 && count_turns(document, names) == 0)
		return true;
	int current = cases ? CASE_SHARED : 0, behind = current;
	cases = cases ? cases : 1;
	for (size_t b = 0; b < document->block_count; b++) {
		const struct block *block = &document->blocks[b];
		int own = case_of_block(document, names, &list, b);

		if (document->parts[block->part].kind == PART_SUBJECT)
			continue;
		if (own >= 0)
			current = own;
		else if (turns_to_next(document, names, b) && cases < EXTRACT_MENTIONS_MAX)
			current = cases++;
		if (current > 0)
			behind = CASE_SHARED; /* the first case is over when another was told */
		if (ends_cases(block))
			current = behind;
		give_blocks(document, b, b + 1, current);
	}
	document->case_count = (size_t)cases;
	return true;
}

bool
split_cases(struct document *document, struct candidates *names, struct error *err)
{
	if (!split_by_sections(document, names) && !split_by_names(document, names, err))
		return false;
	for (size_t i = 0; i < names->count; i++)
		if (names->items[i].sentence != NO_SENTENCE)
			names->items[i].case_index =
				document->sentences[names->items[i].sentence].case_index;
	return true;
}
