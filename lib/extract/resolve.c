/*~
 * The last step of understanding: for each case, which of the candidates are said. Groups of equal
 * values are weighed, sets keep all that are sure enough, single values the best one; then values
 * that cannot hold together (a launch of what never ran) are dropped.
 */
#include "extract/resolve.h"

#include "extract/fold.h"
#include "extract/score.h"

/* How a field's candidates become values. */
struct rule {
	double least;      /* groups below this are not said */
	size_t most;       /* values of a set */
	bool is_name;      /* compared by words */
	bool takes_shared; /* in a mail of several cases, what is said for all */
};

/* Thresholds from the rules part of the corpus. */
static const struct rule rules[FIELD_COUNT] = {
	[FIELD_PROJECT_NAME] = {.least = 0.35, .most = 1, .is_name = true},
	[FIELD_COUNTRY] = {.least = 0.5, .most = 8, .takes_shared = true},
	[FIELD_LEVEL] = {.least = 0.1, .most = 1, .takes_shared = true},
	[FIELD_ORGANISATION] = {.least = 0.3, .most = 1, .is_name = true, .takes_shared = true},
	[FIELD_PARTNERS] = {.least = 0.4, .most = 12, .is_name = true},
	[FIELD_SECTOR] = {.least = 0.12, .most = 2},
	[FIELD_PLATFORM] = {.least = 0.45, .most = 4},
	[FIELD_NETWORK] = {.least = 0.5, .most = 3},
	[FIELD_USERS] = {.least = 0.4, .most = 1},
	[FIELD_STARTED] = {.least = 0.4, .most = 1},
	[FIELD_LAUNCHED] = {.least = 0.4, .most = 1},
	[FIELD_EXPECTED] = {.least = 0.4, .most = 1},
	[FIELD_ENDED] = {.least = 0.4, .most = 1},
	[FIELD_REASONS] = {.least = 0.34, .most = 5},
	[FIELD_LESSONS] = {.least = 0.45, .most = 12},
	[FIELD_LINKS] = {.least = 0.4, .most = 12},
	[FIELD_CONTACT_NAME] = {.least = 0.3, .most = 1, .is_name = true, .takes_shared = true},
	[FIELD_CONTACT_EMAIL] = {.least = 0.3, .most = 1, .takes_shared = true},
	[FIELD_CONFIDENTIALITY] = {.least = 0.45, .most = 1, .takes_shared = true},
};

/* Of several confidentialities: the strictest that is said with about as much force. */
static const double about_as_sure = 0.75;

/* A second sector is said only if it is nearly as strong as the first. */
static const double second_sector_share = 0.8;

/* What stands in for a country that the text does not name. */
static const double fallback_least = 0.2;

/* Nor a second platform: one that is only mentioned was rather compared than used. */
static const double second_platform_share = 0.75;

static const double reason_of_the_living_least = 0.42;

enum { GROUPS_MAX = 400 };

struct resolver {
	const struct document *document;
	const struct candidates *candidates;
	enum message_class class;
	struct arena *arena;
	int case_index;
	struct groups groups[FIELD_COUNT];
	struct value *values;
	size_t value_count;
	size_t value_capacity;
};

static bool
fail_full(struct error *err)
{
	return error_set(err, ERROR_MESSAGE, "the message is too large to be understood");
}

/* ---- Grouping ---- */

static bool
applies(const struct resolver *resolver, const struct candidate *candidate, bool shared)
{
	if (candidate->case_index == CASE_NONE)
		return false;
	if (resolver->document->case_count < 2)
		return true;
	return candidate->case_index == (shared ? CASE_SHARED : resolver->case_index);
}

/* Folded values, once for all candidates: names are compared without case and accents. */
static struct view
key_of(const struct resolver *resolver, const struct candidate *candidate)
{
	return rules[candidate->field].is_name ? fold_view(candidate->value, resolver->arena)
					       : candidate->value;
}

static bool
same_key(struct view a, struct view b, bool is_name)
{
	if (view_equal(a, b))
		return true;
	if (!is_name || a.size == 0 || b.size == 0)
		return false;
	struct view shorter = a.size < b.size ? a : b, longer = a.size < b.size ? b : a;
	return shorter.size * 2 >= longer.size && view_find(longer, shorter, 0) != SIZE_MAX;
}

struct keyed {
	struct group group;
	struct view key;
};

/* The same words, known to two tables or languages, are one piece of evidence. */
static bool
is_same_place(const struct candidate *a, const struct candidate *b)
{
	return a->part == b->part && a->start < b->end && b->start < a->end;
}

static void
add_to_group(struct group *group, const struct candidate *candidate)
{
	if (is_same_place(group->latest, candidate)) {
		if (candidate->score <= group->best->score)
			return;
		group->score = candidate->score > group->score ? candidate->score : group->score;
		group->best = candidate;
		group->value = candidate->value;
		return;
	}
	group->latest = candidate;
	group->score = score_or(group->score, candidate->score);
	group->count++;
	group->last_sentence = candidate->sentence;
	if (candidate->score > group->best->score) {
		group->best = candidate;
		group->value = candidate->value;
	}
}

static bool
group_candidate(struct resolver *resolver, struct keyed **groups, size_t *count, size_t *capacity,
	const struct candidate *candidate)
{
	bool is_name = rules[candidate->field].is_name;
	struct view key = key_of(resolver, candidate);

	if (is_name && !key.data && candidate->value.size)
		return false;
	for (size_t i = 0; i < *count; i++)
		if (same_key((*groups)[i].key, key, is_name)) {
			add_to_group(&(*groups)[i].group, candidate);
			return true;
		}
	struct keyed *keyed =
		arena_push(resolver->arena, groups, count, capacity, sizeof(*keyed), GROUPS_MAX);
	if (!keyed)
		return !arena_is_full(resolver->arena);
	*keyed = (struct keyed){.key = key,
		.group = {.field = candidate->field,
			.value = candidate->value,
			.score = candidate->score,
			.best = candidate,
			.latest = candidate,
			.count = 1,
			.last_sentence = candidate->sentence}};
	return true;
}

static int
compare_groups(const void *left, const void *right)
{
	const struct group *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	size_t start_a = a->best->start, start_b = b->best->start;
	return start_a != start_b ? (start_a > start_b ? 1 : -1) : view_compare(a->value, b->value);
}

static bool
group_field(struct resolver *resolver, enum field field, bool shared, struct error *err)
{
	struct keyed *keyed = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < resolver->candidates->count; i++) {
		const struct candidate *candidate = &resolver->candidates->items[i];

		if (candidate->field == field && applies(resolver, candidate, shared) &&
			!group_candidate(resolver, &keyed, &count, &capacity, candidate))
			return fail_full(err);
	}
	struct group *items = arena_alloc_array(resolver->arena, count + 1, sizeof(*items));
	if (!items)
		return fail_full(err);
	for (size_t i = 0; i < count; i++)
		items[i] = keyed[i].group;
	qsort(items, count, sizeof(*items), compare_groups);
	resolver->groups[field] = (struct groups){items, count};
	return true;
}

static bool
is_said(const struct groups *groups, enum field field)
{
	return groups->count > 0 && groups->items[0].score >= rules[field].least;
}

/* What is said of the case itself, else what is said for all of them. */
static bool
group_case(struct resolver *resolver, struct error *err)
{
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		enum field field = (enum field)f;

		if (!group_field(resolver, field, false, err))
			return false;
		if (resolver->document->case_count > 1 && rules[f].takes_shared &&
			!is_said(&resolver->groups[f], field) &&
			!group_field(resolver, field, true, err))
			return false;
	}
	return true;
}

/* ---- Values ---- */

static bool
add_value(struct resolver *resolver, enum field field, struct view text, double score,
	const struct candidate *words, struct error *err)
{
	struct value *value = arena_push(resolver->arena, &resolver->values, &resolver->value_count,
		&resolver->value_capacity, sizeof(*value), EXTRACT_VALUES_MAX);

	if (!value)
		return arena_is_full(resolver->arena) ? fail_full(err) : true;
	*value = (struct value){.field = field,
		.text = text,
		.confidence = score_clamp(score),
		.method = words->method};
	if (words->part == NO_PART)
		return true;
	const struct part *part = &resolver->document->parts[words->part];
	value->evidence = (struct evidence){.part = part->kind,
		.attachment = part->attachment,
		.start = words->start,
		.end = words->end,
		.quote = view_slice(part->text, words->start, words->end)};
	return true;
}

static bool
add_group(struct resolver *resolver, const struct group *group, struct error *err)
{
	return add_value(resolver, group->field, group->value, group->score, group->best, err);
}

static bool
add_set(struct resolver *resolver, enum field field, struct error *err)
{
	const struct groups *groups = &resolver->groups[field];

	for (size_t i = 0; i < groups->count && i < rules[field].most; i++) {
		if (groups->items[i].score < rules[field].least)
			break;
		if (!add_group(resolver, &groups->items[i], err))
			return false;
	}
	return true;
}

/* Without a place in the text, the signature's or the sender's domain stands in. */
static bool
add_countries(struct resolver *resolver, struct error *err)
{
	const struct groups *groups = &resolver->groups[FIELD_COUNTRY];

	if (groups->count && groups->items[0].score < rules[FIELD_COUNTRY].least)
		return groups->items[0].score < fallback_least ||
		       add_group(resolver, &groups->items[0], err);
	return add_set(resolver, FIELD_COUNTRY, err);
}

static bool
add_sectors(struct resolver *resolver, struct error *err)
{
	const struct groups *groups = &resolver->groups[FIELD_SECTOR];

	for (size_t i = 0; i < groups->count && i < rules[FIELD_SECTOR].most; i++) {
		double score = groups->items[i].score;

		if (score < rules[FIELD_SECTOR].least ||
			(i > 0 && (score < groups->items[0].score * second_sector_share ||
					  score < 0.85)))
			break;
		if (!add_group(resolver, &groups->items[i], err))
			return false;
	}
	return true;
}

/* "Hyperledger" says no more where "Hyperledger Fabric" is said. */
static bool
add_platforms(struct resolver *resolver, struct error *err)
{
	const struct groups *groups = &resolver->groups[FIELD_PLATFORM];
	bool named = false;

	for (size_t i = 0; i < groups->count; i++)
		named = named || (view_starts_with(groups->items[i].value, VIEW("hyperledger ")) &&
					 groups->items[i].score >= rules[FIELD_PLATFORM].least);
	for (size_t i = 0; i < groups->count && i < rules[FIELD_PLATFORM].most; i++) {
		const struct group *group = &groups->items[i];

		if (group->score < rules[FIELD_PLATFORM].least ||
			group->score < groups->items[0].score * second_platform_share)
			break;
		if (named && view_equal(group->value, VIEW("hyperledger")))
			continue;
		if (!add_group(resolver, group, err))
			return false;
	}
	return true;
}

/* What failed tells its reasons; of what lives, only troubles that are told clearly count. */
static bool
add_reasons(struct resolver *resolver, const struct settled *settled, struct error *err)
{
	const struct groups *groups = &resolver->groups[FIELD_REASONS];
	bool lessons = view_equal(settled->category, VIEW("lessons"));
	double least = lessons ? rules[FIELD_REASONS].least : reason_of_the_living_least;

	for (size_t i = 0; i < groups->count && i < rules[FIELD_REASONS].most; i++) {
		if (groups->items[i].score < least)
			break;
		if (!add_group(resolver, &groups->items[i], err))
			return false;
	}
	return true;
}

static bool
add_confidentiality(struct resolver *resolver, struct error *err)
{
	static const char *const strictest[] = {"anonymous", "in_confidence", "public"};
	const struct groups *groups = &resolver->groups[FIELD_CONFIDENTIALITY];

	if (!is_said(groups, FIELD_CONFIDENTIALITY))
		return true;
	for (size_t i = 0; i < 3; i++) {
		const struct group *group = group_of(groups, strictest[i]);

		if (group && group->score >= groups->items[0].score * about_as_sure &&
			group->score >= rules[FIELD_CONFIDENTIALITY].least)
			return add_group(resolver, group, err);
	}
	return true;
}

static bool
lies_within(const struct candidate *inner, const struct candidate *outer)
{
	return inner->part == outer->part && inner->start >= outer->start &&
	       inner->end <= outer->end;
}

/* The owner's name says the tier best; a public body whose name says nothing is a national one. */
static bool
add_level(struct resolver *resolver, struct error *err)
{
	struct groups *levels = &resolver->groups[FIELD_LEVEL];
	const struct groups *owners = &resolver->groups[FIELD_ORGANISATION];
	const struct candidate *owner =
		is_said(owners, FIELD_ORGANISATION) ? owners->items[0].best : NULL;

	for (size_t i = 0; owner && i < resolver->candidates->count; i++) {
		const struct candidate *candidate = &resolver->candidates->items[i];

		if (candidate->field == FIELD_LEVEL && lies_within(candidate, owner))
			return add_value(resolver, FIELD_LEVEL, candidate->value,
				score_or(candidate->score, 0.5), candidate, err);
	}
	if (levels->count)
		return add_set(resolver, FIELD_LEVEL, err);
	return !owner || add_value(resolver, FIELD_LEVEL, VIEW("national"), 0.5, owner, err);
}

/* The first sentence that speaks of the case: the words behind what the whole of it says. */
static struct candidate
opening_words(const struct resolver *resolver)
{
	const struct document *document = resolver->document;
	struct candidate words = {
		.part = NO_PART, .sentence = NO_SENTENCE, .method = METHOD_CLASSIFIER};

	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		const struct block *block = &document->blocks[sentence->block];
		bool fits = sentence->asserts && (sentence->case_index == resolver->case_index ||
							 document->case_count < 2);

		if (!fits || block->kind == BLOCK_GREETING)
			continue;
		words.part = sentence->part;
		words.start = sentence->start;
		words.end = sentence->end;
		if (document->parts[sentence->part].kind != PART_SUBJECT)
			break;
	}
	return words;
}

static bool
add_testimony(struct resolver *resolver, struct error *err)
{
	struct candidate words = opening_words(resolver);
	bool lead = resolver->class == CLASS_LEAD;

	if (words.part == NO_PART)
		words.method = METHOD_SENDER;
	return add_value(resolver, FIELD_TESTIMONY, lead ? VIEW("lead") : VIEW("first_hand"), 0.9,
		&words, err);
}

static bool
add_category(struct resolver *resolver, const struct settled *settled, struct error *err)
{
	struct candidate words =
		settled->category_words ? *settled->category_words : opening_words(resolver);

	words.method = words.part == NO_PART ? METHOD_SENDER : METHOD_CLASSIFIER;
	return add_value(
		resolver, FIELD_CATEGORY, settled->category, settled->category_score, &words, err);
}

/* ---- What holds together ---- */

static void
forget(struct resolver *resolver, enum field field)
{
	resolver->groups[field].count = 0;
}

/* One statement is one date: the field that is surer of it keeps it. */
static void
drop_twice_used(struct resolver *resolver)
{
	static const enum field dates[] = {
		FIELD_STARTED, FIELD_LAUNCHED, FIELD_EXPECTED, FIELD_ENDED};

	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++) {
			const struct groups *a = &resolver->groups[dates[i]];
			const struct groups *b = &resolver->groups[dates[j]];

			if (i == j || !a->count || !b->count)
				continue;
			const struct candidate *one = a->items[0].best, *two = b->items[0].best;
			if (one->part == two->part && one->start == two->start &&
				a->items[0].score < b->items[0].score)
				forget(resolver, dates[i]);
		}
}

static void
keep_consistent(struct resolver *resolver, const struct settled *settled)
{
	bool lessons = view_equal(settled->category, VIEW("lessons"));
	bool implemented = view_equal(settled->category, VIEW("implemented"));
	bool upcoming = view_equal(settled->category, VIEW("upcoming"));
	bool stopped = view_equal(settled->stage, VIEW("discontinued"));

	drop_twice_used(resolver);
	if (!stopped)
		forget(resolver, FIELD_ENDED);
	if (lessons || implemented)
		forget(resolver, FIELD_EXPECTED);
	if (!implemented && resolver->groups[FIELD_LAUNCHED].count) {
		if (!resolver->groups[FIELD_STARTED].count && !upcoming) {
			resolver->groups[FIELD_STARTED] = resolver->groups[FIELD_LAUNCHED];
			for (size_t i = 0; i < resolver->groups[FIELD_STARTED].count; i++)
				resolver->groups[FIELD_STARTED].items[i].field = FIELD_STARTED;
		}
		forget(resolver, FIELD_LAUNCHED);
	}
}

static bool
add_field(struct resolver *resolver, enum field field, const struct settled *settled,
	struct error *err)
{
	switch (field) {
	case FIELD_CATEGORY:
		return add_category(resolver, settled, err);
	case FIELD_TESTIMONY:
		return add_testimony(resolver, err);
	case FIELD_COUNTRY:
		return add_countries(resolver, err);
	case FIELD_SECTOR:
		return add_sectors(resolver, err);
	case FIELD_PLATFORM:
		return add_platforms(resolver, err);
	case FIELD_CONFIDENTIALITY:
		return add_confidentiality(resolver, err);
	case FIELD_LEVEL:
		return add_level(resolver, err);
	case FIELD_REASONS:
		return add_reasons(resolver, settled, err);
	case FIELD_STAGE:
		return !settled->stage_words ||
		       add_value(resolver, field, settled->stage, settled->stage_score,
			       settled->stage_words, err);
	case FIELD_PROJECT_NAME:
	case FIELD_ORGANISATION:
	case FIELD_PARTNERS:
	case FIELD_NETWORK:
	case FIELD_USERS:
	case FIELD_STARTED:
	case FIELD_LAUNCHED:
	case FIELD_EXPECTED:
	case FIELD_ENDED:
	case FIELD_LESSONS:
	case FIELD_LINKS:
	case FIELD_CONTACT_NAME:
	case FIELD_CONTACT_EMAIL:
		return add_set(resolver, field, err);
	}
	return true;
}

static bool
resolve_case(struct resolver *resolver, struct mention *ret_mention, struct error *err)
{
	resolver->values = NULL;
	resolver->value_count = resolver->value_capacity = 0;
	if (!group_case(resolver, err))
		return false;
	struct settled settled = settle(resolver->document, resolver->groups);
	keep_consistent(resolver, &settled);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		if (!add_field(resolver, (enum field)f, &settled, err))
			return false;
	*ret_mention = (struct mention){resolver->values, resolver->value_count};
	return true;
}

bool
resolve_cases(const struct document *document, const struct candidates *candidates,
	enum message_class class, struct mention **ret_mentions, size_t *ret_count,
	struct error *err)
{
	size_t count = document->case_count < EXTRACT_MENTIONS_MAX ? document->case_count
								   : EXTRACT_MENTIONS_MAX;
	struct mention *mentions = arena_alloc_array(document->arena, count, sizeof(*mentions));
	struct resolver resolver = {.document = document,
		.candidates = candidates,
		.class = class,
		.arena = document->arena};

	if (!mentions)
		return fail_full(err);
	for (size_t i = 0; i < count; i++) {
		resolver.case_index = (int)i;
		if (!resolve_case(&resolver, &mentions[i], err))
			return false;
	}
	*ret_mentions = mentions;
	*ret_count = count;
	return true;
}
