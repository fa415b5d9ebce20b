#ifndef SERVE_PAGE_H
#define SERVE_PAGE_H

#include "serve/request.h"

/*
 * What the pages share: the frame around each, and the functions that the table of routes names.
 */

/** What the templates' head and foot need. */
struct frame_values {
	struct view title;
	struct view root; /**< back to the site's root, for every link */
	struct view css_version;
	struct view user; /**< empty: not logged in */
	bool can_log_in;  /**< there are logins, and nobody is logged in */
	bool is_front, is_cases, is_messages, is_waiting, is_set_aside; /**< which tab is lit */
	struct view version;                                            /**< of the program */
};
extern const struct shape frame_shape;

struct frame_values page_frame(const struct request *request, struct view title);

/** A file of lib/serve/pages and the struct it is filled from. */
struct page_source {
	const char *file;
	const struct shape *shape;
};
extern const struct page_source page_front_source, page_cases_source, page_case_source,
	page_messages_source, page_message_source, page_problem_source;

/** Fills a reply with a page. */
void page_render(
	const struct request *request, enum page page, const void *values, struct reply *reply);

/** A link with a label and a count, for charts and choices. */
struct choice {
	struct view value;
	struct view label;
	struct view shown; /**< count for people; empty: none */
	struct view href;  /**< empty: no link */
	struct markup bar;
	bool is_chosen;
};
extern const struct shape choice_shape;

struct choices {
	struct choice *items;
	size_t count;
};

/**
 * Choices of a select: all values that the casebook has of a thing, with their counts, and the
 * chosen one marked, also where there is none of it.
 */
bool page_choices(struct arena *arena, const struct counts *counts, const char *field,
	struct view chosen, struct choices *ret_choices);

/** Where a list stands and how to turn the page. */
struct pager {
	uint64_t total;
	uint64_t first, last;       /**< counted from 1 */
	struct view previous, next; /**< links; empty: none */
};
extern const struct shape pager_shape;
struct pager page_pager(
	const struct request *request, const struct filter *filter, size_t count, uint64_t total);

/** Rows of lists as the templates show them. */
struct case_line {
	struct view id, title, category, category_words, stage, countries, sectors, platforms;
	struct view organisation, first_day, last_day;
	struct view caution; /**< "in confidence" or "anonymous"; empty: none */
	uint64_t message_count;
};
struct message_line {
	int64_t id;
	struct view subject, sender, class, class_words, day, language, reason, answered;
	bool is_set_aside;
	struct markup snippet;
};
extern const struct shape case_line_shape, message_line_shape;
struct case_line *page_case_lines(struct arena *arena, const struct case_row *rows, size_t count);
struct message_line *page_message_lines(
	struct arena *arena, const struct message_row *rows, size_t count);

/** The pages. They return false with an error that the router turns into a reply. */
typedef bool page_function(struct request *request, struct reply *reply, struct error *err);
page_function page_front, page_cases, page_case, page_messages, page_message, page_raw, page_login,
	page_css, page_robots, page_icon;
page_function api_status, api_cases, api_case, api_messages, api_message, api_openapi;
page_function feed_cases_csv, feed_cases_ndjson, feed_messages_csv, feed_messages_ndjson, feed_atom;
page_function probe_health, probe_ready, probe_metrics;

/** A reply for a failure, for people. */
void page_problem(const struct request *request, unsigned status, struct view title,
	struct view detail, struct reply *reply);

/** The same for programs: RFC 9457, application/problem+json. */
void api_problem(unsigned status, struct view title, struct view detail, struct reply *reply);

#endif
