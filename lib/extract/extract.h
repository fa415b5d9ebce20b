#ifndef EXTRACT_EXTRACT_H
#define EXTRACT_EXTRACT_H

#include "base/arena.h"
#include "base/error.h"
#include "read/mail.h"

/**
 * Understanding a message: its class and the cases it tells of, every value with the words that
 * say it. Pure: the same mail, vocabulary and options give the same result, on any machine.
 */

enum message_class {
	CLASS_SUBMISSION,
	CLASS_LEAD,
	CLASS_QUESTION,
	CLASS_REPLY,
	CLASS_AUTO_REPLY,
	CLASS_BOUNCE,
	CLASS_NEWSLETTER,
	CLASS_SPAM,
	CLASS_OTHER,
};
enum { CLASS_COUNT = CLASS_OTHER + 1 };

enum field {
	FIELD_CATEGORY,
	FIELD_TESTIMONY,
	FIELD_PROJECT_NAME,
	FIELD_COUNTRY,
	FIELD_LEVEL,
	FIELD_ORGANISATION,
	FIELD_PARTNERS,
	FIELD_SECTOR,
	FIELD_PLATFORM,
	FIELD_NETWORK,
	FIELD_STAGE,
	FIELD_USERS,
	FIELD_STARTED,
	FIELD_LAUNCHED,
	FIELD_EXPECTED,
	FIELD_ENDED,
	FIELD_REASONS,
	FIELD_LESSONS,
	FIELD_LINKS,
	FIELD_CONTACT_NAME,
	FIELD_CONTACT_EMAIL,
	FIELD_CONFIDENTIALITY,
};
enum { FIELD_COUNT = FIELD_CONFIDENTIALITY + 1 };

/** "submission", "category" …: the words of the exports. NULL for what is out of range. */
const char *message_class_name(enum message_class class);
const char *field_name(enum field field);
bool message_class_from_name(struct view name, enum message_class *ret_class);
bool field_from_name(struct view name, enum field *ret_field);

/** True where a case may have several values (country, partners …); the others have one. */
bool field_is_set(enum field field);

enum part_kind {
	PART_NONE, /**< no words: the value comes from the sender's address or a decision */
	PART_SUBJECT,
	PART_TEXT,
	PART_ATTACHMENT,
};

/** Where the words stand. `quote` is exactly the part's bytes from start to end. */
struct evidence {
	enum part_kind part;
	size_t attachment; /**< index into mail.attachments, for PART_ATTACHMENT */
	size_t start;
	size_t end;
	struct view quote;
};

struct value {
	enum field field;
	struct view text;   /**< numbers and dates in their written form: "4300", "2019-05" */
	double confidence;  /**< 0 to 1: of the values at 0.9, nine in ten are right */
	const char *method; /**< label, pattern, vocabulary, classifier, sender … */
	struct evidence evidence;
};

/** One project that the message tells of. */
struct mention {
	struct value *values; /**< in the order of enum field; sets have several in a row */
	size_t value_count;
};

struct extraction {
	enum message_class class;
	double class_confidence;
	struct view
		class_reason; /**< for people: "Auto-Submitted: auto-replied", "names a project" */
	struct mention *mentions;
	size_t mention_count;
};

/** The most mentions of one message and values of one mention: a book, not a mail, has more. */
enum { EXTRACT_MENTIONS_MAX = 64, EXTRACT_VALUES_MAX = 256 };

struct extractor;

struct extract_options {
	const char *vocabulary;       /**< folder with the tables of schema/vocabulary */
	const char *extra_vocabulary; /**< a folder that adds to or replaces tables; may be NULL */
	const struct view
		*owners; /**< addresses whose mail is the team's own, never a submission */
	size_t owner_count;
};

/**
 * Loads the vocabularies and builds the matchers; the last call that opens files.
 *
 * Fails with ERROR_USAGE, naming file, line and column of the table, when one is missing or wrong.
 */
__attribute__((warn_unused_result)) bool extractor_new(
	struct extractor **ret_extractor, const struct extract_options *options, struct error *err);
void extractor_free(struct extractor *extractor);
DEFINE_CLEANUP(struct extractor *, extractor_free);

/** SHA-256 over all tables, as hexadecimal digits: changes when what they say changes. */
const char *extractor_fingerprint(const struct extractor *extractor);

/**
 * The message's class and cases. Linear in the size of the text. Values and evidence live in the
 * arena and borrow from `mail`. Fails with ERROR_MESSAGE only when the arena is full.
 */
__attribute__((warn_unused_result)) bool extract_mail(const struct extractor *extractor,
	const struct mail *mail, struct arena *arena, struct extraction *ret_extraction,
	struct error *err);

#endif
