/*
 * For machines that watch: alive, ready, and numbers in Prometheus' text format (version 0.0.4).
 */
#include <inttypes.h>

#include "base/clock.h"
#include "serve/metrics.h"
#include "serve/page.h"
#include "serve/status.h"
#include "serve/watch.h"

bool
probe_health(struct request *request, struct reply *reply, struct error *err)
{
	(void)request;
	(void)err;
	reply->type = "text/plain; charset=utf-8";
	str_append(&reply->body, VIEW("ok\n"));
	return true;
}

bool
probe_ready(struct request *request, struct reply *reply, struct error *err)
{
	struct health_state state;

	(void)err;
	health_get(request->site->health, &state);
	reply->type = "text/plain; charset=utf-8";
	if (health_is_ready(&state, clock_now()) && !state.storage_error[0]) {
		str_append(&reply->body, VIEW("ready\n"));
		return true;
	}
	reply->status = 503;
	str_append(&reply->body, state.storage_error[0]
					 ? VIEW("not ready: the store cannot be written\n")
					 : VIEW("not ready: a mailbox was not reached recently\n"));
	return true;
}

static void
describe(struct str *out, const char *name, const char *type, const char *help)
{
	str_append_format(
		out, "# HELP casepost_%s %s\n# TYPE casepost_%s %s\n", name, help, name, type);
}

static void
number(struct str *out, const char *name, const char *type, const char *help, int64_t value)
{
	describe(out, name, type, help);
	str_append_format(out, "casepost_%s %" PRId64 "\n", name, value);
}

/* A label's value, with backslash, quote and line feed escaped as the format asks. */
static void
put_label(struct str *out, struct view value)
{
	for (size_t i = 0; i < value.size; i++) {
		char c = value.data[i];

		if (c == '\\' || c == '"')
			str_append_byte(out, '\\');
		if (c == '\n')
			str_append(out, VIEW("\\n"));
		else
			str_append_byte(out, c);
	}
}

struct mailbox_metric {
	const char *name, *help;
	int64_t (*value)(const struct mailbox_health *mailbox);
};

static int64_t
is_connected(const struct mailbox_health *mailbox)
{
	return mailbox->connected_since != 0;
}

static int64_t
compared_at(const struct mailbox_health *mailbox)
{
	return mailbox->compared_at;
}

static int64_t
is_behind(const struct mailbox_health *mailbox)
{
	return mailbox->behind;
}

static int64_t
failures(const struct mailbox_health *mailbox)
{
	return mailbox->failures;
}

static void
put_mailboxes(struct str *out, const struct health_state *state)
{
	static const struct mailbox_metric metrics[] = {
		{"mailbox_connected", "Whether the mailbox's server is connected.", is_connected},
		{"mailbox_compared_timestamp_seconds",
			"When the mailbox was last compared with its server; 0: never.",
			compared_at},
		{"mailbox_behind_messages", "Messages on the server that are not archived yet.",
			is_behind},
		{"mailbox_failures", "Attempts that failed in a row.", failures},
	};

	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		describe(out, metrics[i].name, "gauge", metrics[i].help);
		for (size_t j = 0; j < state->mailbox_count; j++) {
			str_append_format(out, "casepost_%s{mailbox=\"", metrics[i].name);
			put_label(out, view_of(state->mailboxes[j].name));
			str_append_format(
				out, "\"} %" PRId64 "\n", metrics[i].value(&state->mailboxes[j]));
		}
	}
}

static void
put_health(struct str *out, const struct health_state *state)
{
	number(out, "start_timestamp_seconds", "gauge", "When the daemon started.",
		state->started_at);
	number(out, "ready", "gauge", "Whether every mailbox was reached recently.",
		health_is_ready(state, clock_now()));
	number(out, "storage_ok", "gauge", "Whether the store can be written.",
		!state->storage_error[0]);
	number(out, "unread_messages", "gauge", "Archived messages that are not read yet.",
		state->unread);
	number(out, "messages_archived_total", "counter", "Messages archived since the start.",
		state->messages_archived);
	number(out, "messages_read_total", "counter", "Messages read since the start.",
		state->messages_read);
	number(out, "readers_replaced_total", "counter",
		"Readers that died or were killed since the start.", state->readers_replaced);
	put_mailboxes(out, state);
}

static void
put_answers(struct str *out, const struct site *site)
{
	struct metrics *metrics = site->metrics;

	describe(out, "http_answers_total", "counter", "Answers by the class of their status.");
	for (int i = 1; i <= 5; i++)
		str_append_format(out, "casepost_http_answers_total{status=\"%dxx\"} %" PRIu64 "\n",
			i, (uint64_t)atomic_load(&metrics->answers[i]));
	number(out, "logins_failed_total", "counter", "Logins refused.",
		(int64_t)atomic_load(&metrics->logins_failed));
	number(out, "http_connections_cut_total", "counter",
		"Connections cut because they were too slow.", (int64_t)watch_cut(site->watch));
}

/* Per folder, so that an alarm can be set on what does not add up. */
static bool
put_accounts(struct str *out, struct request *request, struct error *err)
{
	struct folder_account *accounts;
	size_t count;

	if (!archive_accounts(request->archive, request->arena, &accounts, &count, err))
		return false;
	describe(out, "folder_unaccounted_messages", "gauge",
		"Messages on the server that are neither archived, set aside nor waiting.");
	for (size_t i = 0; i < count; i++) {
		str_append(out, VIEW("casepost_folder_unaccounted_messages{mailbox=\""));
		put_label(out, accounts[i].mailbox);
		str_append(out, VIEW("\",folder=\""));
		put_label(out, accounts[i].folder);
		str_append_format(out, "\"} %" PRId64 "\n", status_unaccounted(&accounts[i]));
	}
	return true;
}

bool
probe_metrics(struct request *request, struct reply *reply, struct error *err)
{
	struct health_state state;
	const struct totals *totals;

	health_get(request->site->health, &state);
	reply->type = "text/plain; version=0.0.4; charset=utf-8";
	put_health(&reply->body, &state);
	put_answers(&reply->body, request->site);
	if (!request->reader)
		return true;
	if (!query_totals(request->reader, &totals, err) ||
		!put_accounts(&reply->body, request, err))
		return false;
	number(&reply->body, "messages", "gauge", "Messages in the casebook.",
		(int64_t)totals->messages);
	number(&reply->body, "cases", "gauge", "Cases in the casebook.", (int64_t)totals->cases);
	number(&reply->body, "set_aside_messages", "gauge", "Messages that could not be read.",
		(int64_t)totals->set_aside);
	number(&reply->body, "unanswered_messages", "gauge",
		"Submissions and questions that nobody has answered.", (int64_t)totals->unanswered);
	return true;
}
