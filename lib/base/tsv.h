#ifndef BASE_TSV_H
#define BASE_TSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/str.h"

/**
 * Tables of words that a researcher can read and edit (schema/vocabulary): UTF-8, one row a line,
 * cells separated by a tab, no quoting. The first line that is not a comment names the columns;
 * lines that begin with "#" and empty lines are skipped; LF or CRLF.
 *
 *	# Words that begin an earlier message's header.
 *	field	words	language	source
 *	from	De	fr	Outlook 2016
 *
 * A table is loaded once and never changes.
 */
struct tsv;

/** Rows of one table: more is no vocabulary. */
enum { TSV_ROWS_MAX = 200000, TSV_COLUMNS_MAX = 16, TSV_SIZE_MAX = 32 * 1024 * 1024 };

/** Where tables are looked for. */
struct tsv_folders {
	const char *base;  /**< the program's own: schema/vocabulary */
	const char *extra; /**< the researchers' additions; may be NULL */
};

/**
 * Loads folders->base/name, and folders->extra/name behind it where that exists: its rows are
 * added, or stand alone if its first line is exactly "# replace".
 *
 * @columns       names the caller will ask for, `column_count` of them, in the caller's order;
 *                the file may have them in another order and may have more
 *
 * Fails with ERROR_USAGE, naming file, line and what is wrong, when the file is missing or a
 * column is, when a row has more cells than the header, or a line is not UTF-8. A row with fewer
 * cells than the header has empty ones at its end.
 */
__attribute__((warn_unused_result)) bool tsv_load(struct tsv **ret_table,
	const struct tsv_folders *folders, const char *name, const char *const *columns,
	size_t column_count, struct error *err);
void tsv_free(struct tsv *table);
DEFINE_CLEANUP(struct tsv *, tsv_free);

size_t tsv_row_count(const struct tsv *table);

/** The cell of a row under columns[column] of tsv_load(). Borrowed from the table. */
struct view tsv_cell(const struct tsv *table, size_t row, size_t column);

/**
 * For what only the caller can find wrong: fills *err with ERROR_USAGE and
 * "<file>:<line>: <words>". Returns false.
 */
__attribute__((format(printf, 4, 5))) bool tsv_error(
	const struct tsv *table, size_t row, struct error *err, const char *format, ...);

/**
 * Feeds name and all cells asked for into a digest: two tables that say the same give the same
 * bytes, whatever their comments and the order of their columns.
 */
void tsv_digest(const struct tsv *table, struct digest *digest);

#endif
