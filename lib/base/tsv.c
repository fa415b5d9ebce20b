/*
 * Vocabulary tables: loaded before the sandbox closes, then only looked at. The file is kept as
 * one block of bytes and the cells are views into it.
 */
#include "base/tsv.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/utf8.h"

struct place {
	const char *path; /* the source's */
	size_t line;
};

struct row {
	struct place at;
	struct view *cells; /* in the caller's order */
};

struct source {
	char *path;
	struct str content;
};

struct tsv {
	char *name;
	struct arena *arena;
	struct source sources[2]; /* the table and what is added to it */
	struct row *rows;
	size_t row_count;
	size_t row_capacity;
	size_t column_count;
};

/* Where each column that the caller asks for stands in the file at hand. */
struct layout {
	size_t width;
	size_t place[TSV_COLUMNS_MAX];
};

void
tsv_free(struct tsv *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < 2; i++) {
		free(table->sources[i].path);
		str_free(&table->sources[i].content);
	}
	arena_free(table->arena);
	free(table->name);
	free(table);
}

static bool
read_header(const struct place *at, struct view line, const char *const *columns,
	size_t column_count, struct layout *ret_layout, struct error *err)
{
	struct view names[TSV_COLUMNS_MAX];
	size_t width = 0;

	for (struct view rest = line; rest.data;) {
		if (width == TSV_COLUMNS_MAX)
			return error_set(err, ERROR_USAGE, "%s:%zu: more than %d columns", at->path,
				at->line, TSV_COLUMNS_MAX);
		(void)view_next_field(&rest, '\t', &names[width++]); /* there is one: data is set */
	}
	ret_layout->width = width;
	for (size_t i = 0; i < column_count; i++) {
		size_t column = 0;

		while (column < width && !view_equal(names[column], view_of(columns[i])))
			column++;
		if (column == width)
			return error_set(err, ERROR_USAGE, "%s:%zu: there is no column \"%s\"",
				at->path, at->line, columns[i]);
		ret_layout->place[i] = column;
	}
	return true;
}

static bool
add_row(struct tsv *table, const struct place *at, struct view line, const struct layout *layout,
	struct error *err)
{
	struct view cells[TSV_COLUMNS_MAX] = {0};
	size_t width = 0;
	struct row *row;

	for (struct view rest = line; rest.data; width++) {
		if (width == layout->width)
			return error_set(err, ERROR_USAGE, "%s:%zu: more cells than columns",
				at->path, at->line);
		(void)view_next_field(&rest, '\t', &cells[width]); /* there is one: data is set */
	}
	row = arena_push(table->arena, &table->rows, &table->row_count, &table->row_capacity,
		sizeof(*row), TSV_ROWS_MAX);
	if (row)
		row->cells =
			arena_alloc_array(table->arena, table->column_count, sizeof(*row->cells));
	if (!row || !row->cells)
		return error_set(
			err, ERROR_USAGE, "%s:%zu: the table is too long", at->path, at->line);
	row->at = *at;
	for (size_t i = 0; i < table->column_count; i++) {
		struct view cell = cells[layout->place[i]];

		row->cells[i] = cell.data ? cell : VIEW("");
	}
	return true;
}

/* Spreadsheets and some editors put U+FEFF in front of UTF-8. */
static struct view
without_mark(struct view text)
{
	struct view mark = VIEW("\xEF\xBB\xBF");

	return view_starts_with(text, mark) ? view_slice(text, mark.size, text.size) : text;
}

static bool
parse(struct tsv *table, const struct source *from, const char *const *columns, struct error *err)
{
	struct view rest = without_mark(str_view(&from->content));
	struct place at = {from->path, 0};
	struct layout layout = {0};
	struct view line;

	while (view_next_line(&rest, &line)) {
		at.line++;
		if (!utf8_is_valid(line) || view_find_byte(line, '\0', 0) != SIZE_MAX)
			return error_set(
				err, ERROR_USAGE, "%s:%zu: this is not UTF-8", at.path, at.line);
		if (line.size == 0 || line.data[0] == '#')
			continue;
		if (layout.width > 0) {
			if (!add_row(table, &at, line, &layout, err))
				return false;
		} else if (!read_header(&at, line, columns, table->column_count, &layout, err)) {
			return false;
		}
	}
	if (layout.width == 0)
		return error_set(
			err, ERROR_USAGE, "%s: there is no line with column names", at.path);
	return true;
}

static bool
load_source(const struct tsv *table, struct source *to, const char *folder, struct error *err)
{
	if (asprintf(&to->path, "%s/%s", folder, table->name) < 0)
		abort();
	if (!fd_read_file(to->path, TSV_SIZE_MAX, &to->content, err)) {
		if (err)
			err->reach = ERROR_USAGE; /* a wrong folder in the configuration */
		return false;
	}
	return true;
}

static bool
extra_is_there(const char *folder, const char *name)
{
	CLEANUP(freep) char *path = NULL;

	if (!folder)
		return false;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return access(path, F_OK) == 0;
}

bool
tsv_load(struct tsv **ret_table, const struct tsv_folders *folders, const char *name,
	const char *const *columns, size_t column_count, struct error *err)
{
	CLEANUP(tsv_freep) struct tsv *table = calloc(1, sizeof(*table));
	bool has_extra = extra_is_there(folders->extra, name);
	bool replaces = false;

	assert(column_count > 0 && column_count <= TSV_COLUMNS_MAX);
	if (!table || !(table->name = strdup(name)))
		abort();
	table->arena = arena_new(SIZE_MAX);
	table->column_count = column_count;
	if (has_extra) {
		struct view rest, first = {0};

		if (!load_source(table, &table->sources[1], folders->extra, err))
			return false;
		rest = without_mark(str_view(&table->sources[1].content));
		replaces = view_next_line(&rest, &first) && view_equal(first, VIEW("# replace"));
	}
	if (!replaces && (!load_source(table, &table->sources[0], folders->base, err) ||
				 !parse(table, &table->sources[0], columns, err)))
		return false;
	if (has_extra && !parse(table, &table->sources[1], columns, err))
		return false;
	*ret_table = TAKE(table);
	return true;
}

size_t
tsv_row_count(const struct tsv *table)
{
	return table->row_count;
}

struct view
tsv_cell(const struct tsv *table, size_t row, size_t column)
{
	assert(row < table->row_count && column < table->column_count);
	return table->rows[row].cells[column];
}

bool
tsv_error(const struct tsv *table, size_t row, struct error *err, const char *format, ...)
{
	char words[ERROR_TEXT_SIZE];
	va_list arguments;

	assert(row < table->row_count);
	va_start(arguments, format);
	(void)vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	return error_set(err, ERROR_USAGE, "%s:%zu: %s", table->rows[row].at.path,
		table->rows[row].at.line, words);
}

void
tsv_digest(const struct tsv *table, struct digest *digest)
{
	digest_update(digest, view_of(table->name));
	for (size_t row = 0; row < table->row_count; row++) {
		digest_update(digest, VIEW("\n"));
		for (size_t column = 0; column < table->column_count; column++) {
			digest_update(digest, tsv_cell(table, row, column));
			digest_update(digest, VIEW("\t"));
		}
	}
}
