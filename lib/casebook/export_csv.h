#ifndef CASEBOOK_EXPORT_CSV_H
#define CASEBOOK_EXPORT_CSV_H

#include "casebook/query.h"

/** Appends the header line or one line of the CSV exports; lines end in CRLF (RFC 4180). */
void csv_case_header(struct str *out);
void csv_case(struct str *out, const struct case_detail *detail);
void csv_message_header(struct str *out);
void csv_message(struct str *out, const struct message_detail *detail, const struct view *sources,
	size_t source_count);

#endif
