/*
 * The front page: what came in, what the casebook holds, whether anything needs a human. For
 * everyone in totals; for researchers also what is new and who waits.
 */
#include "serve/chart.h"
#include "serve/memo.h"
#include "serve/page.h"
#include "serve/status.h"
#include "serve/words.h"

enum { NEWEST = 8, TOP_ROWS = 12 };

struct mailbox_line {
	struct view name;
	struct view sentence;
	struct view compared;
	bool is_fine;
};

struct account_line {
	struct view mailbox, folder, compared, finding;
	uint64_t on_server, archived, refused, pending;
	bool is_even;
};

/** A chart of bars: one thing counted. */
struct bars {
	struct view title;
	struct view first_column;
	struct choice *rows;
	size_t row_count;
	uint64_t left_out; /**< values that are not shown for their number */
};

struct front_values {
	struct frame_values frame;
	struct view messages, cases, unanswered, set_aside, last_message, silence, at;
	bool is_researcher, is_hiding, has_health, is_ready, is_rebuilding;
	struct view storage_error, unread;
	struct mailbox_line *mailboxes;
	size_t mailbox_count;
	struct account_line *accounts;
	size_t account_count;
	struct markup months;
	struct view months_summary;
	struct chart_month *month_rows;
	size_t month_count;
	struct bars *charts;
	size_t chart_count;
	struct case_line *newest;
	size_t newest_count;
	struct message_line *waiting;
	size_t waiting_count;
	struct message_line *aside;
	size_t aside_count;
};

static const struct slot mailbox_slots[] = {
	TEXT(struct mailbox_line, name),
	TEXT(struct mailbox_line, sentence),
	TEXT(struct mailbox_line, compared),
	FLAG(struct mailbox_line, is_fine),
};
static const struct shape mailbox_shape = SHAPE(struct mailbox_line, mailbox_slots);

static const struct slot account_slots[] = {
	TEXT(struct account_line, mailbox),
	TEXT(struct account_line, folder),
	TEXT(struct account_line, compared),
	TEXT(struct account_line, finding),
	COUNT(struct account_line, on_server),
	COUNT(struct account_line, archived),
	COUNT(struct account_line, refused),
	COUNT(struct account_line, pending),
	FLAG(struct account_line, is_even),
};
static const struct shape account_shape = SHAPE(struct account_line, account_slots);

static const struct slot bars_slots[] = {
	TEXT(struct bars, title),
	TEXT(struct bars, first_column),
	LIST(struct bars, rows, row_count, choice_shape),
	COUNT(struct bars, left_out),
};
static const struct shape bars_shape = SHAPE(struct bars, bars_slots);

static const struct slot front_slots[] = {
	OBJECT(struct front_values, frame, frame_shape),
	TEXT(struct front_values, messages),
	TEXT(struct front_values, cases),
	TEXT(struct front_values, unanswered),
	TEXT(struct front_values, set_aside),
	TEXT(struct front_values, last_message),
	TEXT(struct front_values, silence),
	TEXT(struct front_values, at),
	FLAG(struct front_values, is_researcher),
	FLAG(struct front_values, is_hiding),
	FLAG(struct front_values, has_health),
	FLAG(struct front_values, is_ready),
	FLAG(struct front_values, is_rebuilding),
	TEXT(struct front_values, storage_error),
	TEXT(struct front_values, unread),
	LIST(struct front_values, mailboxes, mailbox_count, mailbox_shape),
	LIST(struct front_values, accounts, account_count, account_shape),
	MARKUP(struct front_values, months),
	TEXT(struct front_values, months_summary),
	LIST(struct front_values, month_rows, month_count, chart_month_shape),
	LIST(struct front_values, charts, chart_count, bars_shape),
	LIST(struct front_values, newest, newest_count, case_line_shape),
	LIST(struct front_values, waiting, waiting_count, message_line_shape),
	LIST(struct front_values, aside, aside_count, message_line_shape),
};
static const struct shape front_shape = SHAPE(struct front_values, front_slots);
const struct page_source page_front_source = {"front.html", &front_shape};

static bool
put_mailboxes(struct arena *arena, const struct status *status, bool everything,
	struct front_values *values)
{
	size_t count = status->health.mailbox_count;
	struct mailbox_line *lines = arena_alloc_array(arena, count + 1, sizeof(*lines));

	for (size_t i = 0; lines && i < count; i++) {
		const struct mailbox_health *mailbox = &status->health.mailboxes[i];

		lines[i] = (struct mailbox_line){
			.name = arena_copy(arena, view_of(mailbox->name)),
			.sentence =
				status_mailbox_sentence(mailbox, status->now, everything, arena),
			.compared = words_time(arena, mailbox->compared_at),
			.is_fine = mailbox->phase != MAILBOX_BACKOFF,
		};
	}
	values->mailboxes = lines;
	values->mailbox_count = count;
	return lines != NULL;
}

static bool
put_accounts(struct arena *arena, const struct status *status, struct front_values *values)
{
	struct account_line *lines =
		arena_alloc_array(arena, status->account_count + 1, sizeof(*lines));

	for (size_t i = 0; lines && i < status->account_count; i++) {
		const struct folder_account *account = &status->accounts[i];
		int64_t missing = status_unaccounted(account);

		lines[i] = (struct account_line){
			.mailbox = account->mailbox,
			.folder = account->folder,
			.compared = words_time(arena, account->compared_at),
			.on_server = account->on_server,
			.archived = account->archived,
			.refused = account->refused,
			.pending = account->pending,
			.is_even = missing == 0,
		};
		if (account->compared_at == 0)
			lines[i].finding = VIEW("not compared yet");
		else if (missing > 0)
			lines[i].finding =
				arena_format(arena, "%lld not accounted for", (long long)missing);
		else if (missing < 0)
			lines[i].finding = arena_format(arena,
				"%lld more here than at the comparison", (long long)-missing);
		else
			lines[i].finding = VIEW("all accounted for");
	}
	values->accounts = lines;
	values->account_count = status->account_count;
	return lines != NULL;
}

struct chart_source {
	const char *title;
	const char *field;     /* how values are worded */
	const char *parameter; /* of the list that a row links to */
	const char *list;
	const struct counts *counts;
};

static bool
put_bars(const struct request *request, const struct chart_source *source, bool exact,
	struct bars *ret_bars)
{
	struct arena *arena = request->arena;
	size_t shown = source->counts->count < TOP_ROWS ? source->counts->count : TOP_ROWS;
	uint64_t largest = source->counts->count ? source->counts->rows[0].count : 0;
	CLEANUP(str_free) struct str href = str_new(1024);
	struct choice *rows = arena_alloc_array(arena, shown + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < shown; i++) {
		const struct count_row *row = &source->counts->rows[i];
		bool is_hidden = !exact && row->count < STATUS_FEW;

		rows[i].label = words_value(arena, view_of(source->field), row->name);
		rows[i].shown = words_count(arena, row->count, exact);
		rows[i].bar = chart_bar(arena, is_hidden ? 0 : row->count, largest);
		if (!exact)
			continue;
		str_clear(&href);
		str_append_format(&href, "%s?%s=", source->list, source->parameter);
		uri_encode(&href, row->name);
		rows[i].href = arena_copy(arena, str_view(&href));
	}
	*ret_bars = (struct bars){
		.title = view_of(source->title),
		.first_column = words_plain(arena, view_of(source->parameter)),
		.rows = rows,
		.row_count = shown,
		.left_out = source->counts->count - shown,
	};
	return rows != NULL;
}

static bool
put_charts(struct request *request, const struct totals *totals, bool exact,
	struct front_values *values)
{
	const struct chart_source sources[] = {
		{"Cases by category", "category", "category", "cases", &totals->by_category},
		{"Cases by country", "country", "country", "cases", &totals->by_country},
		{"Cases by sector", "sector", "sector", "cases", &totals->by_sector},
		{"Why projects stalled or were hard", "reasons", "reason", "cases",
			&totals->by_reason},
		{"Platforms", "platform", "platform", "cases", &totals->by_platform},
		{"Stage reached", "stage", "stage", "cases", &totals->by_stage},
		{"Messages by class", "category", "class", "messages", &totals->by_class},
	};
	const size_t count = sizeof(sources) / sizeof(sources[0]);
	struct month_chart chart = chart_months(request->arena, &totals->by_month, exact);

	values->months = chart.svg;
	values->months_summary = chart.summary;
	values->month_rows = chart.months;
	values->month_count = chart.month_count;
	values->charts = arena_alloc_array(request->arena, count, sizeof(*values->charts));
	for (size_t i = 0; values->charts && i < count; i++) {
		if (sources[i].counts->count == 0)
			continue;
		if (!put_bars(request, &sources[i], exact, &values->charts[values->chart_count++]))
			return false;
	}
	return values->charts != NULL;
}

static bool
put_news(struct request *request, struct front_values *values, struct error *err)
{
	struct arena *arena = request->arena;
	struct filter newest = {.limit = NEWEST};
	struct case_rows cases;
	struct message_rows messages;

	if (!query_cases(request->reader, &newest, arena, &cases, err))
		return false;
	values->newest = page_case_lines(arena, cases.rows, cases.count);
	values->newest_count = cases.count;
	if (!query_waiting(request->reader, NEWEST, arena, &messages, err))
		return false;
	values->waiting = page_message_lines(arena, messages.rows, messages.count);
	values->waiting_count = messages.count;
	if (!query_set_aside(request->reader, NEWEST, arena, &messages, err))
		return false;
	values->aside = page_message_lines(arena, messages.rows, messages.count);
	values->aside_count = messages.count;
	return true;
}

static void
put_sums(struct request *request, const struct status *status, bool exact,
	struct front_values *values)
{
	const struct totals *totals = status->totals;
	struct arena *arena = request->arena;

	values->messages = words_count(arena, totals->messages, exact);
	values->cases = words_count(arena, totals->cases, exact);
	values->unanswered = words_count(arena, totals->unanswered, exact);
	values->set_aside = words_count(arena, totals->set_aside, exact);
	values->last_message = words_time(arena, totals->last_message_at);
	values->silence = status_silence(status, arena);
	values->at = words_time(arena, status->now);
	values->is_researcher = exact;
	values->is_hiding = !exact;
	values->has_health = status->has_health;
	values->is_ready = status->is_ready;
	values->is_rebuilding = status->health.rebuilding;
	if (status->health.unread > 0)
		values->unread = words_count(arena, (uint64_t)status->health.unread, exact);
	if (status->health.storage_error[0])
		values->storage_error =
			exact ? arena_copy(arena, view_of(status->health.storage_error))
			      : VIEW("the store cannot be written");
}

bool
page_front(struct request *request, struct reply *reply, struct error *err)
{
	bool exact = request->user.size > 0;
	struct front_values values = {.frame = page_frame(request, VIEW("Overview"))};
	struct status status;

	if (!exact && memo_recall(request->site->front, reply)) {
		reply_spare(request, reply);
		return true;
	}
	if (!status_take(request->reader, request->archive, request->site->health, request->arena,
		    &status, err))
		return false;
	values.frame.is_front = true;
	put_sums(request, &status, exact, &values);
	if (!put_mailboxes(request->arena, &status, exact, &values) ||
		!put_accounts(request->arena, &status, &values) ||
		!put_charts(request, status.totals, exact, &values))
		return error_set(err, ERROR_MESSAGE, "the page is too large");
	if (exact && !put_news(request, &values, err))
		return false;
	page_render(request, PAGE_FRONT, &values, reply);
	reply_tag_body(reply);
	if (!exact)
		memo_keep(request->site->front, reply);
	reply_spare(request, reply);
	return true;
}
