#ifndef EXTRACT_DOCUMENT_H
#define EXTRACT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extract/extract.h"
#include "extract/pattern.h"
#include "extract/vocabulary.h"

/**
 * A message as structure: parts hold blocks, blocks hold sentences, sentences hold clauses, tokens
 * and vocabulary hits. Everything is an array in the order of the text, so what belongs together
 * is a first index and a count. All offsets are bytes in the part's text. Built once by
 * document_build(), then read by the finders. Lives in the message's arena.
 */

/** Where words stand. Part 0 is the subject, part 1 the text, then the attachments with text. */
struct part {
	enum part_kind kind;
	size_t attachment; /**< index into mail->attachments for PART_ATTACHMENT */
	struct view text;
	struct hit *hits;
	size_t hit_count;
	size_t first_block;
	size_t block_count;
	size_t first_sentence;
	size_t sentence_count;
};

enum block_kind {
	BLOCK_PARAGRAPH,
	BLOCK_ITEM,     /**< of a list: bullet or number */
	BLOCK_ROW,      /**< of a table: cells separated by tabs or bars */
	BLOCK_LABEL,    /**< "Country: Estonia"; the value may go on in following lines */
	BLOCK_HEADING,  /**< a short line above others, underlined, numbered or in capitals */
	BLOCK_GREETING, /**< "Dear Maja," */
	BLOCK_CLOSING,  /**< "Kind regards" and the name below it */
	BLOCK_QUESTION, /**< a question of a questionnaire or of the call, answered below */
};

struct block {
	enum block_kind kind;
	size_t part;
	size_t start;
	size_t end;
	size_t first_sentence;
	size_t sentence_count;
	struct view marker; /**< of an item or numbered heading: "1.", "b)", "-"; else empty */
	unsigned indent;    /**< white space before the marker, in columns */
	struct view label;  /**< BLOCK_LABEL: the words before the colon */
	size_t value_start; /**< BLOCK_LABEL: where the value begins; else start */
	int label_field;    /**< BLOCK_LABEL, BLOCK_ROW: enum field that the label names, or -1 */
	enum span_kind span;
	unsigned level;   /**< depth of quoting or forwarding */
	bool after_blank; /**< an empty line stands before it */
};

/**
 * What holds at a place of a sentence, from the cues around it. A clause carries the flags whose
 * cues stand in it or reach into it.
 */
enum context {
	CONTEXT_NEGATED = 1 << 0,      /**< "never went live", "no users" */
	CONTEXT_PLANNED = 1 << 1,      /**< "will", "is planned for" */
	CONTEXT_HYPOTHETICAL = 1 << 2, /**< "would have", "could", "if" */
	CONTEXT_PAST = 1 << 3,         /**< "was", "in those days" */
	CONTEXT_COMPARISON = 1 << 4,   /**< "unlike Estonia", "as in Sweden", "inspired by" */
	CONTEXT_OTHERS = 1 << 5,       /**< speaks of other people's projects */
	CONTEXT_QUESTION = 1 << 6,
	CONTEXT_REJECTED = 1 << 7, /**< "we looked at Corda", "decided against", "instead of" */
	CONTEXT_DROPPED = 1 << 8,  /**< announced and then moved or cancelled: "was to be" */
	CONTEXT_REPORTED = 1 << 9, /**< hearsay: "apparently", "I have read that" */
};

struct clause {
	size_t start;
	size_t end;
	unsigned context; /**< enum context, or-ed */
};

/** Which case a sentence speaks of. */
enum { CASE_SHARED = -1, CASE_NONE = -2 };

struct sentence {
	size_t part;
	size_t block;
	size_t start;
	size_t end;
	size_t first_token;
	size_t token_count;
	size_t first_hit; /**< index into parts[part].hits */
	size_t hit_count;
	size_t first_clause;
	size_t clause_count;
	enum span_kind span;
	unsigned level;
	unsigned context; /**< flags of all clauses together */
	bool asserts; /**< false: quotes, signatures, disclaimers, the call's own text, questions */
	bool is_question;
	int case_index; /**< 0 …, CASE_SHARED or CASE_NONE; set by split_cases() */
};

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_PUNCTUATION };

struct token {
	enum token_kind kind;
	size_t start;
	size_t end;
	bool is_capitalised;  /**< first letter upper case */
	bool is_upper;        /**< two or more letters, all upper case */
	bool has_inner_upper; /**< "OrgBook", "bConnect", "e-Koosolek" */
	bool space_before;
};

struct document {
	const struct mail *mail;
	const struct vocabulary *vocabulary;
	const struct shapes *shapes;
	const struct view *owners; /**< addresses of the research team */
	size_t owner_count;
	struct arena *arena;
	struct hit *sender_hits; /**< in the sender's address */
	size_t sender_hit_count;
	struct part *parts;
	size_t part_count;
	struct block *blocks;
	size_t block_count;
	size_t block_capacity;
	struct sentence *sentences;
	size_t sentence_count;
	size_t sentence_capacity;
	struct clause *clauses;
	size_t clause_count;
	size_t clause_capacity;
	struct token *tokens;
	size_t token_count;
	size_t token_capacity;
	size_t case_count; /**< cases told of, at least 1; set by split_cases() */
	int year;          /**< of the Date header, in its zone; 0 if there is none */
	int month;
	int day;
};

/** Builds the structure; contexts are set, cases are not. Fails only when the arena is full. */
__attribute__((warn_unused_result)) bool document_build(struct document *ret_document,
	const struct mail *mail, const struct vocabulary *vocabulary, const struct shapes *shapes,
	struct arena *arena, struct error *err);

static inline struct view
document_text(const struct document *document, size_t part, size_t start, size_t end)
{
	return view_slice(document->parts[part].text, start, end);
}

static inline struct view
sentence_text(const struct document *document, const struct sentence *sentence)
{
	return document_text(document, sentence->part, sentence->start, sentence->end);
}

/** The hits of a sentence, `sentence->hit_count` of them. */
static inline const struct hit *
sentence_hits(const struct document *document, const struct sentence *sentence)
{
	return document->parts[sentence->part].hits + sentence->first_hit;
}

/** The first hit of a table (and value; NULL: any) in [start, end) of a sentence, or NULL. */
const struct hit *sentence_hit(const struct document *document, const struct sentence *sentence,
	enum table table, const char *value, size_t start, size_t end);

/** The context at a byte of a sentence: the flags of the clause that holds it. */
unsigned context_at(
	const struct document *document, const struct sentence *sentence, size_t offset);

/** The clause that holds a byte of a sentence; the last one if none does. */
const struct clause *clause_at(
	const struct document *document, const struct sentence *sentence, size_t offset);

/** The sentence of a part that holds a byte, or NULL. Binary search. */
const struct sentence *sentence_at(const struct document *document, size_t part, size_t offset);

#endif
