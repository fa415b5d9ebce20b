/*~
 * A message as structure. This is the first thing that extract_mail() builds and what every finder
 * looks at: parts, blocks (blocks.c), sentences and tokens (sentences.c), and what holds in each
 * clause (context.c).
 */
#include "extract/document.h"

#include "base/clock.h"
#include "extract/blocks.h"

size_t
hits_from(const struct part *part, size_t offset)
{
	size_t low = 0, high = part->hit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (part->hits[middle].start < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hit *
sentence_hit(const struct document *document, const struct sentence *sentence, enum table table,
	const char *value, size_t start, size_t end)
{
	const struct hit *hits = sentence_hits(document, sentence);

	for (size_t i = 0; i < sentence->hit_count && hits[i].start < end; i++)
		if (hits[i].table == table && hits[i].start >= start && hits[i].end <= end &&
			(!value || view_equal(hits[i].value, view_of(value))))
			return &hits[i];
	return NULL;
}

const struct clause *
clause_at(const struct document *document, const struct sentence *sentence, size_t offset)
{
	const struct clause *clauses = document->clauses + sentence->first_clause;
	size_t low = 0, high = sentence->clause_count - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (offset < clauses[middle].end)
			high = middle;
		else
			low = middle + 1;
	}
	return &clauses[low];
}

unsigned
context_at(const struct document *document, const struct sentence *sentence, size_t offset)
{
	return clause_at(document, sentence, offset)->context;
}

const struct sentence *
sentence_at(const struct document *document, size_t part, size_t offset)
{
	size_t low = document->parts[part].first_sentence;
	size_t high = low + document->parts[part].sentence_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct sentence *sentence = &document->sentences[middle];

		if (offset < sentence->start)
			high = middle;
		else if (offset >= sentence->end)
			low = middle + 1;
		else
			return sentence;
	}
	return NULL;
}

static void
set_date(struct document *document)
{
	const struct mail *mail = document->mail;

	if (!mail->has_date)
		return;
	int64_t seconds = mail->date + (int64_t)mail->date_offset_minutes * 60;
	int64_t day = seconds / 86400 - (seconds % 86400 < 0);
	clock_civil_from_day(day, &document->year, &document->month, &document->day);
}

static void
list_parts(struct document *document)
{
	const struct mail *mail = document->mail;
	struct part *parts = document->parts;
	size_t count = 0;

	parts[count++] = (struct part){.kind = PART_SUBJECT, .text = mail->subject};
	parts[count++] = (struct part){.kind = PART_TEXT, .text = mail->text};
	for (size_t i = 0; i < mail->attachment_count; i++)
		if (mail->attachments[i].text.size > 0)
			parts[count++] = (struct part){.kind = PART_ATTACHMENT,
				.attachment = i,
				.text = mail->attachments[i].text};
	document->part_count = count;
}

static bool
build_part(struct document *document, size_t index, struct error *err)
{
	struct part *part = &document->parts[index];

	if (!vocabulary_search(document->vocabulary, part->text, document->arena, &part->hits,
		    &part->hit_count, err))
		return false;
	part->first_block = document->block_count;
	part->first_sentence = document->sentence_count;
	if (!blocks_build(document, index, err))
		return false;
	part->block_count = document->block_count - part->first_block;
	if (!sentences_build(document, index, err))
		return false;
	part->sentence_count = document->sentence_count - part->first_sentence;
	return contexts_build(document, index, err);
}

bool
document_build(struct document *ret_document, const struct mail *mail,
	const struct vocabulary *vocabulary, const struct shapes *shapes, struct arena *arena,
	struct error *err)
{
	struct document document = {.mail = mail,
		.vocabulary = vocabulary,
		.shapes = shapes,
		.arena = arena,
		.case_count = 1};

	document.parts = arena_alloc_array(arena, mail->attachment_count + 2, sizeof(struct part));
	if (!document.parts)
		return error_set(err, ERROR_MESSAGE, "the message is too large to be understood");
	if (!vocabulary_search(vocabulary, mail->from.address, arena, &document.sender_hits,
		    &document.sender_hit_count, err))
		return false;
	list_parts(&document);
	set_date(&document);
	for (size_t i = 0; i < document.part_count; i++)
		if (!build_part(&document, i, err))
			return false;
	*ret_document = document;
	return true;
}
