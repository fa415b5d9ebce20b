#ifndef READ_MAIL_H
#define READ_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/str.h"

/**
 * A message as read: what the reader makes of the raw bytes and the extractor works on. All text
 * has passed utf8_clean(); offsets are UTF-8 byte offsets, end exclusive. Everything lives in the
 * arena of the message.
 */

/** Whose words a stretch of the text is. Spans are in order, do not overlap and cover the text. */
enum span_kind {
	SPAN_OWN,            /**< the sender's own words */
	SPAN_FORWARDED,      /**< what the sender forwards: content, but another author's */
	SPAN_FORWARD_HEADER, /**< "---------- Forwarded message", From:, Subject: … */
	SPAN_QUOTE,          /**< an earlier message of the thread, or the call's text */
	SPAN_QUOTE_HEADER,   /**< "On … wrote:", "-----Original Message-----" and its block */
	SPAN_SIGNATURE,      /**< with or without "-- " */
	SPAN_DISCLAIMER,     /**< legal boilerplate */
	SPAN_FOOTER,         /**< "Sent from my iPhone", list footers */
	SPAN_BANNER,         /**< "external sender" and the like, put there by a gateway */
};
enum { SPAN_KIND_COUNT = SPAN_BANNER + 1 };

struct span {
	enum span_kind kind;
	size_t start;
	size_t end;
	unsigned level; /**< quote or forward depth, 0 for the sender's own */
};

struct address {
	struct view name;    /**< display name, decoded; may be empty */
	struct view address; /**< addr-spec as written, UTF-8; may be empty */
};

struct attachment {
	struct view name;            /**< decoded, without any path; "" if it has none */
	struct view type;            /**< "application/pdf", lower case */
	uint64_t size_bytes;         /**< of the decoded content */
	uint8_t sha256[SHA256_SIZE]; /**< of the decoded content */
	bool is_inline;
	struct view text; /**< empty if none could be got */
};

struct bounce_recipient {
	struct view address;
	struct view action; /**< RFC 3464 2.3.3: failed, delayed, delivered, relayed, expanded */
	struct view status; /**< RFC 3463: "5.1.1"; empty if none stands there */
};

/** Something that a researcher should know about how this message was read. */
struct problem {
	const char *code;   /**< stable word: "charset_unknown", "too_many_parts" … */
	struct view detail; /**< for people; no message content */
};

/** What the headers say about who or what sent this: facts, not yet a verdict. */
struct automation {
	struct view auto_submitted; /**< RFC 3834, lower case, without parameters */
	struct view precedence;     /**< lower case */
	struct view list_id;
	struct view return_path;  /**< "<>" for a bounce; empty if the header is absent */
	struct view content_type; /**< of the whole message, lower case */
	struct view report_type;  /**< of multipart/report: "delivery-status",
				     "disposition-notification" … */
	struct view auto_reply;   /**< any X-Autoreply, X-Autorespond, X-Auto-Response… value that
				     says yes */
	struct view spam_status;  /**< X-Spam-Flag/-Status of the receiving server, lower case */
	struct view mailer;       /**< X-Mailer or User-Agent */
	bool list_unsubscribe;    /**< RFC 2369 */
	bool is_calendar;         /**< holds a text/calendar part */
};

struct mail {
	struct view message_id;  /**< with its angle brackets, as written; empty if absent */
	struct view in_reply_to; /**< the first id in it */
	struct view *references; /**< ids, oldest first */
	size_t reference_count;
	struct address from;
	struct address reply_to; /**< empty if absent */
	struct address *to;      /**< To and Cc */
	size_t to_count;
	struct view subject;
	bool has_date;
	int64_t date;            /**< the Date header in Unix seconds, UTC */
	int date_offset_minutes; /**< its zone */

	struct view text; /**< the whole decoded text */
	struct span *spans;
	size_t span_count;
	struct view reply_text; /**< own and forwarded spans, joined */
	struct view signature;  /**< the first signature span */
	struct view language;   /**< ISO 639-1 of the own words; empty if undecided */

	struct attachment *attachments;
	size_t attachment_count;
	struct bounce_recipient *bounces;
	size_t bounce_count;
	struct automation automation;
	struct problem *problems;
	size_t problem_count;
};

#endif
