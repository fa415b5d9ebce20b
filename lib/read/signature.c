/*
 * What stands around the sender's own words. Works on runs of own lines that quote.c has left;
 * only the end (and for banners the beginning) of a run is looked at.
 */
#include "read/signature.h"

#include <stdint.h>
#include <string.h>

enum {
	SIGNATURE_LINES_MAX = 25, /* not blank; a longer one is text */
	DELIMITED_LINES_MAX = 60, /* behind "-- " */
	SENTENCE_WORDS = 9,       /* of a line that is no line of a signature */
	PARAGRAPH_SIZE_MAX = 16 * 1024,
	BANNER_LINES_MAX = 12,
};

struct scan {
	const struct reading *reading;
	struct lines *lines;
	struct str sender; /* folded */
	struct str folded;
};

static struct view
fold_words(struct scan *scan, struct view words)
{
	str_clear(&scan->folded);
	words_fold(&scan->folded, view_slice(words, 0, PARAGRAPH_SIZE_MAX));
	return str_view(&scan->folded);
}

static size_t
count_words(struct view text)
{
	size_t count = 0;
	bool in_word = false;

	for (size_t i = 0; i < text.size; i++) {
		bool is_blank = text.data[i] == ' ' || text.data[i] == '\t';

		count += !is_blank && !in_word;
		in_word = !is_blank;
	}
	return count;
}

/* ---- evidence of a signature */

/* Seven digits or more with nothing but phone punctuation between them. */
static bool
has_phone(struct view text)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.data[i];

		if (c >= '0' && c <= '9')
			digits++;
		else if (!memchr(" +()-./\xC2\xA0", c, 9))
			digits = 0;
		if (digits >= 7)
			return true;
	}
	return false;
}

static bool
has_link(struct view text)
{
	size_t at = view_find_byte(text, '@', 0);

	if (at != SIZE_MAX && at > 0 && at + 1 < text.size && text.data[at - 1] > ' ' &&
		view_find_byte(text, '.', at) != SIZE_MAX)
		return true;
	return view_find(text, VIEW("http://"), 0) != SIZE_MAX ||
	       view_find(text, VIEW("https://"), 0) != SIZE_MAX ||
	       view_find(text, VIEW("www."), 0) != SIZE_MAX;
}

/* A line that gives a way to reach somebody: a number, an address, "Tel." */
static bool
is_contact(struct scan *scan, const struct line *line)
{
	if (line->words.size > 160)
		return false;
	if (has_phone(line->words) || (has_link(line->words) && count_words(line->words) <= 6))
		return true;
	return words_begin(&scan->reading->contact, fold_words(scan, line->words)) &&
	       count_words(line->words) <= 10;
}

/* "Name | Title | Office": columns of a signature on one line. */
static bool
has_columns(struct view text)
{
	size_t bar = view_find(text, VIEW(" | "), 0);

	return bar != SIZE_MAX && view_find(text, VIEW(" | "), bar + 1) != SIZE_MAX;
}

static bool
is_sentence(const struct line *line)
{
	char last = line->words.size ? line->words.data[line->words.size - 1] : ' ';
	size_t words = count_words(line->words);

	if (has_columns(line->words))
		return false;
	return words >= SENTENCE_WORDS + 4 ||
	       (words >= SENTENCE_WORDS && (last == '.' || last == '!' || last == '?' ||
						   last == ',' || last == ';' || last == ':'));
}

static bool
is_closing(struct scan *scan, const struct line *line)
{
	return line->words.size <= 80 && count_words(line->words) <= 8 &&
	       words_begin(&scan->reading->closing, fold_words(scan, line->words));
}

/* The sender's name alone on a line, perhaps with a title. */
static bool
is_name(struct scan *scan, const struct line *line)
{
	struct view sender = str_view(&scan->sender);
	struct view folded;

	if (sender.size < 5 || line->words.size > sender.size + 30)
		return false;
	folded = fold_words(scan, line->words);
	return view_find(folded, sender, 0) != SIZE_MAX;
}

/* "Anna Berg, Senior Adviser": the sender's name and more. */
static bool
starts_with_name(struct scan *scan, const struct line *line)
{
	struct view sender = str_view(&scan->sender);
	struct view folded;

	if (sender.size < 5)
		return false;
	folded = fold_words(scan, line->words);
	return folded.size > sender.size && view_starts_with(folded, sender);
}

/* ---- signatures */

static bool
is_delimiter(const struct lines *lines, const struct line *line)
{
	struct view text = view_slice(lines->text, line->start, line->end);

	if (view_starts_with(text, VIEW("-- \n")) || view_starts_with(text, VIEW("-- \r")) ||
		view_equal(text, VIEW("-- ")))
		return true;
	return view_equal(line->words, VIEW("--")) ||
	       view_equal(line->words, VIEW("\xE2\x80\x94")) ||
	       view_equal(line->words, VIEW("- --")) || view_equal(line->words, VIEW("__"));
}

static size_t
count_filled(const struct lines *lines, size_t first, size_t last)
{
	size_t count = 0;

	for (size_t i = first; i < last; i++)
		count += !lines->items[i].is_blank;
	return count;
}

/* The last "-- " of a run, if what is behind it is short enough to be a signature. */
static size_t
find_delimiter(struct scan *scan, size_t first, size_t last)
{
	size_t filled = 0, found = last;

	for (size_t i = last; i-- > first && filled <= DELIMITED_LINES_MAX;) {
		if (is_delimiter(scan->lines, &scan->lines->items[i]))
			found = i;
		filled += !scan->lines->items[i].is_blank;
	}
	return found;
}

/* Behind a closing or a name: how far lines go on that can be a signature's. */
static size_t
signature_end(struct scan *scan, size_t first, size_t last, size_t *ret_contacts)
{
	size_t end = first, filled = 0;

	*ret_contacts = 0;
	for (size_t i = first; i < last; i++) {
		const struct line *line = &scan->lines->items[i];

		if (line->is_blank)
			continue;
		if (is_sentence(line) || ++filled > SIGNATURE_LINES_MAX)
			break;
		*ret_contacts += is_contact(scan, line);
		end = i + 1;
	}
	return end;
}

/* The line behind the name that follows a closing: "Best regards,\n\nAnna Maria Berg". */
static size_t
skip_name(struct scan *scan, size_t closing, size_t last)
{
	size_t name = lines_next(scan->lines, closing + 1, last);

	if (name >= last || name > closing + 4)
		return closing + 1;
	if (count_words(scan->lines->items[name].words) > 6 ||
		is_contact(scan, &scan->lines->items[name]))
		return name;
	return name + 1;
}

/* A signature without a delimiter: behind the closing or the sender's name. */
static bool
find_unmarked(struct scan *scan, size_t first, size_t last, size_t *ret_start, size_t *ret_end)
{
	size_t filled = 0;

	for (size_t i = last; i-- > first && filled <= SIGNATURE_LINES_MAX;) {
		const struct line *line = &scan->lines->items[i];
		size_t start, end, contacts;
		bool closes;

		filled += !line->is_blank;
		if (line->is_blank)
			continue;
		closes = is_closing(scan, line);
		if (!closes && !is_name(scan, line))
			continue;
		start = lines_next(scan->lines, closes ? skip_name(scan, i, last) : i + 1, last);
		end = signature_end(scan, start, last, &contacts);
		if (end <= start || (contacts == 0 && count_filled(scan->lines, start, end) > 6))
			continue;
		if (contacts == 0 && !closes && end < last &&
			lines_next(scan->lines, end, last) < last)
			continue;
		*ret_start = start;
		*ret_end = end;
		return true;
	}
	return false;
}

/* The last paragraph of a run, if most of its lines say how to reach somebody. */
static bool
find_contact_block(struct scan *scan, size_t first, size_t last, size_t *ret_start, size_t *ret_end)
{
	size_t end = last, start, contacts = 0, filled = 0;

	while (end > first && scan->lines->items[end - 1].is_blank)
		end--;
	for (start = end; start > first && !scan->lines->items[start - 1].is_blank; start--) {
		const struct line *line = &scan->lines->items[start - 1];

		if (is_sentence(line) || ++filled > SIGNATURE_LINES_MAX)
			return false;
		contacts += is_contact(scan, line);
		contacts += has_columns(line->words);
		contacts += starts_with_name(scan, line);
	}
	*ret_start = start;
	*ret_end = end;
	return start > first && contacts >= 2 && contacts * 3 >= filled;
}

static void
mark_signature(struct scan *scan, size_t first, size_t last)
{
	size_t start = find_delimiter(scan, first, last), end = last;

	if (start == last && !find_unmarked(scan, first, last, &start, &end) &&
		!find_contact_block(scan, first, last, &start, &end))
		return;
	for (size_t i = start; i < end; i++)
		if (scan->lines->items[i].kind == SPAN_OWN)
			scan->lines->items[i].kind = SPAN_SIGNATURE;
}

/* ---- paragraphs and lines that are no one's words */

static bool
is_rule(struct view words)
{
	for (size_t i = 0; i < words.size; i++)
		if (!memchr("_-=*~#+ ", words.data[i], 8))
			return false;
	return words.size >= 3;
}

/* Marks paragraphs with a legal phrase, and a rule right above them. */
static void
mark_disclaimers(struct scan *scan, size_t first, size_t last)
{
	CLEANUP(str_free) struct str joined = str_new((size_t)PARAGRAPH_SIZE_MAX * 2);
	struct lines *lines = scan->lines;

	for (size_t i = lines_next(lines, first, last); i < last;) {
		size_t end = i, rule = i;

		str_clear(&joined);
		for (; end < last && !lines->items[end].is_blank; end++) {
			if (joined.size < PARAGRAPH_SIZE_MAX) {
				str_append(&joined, view_slice(lines->items[end].words, 0, 1000));
				str_append_byte(&joined, ' ');
			}
		}
		if (words_find_like(&scan->reading->disclaimer,
			    fold_words(scan, str_view(&joined))) != SIZE_MAX) {
			while (rule > first && (lines->items[rule - 1].is_blank ||
						       is_rule(lines->items[rule - 1].words)))
				rule--;
			lines_mark(lines, lines_next(lines, rule, i), end, SPAN_DISCLAIMER, 0);
		}
		i = lines_next(lines, end, last);
	}
}

static void
mark_footers(struct scan *scan, size_t first, size_t last)
{
	struct lines *lines = scan->lines;

	for (size_t i = first; i < last; i++) {
		struct line *line = &lines->items[i];
		struct view folded;

		if (line->is_blank || line->words.size > 200)
			continue;
		folded = fold_words(scan, line->words);
		if (words_find_like(&scan->reading->footer, folded) != SIZE_MAX)
			line->kind = SPAN_FOOTER;
		if (words_find_like(&scan->reading->list_footer, folded) == SIZE_MAX)
			continue;
		while (i > first &&
			(lines->items[i - 1].is_blank || is_rule(lines->items[i - 1].words)))
			i--;
		lines_mark(lines, lines_next(lines, i, last), last, SPAN_FOOTER, 0);
		return;
	}
}

/* How far a paragraph from `first` on is a banner: the line behind it, or `first`. */
static size_t
banner_end(struct scan *scan, size_t first, size_t last)
{
	CLEANUP(str_free) struct str joined = str_new(PARAGRAPH_SIZE_MAX);
	struct lines *lines = scan->lines;

	for (size_t i = first; i < last && i < first + BANNER_LINES_MAX; i++) {
		if (lines->items[i].is_blank)
			break;
		str_append(&joined, view_slice(lines->items[i].words, 0, 1000));
		str_append_byte(&joined, ' ');
		if (words_find_like(&scan->reading->banner, fold_words(scan, str_view(&joined))) !=
			SIZE_MAX)
			return i + 1;
	}
	return first;
}

/* Gateways put their warning above everything else, one or two paragraphs of it. */
static void
mark_banners(struct scan *scan, size_t last)
{
	struct lines *lines = scan->lines;

	for (size_t i = lines_next(lines, 0, last); i < last && i < BANNER_LINES_MAX;) {
		size_t end = banner_end(scan, i, last);

		if (end == i) /* the rest of a paragraph below a banner is text again */
			return;
		lines_mark(lines, i, end, SPAN_BANNER, 0);
		i = lines_next(lines, end, last);
	}
}

/* The text below the banner's first lines may go on with it: only whole paragraphs are cut. */
static void
mark_run(struct scan *scan, size_t first, size_t last)
{
	size_t end = last;

	mark_disclaimers(scan, first, last);
	mark_footers(scan, first, last);
	while (end > first && (scan->lines->items[end - 1].kind != SPAN_OWN ||
				      scan->lines->items[end - 1].is_blank))
		end--;
	mark_signature(scan, first, end);
}

void
signature_mark(const struct reading *reading, struct lines *lines, struct view sender)
{
	struct scan scan = {
		.reading = reading,
		.lines = lines,
		.sender = str_new(1000),
		.folded = str_new((size_t)PARAGRAPH_SIZE_MAX * 4),
	};
	size_t first = 0;

	words_fold(&scan.sender, view_slice(sender, 0, 200));
	while (first < lines->count) {
		size_t last = first;

		while (last < lines->count && lines->items[last].kind == lines->items[first].kind)
			last++;
		if (lines->items[first].kind == SPAN_OWN && first == 0)
			mark_banners(&scan, last);
		if (lines->items[first].kind == SPAN_OWN)
			mark_run(&scan, first, last);
		else if (lines->items[first].kind == SPAN_FORWARDED)
			mark_disclaimers(&scan, first, last);
		first = last;
	}
	str_free(&scan.sender);
	str_free(&scan.folded);
}
