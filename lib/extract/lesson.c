/*
 * Sentences in which the sender draws a lesson, word for word with their introduction. A sentence
 * is one if it says so ("what I take with me"), if it gives advice in the imperative or with
 * "should", "never", "would", or if it follows one that announces lessons ("here are mine") or
 * stands under such a heading, question or label. lesson_cues.tsv has the words of each kind.
 */
#include "extract/candidate.h"
#include "extract/tongue.h"

enum {
	/* An announcement opens the rest of its paragraph or list, up to this many sentences. */
	ANNOUNCED_MAX = 8,
	NOUN_REACH = 45, /* bytes from "lesson" to the colon or the "is" */
	LESSON_SIZE_MIN = 12,
	LESSON_SIZE_MAX = 900,
};

/* How strongly the words of a sentence make it a lesson. */
struct signs {
	bool announces;     /**< "here are our lessons", "my advice:" with nothing behind */
	bool introduces;    /**< "what I take with me: …", the lesson itself stands behind */
	bool advises;       /**< begins with an imperative: "Start with …", "Never …" */
	bool begins_weakly; /**< "If you …", "Nobody …": advice where lessons are announced */
	bool for_others;    /**< "anyone who plans this", "other agencies" */
	bool hindsight;     /**< "next time I would", "if I did it again" */
	bool is_maxim;      /**< "should", "must", "is only as good as" */
	bool ends;          /**< "apart from that", "you may use": what follows is something else */
};

struct reader {
	struct tongue tongue;
	const struct document *document;
	size_t left;  /* sentences that an announcement still opens */
	size_t block; /* block of the announcement */
	bool is_open;
	bool is_plural; /* several lessons were announced, not one introduced */
	bool was_asked; /* by a question, and nothing has answered it yet */
	bool saw_lesson;
};

static const struct hit *
cue(struct reader *reader, const struct sentence *sentence, const char *value)
{
	return tongue_hit(&reader->tongue, sentence, TABLE_LESSON_CUES, value, sentence->start,
		sentence->end);
}

/* Behind the label of an answer ("A:", "Us:"), else where the sentence begins. */
static size_t
first_word(const struct document *document, const struct sentence *sentence)
{
	const struct block *block = &document->blocks[sentence->block];
	return block->kind == BLOCK_LABEL && block->value_start > sentence->start &&
			       block->value_start < sentence->end
		       ? block->value_start
		       : sentence->start;
}

/* Where the words begin: behind "And", "Second,", a bullet or a quotation mark. */
static bool
begins_with(struct reader *reader, const struct sentence *sentence, const char *value)
{
	const struct document *document = reader->document;
	for (size_t i = 0; i < sentence->token_count; i++) {
		const struct token *token = &document->tokens[sentence->first_token + i];
		size_t end = token->start + 1;
		if (token->kind != TOKEN_WORD || token->start < first_word(document, sentence))
			continue;
		if (tongue_hit(
			    &reader->tongue, sentence, TABLE_LESSON_CUES, value, token->start, end))
			return true;
		if (!tongue_hit(&reader->tongue, sentence, TABLE_LESSON_CUES, "joint", token->start,
			    end))
			return false;
	}
	return false;
}

/* "Lesson: never …", "the moral of it is that …": a noun of teaching, and the teaching behind a
 * colon or a copula. */
static const struct hit *
taught_by_noun(struct reader *reader, const struct sentence *sentence)
{
	struct view text = reader->document->parts[sentence->part].text;
	const struct hit *noun = cue(reader, sentence, "noun");
	if (!noun)
		return NULL;
	size_t limit =
		noun->end + NOUN_REACH < sentence->end ? noun->end + NOUN_REACH : sentence->end;
	size_t colon = view_find_byte(view_slice(text, 0, limit), ':', noun->end);
	if (colon != SIZE_MAX && colon + 4 < sentence->end)
		return noun;
	return tongue_hit(&reader->tongue, sentence, TABLE_NAME_CUES, "is", noun->end, limit)
		       ? noun
		       : NULL;
}

/* Words behind an introduction: more than three make the lesson itself. */
static bool
says_it_itself(const struct document *document, const struct sentence *sentence, size_t from)
{
	size_t words = 0;
	for (size_t i = 0; i < sentence->token_count; i++) {
		const struct token *token = &document->tokens[sentence->first_token + i];
		words += token->start >= from && token->kind == TOKEN_WORD;
	}
	return words > 3;
}

static struct signs
read_signs(struct reader *reader, const struct sentence *sentence)
{
	const struct document *document = reader->document;
	const struct hit *intro = cue(reader, sentence, "intro");
	bool by_noun = !intro;
	if (!intro)
		intro = taught_by_noun(reader, sentence);
	struct view text = view_trim(sentence_text(document, sentence));
	bool colon = view_ends_with(text, VIEW(":"));
	struct signs signs = {
		.announces = cue(reader, sentence, "announce") != NULL,
		.introduces = intro && !colon && says_it_itself(document, sentence, intro->end),
		.advises = begins_with(reader, sentence, "advice"),
		.hindsight = cue(reader, sentence, "hindsight") != NULL,
		.begins_weakly = begins_with(reader, sentence, "opener"),
		.is_maxim = cue(reader, sentence, "maxim") != NULL,
		.for_others = cue(reader, sentence, "others") != NULL,
		.ends = cue(reader, sentence, "end") != NULL,
	};
	/* "you ask for lessons, so here are mine" */
	if (by_noun && signs.announces && view_find_byte(text, ':', 0) == SIZE_MAX)
		signs.introduces = false;
	if (intro && !signs.introduces)
		signs.announces = true;
	return signs;
}

static bool
is_list(const struct block *block)
{
	return block->kind == BLOCK_ITEM || block->kind == BLOCK_ROW;
}

/* An announcement reaches over its paragraph; ending with a colon or as a heading, over the list or
 * the one paragraph behind it. */
static bool
still_open(const struct reader *reader, const struct sentence *sentence)
{
	const struct block *block = &reader->document->blocks[sentence->block];
	const struct block *opened = &reader->document->blocks[reader->block];
	if (!reader->is_open || reader->left == 0)
		return false;
	if (sentence->block == reader->block)
		return true;
	if (block->kind == BLOCK_HEADING || block->kind == BLOCK_CLOSING ||
		block->kind == BLOCK_QUESTION || block->part != opened->part)
		return false;
	if (sentence->block == reader->block + 1)
		return !reader->saw_lesson || is_list(block);
	return is_list(block);
}

static double
score_of(const struct reader *reader, const struct sentence *sentence, const struct signs *signs)
{
	bool open = still_open(reader, sentence);
	bool in_list = is_list(&reader->document->blocks[sentence->block]);
	double score = 0;
	if (signs->introduces)
		score = 0.85;
	else if (signs->hindsight)
		score = 0.72;
	else if (signs->advises)
		score = open ? 0.9 : signs->ends ? 0.1 : 0.38;
	else if (signs->is_maxim && signs->for_others)
		score = 0.6;
	else if (signs->is_maxim || signs->begins_weakly)
		score = !open ? 0.15 : in_list ? 0.8 : 0.6;
	else if (open)
		score = in_list && reader->is_plural ? 0.65 : reader->was_asked ? 0.55 : 0.35;
	if (sentence->is_question || (sentence->context & CONTEXT_QUESTION))
		return 0;
	return score;
}

static void
open_reach(struct reader *reader, const struct sentence *sentence)
{
	reader->is_open = true;
	reader->left = ANNOUNCED_MAX;
	reader->block = sentence->block;
	reader->saw_lesson = false;
}

static bool
is_label(const struct document *document, const struct sentence *sentence)
{
	return document->blocks[sentence->block].label_field == FIELD_LESSONS;
}

static bool
add(const struct document *document, const struct sentence *sentence, double score,
	struct candidates *candidates, struct error *err)
{
	const struct block *block = &document->blocks[sentence->block];
	size_t start = sentence->start;
	if (is_label(document, sentence) && block->value_start > start)
		start = block->value_start;
	struct view text = view_trim(document_text(document, sentence->part, start, sentence->end));
	const struct candidate candidate = {.field = FIELD_LESSONS,
		.value = text,
		.sentence = (size_t)(sentence - document->sentences),
		.start = start,
		.end = sentence->end,
		.method = is_label(document, sentence) ? METHOD_LABEL : METHOD_PATTERN,
		.score = score};
	if (text.size < LESSON_SIZE_MIN || text.size > LESSON_SIZE_MAX)
		return true;
	return candidate_add(candidates, document, &candidate, err);
}

static bool
read_sentence(struct reader *reader, const struct sentence *sentence, struct candidates *candidates,
	struct error *err)
{
	const struct document *document = reader->document;
	const struct block *block = &document->blocks[sentence->block];
	struct signs signs = read_signs(reader, sentence);
	bool may_announce = sentence->asserts || sentence->is_question ||
			    block->kind == BLOCK_HEADING || block->kind == BLOCK_QUESTION;
	if (signs.ends)
		reader->is_open = false;
	if (may_announce && !is_label(document, sentence) && signs.announces && !signs.introduces) {
		open_reach(reader, sentence);
		reader->is_plural = true;
		reader->was_asked = sentence->is_question;
		return true;
	}
	if (!sentence->asserts || block->kind == BLOCK_HEADING)
		return true;
	double score = is_label(document, sentence) ? 0.9 : score_of(reader, sentence, &signs);
	if (reader->is_open && reader->left > 0)
		reader->left--;
	if (score <= 0)
		return true;
	reader->saw_lesson = true;
	reader->was_asked = false;
	if (signs.introduces) {
		open_reach(reader, sentence);
		reader->is_plural = false;
		reader->saw_lesson = true;
	}
	return add(document, sentence, score, candidates, err);
}

bool
find_lessons(const struct document *document, struct candidates *candidates, struct error *err)
{
	struct reader reader = {.tongue = tongue_new(document), .document = document};
	for (size_t i = 0; i < document->sentence_count; i++)
		if (!read_sentence(&reader, &document->sentences[i], candidates, err))
			return false;
	return true;
}
