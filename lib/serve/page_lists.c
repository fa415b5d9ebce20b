/*
 * The lists of cases and of messages: filters with counts, search, order, pages of fifty. The
 * state is in the address. A search that is no search is explained above an empty list.
 */
#include "serve/page.h"
#include "serve/words.h"

enum { ROWS_DEFAULT = 50, ROWS_MAX = 500 };

/** A select of the filter form. */
struct select {
	struct view name, label;
	struct choice *options;
	size_t option_count;
};

struct list_values {
	struct frame_values frame;
	struct view heading, lead, q, since, until, problem, query;
	struct view sort_newest, sort_oldest, sort_title;
	bool is_newest, is_oldest, is_title, is_narrow;
	struct view state, answered, waiting; /**< carried along by the form */
	struct select *selects;
	size_t select_count;
	struct pager pager;
	struct case_line *cases;
	size_t case_count;
	struct message_line *messages;
	size_t message_count;
};

static const struct slot select_slots[] = {
	TEXT(struct select, name),
	TEXT(struct select, label),
	LIST(struct select, options, option_count, choice_shape),
};
static const struct shape select_shape = SHAPE(struct select, select_slots);

static const struct slot list_slots[] = {
	OBJECT(struct list_values, frame, frame_shape),
	TEXT(struct list_values, heading),
	TEXT(struct list_values, lead),
	TEXT(struct list_values, q),
	TEXT(struct list_values, since),
	TEXT(struct list_values, until),
	TEXT(struct list_values, problem),
	TEXT(struct list_values, query),
	TEXT(struct list_values, sort_newest),
	TEXT(struct list_values, sort_oldest),
	TEXT(struct list_values, sort_title),
	FLAG(struct list_values, is_newest),
	FLAG(struct list_values, is_oldest),
	FLAG(struct list_values, is_title),
	FLAG(struct list_values, is_narrow),
	TEXT(struct list_values, state),
	TEXT(struct list_values, answered),
	TEXT(struct list_values, waiting),
	LIST(struct list_values, selects, select_count, select_shape),
	OBJECT(struct list_values, pager, pager_shape),
	LIST(struct list_values, cases, case_count, case_line_shape),
	LIST(struct list_values, messages, message_count, message_line_shape),
};
static const struct shape list_shape = SHAPE(struct list_values, list_slots);
const struct page_source page_cases_source = {"cases.html", &list_shape};
const struct page_source page_messages_source = {"messages.html", &list_shape};

struct select_source {
	const char *name;
	const char *label;
	const char *field;
	const struct counts *counts;
	struct view chosen;
};

static bool
put_selects(struct request *request, const struct select_source *sources, size_t count,
	struct list_values *values)
{
	struct select *selects = arena_alloc_array(request->arena, count, sizeof(*selects));

	for (size_t i = 0; selects && i < count; i++) {
		struct choices choices;

		if (!page_choices(request->arena, sources[i].counts, sources[i].field,
			    sources[i].chosen, &choices))
			return false;
		selects[i] = (struct select){
			.name = view_of(sources[i].name),
			.label = view_of(sources[i].label),
			.options = choices.items,
			.option_count = choices.count,
		};
	}
	values->selects = selects;
	values->select_count = selects ? count : 0;
	return selects != NULL;
}

/* What the form shows comes from the query as it was given, right or wrong. */
static void
put_form(struct request *request, const struct filter *filter, struct list_values *values)
{
	struct view query = request_query_with(request, "offset", (struct view){0});

	values->q = request_parameter(request, "q");
	values->since = request_parameter(request, "since");
	values->until = request_parameter(request, "until");
	values->state = filter->state;
	values->answered = filter->answered;
	values->waiting = filter->waiting;
	values->query = query;
	values->is_narrow = filter_is_narrow(filter) || values->q.size;
	values->is_newest = filter->order == ORDER_NEWEST;
	values->is_oldest = filter->order == ORDER_OLDEST;
	values->is_title = filter->order == ORDER_TITLE;
	values->sort_newest = request_query_with(request, "sort", VIEW("newest"));
	values->sort_oldest = request_query_with(request, "sort", VIEW("oldest"));
	values->sort_title = request_query_with(request, "sort", VIEW("title"));
}

/* Takes the filter; what is wrong with it is shown on the page. */
static void
take_filter(struct request *request, struct filter *ret_filter, struct list_values *values,
	struct error *err)
{
	*ret_filter = (struct filter){0};
	if (!request_filter(request, ret_filter, err))
		values->problem = arena_copy(request->arena, view_of(err->text));
	if (ret_filter->limit == 0 || ret_filter->limit > ROWS_MAX)
		ret_filter->limit = ret_filter->limit ? ROWS_MAX : ROWS_DEFAULT;
}

/* A failed query that the visitor can mend is explained; any other is an error. */
static bool
explain(struct request *request, struct list_values *values, struct reply *reply,
	const struct error *err)
{
	if (err->reach != ERROR_USAGE)
		return false;
	values->problem = arena_copy(request->arena, view_of(err->text));
	reply->status = 400;
	return true;
}

bool
page_cases(struct request *request, struct reply *reply, struct error *err)
{
	struct list_values values = {.frame = page_frame(request, VIEW("Cases"))};
	const struct totals *totals;
	struct case_rows found = {0};
	struct filter filter;
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	take_filter(request, &filter, &values, err);
	if (!query_totals(request->reader, &totals, err))
		return false;
	values.frame.is_cases = true;
	put_form(request, &filter, &values);
	if (!put_selects(request,
		    (const struct select_source[]){
			    {"category", "Category", "category", &totals->by_category,
				    filter.category},
			    {"country", "Country", "country", &totals->by_country, filter.country},
			    {"sector", "Sector", "sector", &totals->by_sector, filter.sector},
			    {"platform", "Platform", "platform", &totals->by_platform,
				    filter.platform},
			    {"stage", "Stage", "stage", &totals->by_stage, filter.stage},
			    {"reason", "Reason", "reasons", &totals->by_reason, filter.reason},
		    },
		    6, &values))
		return error_set(err, ERROR_MESSAGE, "the page is too large");
	if (values.problem.size)
		reply->status = 400;
	else if (!query_cases(request->reader, &filter, request->arena, &found, err) &&
		 !explain(request, &values, reply, err))
		return false;
	values.cases = page_case_lines(request->arena, found.rows, found.count);
	values.case_count = values.cases ? found.count : 0;
	values.pager = page_pager(request, &filter, found.count, found.total);
	page_render(request, PAGE_CASES, &values, reply);
	return true;
}

static void
put_heading(const struct filter *filter, struct list_values *values)
{
	values->heading = VIEW("Messages");
	if (view_equal(filter->state, VIEW("set_aside"))) {
		values->heading = VIEW("Set aside");
		values->lead = VIEW("Messages that could not be read. They are kept as they came; "
				    "`casepost setaside retry` reads them again.");
		values->frame.is_set_aside = true;
	} else if (filter->waiting.size) {
		values->heading = VIEW("Waiting for an answer");
		values->lead = VIEW("Submissions and questions that nobody has answered, as far as "
				    "the mailbox tells.");
		values->frame.is_waiting = true;
	} else {
		values->frame.is_messages = true;
	}
	values->frame.title = values->heading;
}

bool
page_messages(struct request *request, struct reply *reply, struct error *err)
{
	struct list_values values = {.frame = page_frame(request, VIEW("Messages"))};
	const struct totals *totals;
	struct message_rows found = {0};
	struct filter filter;
	bool known = false;

	if (!reply_is_known(request, reply, &known, err) || known)
		return known;
	take_filter(request, &filter, &values, err);
	if (!query_totals(request->reader, &totals, err))
		return false;
	put_heading(&filter, &values);
	put_form(request, &filter, &values);
	if (!put_selects(request,
		    (const struct select_source[]){
			    {"class", "Class", "category", &totals->by_class, filter.class},
			    {"language", "Language", "language", &totals->by_language,
				    filter.language},
			    {"country", "Country", "country", &totals->by_country, filter.country},
		    },
		    3, &values))
		return error_set(err, ERROR_MESSAGE, "the page is too large");
	if (values.problem.size)
		reply->status = 400;
	else if (!query_messages(request->reader, &filter, request->arena, &found, err) &&
		 !explain(request, &values, reply, err))
		return false;
	values.messages = page_message_lines(request->arena, found.rows, found.count);
	values.message_count = values.messages ? found.count : 0;
	values.pager = page_pager(request, &filter, found.count, found.total);
	page_render(request, PAGE_MESSAGES, &values, reply);
	return true;
}
