/*
 * Which class a message has. Facts of the headers (RFC 3834, RFC 3464, list headers) decide where
 * they are there; else structure and words: how much speaks of a project, who speaks, what is
 * asked. The weights were learned offline from annotated mails, starting from plain
 * guesses, and may be edited.
 */
#include "extract/classify.h"

#include <math.h>

#include "extract/score.h"

enum feature {
	FEATURE_BIAS,
	FEATURE_AUTO_SUBMITTED,
	FEATURE_AUTO_HEADER,
	FEATURE_BULK,
	FEATURE_LIST_ID,
	FEATURE_UNSUBSCRIBE,
	FEATURE_DELIVERY_REPORT,
	FEATURE_NULL_PATH,
	FEATURE_CALENDAR,
	FEATURE_SPAM_FLAG,
	FEATURE_OWNER,
	FEATURE_MACHINE_SENDER,
	FEATURE_IN_THREAD,
	FEATURE_FORWARDED,
	FEATURE_SHORT,
	FEATURE_LONG,
	FEATURE_ATTACHMENT,
	FEATURE_TOPIC,
	FEATURE_STAGE,
	FEATURE_PLATFORM,
	FEATURE_SECTOR,
	FEATURE_QUESTIONS,
	FEATURE_FIRST_PERSON,
	FEATURE_NAME,
	FEATURE_CATEGORY,
	FEATURE_OWN_DEEDS,
	FEATURE_DOCUMENT,
	FEATURE_SUBJECT_REPLY,
	FEATURE_FACTS,
	FEATURE_FIGURES,
	FEATURE_DAYS,
	FEATURE_REPORTED,
	FEATURE_PUBLIC_BODY,
	FEATURE_LABELS,
	FEATURE_WORDS, /* one a class, in the order of enum message_class */
	FEATURE_COUNT = FEATURE_WORDS + CLASS_COUNT,
};

_Static_assert((int)FEATURE_COUNT == (int)CLASS_FEATURES, "the header says how many there are");

static const char *const feature_names[FEATURE_COUNT] = {
	[FEATURE_BIAS] = "bias",
	[FEATURE_AUTO_SUBMITTED] = "auto_submitted",
	[FEATURE_AUTO_HEADER] = "auto_header",
	[FEATURE_BULK] = "bulk",
	[FEATURE_LIST_ID] = "list_id",
	[FEATURE_UNSUBSCRIBE] = "unsubscribe",
	[FEATURE_DELIVERY_REPORT] = "delivery_report",
	[FEATURE_NULL_PATH] = "null_path",
	[FEATURE_CALENDAR] = "calendar",
	[FEATURE_SPAM_FLAG] = "spam_flag",
	[FEATURE_OWNER] = "owner",
	[FEATURE_MACHINE_SENDER] = "machine_sender",
	[FEATURE_IN_THREAD] = "in_thread",
	[FEATURE_FORWARDED] = "forwarded",
	[FEATURE_SHORT] = "short",
	[FEATURE_LONG] = "long",
	[FEATURE_ATTACHMENT] = "attachment",
	[FEATURE_TOPIC] = "topic",
	[FEATURE_STAGE] = "stage",
	[FEATURE_PLATFORM] = "platform",
	[FEATURE_SECTOR] = "sector",
	[FEATURE_QUESTIONS] = "questions",
	[FEATURE_FIRST_PERSON] = "first_person",
	[FEATURE_NAME] = "name",
	[FEATURE_CATEGORY] = "category",
	[FEATURE_OWN_DEEDS] = "own_deeds",
	[FEATURE_DOCUMENT] = "document",
	[FEATURE_SUBJECT_REPLY] = "subject_reply",
	[FEATURE_FACTS] = "facts",
	[FEATURE_FIGURES] = "figures",
	[FEATURE_DAYS] = "days",
	[FEATURE_REPORTED] = "reported",
	[FEATURE_PUBLIC_BODY] = "public_body",
	[FEATURE_LABELS] = "labels",
	[FEATURE_WORDS + CLASS_SUBMISSION] = "words_submission",
	[FEATURE_WORDS + CLASS_LEAD] = "words_lead",
	[FEATURE_WORDS + CLASS_QUESTION] = "words_question",
	[FEATURE_WORDS + CLASS_REPLY] = "words_reply",
	[FEATURE_WORDS + CLASS_AUTO_REPLY] = "words_auto_reply",
	[FEATURE_WORDS + CLASS_BOUNCE] = "words_bounce",
	[FEATURE_WORDS + CLASS_NEWSLETTER] = "words_newsletter",
	[FEATURE_WORDS + CLASS_SPAM] = "words_spam",
	[FEATURE_WORDS + CLASS_OTHER] = "words_other",
};

enum {
	/* The sender's own words: under this a mail is a note, over that it tells a story. */
	SHORT_BYTES = 400,
	LONG_BYTES = 1500,
};

struct class_model {
	struct tsv *table;
	double weights[CLASS_COUNT][FEATURE_COUNT];
};

const char *
class_feature_name(size_t index)
{
	return index < FEATURE_COUNT ? feature_names[index] : NULL;
}

/* ---- Features ---- */

static bool
is_owner(const struct document *document)
{
	for (size_t i = 0; i < document->owner_count; i++)
		if (view_equal_nocase(document->owners[i], document->mail->from.address))
			return true;
	return false;
}

/* "no-reply@", "mailer-daemon@", "newsletter@" are no persons. */
static bool
is_machine(const struct document *document)
{
	for (size_t i = 0; i < document->sender_hit_count; i++)
		if (hit_is(&document->sender_hits[i], TABLE_CUES, "machine_sender"))
			return true;
	return false;
}

static void
add_header_features(const struct document *document, double *features)
{
	const struct mail *mail = document->mail;
	const struct automation *automation = &mail->automation;

	features[FEATURE_BIAS] = 1;
	features[FEATURE_AUTO_SUBMITTED] = automation->auto_submitted.size > 0 &&
					   !view_equal(automation->auto_submitted, VIEW("no"));
	features[FEATURE_AUTO_HEADER] = automation->auto_reply.size > 0 ||
					view_equal(automation->precedence, VIEW("auto_reply"));
	features[FEATURE_BULK] = view_equal(automation->precedence, VIEW("bulk")) ||
				 view_equal(automation->precedence, VIEW("list")) ||
				 view_equal(automation->precedence, VIEW("junk"));
	features[FEATURE_LIST_ID] = automation->list_id.size > 0;
	features[FEATURE_UNSUBSCRIBE] = automation->list_unsubscribe;
	features[FEATURE_DELIVERY_REPORT] =
		mail->bounce_count > 0 ||
		view_equal(automation->report_type, VIEW("delivery-status"));
	features[FEATURE_NULL_PATH] = view_equal(automation->return_path, VIEW("<>"));
	features[FEATURE_CALENDAR] = automation->is_calendar;
	features[FEATURE_SPAM_FLAG] = view_starts_with(automation->spam_status, VIEW("yes"));
	features[FEATURE_OWNER] = is_owner(document);
	features[FEATURE_MACHINE_SENDER] = is_machine(document);
	features[FEATURE_IN_THREAD] = mail->in_reply_to.size > 0 || mail->reference_count > 0;
}

struct tally {
	double tables[TABLE_COUNT];
	double words[CLASS_COUNT];
	double first_person;
	double reported;
	double figures;   /* numbers and months */
	double days;      /* days of the week and times of the day: meetings */
	double own_deeds; /* sentences in which "we" stands beside a stage or platform */
	double public_bodies;
	size_t sentences;
	size_t questions;
	size_t labels;
	size_t own_bytes;
	size_t forwarded_bytes;
	size_t attachment_bytes;
};

static void
count_hit(const struct hit *hit, struct tally *tally)
{
	enum message_class class;

	tally->tables[hit->table] += 1;
	if (hit->table == TABLE_CLASSES && message_class_from_name(hit->value, &class))
		tally->words[class] += hit->weight;
	tally->first_person += hit_is(hit, TABLE_CUES, "first_person");
	tally->reported += hit_is(hit, TABLE_CUES, "reported");
	tally->figures += hit->table == TABLE_MONTHS;
	tally->days += hit_is(hit, TABLE_CUES, "day");
	tally->public_bodies += hit_is(hit, TABLE_ORG_WORDS, "public");
}

static bool
counts(const struct sentence *sentence)
{
	return sentence->span == SPAN_OWN || sentence->span == SPAN_FORWARDED ||
	       sentence->span == SPAN_FOOTER;
}

static void
count_sentence(
	const struct document *document, const struct sentence *sentence, struct tally *tally)
{
	const struct hit *hits = sentence_hits(document, sentence);
	enum part_kind part = document->parts[sentence->part].kind;
	size_t size = sentence->end - sentence->start;

	if (part == PART_ATTACHMENT)
		tally->attachment_bytes += size;
	else if (sentence->span == SPAN_FORWARDED)
		tally->forwarded_bytes += size;
	else if (part == PART_TEXT && sentence->span == SPAN_OWN)
		tally->own_bytes += size;
	for (size_t i = 0; i < sentence->token_count; i++)
		tally->figures += document->tokens[sentence->first_token + i].kind == TOKEN_NUMBER;
	tally->sentences += part == PART_TEXT;
	tally->questions += part == PART_TEXT && sentence->is_question;
	bool own = false, deed = false;
	for (size_t i = 0; i < sentence->hit_count; i++) {
		count_hit(&hits[i], tally);
		own = own || hit_is(&hits[i], TABLE_CUES, "first_person");
		deed = deed || hits[i].table == TABLE_STAGES || hits[i].table == TABLE_PLATFORMS;
	}
	tally->own_deeds += own && deed && !sentence->is_question;
}

static struct tally
count_all(const struct document *document)
{
	struct tally tally = {.sentences = 0};

	for (size_t i = 0; i < document->sentence_count; i++)
		if (counts(&document->sentences[i]))
			count_sentence(document, &document->sentences[i], &tally);
	for (size_t i = 0; i < document->block_count; i++)
		tally.labels += document->blocks[i].label_field >= 0 &&
				document->blocks[i].span == SPAN_OWN;
	return tally;
}

static double
best_name(const struct candidates *names)
{
	double best = 0;

	for (size_t i = 0; i < names->count; i++)
		best = names->items[i].score > best ? names->items[i].score : best;
	return best;
}

/* Something to read, not a picture of a signature. */
static bool
has_document(const struct mail *mail)
{
	for (size_t i = 0; i < mail->attachment_count; i++) {
		struct view type = mail->attachments[i].type;

		if (!mail->attachments[i].is_inline &&
			view_starts_with(type, VIEW("application/")) &&
			!view_equal(type, VIEW("application/ics")) &&
			!view_equal(type, VIEW("application/pgp-signature")) &&
			!view_equal(type, VIEW("application/pkcs7-signature")))
			return true;
	}
	return false;
}

/* "Re:" and its kin in other languages are a cue of the subject. */
static bool
is_reply_subject(const struct document *document)
{
	const struct part *subject = &document->parts[0];

	for (size_t i = 0; i < subject->hit_count; i++)
		if (subject->hits[i].start == 0 &&
			hit_is(&subject->hits[i], TABLE_CUES, "reply_subject"))
			return true;
	return false;
}

void
class_features(const struct document *document, const struct candidates *names,
	double ret_features[CLASS_FEATURES])
{
	struct tally tally = count_all(document);
	double *features = ret_features;
	size_t bytes = tally.own_bytes + tally.forwarded_bytes + tally.attachment_bytes;

	memset(features, 0, sizeof(*features) * CLASS_FEATURES);
	add_header_features(document, features);
	features[FEATURE_FORWARDED] = tally.forwarded_bytes > 0;
	features[FEATURE_SHORT] = bytes < SHORT_BYTES;
	features[FEATURE_LONG] = bytes > LONG_BYTES;
	features[FEATURE_ATTACHMENT] = tally.attachment_bytes > 0;
	features[FEATURE_TOPIC] = score_saturate(tally.tables[TABLE_TOPICS], 3);
	features[FEATURE_STAGE] = score_saturate(tally.tables[TABLE_STAGES], 3);
	features[FEATURE_PLATFORM] = score_saturate(tally.tables[TABLE_PLATFORMS], 1.5);
	features[FEATURE_SECTOR] = score_saturate(tally.tables[TABLE_SECTORS], 4);
	features[FEATURE_QUESTIONS] =
		tally.sentences ? (double)tally.questions / (double)tally.sentences : 0;
	features[FEATURE_FIRST_PERSON] = score_saturate(tally.first_person, 5);
	features[FEATURE_NAME] = best_name(names);
	features[FEATURE_CATEGORY] = score_saturate(tally.tables[TABLE_CATEGORIES], 2);
	features[FEATURE_OWN_DEEDS] = score_saturate(tally.own_deeds, 1.5);
	features[FEATURE_FACTS] =
		score_saturate(tally.tables[TABLE_EVENTS] + tally.tables[TABLE_REASONS] +
				       tally.tables[TABLE_USER_NOUNS],
			6);
	features[FEATURE_FIGURES] = score_saturate(tally.figures, 3);
	features[FEATURE_DAYS] = score_saturate(tally.days, 1.5);
	features[FEATURE_DOCUMENT] = has_document(document->mail);
	features[FEATURE_SUBJECT_REPLY] = is_reply_subject(document);
	features[FEATURE_REPORTED] = score_saturate(tally.reported, 2);
	features[FEATURE_PUBLIC_BODY] = score_saturate(tally.public_bodies, 3);
	features[FEATURE_LABELS] = score_saturate((double)tally.labels, 3);
	for (size_t i = 0; i < CLASS_COUNT; i++)
		features[FEATURE_WORDS + i] = score_saturate(tally.words[i], 3);
}

/* ---- The model ---- */

enum { COLUMN_CLASS, COLUMN_FEATURE, COLUMN_WEIGHT, COLUMN_COUNT };

static bool
feature_from_name(struct view name, size_t *ret_feature)
{
	for (size_t i = 0; i < FEATURE_COUNT; i++)
		if (view_equal(name, view_of(feature_names[i]))) {
			*ret_feature = i;
			return true;
		}
	return false;
}

static bool
read_number(struct view cell, double *ret_number)
{
	char text[32] = "", *end;

	cell = view_trim(cell);
	if (cell.size == 0 || cell.size >= sizeof(text))
		return false;
	memcpy(text, cell.data, cell.size);
	*ret_number = strtod(text, &end);
	return *end == '\0' && isfinite(*ret_number);
}

static bool
read_row(struct class_model *model, size_t row, struct error *err)
{
	enum message_class class;
	size_t feature;
	double weight;

	if (!message_class_from_name(tsv_cell(model->table, row, COLUMN_CLASS), &class))
		return tsv_error(model->table, row, err, "there is no such class");
	if (!feature_from_name(tsv_cell(model->table, row, COLUMN_FEATURE), &feature))
		return tsv_error(model->table, row, err, "there is no such feature");
	if (!read_number(tsv_cell(model->table, row, COLUMN_WEIGHT), &weight))
		return tsv_error(model->table, row, err, "the weight is not a number");
	model->weights[class][feature] = weight;
	return true;
}

bool
class_model_load(
	struct class_model **ret_model, const struct tsv_folders *folders, struct error *err)
{
	static const char *const columns[COLUMN_COUNT] = {"class", "feature", "weight"};
	CLEANUP(class_model_freep) struct class_model *model = calloc(1, sizeof(*model));

	if (!model)
		abort();
	if (!tsv_load(&model->table, folders, "class_weights.tsv", columns, COLUMN_COUNT, err))
		return false;
	for (size_t row = 0; row < tsv_row_count(model->table); row++)
		if (!read_row(model, row, err))
			return false;
	*ret_model = TAKE(model);
	return true;
}

void
class_model_free(struct class_model *model)
{
	if (!model)
		return;
	tsv_free(model->table);
	free(model);
}

void
class_model_digest(const struct class_model *model, struct digest *digest)
{
	tsv_digest(model->table, digest);
}

/* The feature that speaks most for the class against the others' mean. */
static struct view
reason_for(const struct class_model *model, enum message_class class, const double *features)
{
	size_t best = FEATURE_BIAS;
	double most = 0;

	for (size_t i = FEATURE_BIAS + 1; i < FEATURE_COUNT; i++) {
		double share = model->weights[class][i] * features[i];

		if (share > most) {
			most = share;
			best = i;
		}
	}
	return view_of(feature_names[best]);
}

struct verdict
classify(const struct class_model *model, const struct document *document,
	const struct candidates *names)
{
	double features[FEATURE_COUNT], sums[CLASS_COUNT] = {0}, total = 0;
	size_t best = 0;

	class_features(document, names, features);
	for (size_t c = 0; c < CLASS_COUNT; c++) {
		for (size_t i = 0; i < FEATURE_COUNT; i++)
			sums[c] += model->weights[c][i] * features[i];
		if (sums[c] > sums[best])
			best = c;
	}
	for (size_t c = 0; c < CLASS_COUNT; c++)
		total += exp(sums[c] - sums[best]);
	return (struct verdict){.class = (enum message_class)best,
		.confidence = 1 / total,
		.reason = reason_for(model, (enum message_class)best, features)};
}
