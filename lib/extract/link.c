/*
 * Addresses on the web about the project, as written. An address in a signature or footer is the
 * agency's home page; one beside a list footer's words, or whose path says so, is for leaving the
 * list; those of social networks and of meetings are nobody's project.
 */
#include "extract/candidate.h"

/* Has the address more brackets closed than opened? */
static bool
closes_more(struct view url, char open, char close)
{
	size_t opened = 0, closed = 0;
	for (size_t i = 0; i < url.size; i++) {
		opened += url.data[i] == open;
		closed += url.data[i] == close;
	}
	return closed > opened;
}

/* Trailing marks belong to the sentence, a closing bracket only to an address that opened one. */
static size_t
end_of_url(struct view text, size_t start, size_t end)
{
	while (end > start) {
		char last = text.data[end - 1];
		struct view url = view_slice(text, start, end);
		bool is_mark = last == '.' || last == ',' || last == ';' || last == ':' ||
			       last == '!' || last == '?' || last == '\'' || last == '"' ||
			       last == '>' || last == '*' || last == '_' || last == '|';
		bool closes = (last == ')' && closes_more(url, '(', ')')) ||
			      (last == ']' && closes_more(url, '[', ']'));
		if (!is_mark && !closes)
			break;
		end--;
	}
	return end;
}

static bool
has_path(struct view url)
{
	size_t scheme = view_find(url, VIEW("://"), 0);
	size_t host = scheme == SIZE_MAX ? 0 : scheme + 3;
	size_t slash = view_find_byte(url, '/', host);
	return slash != SIZE_MAX && slash + 1 < url.size;
}

/* Does a term of the table stand in the address or in its sentence? */
static bool
is_told_off(const struct document *document, const struct sentence *sentence)
{
	const struct hit *hits = sentence_hits(document, sentence);
	for (size_t i = 0; i < sentence->hit_count; i++)
		if (hit_is(&hits[i], TABLE_NAME_STOPS, "link"))
			return true;
	return false;
}

/* What an address is worth where it stands; 0 for none. */
static double
score_of(const struct document *document, const struct sentence *sentence, struct view url)
{
	if (sentence->span == SPAN_SIGNATURE || sentence->span == SPAN_FOOTER ||
		sentence->span == SPAN_DISCLAIMER || sentence->span == SPAN_BANNER)
		return 0;
	if (is_told_off(document, sentence))
		return 0;
	if (document->blocks[sentence->block].kind == BLOCK_CLOSING)
		return 0;
	if (document->blocks[sentence->block].label_field == FIELD_LINKS)
		return 0.97;
	return has_path(url) ? 0.9 : 0.75;
}

static bool
find_in_sentence(const struct document *document, const struct sentence *sentence,
	struct candidates *candidates, struct error *err)
{
	const struct pattern *urls = shape(document->shapes, SHAPE_URL);
	struct view text = document->parts[sentence->part].text;
	struct view within = view_slice(text, 0, sentence->end);
	struct pattern_match match;
	for (size_t at = sentence->start; pattern_find(urls, within, at, &match); at = match.end) {
		size_t end = end_of_url(text, match.start, match.end);
		struct view url = view_slice(text, match.start, end);
		double score = score_of(document, sentence, url);
		const struct candidate candidate = {.field = FIELD_LINKS,
			.value = url,
			.sentence = (size_t)(sentence - document->sentences),
			.start = match.start,
			.end = end,
			.method = METHOD_PATTERN,
			.score = score};
		if (score > 0 && !candidate_add(candidates, document, &candidate, err))
			return false;
	}
	return true;
}

bool
find_links(const struct document *document, struct candidates *candidates, struct error *err)
{
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		bool is_content = sentence->span == SPAN_OWN || sentence->span == SPAN_FORWARDED;
		if (is_content && !find_in_sentence(document, sentence, candidates, err))
			return false;
	}
	return true;
}
