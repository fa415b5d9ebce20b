/*
 * Charts as inline SVG, drawn on the server: sizes are attributes, colours come from the style
 * sheet, so that the page's policy may forbid inline styles and scripts.
 */
#include "serve/chart.h"

#include <inttypes.h>
#include <stdio.h>

#include "serve/status.h"
#include "serve/words.h"

enum { WIDTH = 640, HEIGHT = 190, LEFT = 40, RIGHT = 12, BOTTOM = 26, TOP = 10, CATEGORIES = 5 };

static const struct slot chart_month_slots[] = {
	TEXT(struct chart_month, name),
	COUNT(struct chart_month, count),
	TEXT(struct chart_month, shown),
};
const struct shape chart_month_shape = SHAPE(struct chart_month, chart_month_slots);

struct markup
chart_bar(struct arena *arena, uint64_t count, uint64_t largest)
{
	double share = largest ? 100.0 * (double)count / (double)largest : 0;

	return (struct markup){arena_format(arena,
		"<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><rect width=\"%.1f\" height=\"8\"></rect></svg>",
		share)};
}

/* Months as numbers: year * 12 + month - 1. */
static int
month_number(struct view name)
{
	uint64_t year = 0, month = 0;

	if (!view_to_u64(view_slice(name, 0, 4), &year) ||
		!view_to_u64(view_slice(name, 5, 7), &month) || month < 1 || month > 12)
		return -1;
	return (int)year * 12 + (int)month - 1;
}

/* The next round number for an axis: 1, 2, 5, 10, 20, 50 … */
static uint64_t
round_up(uint64_t number)
{
	static const uint64_t steps[] = {1, 2, 5};
	uint64_t power = 1;

	for (;; power *= 10)
		for (size_t i = 0; i < 3; i++)
			if (steps[i] * power >= number)
				return steps[i] * power;
}

struct drawing {
	struct str *out;
	const struct counts *counts;
	int first; /* month number of the first column */
	int months;
	uint64_t top; /* value at the top of the axis */
	bool exact;
};

static double
y_of(const struct drawing *drawing, uint64_t value)
{
	return HEIGHT - BOTTOM -
	       (double)(HEIGHT - BOTTOM - TOP) * (double)value / (double)drawing->top;
}

static double
column_width(const struct drawing *drawing)
{
	return (double)(WIDTH - LEFT - RIGHT) / drawing->months;
}

static void
draw_axes(const struct drawing *drawing)
{
	uint64_t step = drawing->top % 5 == 0 ? drawing->top / 5 : drawing->top;
	int every = (drawing->months + 11) / 12;

	for (uint64_t value = 0; value <= drawing->top; value += step ? step : 1) {
		double y = y_of(drawing, value);

		str_append_format(drawing->out,
			"<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"></line>"
			"<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%" PRIu64
			"</text>",
			LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, value);
	}
	for (int i = 0; i < drawing->months; i += every) {
		int month = drawing->first + i;

		str_append_format(drawing->out,
			"<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">"
			"%02d/%02d</text>",
			LEFT + (i + 0.5) * column_width(drawing), HEIGHT - 8, month % 12 + 1,
			month / 12 % 100);
	}
}

static unsigned
category_index(struct view category)
{
	static const char *const names[CATEGORIES] = {
		"implemented", "upcoming", "in_progress", "lessons", "unknown"};

	for (unsigned i = 0; i < CATEGORIES; i++)
		if (view_equal(category, view_of(names[i])))
			return i;
	return CATEGORIES - 1;
}

static void
draw_piece(const struct drawing *drawing, int column, uint64_t from, uint64_t to, const char *class)
{
	double width = column_width(drawing);

	if (to == from)
		return;
	str_append_format(drawing->out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"></rect>",
		class, LEFT + column * width + width * 0.12, y_of(drawing, to), width * 0.76,
		y_of(drawing, from) - y_of(drawing, to));
}

static void
draw_column(const struct drawing *drawing, int column, uint64_t total)
{
	uint64_t pieces[CATEGORIES] = {0}, height = 0;
	char class[16];

	if (!drawing->exact) {
		if (total >= STATUS_FEW)
			draw_piece(drawing, column, 0, total, "series");
		return;
	}
	for (size_t i = 0; i < drawing->counts->count; i++) {
		const struct count_row *row = &drawing->counts->rows[i];

		if (month_number(row->name) == drawing->first + column)
			pieces[category_index(row->second)] += row->count;
	}
	for (unsigned i = 0; i < CATEGORIES; i++) {
		snprintf(class, sizeof(class), "series-%u", i);
		draw_piece(drawing, column, height, height + pieces[i], class);
		height += pieces[i];
	}
}

static void
sum_months(const struct counts *by_month, int first, struct chart_month *months, int count)
{
	for (size_t i = 0; i < by_month->count; i++) {
		int at = month_number(by_month->rows[i].name) - first;

		if (at >= 0 && at < count)
			months[at].count += by_month->rows[i].count;
	}
}

static void
find_range(const struct counts *by_month, int *ret_first, int *ret_last)
{
	*ret_first = -1;
	*ret_last = -1;
	for (size_t i = 0; i < by_month->count; i++) {
		int month = month_number(by_month->rows[i].name);

		if (month < 0)
			continue;
		if (*ret_first < 0 || month < *ret_first)
			*ret_first = month;
		if (month > *ret_last)
			*ret_last = month;
	}
	if (*ret_last - *ret_first >= CHART_MONTHS_MAX)
		*ret_first = *ret_last - CHART_MONTHS_MAX + 1;
	if (*ret_first >= 0 && *ret_last - *ret_first < 11)
		*ret_first = *ret_last - 11; /* a year at least, so that one column is no wall */
}

struct month_chart
chart_months(struct arena *arena, const struct counts *by_month, bool exact)
{
	CLEANUP(str_free) struct str out = str_new(1024 * 1024);
	struct drawing drawing = {.out = &out, .counts = by_month, .exact = exact};
	struct month_chart chart = {0};
	uint64_t largest = 1;
	int last;

	find_range(by_month, &drawing.first, &last);
	if (drawing.first < 0)
		return chart;
	drawing.months = last - drawing.first + 1;
	chart.month_count = (size_t)drawing.months;
	chart.months = arena_alloc_array(arena, chart.month_count, sizeof(*chart.months));
	if (!chart.months)
		return (struct month_chart){0};
	sum_months(by_month, drawing.first, chart.months, drawing.months);
	for (int i = 0; i < drawing.months; i++) {
		struct chart_month *month = &chart.months[i];

		month->name = arena_format(
			arena, "%04d-%02d", (drawing.first + i) / 12, (drawing.first + i) % 12 + 1);
		month->shown = words_count(arena, month->count, exact);
		largest = month->count > largest ? month->count : largest;
	}
	drawing.top = round_up(largest);
	chart.summary = arena_format(arena,
		"Cases by the month of their first message, %.*s to %.*s; the most in a month: "
		"%.*s.",
		(int)chart.months[0].name.size, chart.months[0].name.data,
		(int)chart.months[drawing.months - 1].name.size,
		chart.months[drawing.months - 1].name.data,
		(int)words_count(arena, largest, exact).size,
		words_count(arena, largest, exact).data);
	str_append_format(&out,
		"<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"months-summary\">",
		WIDTH, HEIGHT);
	draw_axes(&drawing);
	for (int i = 0; i < drawing.months; i++)
		draw_column(&drawing, i, chart.months[i].count);
	str_append(&out, VIEW("</svg>"));
	chart.svg.html = arena_copy(arena, str_view(&out));
	return chart;
}
