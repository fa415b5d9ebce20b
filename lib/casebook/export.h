#ifndef CASEBOOK_EXPORT_H
#define CASEBOOK_EXPORT_H

#include "archive/archive.h"
#include "base/json.h"
#include "casebook/query.h"

/**
 * The exports: schema/export.schema.json describes the objects. An export takes the ids that its
 * filter leaves when it starts, and then writes one object at a time, so that it is complete and
 * without doubles although the casebook changes meanwhile, and holds no transaction open between
 * objects. What vanished meanwhile is left out.
 *
 *	while (more && export_next(export, reader, archive, &text, &more, err)) { …write…; }
 */
struct export;

enum export_kind { EXPORT_MESSAGES, EXPORT_CASES };

/**
 * NDJSON: one JSON object a line. CSV (RFC 4180): a header line, then a line an object; several
 * values of a column are joined with "; "; a cell that a spreadsheet would take for a formula
 * (first character one of = + - @ tab CR) gets a ' in front.
 */
enum export_format { EXPORT_NDJSON, EXPORT_CSV };

/** "messages", "cases"; "ndjson", "csv". */
bool export_kind_from_name(struct view name, enum export_kind *ret_kind);
bool export_format_from_name(struct view name, enum export_format *ret_format);

/** Errors as query_cases(). The reader may be another one for every call, of the same store. */
__attribute__((warn_unused_result)) bool export_start(struct export **ret_export,
	enum export_kind kind, enum export_format format, const struct filter *filter,
	struct reader *reader, struct error *err);
void export_free(struct export *export);
DEFINE_CLEANUP(struct export *, export_free);

/**
 * Appends the next object, and before the first the CSV header, to *out.
 *
 * @archive    where `sources` come from
 * @ret_more   false: this was the last, or there was none
 *
 * Fails with ERROR_MESSAGE when the text does not take it.
 */
__attribute__((warn_unused_result)) bool export_next(struct export *export, struct reader *reader,
	struct archive *archive, struct str *out, bool *ret_more, struct error *err);

/** Writes one object as in the NDJSON export; for the site's API. */
void export_case_json(const struct case_detail *detail, struct json *json, const char *name);
__attribute__((warn_unused_result)) bool export_message_json(const struct message_detail *detail,
	struct archive *archive, struct arena *arena, struct json *json, const char *name,
	struct error *err);

#endif
