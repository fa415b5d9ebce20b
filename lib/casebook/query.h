#ifndef CASEBOOK_QUERY_H
#define CASEBOOK_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/error.h"
#include "base/str.h"
#include "casebook/filter.h"

/**
 * Reading the casebook: the site, the command line and the exports share these filters, rows and
 * details. A reader is a read-only connection to cases.db and belongs to one thread.
 *
 * A query that runs longer than QUERY_TIME_MS is cancelled and fails with ERROR_USAGE and words
 * that ask for a narrower one. Everything returned lives in the arena given; one that is too small
 * makes the query fail with ERROR_MESSAGE.
 */
struct reader;

/** A person waits for two seconds; a machine that asks for more should ask in pieces. */
enum { QUERY_TIME_MS = 2000 };

/** Opens DIRECTORY/cases.db. Errors as db_open(). */
__attribute__((warn_unused_result)) bool reader_open(
	struct reader **ret_reader, const char *directory, struct error *err);
void reader_close(struct reader *reader);
DEFINE_CLEANUP(struct reader *, reader_close);

/**
 * A number that changes whenever the casebook does, the same for every reader of the same
 * content; for caches and ETags. It comes from the change feed.
 */
__attribute__((warn_unused_result)) bool reader_version(
	struct reader *reader, uint64_t *ret_version, struct error *err);

/** Cancels what runs on this reader; may be called from another thread. */
void reader_interrupt(struct reader *reader);

struct case_row {
	struct view id;
	struct view title;
	struct view category;
	struct view stage; /**< empty if unknown */
	struct view confidentiality;
	struct view countries; /**< "EE, LV" */
	struct view sectors;
	struct view platforms;
	struct view organisation;
	int64_t first_at; /**< Unix seconds */
	int64_t last_at;
	uint64_t message_count;
};

struct message_row {
	int64_t id;
	struct view subject;
	struct view from_name;
	struct view from_address;
	struct view class; /**< empty if it was set aside */
	struct view state; /**< "read" or "set_aside" */
	struct view set_aside_reason;
	struct view language;
	struct view answered; /**< RFC 3339; empty: not answered */
	int64_t sorted_at;    /**< Unix seconds */
	struct view snippet;  /**< for a search: matches between U+0002 and U+0003 */
};

struct case_rows {
	struct case_row *rows;
	size_t count;
	uint64_t total; /**< that match, before limit and offset */
};

struct message_rows {
	struct message_row *rows;
	size_t count;
	uint64_t total;
};

/** The rows that a filter leaves, in its order, from its offset, at most its limit. */
__attribute__((warn_unused_result)) bool query_cases(struct reader *reader,
	const struct filter *filter, struct arena *arena, struct case_rows *ret_rows,
	struct error *err);
__attribute__((warn_unused_result)) bool query_messages(struct reader *reader,
	const struct filter *filter, struct arena *arena, struct message_rows *ret_rows,
	struct error *err);

/**
 * The first `limit` messages that wait for an answer, longest first, and that were set aside,
 * newest first: quick, for the front page. ret_rows->total counts these rows only.
 */
__attribute__((warn_unused_result)) bool query_waiting(struct reader *reader, uint64_t limit,
	struct arena *arena, struct message_rows *ret_rows, struct error *err);
__attribute__((warn_unused_result)) bool query_set_aside(struct reader *reader, uint64_t limit,
	struct arena *arena, struct message_rows *ret_rows, struct error *err);

/**
 * The ids that a filter leaves, in its order, from its offset, at most its limit: what an export
 * walks along, complete and without doubles although the casebook changes meanwhile.
 */
struct case_ids {
	struct view *ids;
	size_t count;
};
struct message_ids {
	int64_t *ids;
	size_t count;
};
__attribute__((warn_unused_result)) bool query_case_ids(struct reader *reader,
	const struct filter *filter, struct arena *arena, struct case_ids *ret_ids,
	struct error *err);
__attribute__((warn_unused_result)) bool query_message_ids(struct reader *reader,
	const struct filter *filter, struct arena *arena, struct message_ids *ret_ids,
	struct error *err);

struct value_row {
	struct view case_id;
	struct view field;
	struct view value;
	double confidence;
	struct view method;
	int64_t message;  /**< 0: none */
	struct view part; /**< "subject", "text", "attachment:NAME"; empty: none */
	uint64_t start;   /**< UTF-8 byte offsets in the part, end exclusive */
	uint64_t end;
	struct view quote;
};

struct case_detail {
	struct case_row row;
	struct value_row *values; /**< in the order of enum field */
	size_t value_count;
	struct message_row *messages; /**< oldest first */
	size_t message_count;
};

struct attachment_row {
	struct view name;
	struct view type;
	uint64_t size_bytes;
	struct view sha256; /**< hexadecimal */
	struct view text;   /**< empty if none could be got */
};

struct span_row {
	unsigned kind; /**< enum span_kind of read/mail.h */
	uint64_t start;
	uint64_t end;
	unsigned level;
};

struct problem_row {
	struct view code;
	struct view detail;
};

struct message_detail {
	struct message_row row;
	int64_t seq; /**< of the archive */
	struct view message_id;
	struct view date;            /**< RFC 3339 in the sender's zone; empty if it has none */
	struct view recipients;      /**< JSON: [{"name":…,"address":…}] */
	struct view recipients_text; /**< "Name <address>, …" */
	struct view class_reason;
	double class_confidence;
	struct view text;
	struct view reply_text;
	struct view signature;
	struct view problems_json;
	struct view bounce; /**< JSON, or empty */
	struct view sha256; /**< hexadecimal */
	uint64_t size_bytes;
	int64_t thread;
	struct span_row *spans;
	size_t span_count;
	struct attachment_row *attachments;
	size_t attachment_count;
	struct problem_row *problems;
	size_t problem_count;
	struct case_row *cases; /**< it tells of */
	size_t case_count;
	struct value_row *values; /**< that these cases have from this message */
	size_t value_count;
	struct message_row *thread_messages; /**< others of the thread, oldest first */
	size_t thread_count;
};

enum found { FOUND, ABSENT, FAILED };

/** Any id that a mention of the case ever had leads to it. */
enum found query_case(struct reader *reader, struct view id, struct arena *arena,
	struct case_detail *ret_detail, struct error *err);
enum found query_message(struct reader *reader, int64_t id, struct arena *arena,
	struct message_detail *ret_detail, struct error *err);

struct count_row {
	struct view name;
	struct view second; /**< for counts by two things (month × category), else empty */
	uint64_t count;
};

struct counts {
	struct count_row *rows;
	size_t count;
};

struct totals {
	uint64_t messages;
	uint64_t cases;
	uint64_t set_aside;
	uint64_t unanswered;     /**< submissions and questions nobody has answered */
	int64_t last_message_at; /**< Unix seconds; 0: there is none */
	int64_t usual_gap_s;     /**< median between the last hundred messages; 0: too few */
	struct counts by_class;
	struct counts by_category;
	struct counts by_country;
	struct counts by_sector;
	struct counts by_platform;
	struct counts by_stage;
	struct counts by_reason;
	struct counts by_language;
	struct counts by_month; /**< "2020-03" × category, of the first message; oldest first */
};

/**
 * What the casebook holds. The reader keeps the answer and counts again when the casebook has
 * changed, but spends at most a tenth of the time on counting: the answer may be as old as ten
 * times what it took.
 *
 * @ret_totals  the reader's, until the next call
 */
__attribute__((warn_unused_result)) bool query_totals(
	struct reader *reader, const struct totals **ret_totals, struct error *err);

#endif
