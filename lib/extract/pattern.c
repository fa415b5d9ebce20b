/*
 * PCRE2 behind a small door. No just-in-time compiler: the worker that runs this may not map
 * memory as executable. The limits end a match that backtracks without end; it then counts as none.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "extract/pattern.h"

#include <pcre2.h>

enum {
	/* Steps of one match attempt: a sentence needs a few hundred. */
	MATCH_LIMIT = 20000,
	DEPTH_LIMIT = 500,
	HEAP_LIMIT_KIB = 1024,
};

struct pattern {
	pcre2_code *code;
	pcre2_match_context *limits;
};

bool
pattern_new(struct pattern **ret_pattern, const char *expression, struct error *err)
{
	const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_EXTENDED;
	int code = 0;
	PCRE2_SIZE offset = 0;
	CLEANUP(pattern_freep) struct pattern *pattern = calloc(1, sizeof(*pattern));

	if (!pattern)
		abort();
	pattern->code = pcre2_compile(
		(PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, options, &code, &offset, NULL);
	pattern->limits = pcre2_match_context_create(NULL);
	if (!pattern->code || !pattern->limits)
		return error_set(err, ERROR_PROGRAM, "pattern error %d at offset %zu of %s", code,
			(size_t)offset, expression);
	pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(pattern->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(pattern->limits, HEAP_LIMIT_KIB);
	*ret_pattern = TAKE(pattern);
	return true;
}

void
pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	pcre2_match_context_free(pattern->limits);
	free(pattern);
}

static void
fill_match(pcre2_match_data *data, int count, struct view text, struct pattern_match *ret_match)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(data);

	*ret_match = (struct pattern_match){.start = offsets[0], .end = offsets[1]};
	for (int i = 0; i < count && i < PATTERN_GROUPS_MAX; i++)
		if (offsets[2 * i] != PCRE2_UNSET)
			ret_match->groups[i] = view_slice(text, offsets[2 * i], offsets[2 * i + 1]);
}

bool
pattern_find(const struct pattern *pattern, struct view text, size_t from,
	struct pattern_match *ret_match)
{
	if (from >= text.size)
		return false;
	pcre2_match_data *data = pcre2_match_data_create(PATTERN_GROUPS_MAX, NULL);
	if (!data)
		abort();
	int count = pcre2_match(pattern->code, (PCRE2_SPTR)text.data, text.size, from,
		PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, data, pattern->limits);
	bool found = count >= 0;
	if (found)
		fill_match(data, count == 0 ? PATTERN_GROUPS_MAX : count, text, ret_match);
	pcre2_match_data_free(data);
	return found;
}

struct shapes {
	struct pattern *patterns[SHAPE_COUNT];
};

/* Numbers must not begin inside another number, a word or a version ("1.4.2"). */
static const char *const expressions[SHAPE_COUNT] = {
	[SHAPE_URL] = "\\b(?:https?://|www\\.)[^\\s<>\"|\\\\^`{}]{2,500}",
	[SHAPE_EMAIL] = "[\\w.+'-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}",
	[SHAPE_NUMBER] =
		"(?<![\\w.,/-])"
		"(\\d{1,3}(?:[.,'\\x{2019}\\x{a0}\\x{202f}\\x{2009}\\x{20}]\\d{3}){1,4}(?!\\d)"
		"|\\d+(?:[.,]\\d+)?)"
		"\\s?(k\\b|m\\b|bn\\b|mio\\.?|mln\\.?|mn\\b|mrd\\.?)?"
		"(?![\\w]|[.,/:-]\\d)",
	[SHAPE_YEAR] = "(?<![\\w.,/-])((?:19|20)\\d\\d)(?![\\w]|[.,/-]\\d)",
	[SHAPE_ISO_DATE] =
		"(?<![\\w-])(20\\d\\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\\d|3[01]))?(?![\\w-])",
	[SHAPE_NUMERIC_DATE] =
		"(?<![\\w.,/-])([0-3]?\\d)[./]\\s?([01]?\\d)[./]\\s?((?:20)?\\d\\d)(?![\\w/])",
	[SHAPE_QUARTER] =
		"(?<!\\w)(?:[QTK]\\s?([1-4])(?:[\\s/,-]+|\\s+of\\s+)((?:20)?\\d\\d)"
		"|((?:20)\\d\\d)[\\s/-]*[QTK]([1-4])|([1-4])[QTK]\\s?((?:20)?\\d\\d))(?!\\w)",
};

bool
shapes_new(struct shapes **ret_shapes, struct error *err)
{
	CLEANUP(shapes_freep) struct shapes *shapes = calloc(1, sizeof(*shapes));

	if (!shapes)
		abort();
	for (size_t i = 0; i < SHAPE_COUNT; i++)
		if (!pattern_new(&shapes->patterns[i], expressions[i], err))
			return false;
	*ret_shapes = TAKE(shapes);
	return true;
}

void
shapes_free(struct shapes *shapes)
{
	if (!shapes)
		return;
	for (size_t i = 0; i < SHAPE_COUNT; i++)
		pattern_free(shapes->patterns[i]);
	free(shapes);
}

const struct pattern *
shape(const struct shapes *shapes, enum shape which)
{
	return shapes->patterns[which];
}
