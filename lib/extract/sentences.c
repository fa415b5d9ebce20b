/*
 * Blocks to sentences and tokens. A sentence ends at . ! ? or … before white space and something
 * that can begin one, unless the dot belongs to an abbreviation (table cues.tsv), an initial, an
 * ordinal ("26. Februar") or a marker. What is quoted, signed or asked does not assert.
 */
#include "extract/blocks.h"
#include "extract/fold.h"

#include "base/utf8.h"

/* Text without full stops is cut here, so that what looks at a whole sentence stays linear. */
enum { SENTENCE_BYTES_MAX = 3000 };

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* ---- Tokens ---- */

static bool
is_word_point(uint32_t point)
{
	return (point < 0x80 && (is_digit((char)point) || fold_is_letter(point))) ||
	       (point >= 0x80 && fold_is_letter(point)) || (point >= 0x300 && point < 0x370);
}

/* Signs that may stand inside a word, between two letters or digits. */
static bool
is_inner(uint32_t point)
{
	return point == '-' || point == '\'' || point == 0x2019 || point == '&' || point == '.' ||
	       point == '@' || point == '_' || point == 0x2011 || point == '/';
}

struct cursor {
	struct view text;
	size_t at;
	size_t end;
};

static uint32_t
peek(const struct cursor *cursor, size_t *ret_next)
{
	*ret_next = cursor->at;
	return utf8_next(view_slice(cursor->text, 0, cursor->end), ret_next);
}

/* Reads a word or number; the cursor stands on its first character. */
static void
read_word(struct cursor *cursor, struct token *token)
{
	size_t letters = 0, upper = 0, next;
	bool first = true, digits_only = true;

	while (cursor->at < cursor->end) {
		uint32_t point = peek(cursor, &next);

		if (!is_word_point(point)) {
			struct cursor ahead = {cursor->text, next, cursor->end};
			size_t after;

			if (!is_inner(point) || next >= cursor->end ||
				!is_word_point(peek(&ahead, &after)))
				break;
			digits_only = digits_only && point != '@' && point != '-' && point != '/';
		} else if (fold_is_letter(point)) {
			digits_only = false;
			letters++;
			upper += fold_is_upper(point);
			if (first)
				token->is_capitalised = fold_is_upper(point);
			else
				token->has_inner_upper =
					token->has_inner_upper || fold_is_upper(point);
		}
		first = false;
		cursor->at = next;
	}
	token->end = cursor->at;
	token->kind = digits_only ? TOKEN_NUMBER : TOKEN_WORD;
	token->is_upper = letters >= 2 && upper == letters;
	token->has_inner_upper = token->has_inner_upper && !token->is_upper;
}

static bool
add_tokens(struct document *document, struct sentence *sentence, struct error *err)
{
	struct cursor cursor = {
		document->parts[sentence->part].text, sentence->start, sentence->end};
	bool space = false;

	sentence->first_token = document->token_count;
	while (cursor.at < cursor.end) {
		size_t next;
		uint32_t point = peek(&cursor, &next);

		if (point <= ' ' || point == 0xa0) {
			space = true;
			cursor.at = next;
			continue;
		}
		struct token *token =
			arena_push(document->arena, &document->tokens, &document->token_count,
				&document->token_capacity, sizeof(*token), TOKENS_MAX);
		if (!token)
			return error_set(
				err, ERROR_MESSAGE, "the message is too large to be understood");
		*token = (struct token){.start = cursor.at, .space_before = space};
		if (is_word_point(point)) {
			read_word(&cursor, token);
		} else {
			token->kind = TOKEN_PUNCTUATION;
			token->end = cursor.at = next;
		}
		space = false;
	}
	sentence->token_count = document->token_count - sentence->first_token;
	return true;
}

/* ---- Sentences ---- */

static bool
span_asserts(enum span_kind kind)
{
	return kind == SPAN_OWN || kind == SPAN_FORWARDED;
}

static bool
has_call_words(const struct part *part, size_t start, size_t end)
{
	for (size_t i = hits_from(part, start); i < part->hit_count && part->hits[i].start < end;
		i++)
		if (part->hits[i].table == TABLE_CALL)
			return true;
	return false;
}

static bool
add_sentence(
	struct document *document, size_t block_index, size_t start, size_t end, struct error *err)
{
	struct block *block = &document->blocks[block_index];
	const struct part *part = &document->parts[block->part];

	while (start < end && is_blank(part->text.data[start]))
		start++;
	while (end > start && is_blank(part->text.data[end - 1]))
		end--;
	if (start == end)
		return true;
	struct sentence *sentence =
		arena_push(document->arena, &document->sentences, &document->sentence_count,
			&document->sentence_capacity, sizeof(*sentence), SENTENCES_MAX);
	if (!sentence)
		return error_set(err, ERROR_MESSAGE, "the message is too large to be understood");
	*sentence = (struct sentence){.part = block->part,
		.block = block_index,
		.start = start,
		.end = end,
		.span = block->span,
		.level = block->level,
		.case_index = CASE_SHARED};
	sentence->is_question = part->text.data[end - 1] == '?';
	sentence->asserts = span_asserts(block->span) && !sentence->is_question &&
			    block->kind != BLOCK_QUESTION && !has_call_words(part, start, end);
	sentence->first_hit = hits_from(part, start);
	sentence->hit_count = hits_from(part, end) - sentence->first_hit;
	block->sentence_count++;
	return add_tokens(document, sentence, err);
}

static bool
has_hit_ending(
	const struct part *part, size_t start, size_t end, enum table table, const char *value)
{
	for (size_t i = hits_from(part, start); i < part->hit_count && part->hits[i].start < end;
		i++)
		if (part->hits[i].end == end && part->hits[i].table == table &&
			(!value || view_equal(part->hits[i].value, view_of(value))))
			return true;
	return false;
}

/* A month right behind white space: "26. Februar". */
static bool
month_follows(const struct part *part, size_t at)
{
	for (size_t i = hits_from(part, at); i < part->hit_count && part->hits[i].start <= at; i++)
		if (part->hits[i].table == TABLE_MONTHS)
			return true;
	return false;
}

/* Is the dot at `at` part of an abbreviation, an initial or an ordinal? */
static bool
is_inner_dot(const struct part *part, size_t from, size_t at, size_t next)
{
	struct view text = part->text;
	size_t word = at;

	while (word > from && !is_blank(text.data[word - 1]) && text.data[word - 1] != '(')
		word--;
	struct view before = view_slice(text, word, at);
	bool initial = before.size == 1 && before.data[0] >= 'A' && before.data[0] <= 'Z' &&
		       before.data[0] != 'I';
	bool ordinal = before.size >= 1 && before.size <= 2 && is_digit(before.data[0]) &&
		       is_digit(before.data[before.size - 1]);

	if (initial || word == from)
		return word != from || before.size <= 2;
	if (ordinal && month_follows(part, next))
		return true;
	size_t reach = word > from + 12 ? word - 12 : from;
	return has_hit_ending(part, reach, at + 1, TABLE_CUES, "abbreviation");
}

/* Can what stands at `at` begin a sentence? Lower case does not, except in odd project names. */
static bool
can_begin(struct view text, size_t at, size_t end)
{
	if (at >= end)
		return true;
	size_t next = at;
	uint32_t point = utf8_next(text, &next);
	if (fold_is_letter(point)) {
		size_t after = next;
		bool odd = next < end && fold_is_upper(utf8_next(text, &after));

		return !(point < 0x250 && !fold_is_upper(point)) || odd;
	}
	return true;
}

static bool
ends_sentence(const struct part *part, size_t from, size_t at, size_t end, size_t *ret_after)
{
	struct view text = part->text;
	size_t after = at + 1;

	while (after < end && (text.data[after] == '.' || text.data[after] == '!' ||
				      text.data[after] == '?' || text.data[after] == ')' ||
				      text.data[after] == '"' || text.data[after] == '\''))
		after++;
	while (after < end && (view_starts_with(view_slice(text, after, end), VIEW("”")) ||
				      view_starts_with(view_slice(text, after, end), VIEW("’")) ||
				      view_starts_with(view_slice(text, after, end), VIEW("“"))))
		after += 3;
	if (view_starts_with(view_slice(text, after, end), VIEW("»")))
		after += 2;
	*ret_after = after;
	if (after < end && !is_blank(text.data[after]))
		return false;
	size_t next = after;
	while (next < end && is_blank(text.data[next]))
		next++;
	if (!can_begin(text, next, end))
		return false;
	return text.data[at] != '.' || next >= end || !is_inner_dot(part, from, at, next);
}

static bool
cut_block(struct document *document, size_t index, struct error *err)
{
	struct block block = document->blocks[index];
	const struct part *part = &document->parts[block.part];
	size_t start = block.kind == BLOCK_LABEL ? block.start : block.value_start;

	document->blocks[index].first_sentence = document->sentence_count;
	for (size_t at = start; at < block.end; at++) {
		char byte = part->text.data[at];
		size_t after;

		bool stop = byte == '.' || byte == '!' || byte == '?';
		bool too_long = at - start > SENTENCE_BYTES_MAX && is_blank(byte);

		after = at;
		if (!too_long && (!stop || !ends_sentence(part, start, at, block.end, &after)))
			continue;
		if (!add_sentence(document, index, start, after, err))
			return false;
		start = after;
		at = after > at ? after - 1 : at;
	}
	return add_sentence(document, index, start, block.end, err);
}

bool
sentences_build(struct document *document, size_t part, struct error *err)
{
	size_t first = document->parts[part].first_block;

	for (size_t i = 0; i < document->parts[part].block_count; i++)
		if (!cut_block(document, first + i, err))
			return false;
	return true;
}
