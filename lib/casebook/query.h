#ifndef CASEBOOK_QUERY_H
#define CASEBOOK_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"

/**
 * Reading the casebook: the site, the command line and the exports share these filters, rows and
 * writers. A reader is a read-only connection to cases.db and belongs to one thread.
 */
struct reader;

__attribute__((warn_unused_result)) bool reader_open(
	struct reader **ret_reader, const char *directory, struct error *err);
void reader_close(struct reader *reader);
DEFINE_CLEANUP(struct reader *, reader_close);

enum order { ORDER_NEWEST, ORDER_OLDEST, ORDER_TITLE };

/** Empty views do not filter. Values are those of the exports. */
struct filter {
	struct view category;
	struct view country;    /**< ISO 3166-1 alpha-2 */
	struct view sector;
	struct view platform;
	struct view stage;
	struct view reason;
	struct view level;
	struct view class;      /**< of messages */
	struct view language;
	struct view state;      /**< of messages: read or set_aside */
	struct view since;      /**< "2020", "2020-03", "2020-03-04": first day, UTC */
	struct view until;      /**< the last day that counts */
	struct view q;          /**< words for full-text search; quotes make phrases */
	enum order order;
	uint64_t limit;         /**< 0: all */
	uint64_t offset;
};

/**
 * Takes one filter by its name as in the site's query and the command line's options ("country",
 * "q", "sort", "limit", "offset" …). `value` is borrowed.
 *
 * Fails with ERROR_USAGE for a name that is not known or a value that cannot be one.
 */
__attribute__((warn_unused_result)) bool filter_set(
	struct filter *filter, struct view name, struct view value, struct error *err);

struct case_row {
	struct view id;
	struct view title;
	struct view category;
	struct view stage;            /**< empty if unknown */
	struct view confidentiality;
	struct view countries;        /**< "EE, LV" */
	struct view sectors;
	struct view platforms;
	struct view organisation;
	int64_t first_at;
	int64_t last_at;
	uint64_t message_count;
};

struct message_row {
	int64_t id;
	struct view subject;
	struct view from_name;
	struct view from_address;
	struct view class;
	struct view state;
	struct view set_aside_reason;
	struct view language;
	struct view answered;
	int64_t sorted_at;
	struct view snippet;          /**< for a search: matches between U+0002 and U+0003 */
};

struct case_rows {
	struct case_row *rows;
	size_t count;
	uint64_t total;               /**< that match, before limit and offset */
};

struct message_rows {
	struct message_row *rows;
	size_t count;
	uint64_t total;
};

/** Rows live in the arena. A search that is no valid query fails with ERROR_USAGE in words. */
__attribute__((warn_unused_result)) bool query_cases(struct reader *reader,
	const struct filter *filter, struct arena *arena, struct case_rows *ret_rows,
	struct error *err);
__attribute__((warn_unused_result)) bool query_messages(struct reader *reader,
	const struct filter *filter, struct arena *arena, struct message_rows *ret_rows,
	struct error *err);

struct value_row {
	struct view field;
	struct view value;
	double confidence;
	struct view method;
	int64_t message;              /**< 0: none */
	struct view part;             /**< "subject", "text", "attachment:NAME"; empty: none */
	uint64_t start;
	uint64_t end;
	struct view quote;
};

struct case_detail {
	struct case_row row;
	struct value_row *values;     /**< in the order of enum field */
	size_t value_count;
	struct message_row *messages; /**< oldest first */
	size_t message_count;
};

struct attachment_row {
	struct view name;
	struct view type;
	uint64_t size_bytes;
	struct view sha256;
	struct view text;
};

struct span_row {
	unsigned kind;                /**< enum span_kind of read/mail.h */
	uint64_t start;
	uint64_t end;
	unsigned level;
};

struct message_detail {
	struct message_row row;
	struct view message_id;
	struct view date;
	struct view recipients;       /**< JSON */
	struct view class_reason;
	double class_confidence;
	struct view text;
	struct view signature;
	struct view problems;         /**< JSON */
	struct view bounce;           /**< JSON or empty */
	struct view sha256;
	uint64_t size_bytes;
	int64_t thread;
	struct span_row *spans;
	size_t span_count;
	struct attachment_row *attachments;
	size_t attachment_count;
	struct view *cases;           /**< ids */
	size_t case_count;
	struct value_row *values;     /**< that cases have from this message; value_row.field as is */
	size_t value_count;
};

enum found { FOUND, ABSENT, FAILED };

/** Any id that a mention of the case ever had leads to it. */
enum found query_case(struct reader *reader, struct view id, struct arena *arena,
	struct case_detail *ret_detail, struct error *err);
enum found query_message(struct reader *reader, int64_t id, struct arena *arena,
	struct message_detail *ret_detail, struct error *err);

struct count_row {
	struct view name;
	struct view second;           /**< for counts by two things (month × category), else empty */
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
	uint64_t unanswered;          /**< submissions and questions nobody has answered */
	struct counts by_class;
	struct counts by_category;
	struct counts by_country;
	struct counts by_sector;
	struct counts by_platform;
	struct counts by_stage;
	struct counts by_reason;
	struct counts by_month;       /**< "2020-03" × category */
};

__attribute__((warn_unused_result)) bool query_totals(struct reader *reader,
	struct arena *arena, struct totals *ret_totals, struct error *err);

/** PRAGMA data_version: changes when somebody else has written; for caches and ETags. */
int64_t reader_version(struct reader *reader);

/** Cancels a query that takes too long; from any thread. */
void reader_interrupt(struct reader *reader);

#endif
