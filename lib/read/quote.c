/*
 * Earlier messages inside a text. A line is looked at once, as it stands in one of three worlds:
 * at the front of a quoted run (">"), at a header that begins an earlier message, or in the
 * sender's own words. Programs that quote without marks put the earlier message below all else, so
 * after such a header everything is quoted.
 */
#include "read/quote.h"

#include <stdint.h>

enum {
	ATTRIBUTION_LINES_MAX = 5, /* "On …,\n Name\n <address>\n wrote:" */
	ATTRIBUTION_SIZE_MAX = 400,
	BLOCK_LINES_MAX = 16, /* of a header block, folded ones counted */
	LABEL_SIZE_MAX = 40,
};

struct search {
	const struct reading *reading;
	struct lines *lines;
	bool is_forward; /* by the subject */
	struct str folded;
};

enum label { LABEL_UNKNOWN, LABEL_NONE, LABEL_FROM, LABEL_SENT, LABEL_TO, LABEL_SUBJECT };

static struct view
fold_line(struct search *search, struct view words)
{
	str_clear(&search->folded);
	words_fold(&search->folded, view_slice(words, 0, ATTRIBUTION_SIZE_MAX * 2));
	return str_view(&search->folded);
}

/* ---- header blocks: "From: …", "Sent: …", "To: …", "Subject: …" */

/* The field that a line begins with, in any of the languages. "*From:*" is bold made plain. */
static enum label
read_label(struct search *search, struct view words)
{
	const struct reading *reading = search->reading;
	size_t colon = view_find_byte(view_slice(words, 0, LABEL_SIZE_MAX), ':', 0);
	size_t wide = view_find(view_slice(words, 0, LABEL_SIZE_MAX), VIEW("\xEF\xBC\x9A"), 0);
	struct view label;

	if (wide < colon)
		colon = wide;
	if (colon == SIZE_MAX)
		return LABEL_NONE;
	label = fold_line(search, view_slice(words, 0, colon));
	if (words_find_like(&reading->from, label) != SIZE_MAX)
		return LABEL_FROM;
	if (words_find_like(&reading->sent, label) != SIZE_MAX)
		return LABEL_SENT;
	if (words_find_like(&reading->to, label) != SIZE_MAX)
		return LABEL_TO;
	if (words_find_like(&reading->subject, label) != SIZE_MAX)
		return LABEL_SUBJECT;
	return LABEL_NONE;
}

/* The same, once for each line: a block is looked for at every line of it. */
static enum label
label_of(struct search *search, struct line *line)
{
	if (line->label == LABEL_UNKNOWN)
		line->label = (unsigned char)read_label(search, line->words);
	return line->label;
}

/*
 * The line behind a header block that begins at `first`; `first` if there is none. A block has a
 * sender and two more of its fields, or one more below a marker line.
 */
static size_t
block_end(struct search *search, size_t first, bool below_marker)
{
	struct lines *lines = search->lines;
	unsigned depth = lines->items[first].depth;
	bool seen[LABEL_SUBJECT + 1] = {false};
	size_t end = first;
	int fields = 0;

	for (size_t i = first; i < lines->count && i < first + BLOCK_LINES_MAX; i++) {
		struct line *line = &lines->items[i];
		enum label label;

		if (line->is_blank && i == end && fields > 0 && i + 1 < lines->count &&
			!lines->items[i + 1].is_blank && fields < 3) {
			end = i + 1; /* HTML made plain may leave blank lines between fields */
			continue;
		}
		if (line->is_blank || line->depth != depth)
			break;
		label = label_of(search, line);
		if (label != LABEL_NONE && !seen[label]) {
			seen[label] = true;
			fields++;
		} else if (i == first || (label == LABEL_NONE && i > end + 3)) {
			break;
		}
		end = i + 1;
	}
	if (fields >= (below_marker ? 2 : 3) && (seen[LABEL_FROM] || below_marker))
		return end;
	return first;
}

/* ---- "On … wrote:" */

static bool
has_digit(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= '0' && text.data[i] <= '9')
			return true;
	return false;
}

/* A clock time "9:05", as nearly every such line has. */
static bool
has_time(struct view text)
{
	for (size_t i = 1; i + 2 < text.size; i++)
		if ((text.data[i] == ':' || text.data[i] == '.' || text.data[i] == 'h') &&
			text.data[i - 1] >= '0' && text.data[i - 1] <= '9' &&
			text.data[i + 1] >= '0' && text.data[i + 1] <= '5' &&
			text.data[i + 2] >= '0' && text.data[i + 2] <= '9')
			return true;
	return false;
}

static bool
has_year(struct view text)
{
	for (size_t i = 0; i + 3 < text.size; i++)
		if ((view_starts_with(view_slice(text, i, text.size), VIEW("19")) ||
			    view_starts_with(view_slice(text, i, text.size), VIEW("20"))) &&
			has_digit(view_slice(text, i + 2, i + 3)) &&
			has_digit(view_slice(text, i + 3, i + 4)))
			return true;
	return false;
}

/* A full stop behind a word that is no abbreviation (and no month: "maalisk. 2020"): then it is
 * prose, and no attribution. */
static bool
has_sentence(struct view text)
{
	enum { ABBREVIATION_MAX = 4 }; /* "Sept." */
	size_t letters = 0;

	for (size_t i = 0; i + 1 < text.size; i++) {
		char c = text.data[i];

		if ((c == '.' || c == '?' || c == '!') && text.data[i + 1] == ' ' &&
			letters > ABBREVIATION_MAX && !has_digit(view_slice(text, i + 2, i + 3)))
			return true;
		letters = (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ? letters + 1 : 0;
	}
	return false;
}

static bool
ends_with_verb(const struct reading *reading, struct view folded)
{
	const struct words *wrote = &reading->wrote;

	for (size_t i = 0; i < wrote->count; i++)
		if (wrote->least[i] <= folded.size && view_ends_with(folded, wrote->items[i]))
			return true;
	return false;
}

/* How the joined lines end: "wrote:", "schrieb Name <address>:", "…>:", "wrote ----". */
static bool
ends_attribution(const struct reading *reading, struct view folded)
{
	bool colon =
		view_ends_with(folded, VIEW(":")) || view_ends_with(folded, VIEW("\xEF\xBC\x9A"));

	if (!colon)
		return ends_with_verb(reading, folded) && !has_sentence(folded);
	if (has_sentence(folded))
		return false;
	return words_find_within(&reading->wrote, folded) != SIZE_MAX ||
	       (view_find_byte(folded, '@', 0) != SIZE_MAX && has_year(folded));
}

static bool
is_attribution(struct search *search, struct view folded, bool is_before_quote)
{
	const struct reading *reading = search->reading;
	bool colon = view_ends_with(folded, VIEW(":"));
	bool has_address, begins;

	if (folded.size < 8)
		return false;
	has_address = view_find_byte(folded, '@', 0) != SIZE_MAX;
	if (is_before_quote && colon && (has_time(folded) || has_year(folded) || has_address))
		return true;
	if (!ends_attribution(reading, folded))
		return false;
	if (is_before_quote)
		return true;
	if (!has_digit(folded))
		return colon && has_address && folded.size < 120;
	begins = words_begin(&reading->begin, folded);
	return (has_time(folded) && (has_year(folded) || begins || has_address)) ||
	       (has_year(folded) && (has_address || begins));
}

/* A line that can begin an attribution: "On …", "2016-03-03 …", "Am …". */
static bool
can_begin(struct search *search, struct view words)
{
	struct view folded = fold_line(search, words);

	return words_begin(&search->reading->begin, folded) ||
	       (folded.size && folded.data[0] >= '0' && folded.data[0] <= '9');
}

/* Gmail's short form without a colon: "2016-03-03 17:21 GMT+01:00 Some One". */
static bool
is_short_form(struct view words)
{
	static const char FORM[] = "dddd-dd-dd dd:dd gmt";

	if (words.size < sizeof(FORM) - 1 || words.size > 200)
		return false;
	for (size_t i = 0; i + 1 < sizeof(FORM); i++) {
		char c = words.data[i];

		if (FORM[i] == 'd' ? (c < '0' || c > '9')
				   : (c | (FORM[i] >= 'a' ? 0x20 : 0)) != FORM[i])
			return false;
	}
	return true;
}

/* Without a telling beginning only a colon at a line's end, soon, can make it one. */
static bool
has_colon_soon(const struct lines *lines, size_t first)
{
	for (size_t i = first; i < lines->count && i < first + ATTRIBUTION_LINES_MAX; i++)
		if (view_ends_with(lines->items[i].words, VIEW(":")) ||
			view_ends_with(lines->items[i].words, VIEW("\xEF\xBC\x9A")))
			return true;
	return false;
}

/*
 * The line behind an attribution that begins at `first`, or `first`. It may run over a few lines,
 * even blank ones where HTML was made plain; words of the sender above it are not part of it, so
 * of several beginnings the last counts.
 */
static size_t
attribution_end(struct search *search, size_t first)
{
	struct lines *lines = search->lines;
	CLEANUP(str_free) struct str joined = str_new(ATTRIBUTION_SIZE_MAX * 4);
	unsigned depth = lines->items[first].depth;
	bool begins = can_begin(search, lines->items[first].words);
	size_t used = 0;

	if (is_short_form(lines->items[first].words))
		return first + 1;
	if (!begins && !has_colon_soon(lines, first))
		return first;
	for (size_t i = first; i < lines->count && used < ATTRIBUTION_LINES_MAX; i++) {
		struct line *line = &lines->items[i];
		size_t next = lines_next(lines, i + 1, lines->count);
		bool before_quote;

		if (line->depth != depth || joined.size + line->words.size > ATTRIBUTION_SIZE_MAX)
			break;
		if (line->is_blank && (!begins || !has_digit(str_view(&joined))))
			break;
		if (line->is_blank)
			continue;
		if (i > first && can_begin(search, line->words) &&
			(!begins || has_year(line->words)))
			break; /* then it begins here, if at all */
		if (used++ > 0)
			str_append_byte(&joined, ' ');
		str_append(&joined, line->words);
		before_quote = next < lines->count && lines->items[next].depth > depth;
		if (is_attribution(search, fold_line(search, str_view(&joined)), before_quote))
			return i + 1;
	}
	return first;
}

/* ---- markers */

static bool
is_rule(struct view words)
{
	size_t marks = 0;

	for (size_t i = 0; i < words.size; i++) {
		if (words.data[i] == '_' || words.data[i] == '-' || words.data[i] == '=' ||
			words.data[i] == '*')
			marks++;
		else if (words.data[i] != ' ')
			return false;
	}
	return marks >= 5;
}

enum marker { MARKER_NONE, MARKER_ORIGINAL, MARKER_FORWARD, MARKER_ABOVE };

static enum marker
marker_of(struct search *search, struct view words)
{
	const struct reading *reading = search->reading;
	struct view folded;

	if (words.size == 0 || words.size > 120)
		return MARKER_NONE;
	folded = fold_line(search, words);
	if (words_find_like(&reading->forward, folded) != SIZE_MAX)
		return MARKER_FORWARD;
	if (words_find_like(&reading->above, folded) != SIZE_MAX)
		return MARKER_ABOVE;
	if (words_find_like(&reading->original, folded) != SIZE_MAX)
		return MARKER_ORIGINAL;
	return MARKER_NONE;
}

/* What an earlier message's header at `first` is, and where it ends; `first` if there is none. */
static size_t
header_end(struct search *search, size_t first, bool *ret_is_forward)
{
	struct lines *lines = search->lines;
	enum marker marker = marker_of(search, lines->items[first].words);
	size_t next = lines_next(lines, first + 1, lines->count);
	size_t end;

	*ret_is_forward = marker == MARKER_FORWARD;
	if (marker == MARKER_ABOVE)
		return first + 1;
	if (marker != MARKER_NONE) {
		end = next < lines->count ? block_end(search, next, true) : next;
		if (marker == MARKER_ORIGINAL)
			*ret_is_forward = search->is_forward;
		return end > next ? end : first + 1;
	}
	if (is_rule(lines->items[first].words)) {
		end = next < lines->count && next <= first + 3 ? block_end(search, next, false)
							       : next;
		*ret_is_forward = search->is_forward;
		return end > next && next < lines->count ? end : first;
	}
	end = block_end(search, first, false);
	if (end > first) {
		*ret_is_forward = search->is_forward;
		return end;
	}
	return attribution_end(search, first);
}

/* ---- runs of quote marks */

/* The line behind a run of lines with marks that begins at `first`; blank ones between belong. */
static size_t
quoted_run_end(const struct lines *lines, size_t first)
{
	size_t end = first;

	for (size_t i = first; i < lines->count; i++) {
		if (lines->items[i].depth > 0)
			end = i + 1;
		else if (!lines->items[i].is_blank)
			break;
	}
	return end;
}

/* Apple Mail quotes what it forwards: "> Begin forwarded message:". */
static bool
mark_quoted_forward(struct search *search, size_t first, size_t end)
{
	struct lines *lines = search->lines;
	size_t header, start = lines_next(lines, first, end);
	bool is_forward;

	if (start >= end || marker_of(search, lines->items[start].words) != MARKER_FORWARD)
		return false;
	header = header_end(search, start, &is_forward);
	if (header < end) {
		size_t block = lines_next(lines, header, end);
		size_t block_behind = block < end ? block_end(search, block, true) : block;

		header = block_behind > block ? block_behind : header;
	}
	lines_mark(lines, first, header, SPAN_FORWARD_HEADER, 1);
	lines_mark(lines, header, end, SPAN_FORWARDED, 1);
	return true;
}

static size_t
mark_quoted_run(struct search *search, size_t first)
{
	struct lines *lines = search->lines;
	size_t end = quoted_run_end(lines, first);

	if (mark_quoted_forward(search, first, end))
		return end;
	for (size_t i = first; i < end; i++)
		lines_mark(lines, i, i + 1, SPAN_QUOTE,
			lines->items[i].depth ? lines->items[i].depth : 1);
	return end;
}

static bool
begins_with(const struct words *prefixes, struct view subject)
{
	CLEANUP(str_free) struct str folded = str_new(1000);

	words_fold(&folded, view_slice(subject, 0, 100));
	for (size_t i = 0; i < prefixes->count; i++) {
		struct view prefix = prefixes->items[i];

		if (view_starts_with(str_view(&folded), prefix) && folded.size > prefix.size &&
			(folded.data[prefix.size] == ':' ||
				(unsigned char)folded.data[prefix.size] == 0xEF))
			return true;
	}
	return false;
}

/* Marks what begins at `first`, which is not blank; returns the first line behind it. */
static size_t
mark_at(struct search *search, size_t first)
{
	struct lines *lines = search->lines;
	bool is_forward = false;
	size_t end, next;

	if (lines->items[first].depth > 0)
		return mark_quoted_run(search, first);
	end = header_end(search, first, &is_forward);
	if (end == first)
		return first + 1;
	next = lines_next(lines, end, lines->count);
	if (is_forward) {
		lines_mark(lines, first, end, SPAN_FORWARD_HEADER, 1);
		lines_mark(lines, end, lines->count, SPAN_FORWARDED, 1);
		return lines->count;
	}
	lines_mark(lines, first, end, SPAN_QUOTE_HEADER, 1);
	if (next < lines->count && lines->items[next].depth > 0) {
		lines_mark(lines, end, next, SPAN_QUOTE_HEADER, 1);
		return mark_quoted_run(search, next);
	}
	lines_mark(lines, end, lines->count, SPAN_QUOTE, 1);
	return lines->count;
}

void
quote_mark(const struct reading *reading, struct lines *lines, struct view subject)
{
	struct search search = {
		.reading = reading,
		.lines = lines,
		.is_forward = begins_with(&reading->forward_prefix, subject),
		.folded = str_new((size_t)ATTRIBUTION_SIZE_MAX * 8),
	};

	for (size_t i = 0; i < lines->count;) {
		if (lines->items[i].is_blank || lines->items[i].kind != SPAN_OWN)
			i++;
		else
			i = mark_at(&search, i);
	}
	str_free(&search.folded);
}
