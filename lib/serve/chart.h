#ifndef SERVE_CHART_H
#define SERVE_CHART_H

#include "base/arena.h"
#include "casebook/query.h"
#include "serve/template.h"

/** A bar as inline SVG, as long as count is of largest; decoration beside a number. */
struct markup chart_bar(struct arena *arena, uint64_t count, uint64_t largest);

/** The months of a chart: more do not fit a page. */
enum { CHART_MONTHS_MAX = 36 };

struct chart_month {
	struct view name;  /**< "2020-03" */
	uint64_t count;    /**< of all categories */
	struct view shown; /**< for people: "<3" where it is hidden */
};

struct month_chart {
	struct markup svg;          /**< empty: there is nothing to show */
	struct chart_month *months; /**< the same as a table: the chart's text alternative */
	size_t month_count;
	struct view summary; /**< a sentence that says what the chart shows */
};
extern const struct shape chart_month_shape;

/**
 * Cases by the month of their first message, one column a month, the last CHART_MONTHS_MAX up to
 * the newest; months without cases are there. A month's categories are stacked in the column.
 *
 * @exact   false: columns below STATUS_FEW are left out, and categories are not told apart
 */
struct month_chart chart_months(struct arena *arena, const struct counts *by_month, bool exact);

#endif
