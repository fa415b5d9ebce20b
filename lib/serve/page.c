/*
 * What the pages share: frame, lines of lists, choices and the pager.
 */
#include "serve/page.h"

#include <inttypes.h>

#include "serve/highlight.h"
#include "serve/words.h"

enum { PAGE_ROWS = 50, SUBJECT_MAX = 160 };

static const struct slot frame_slots[] = {
	TEXT(struct frame_values, title),
	TEXT(struct frame_values, root),
	TEXT(struct frame_values, css_version),
	TEXT(struct frame_values, user),
	FLAG(struct frame_values, can_log_in),
	FLAG(struct frame_values, is_front),
	FLAG(struct frame_values, is_cases),
	FLAG(struct frame_values, is_messages),
	FLAG(struct frame_values, is_waiting),
	FLAG(struct frame_values, is_set_aside),
	TEXT(struct frame_values, version),
};
const struct shape frame_shape = SHAPE(struct frame_values, frame_slots);

static const struct slot choice_slots[] = {
	TEXT(struct choice, value),
	TEXT(struct choice, label),
	TEXT(struct choice, shown),
	TEXT(struct choice, href),
	MARKUP(struct choice, bar),
	FLAG(struct choice, is_chosen),
};
const struct shape choice_shape = SHAPE(struct choice, choice_slots);

static const struct slot pager_slots[] = {
	COUNT(struct pager, total),
	COUNT(struct pager, first),
	COUNT(struct pager, last),
	TEXT(struct pager, previous),
	TEXT(struct pager, next),
};
const struct shape pager_shape = SHAPE(struct pager, pager_slots);

static const struct slot case_line_slots[] = {
	TEXT(struct case_line, id),
	TEXT(struct case_line, title),
	TEXT(struct case_line, category),
	TEXT(struct case_line, category_words),
	TEXT(struct case_line, stage),
	TEXT(struct case_line, countries),
	TEXT(struct case_line, sectors),
	TEXT(struct case_line, platforms),
	TEXT(struct case_line, organisation),
	TEXT(struct case_line, first_day),
	TEXT(struct case_line, last_day),
	TEXT(struct case_line, caution),
	COUNT(struct case_line, message_count),
};
const struct shape case_line_shape = SHAPE(struct case_line, case_line_slots);

static const struct slot message_line_slots[] = {
	NUMBER(struct message_line, id),
	TEXT(struct message_line, subject),
	TEXT(struct message_line, sender),
	TEXT(struct message_line, class),
	TEXT(struct message_line, class_words),
	TEXT(struct message_line, day),
	TEXT(struct message_line, language),
	TEXT(struct message_line, reason),
	TEXT(struct message_line, answered),
	FLAG(struct message_line, is_set_aside),
	MARKUP(struct message_line, snippet),
};
const struct shape message_line_shape = SHAPE(struct message_line, message_line_slots);

struct frame_values
page_frame(const struct request *request, struct view title)
{
	return (struct frame_values){
		.title = title,
		.root = request->root,
		.css_version = view_of(request->site->css_version),
		.user = request->user,
		.can_log_in = request->site->access && request->user.size == 0,
		.version = VIEW(CASEPOST_VERSION),
	};
}

void
page_render(const struct request *request, enum page page, const void *values, struct reply *reply)
{
	reply->type = "text/html; charset=utf-8";
	template_render(request->site->pages[page], values, &reply->body);
}

static struct view
cut(struct arena *arena, struct view text)
{
	size_t end = SUBJECT_MAX;

	if (text.size <= SUBJECT_MAX)
		return text;
	while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80)
		end--;
	return arena_format(arena, "%.*s…", (int)end, text.data);
}

static struct view
country_list(struct arena *arena, struct view codes)
{
	CLEANUP(str_free) struct str out = str_new(4096);
	struct view rest = codes, code;

	if (codes.size == 0)
		return codes;
	while (view_next_field(&rest, ',', &code)) {
		if (out.size)
			str_append(&out, VIEW(", "));
		str_append(&out, words_country(arena, view_trim(code)));
	}
	return arena_copy(arena, str_view(&out));
}

static struct view
caution_of(struct arena *arena, struct view confidentiality)
{
	if (confidentiality.size == 0 || view_equal(confidentiality, VIEW("public")))
		return (struct view){0};
	return words_plain(arena, confidentiality);
}

struct case_line *
page_case_lines(struct arena *arena, const struct case_row *rows, size_t count)
{
	struct case_line *lines = arena_alloc_array(arena, count + 1, sizeof(*lines));

	for (size_t i = 0; lines && i < count; i++)
		lines[i] = (struct case_line){
			.id = rows[i].id,
			.title = rows[i].title.size ? cut(arena, rows[i].title) : VIEW("(no name)"),
			.category = rows[i].category,
			.category_words = words_plain(arena, rows[i].category),
			.stage = words_plain(arena, rows[i].stage),
			.countries = country_list(arena, rows[i].countries),
			.sectors = words_plain(arena, rows[i].sectors),
			.platforms = rows[i].platforms,
			.organisation = rows[i].organisation,
			.first_day = words_day(arena, rows[i].first_at),
			.last_day = words_day(arena, rows[i].last_at),
			.caution = caution_of(arena, rows[i].confidentiality),
			.message_count = rows[i].message_count,
		};
	return lines;
}

struct message_line *
page_message_lines(struct arena *arena, const struct message_row *rows, size_t count)
{
	struct message_line *lines = arena_alloc_array(arena, count + 1, sizeof(*lines));

	for (size_t i = 0; lines && i < count; i++)
		lines[i] = (struct message_line){
			.id = rows[i].id,
			.subject = rows[i].subject.size ? cut(arena, rows[i].subject)
							: VIEW("(no subject)"),
			.sender = rows[i].from_name.size ? rows[i].from_name : rows[i].from_address,
			.class = rows[i].class,
			.class_words = words_plain(arena, rows[i].class),
			.day = words_day(arena, rows[i].sorted_at),
			.language = rows[i].language,
			.reason = rows[i].set_aside_reason,
			.answered = view_slice(rows[i].answered, 0, 10),
			.is_set_aside = view_equal(rows[i].state, VIEW("set_aside")),
			.snippet = highlight_snippet(arena, rows[i].snippet),
		};
	return lines;
}

bool
page_choices(struct arena *arena, const struct counts *counts, const char *field,
	struct view chosen, struct choices *ret_choices)
{
	struct choices choices = {
		.items = arena_alloc_array(arena, counts->count + 1, sizeof(*choices.items))};
	bool found = chosen.size == 0;

	if (!choices.items)
		return false;
	for (size_t i = 0; i < counts->count; i++) {
		const struct count_row *row = &counts->rows[i];
		struct choice *choice = &choices.items[choices.count++];

		choice->value = row->name;
		choice->label = words_value(arena, view_of(field), row->name);
		choice->shown = words_count(arena, row->count, true);
		choice->is_chosen = view_equal_nocase(row->name, chosen);
		found |= choice->is_chosen;
	}
	if (!found)
		choices.items[choices.count++] = (struct choice){.value = chosen,
			.label = words_value(arena, view_of(field), chosen),
			.shown = VIEW("0"),
			.is_chosen = true};
	*ret_choices = choices;
	return true;
}

static struct view
page_link(const struct request *request, uint64_t offset)
{
	struct view number =
		offset ? arena_format(request->arena, "%" PRIu64, offset) : (struct view){0};
	struct view query = request_query_with(request, "offset", number);

	return query.size ? query : VIEW("?");
}

struct pager
page_pager(const struct request *request, const struct filter *filter, size_t count, uint64_t total)
{
	struct pager pager = {
		.total = total,
		.first = count ? filter->offset + 1 : 0,
		.last = count ? filter->offset + count : 0,
	};
	uint64_t step = filter->limit ? filter->limit : PAGE_ROWS;

	if (filter->offset > 0)
		pager.previous =
			page_link(request, filter->offset > step ? filter->offset - step : 0);
	if (filter->offset + count < total && count > 0)
		pager.next = page_link(request, filter->offset + step);
	return pager;
}

struct problem_values {
	struct frame_values frame;
	struct view detail;
};
static const struct slot problem_slots[] = {
	OBJECT(struct problem_values, frame, frame_shape),
	TEXT(struct problem_values, detail),
};
static const struct shape problem_shape = SHAPE(struct problem_values, problem_slots);
const struct page_source page_problem_source = {"problem.html", &problem_shape};

void
page_problem(const struct request *request, unsigned status, struct view title, struct view detail,
	struct reply *reply)
{
	struct problem_values values = {page_frame(request, title), detail};

	reply->status = status;
	str_clear(&reply->body);
	page_render(request, PAGE_PROBLEM, &values, reply);
}

bool
page_login(struct request *request, struct reply *reply, struct error *err)
{
	(void)request;
	(void)err;
	/* Who gets here is logged in; the browser sends the name along from now on. */
	reply->status = 303;
	memcpy(reply->location, "./", sizeof("./"));
	return true;
}

bool
page_css(struct request *request, struct reply *reply, struct error *err)
{
	(void)err;
	reply->type = "text/css; charset=utf-8";
	str_append(&reply->body, request->site->css);
	reply->is_lasting = request_parameter(request, "v").size > 0;
	reply_tag_body(reply);
	reply_spare(request, reply);
	return true;
}

bool
page_icon(struct request *request, struct reply *reply, struct error *err)
{
	(void)err;
	reply->type = "image/svg+xml";
	str_append(&reply->body, request->site->icon);
	reply_tag_body(reply);
	reply_spare(request, reply);
	return true;
}

bool
page_robots(struct request *request, struct reply *reply, struct error *err)
{
	(void)request;
	(void)err;
	reply->type = "text/plain; charset=utf-8";
	str_append(&reply->body, VIEW("User-agent: *\nDisallow: /\n"));
	return true;
}
