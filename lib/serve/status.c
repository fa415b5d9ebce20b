/*
 * Taking stock: what the casebook holds, how the mailboxes are, and whether everything is accounted
 * for. One place for the page, the API and the terminal.
 */
#include "serve/status.h"

#include <inttypes.h>

#include "base/clock.h"
#include "serve/words.h"

/* Silence is worth a word when it lasts this many usual gaps, and two days at least. */
enum { SILENCE_GAPS = 8, SILENCE_LEAST_S = 2 * 86400 };

bool
status_take(struct reader *reader, struct archive *archive, struct health *health,
	struct arena *arena, struct status *ret_status, struct error *err)
{
	struct status *status = ret_status;

	*status = (struct status){.now = clock_now(), .has_health = health != NULL};
	if (health) {
		health_get(health, &status->health);
		status->is_ready = health_is_ready(&status->health, status->now);
	}
	if (archive &&
		!archive_accounts(archive, arena, &status->accounts, &status->account_count, err))
		return false;
	return query_totals(reader, &status->totals, err);
}

int64_t
status_unaccounted(const struct folder_account *account)
{
	return (int64_t)account->on_server -
	       (int64_t)(account->archived + account->refused + account->pending);
}

struct view
status_mailbox_sentence(
	const struct mailbox_health *mailbox, int64_t now, bool everything, struct arena *arena)
{
	struct view since = words_duration(arena, now - mailbox->compared_at);

	switch (mailbox->phase) {
	case MAILBOX_STARTING:
		return VIEW("Starting.");
	case MAILBOX_CONNECTING:
		return VIEW("Connecting to the server.");
	case MAILBOX_SYNCING:
		return arena_format(
			arena, "Taking messages; %" PRId64 " still to come.", mailbox->behind);
	case MAILBOX_WAITING:
		if (mailbox->idle)
			return VIEW("In step with the server, which announces new mail at once.");
		return VIEW("In step with the server, which is asked again at intervals.");
	case MAILBOX_BACKOFF:
		break;
	}
	return arena_format(arena, "Not reached%s%.*s%s%s%s. It will be tried again%s.",
		mailbox->compared_at ? "; last compared " : "",
		mailbox->compared_at ? (int)since.size : 0, since.data,
		mailbox->compared_at ? " ago" : "", everything && mailbox->error[0] ? ": " : "",
		everything ? mailbox->error : "", mailbox->next_try_at ? " by itself" : "");
}

struct view
status_silence(const struct status *status, struct arena *arena)
{
	int64_t gap = status->totals->usual_gap_s;
	int64_t silent = status->now - status->totals->last_message_at;
	struct view silence, usual;

	if (gap <= 0 || silent < SILENCE_LEAST_S || silent < gap * SILENCE_GAPS)
		return (struct view){0};
	silence = words_duration(arena, silent);
	usual = words_duration(arena, gap);
	return arena_format(arena, "No mail for %.*s; the usual gap is %.*s.", (int)silence.size,
		silence.data, (int)usual.size, usual.data);
}

static void
put_count(struct json *json, const char *name, uint64_t count, bool everything)
{
	if (!everything && count > 0 && count < STATUS_FEW)
		json_null(json, name);
	else
		json_int(json, name, (int64_t)count);
}

static void
put_counts(struct json *json, const char *name, const struct counts *counts, bool everything)
{
	json_array(json, name);
	for (size_t i = 0; i < counts->count; i++) {
		const struct count_row *row = &counts->rows[i];

		json_object(json, NULL);
		json_text(json, "name", row->name);
		if (row->second.size)
			json_text(json, "category", row->second);
		put_count(json, "count", row->count, everything);
		json_end(json);
	}
	json_end(json);
}

static void
put_time(struct json *json, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	if (at == 0) {
		json_null(json, name);
		return;
	}
	clock_format_utc(at, text);
	json_text(json, name, view_of(text));
}

static const char *
phase_name(enum mailbox_phase phase)
{
	static const char *const names[] = {
		"starting", "connecting", "syncing", "waiting", "backoff"};

	return names[phase];
}

static void
put_health(struct json *json, const struct status *status, bool everything)
{
	json_bool(json, "ready", status->is_ready);
	json_bool(json, "rebuilding", status->health.rebuilding);
	json_int(json, "unread", status->health.unread);
	json_bool(json, "storage_ok", !status->health.storage_error[0]);
	json_array(json, "mailboxes");
	for (size_t i = 0; i < status->health.mailbox_count; i++) {
		const struct mailbox_health *mailbox = &status->health.mailboxes[i];

		json_object(json, NULL);
		json_text(json, "name", view_of(mailbox->name));
		json_text(json, "phase", view_of(phase_name(mailbox->phase)));
		json_bool(json, "idle", mailbox->idle);
		put_time(json, "connected_since", mailbox->connected_since);
		put_time(json, "compared_at", mailbox->compared_at);
		json_int(json, "behind", mailbox->behind);
		json_int(json, "failures", mailbox->failures);
		if (everything && mailbox->error[0])
			json_text(json, "error", view_of(mailbox->error));
		json_end(json);
	}
	json_end(json);
}

static void
put_accounts(struct json *json, const struct status *status)
{
	json_array(json, "folders");
	for (size_t i = 0; i < status->account_count; i++) {
		const struct folder_account *account = &status->accounts[i];

		json_object(json, NULL);
		json_text(json, "mailbox", account->mailbox);
		json_text(json, "folder", account->folder);
		json_int(json, "on_server", (int64_t)account->on_server);
		json_int(json, "archived", (int64_t)account->archived);
		json_int(json, "set_aside", (int64_t)account->refused);
		json_int(json, "erased", 0);
		json_int(json, "not_yet", (int64_t)account->pending);
		json_int(json, "unaccounted", status_unaccounted(account));
		put_time(json, "compared_at", account->compared_at);
		json_end(json);
	}
	json_end(json);
}

void
status_json(const struct status *status, bool everything, struct json *json)
{
	const struct totals *totals = status->totals;

	json_object(json, NULL);
	put_time(json, "at", status->now);
	put_count(json, "messages", totals->messages, everything);
	put_count(json, "cases", totals->cases, everything);
	put_count(json, "set_aside", totals->set_aside, everything);
	put_count(json, "unanswered", totals->unanswered, everything);
	put_time(json, "last_message_at", totals->last_message_at);
	json_int(json, "usual_gap_s", totals->usual_gap_s);
	if (status->has_health)
		put_health(json, status, everything);
	put_accounts(json, status);
	put_counts(json, "by_class", &totals->by_class, everything);
	put_counts(json, "by_category", &totals->by_category, everything);
	put_counts(json, "by_country", &totals->by_country, everything);
	put_counts(json, "by_sector", &totals->by_sector, everything);
	put_counts(json, "by_platform", &totals->by_platform, everything);
	put_counts(json, "by_stage", &totals->by_stage, everything);
	put_counts(json, "by_reason", &totals->by_reason, everything);
	put_counts(json, "by_month", &totals->by_month, everything);
	json_end(json);
}

static void
text_counts(struct str *out, const char *title, const struct counts *counts)
{
	if (counts->count == 0)
		return;
	str_append_format(out, "%s:", title);
	for (size_t i = 0; i < counts->count; i++)
		str_append_format(out, "%s %.*s %" PRIu64, i ? "," : "",
			(int)counts->rows[i].name.size, counts->rows[i].name.data,
			counts->rows[i].count);
	str_append_byte(out, '\n');
}

static void
text_account(const struct folder_account *account, struct arena *arena, struct str *out)
{
	struct view at = words_time(arena, account->compared_at);
	int64_t unaccounted = status_unaccounted(account);

	str_append_format(out,
		"%.*s/%.*s: %" PRIu64 " on the server = %" PRIu64 " archived + %" PRIu64
		" set aside + %" PRIu64 " not yet",
		(int)account->mailbox.size, account->mailbox.data, (int)account->folder.size,
		account->folder.data, account->on_server, account->archived, account->refused,
		account->pending);
	if (unaccounted)
		str_append_format(out, "; %" PRId64 " UNACCOUNTED FOR", unaccounted);
	if (at.size)
		str_append_format(out, " (compared %.*s)", (int)at.size, at.data);
	else
		str_append(out, VIEW(" (never compared)"));
	str_append_byte(out, '\n');
}

void
status_text(const struct status *status, struct arena *arena, struct str *out)
{
	const struct totals *totals = status->totals;
	struct view silence = status_silence(status, arena);

	str_append_format(out,
		"%" PRIu64 " messages, %" PRIu64 " cases, %" PRIu64 " unanswered, %" PRIu64
		" set aside\n",
		totals->messages, totals->cases, totals->unanswered, totals->set_aside);
	if (silence.size)
		str_append_format(out, "%.*s\n", (int)silence.size, silence.data);
	for (size_t i = 0; i < status->health.mailbox_count; i++) {
		const struct mailbox_health *mailbox = &status->health.mailboxes[i];
		struct view how = status_mailbox_sentence(mailbox, status->now, true, arena);

		str_append_format(
			out, "mailbox %s: %.*s\n", mailbox->name, (int)how.size, how.data);
	}
	for (size_t i = 0; i < status->account_count; i++)
		text_account(&status->accounts[i], arena, out);
	text_counts(out, "messages by class", &totals->by_class);
	text_counts(out, "cases by category", &totals->by_category);
	text_counts(out, "cases by country", &totals->by_country);
	text_counts(out, "cases by sector", &totals->by_sector);
	text_counts(out, "cases by platform", &totals->by_platform);
	text_counts(out, "reasons for failure", &totals->by_reason);
}
