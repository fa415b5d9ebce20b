#ifndef SERVE_STATUS_H
#define SERVE_STATUS_H

#include "archive/archive.h"
#include "base/health.h"
#include "base/json.h"
#include "casebook/query.h"

/** What the front page, /api/v1/status and `casepost status` say. */
struct status {
	int64_t now;                 /**< Unix seconds */
	const struct totals *totals; /**< the reader's */
	struct folder_account *accounts;
	size_t account_count;
	bool has_health; /**< false: no daemon in this process */
	bool is_ready;
	struct health_state health;
};

/** Every count below this is hidden from who is not logged in. */
enum { STATUS_FEW = 3 };

/**
 * Takes stock.
 *
 * @health   may be NULL: then has_health is false
 * @archive  may be NULL: then there are no accounts
 */
__attribute__((warn_unused_result)) bool status_take(struct reader *reader, struct archive *archive,
	struct health *health, struct arena *arena, struct status *ret_status, struct error *err);

/** Messages that the account of a folder leaves unexplained; 0 is right. */
int64_t status_unaccounted(const struct folder_account *account);

/** How a mailbox is, in a sentence; what failed in words only if `everything`. */
struct view status_mailbox_sentence(
	const struct mailbox_health *mailbox, int64_t now, bool everything, struct arena *arena);

/** A finding such as "No mail for 9 days; the usual gap is 14 hours."; empty if all is as usual. */
struct view status_silence(const struct status *status, struct arena *arena);

/** Writes the status as a JSON object. Without `everything` small counts are null. */
void status_json(const struct status *status, bool everything, struct json *json);

/** The same for a terminal. */
void status_text(const struct status *status, struct arena *arena, struct str *out);

#endif
