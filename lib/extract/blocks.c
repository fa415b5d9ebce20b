/*
 * Lines to blocks: the layout of a message before anything is understood. A block ends at an empty
 * line, where the span changes, and where a line begins something of its own (an item, a label, a
 * row). Linear in the part; every line is looked at once.
 */
#include "extract/blocks.h"

#include "extract/fold.h"

enum {
	/* A label is short: "Date on which the service went live for users" has 45 bytes. */
	LABEL_BYTES_MAX = 80,
	LABEL_WORDS_MAX = 9,
	/* A line that ends earlier than this was ended by its author, not by a mailer's wrapping.
	 */
	WRAP_COLUMNS_MIN = 55,
	HEADING_BYTES_MAX = 90,
	SHORT_LINE_MAX = 60,
};

struct line {
	size_t start;
	size_t end;     /* without the line feed */
	size_t content; /* the first byte that is no white space; end if none */
	enum span_kind span;
	unsigned level;
	bool blank;
};

struct builder {
	struct document *document;
	size_t part;
	struct view text;
	const struct span *spans;
	size_t span_count;
	size_t span_index;
	struct line previous; /* of the same span; blank at its start */
	struct block *open;   /* the block that lines are added to, or NULL */
	bool after_blank;
};

static bool
is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The span that holds an offset; offsets only grow. Parts other than the text are all own words. */
static struct span
span_at(struct builder *builder, size_t offset)
{
	while (builder->span_index < builder->span_count &&
		builder->spans[builder->span_index].end <= offset)
		builder->span_index++;
	if (builder->span_index < builder->span_count)
		return builder->spans[builder->span_index];
	return (struct span){.kind = SPAN_OWN, .end = builder->text.size};
}

static size_t
skip_quote_marks(struct view text, size_t at, size_t end)
{
	while (at < end && (is_space(text.data[at]) || text.data[at] == '>'))
		at++;
	return at;
}

/* A line ends at its line feed or where its span ends. */
static bool
next_line(struct builder *builder, size_t *offset, struct line *ret_line)
{
	struct view text = builder->text;

	if (*offset >= text.size)
		return false;
	struct span span = span_at(builder, *offset);
	size_t end = view_find_byte(text, '\n', *offset);
	size_t stop = span.end > *offset ? span.end : text.size;
	bool cut = end == SIZE_MAX || end >= stop;

	end = cut ? stop : end;
	struct line line = {.start = *offset, .end = end, .span = span.kind, .level = span.level};
	line.content = skip_quote_marks(text, line.start, end);
	line.blank = line.content == end;
	*offset = cut ? end : end + 1;
	*ret_line = line;
	return true;
}

/* ---- What a line begins with ---- */

static size_t
utf8_bullet(struct view text)
{
	static const char *const bullets[] = {
		"•", "·", "–", "—", "▪", "◦", "‣", "●", "→", "■", "✓"};

	for (size_t i = 0; i < sizeof(bullets) / sizeof(*bullets); i++)
		if (view_starts_with(text, view_of(bullets[i])))
			return strlen(bullets[i]);
	return 0;
}

/* "12." "3)" "(4)" "b)" "iv." "No 2" is left to the words. Returns the marker's size or 0. */
static size_t
number_marker(struct view text)
{
	size_t at = text.size && text.data[0] == '(', digits = 0, letters = 0;

	while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9') {
		at++;
		digits++;
	}
	if (digits == 0 && at < text.size) {
		char low = (char)(text.data[at] | 0x20);

		if (low >= 'a' && low <= 'z') {
			at++;
			letters++;
		}
	}
	bool counts = (digits > 0 && digits <= 2) || letters == 1;
	if (!counts || at >= text.size)
		return 0;
	char mark = text.data[at];
	bool closes = mark == ')' || (mark == '.' && digits > 0) || (mark == ':' && digits > 0) ||
		      (mark == '/' && digits > 0 &&
			      view_starts_with(view_slice(text, at, at + 2), VIEW("/ ")));
	return closes ? at + 1 : 0;
}

/* The marker and the white space behind it, or nothing. */
static struct view
item_marker(struct view text, struct line line)
{
	struct view rest = view_slice(text, line.content, line.end);
	size_t size = 0;

	if (rest.size > 1 &&
		(rest.data[0] == '-' || rest.data[0] == '*' || rest.data[0] == '+' ||
			rest.data[0] == 'o') &&
		is_space(rest.data[1]))
		size = rest.data[0] == 'o' && rest.data[1] == ' ' ? 0 : 1;
	if (size == 0)
		size = utf8_bullet(rest);
	if (size == 0)
		size = number_marker(rest);
	if (size == 0 || size >= rest.size || !is_space(rest.data[size]))
		return (struct view){NULL, 0};
	return view_slice(rest, 0, size);
}

static size_t
count_words(struct view text)
{
	size_t words = 0;
	bool inside = false;

	for (size_t i = 0; i < text.size; i++) {
		bool letter = !is_space(text.data[i]) && text.data[i] != '\n';

		words += letter && !inside;
		inside = letter;
	}
	return words;
}

/* A label that the vocabulary knows, whole: "Go-live date", "3. Country". */
static const struct hit *
known_label(const struct part *part, size_t start, size_t end)
{
	for (size_t i = hits_from(part, start); i < part->hit_count; i++) {
		const struct hit *hit = &part->hits[i];

		if (hit->start >= end)
			break;
		size_t room = (hit->start - start) + (end > hit->end ? end - hit->end : 0);
		if (hit->table == TABLE_LABELS && hit->end <= end && room <= 3)
			return hit;
	}
	return NULL;
}

struct label {
	size_t start;
	size_t end;   /* of the words, before the colon */
	size_t value; /* behind the colon */
	int field;
	bool known;
};

static int
label_field(const struct hit *hit)
{
	enum field field;

	return hit && field_from_name(hit->value, &field) ? (int)field : -1;
}

static size_t
find_colon(struct view text, size_t start, size_t end)
{
	for (size_t i = start; i < end && i < start + LABEL_BYTES_MAX; i++)
		if (text.data[i] == ':' && (i + 1 == end || is_space(text.data[i + 1])))
			return i;
	return SIZE_MAX;
}

static size_t
skip_emphasis(struct view text, size_t at, size_t end)
{
	while (at < end &&
		(text.data[at] == '*' || text.data[at] == '_' || is_space(text.data[at])))
		at++;
	return at;
}

/* "Words: value" with few words; whether it is a label depends on the lines around it. */
static bool
find_label(const struct builder *builder, size_t start, size_t end, struct label *ret_label)
{
	const struct part *part = &builder->document->parts[builder->part];
	size_t from = skip_emphasis(builder->text, start, end);
	size_t colon = find_colon(builder->text, from, end);

	if (colon == SIZE_MAX || colon == from)
		return false;
	size_t words_end = colon;
	while (words_end > from && (builder->text.data[words_end - 1] == '*' ||
					   is_space(builder->text.data[words_end - 1])))
		words_end--;
	if (count_words(view_slice(builder->text, from, words_end)) > LABEL_WORDS_MAX)
		return false;
	const struct hit *hit = known_label(part, from, words_end);
	*ret_label = (struct label){.start = from,
		.end = words_end,
		.value = skip_emphasis(builder->text, colon + 1, end),
		.field = label_field(hit),
		.known = hit != NULL};
	return true;
}

static bool
ends_a_sentence(struct view text, struct line line)
{
	size_t end = line.end;

	while (end > line.content && is_space(text.data[end - 1]))
		end--;
	if (end == line.content)
		return true;
	char last = text.data[end - 1];
	return last == '.' || last == '!' || last == '?' || last == ':' || last == ';' ||
	       last == '*';
}

/* Did its author end the line before this one? Else this one goes on with its sentence. */
static bool
begins_anew(const struct builder *builder)
{
	struct line line = builder->previous;

	return builder->after_blank || line.blank || ends_a_sentence(builder->text, line) ||
	       line.end - line.start < WRAP_COLUMNS_MIN;
}

static bool
is_row(struct view text, struct line line)
{
	size_t bars = 0, tabs = 0;

	for (size_t i = line.content; i < line.end; i++) {
		bars += text.data[i] == '|';
		tabs += text.data[i] == '\t' && i + 1 < line.end && i > line.content;
	}
	return bars >= 2 || tabs >= 1;
}

/* ---- Building ---- */

static bool
open_block(struct builder *builder, enum block_kind kind, struct line line, struct error *err)
{
	struct document *document = builder->document;
	struct block *block = arena_push(document->arena, &document->blocks, &document->block_count,
		&document->block_capacity, sizeof(*block), BLOCKS_MAX);

	if (!block)
		return error_set(err, ERROR_MESSAGE, "the message is too large to be understood");
	*block = (struct block){.kind = kind,
		.part = builder->part,
		.start = line.content,
		.end = line.end,
		.value_start = line.content,
		.label_field = -1,
		.span = line.span,
		.level = line.level,
		.indent = (unsigned)(line.content - line.start),
		.after_blank = builder->after_blank};
	builder->open = block;
	return true;
}

static bool
starts_label(const struct builder *builder, struct line line, size_t start, struct label *ret_label)
{
	bool in_form = builder->open && builder->open->kind == BLOCK_LABEL && !builder->after_blank;

	if (!find_label(builder, start, line.end, ret_label))
		return false;
	if (!begins_anew(builder) && !(in_form && ret_label->known))
		return false;
	bool short_label =
		count_words(view_slice(builder->text, ret_label->start, ret_label->end)) <= 4;
	return ret_label->known || (in_form && short_label);
}

static bool
start_block(struct builder *builder, struct line line, struct error *err)
{
	struct view text = builder->text;
	struct view marker = item_marker(text, line);
	size_t start = line.content;
	struct label label;

	if (marker.size)
		start = skip_emphasis(text, line.content + marker.size, line.end);
	bool labelled = starts_label(builder, line, start, &label);
	enum block_kind kind = labelled ? BLOCK_LABEL : marker.size ? BLOCK_ITEM : BLOCK_PARAGRAPH;

	if (!labelled && !marker.size && is_row(text, line))
		kind = BLOCK_ROW;
	if (!open_block(builder, kind, line, err))
		return false;
	builder->open->marker = marker;
	builder->open->value_start = start;
	if (labelled) {
		builder->open->label = view_slice(text, label.start, label.end);
		builder->open->value_start = label.value;
		builder->open->label_field = label.field;
	}
	return true;
}

/* Does the line begin a block of its own, or does it go on with the open one? */
static bool
begins_block(const struct builder *builder, struct line line)
{
	struct view text = builder->text;
	struct view marker = item_marker(text, line);
	struct label label;
	size_t start = line.content + marker.size;

	if (!builder->open || builder->after_blank)
		return true;
	if (builder->open->span != line.span || builder->open->level != line.level)
		return true;
	if (is_row(text, line) || builder->open->kind == BLOCK_ROW)
		return true;
	if (marker.size && begins_anew(builder))
		return true;
	return starts_label(builder, line, start, &label);
}

static bool
add_line(struct builder *builder, struct line line, struct error *err)
{
	if (line.blank) {
		builder->after_blank = true;
		builder->previous = line;
		return true;
	}
	/* "Label:" on a line of its own, the value under an empty line, is still one block. */
	bool waits = builder->open && builder->open->kind == BLOCK_LABEL &&
		     builder->open->value_start >= builder->open->end &&
		     builder->open->span == line.span && !item_marker(builder->text, line).size;
	struct label label;
	bool next_label = starts_label(builder, line, line.content, &label);

	if ((waits && !next_label) || !begins_block(builder, line)) {
		if (waits)
			builder->open->value_start = line.content;
		builder->open->end = line.end;
	} else if (!start_block(builder, line, err)) {
		return false;
	}
	builder->previous = line;
	builder->after_blank = false;
	return true;
}

/* ---- What a block is, once it is whole ---- */

static bool
has_cue(const struct part *part, const struct block *block, const char *value, size_t end)
{
	for (size_t i = hits_from(part, block->start); i < part->hit_count; i++) {
		if (part->hits[i].start >= end)
			return false;
		if (hit_is(&part->hits[i], TABLE_CUES, value))
			return true;
	}
	return false;
}

static bool
is_heading(struct view text, const struct block *block, bool before_blank)
{
	struct view words = view_trim(view_slice(text, block->value_start, block->end));
	bool one_line = view_find_byte(words, '\n', 0) == SIZE_MAX;

	if (!one_line || words.size == 0 || words.size > HEADING_BYTES_MAX || !block->after_blank ||
		!before_blank)
		return false;
	char last = words.data[words.size - 1];
	return last != '.' && last != '!' && last != '?' && last != ',' && last != ';';
}

static void
name_block(struct document *document, size_t index, bool before_blank)
{
	struct block *block = &document->blocks[index];
	const struct part *part = &document->parts[block->part];
	struct view text = part->text;
	size_t size = block->end - block->start;

	if (block->kind != BLOCK_PARAGRAPH && block->kind != BLOCK_ITEM)
		return;
	if (size <= SHORT_LINE_MAX &&
		has_cue(part, block, "closing", block->start + SHORT_LINE_MAX) &&
		block->kind == BLOCK_PARAGRAPH)
		block->kind = BLOCK_CLOSING;
	else if (size <= SHORT_LINE_MAX && has_cue(part, block, "greeting", block->start + 12))
		block->kind = BLOCK_GREETING;
	else if (is_heading(text, block, before_blank))
		block->kind = BLOCK_HEADING;
	else if (text.data[block->end - 1] == '?' &&
		 has_cue(part, block, "form_question", block->end))
		block->kind = BLOCK_QUESTION;
}

static void
name_blocks(struct document *document, size_t first)
{
	for (size_t i = first; i < document->block_count; i++) {
		bool last = i + 1 == document->block_count;

		name_block(document, i,
			last || document->blocks[i + 1].after_blank ||
				document->blocks[i + 1].span != document->blocks[i].span);
	}
}

bool
blocks_build(struct document *document, size_t part, struct error *err)
{
	struct builder builder = {.document = document,
		.part = part,
		.text = document->parts[part].text,
		.after_blank = true};
	size_t offset = 0, first = document->block_count;
	struct line line;

	if (document->parts[part].kind == PART_TEXT) {
		builder.spans = document->mail->spans;
		builder.span_count = document->mail->span_count;
	}
	builder.previous.blank = true;
	while (next_line(&builder, &offset, &line))
		if (!add_line(&builder, line, err))
			return false;
	name_blocks(document, first);
	return true;
}
