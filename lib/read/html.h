#ifndef READ_HTML_H
#define READ_HTML_H

#include <stdbool.h>

#include "base/str.h"

/**
 * Limits on HTML that is parsed as browsers do, which can cost the square of its size. Real mail
 * needs a hundredth of them.
 */
enum {
	HTML_SIZE_MAX = 8 * 1024 * 1024,
	HTML_MEMORY_MAX = 128 * 1024 * 1024, /**< of the tree: half a million nodes */
	HTML_SECONDS_MAX = 1,                /**< of processor time */
};

/**
 * Appends HTML (clean UTF-8) as readable text: paragraphs, lists with "- " or numbers, tables as
 * rows with " | ", links with their target where the text does not say it, blockquotes with "> ",
 * a Gmail signature behind "-- ". Scripts, styles and hidden text are left out.
 *
 * Returns false if the HTML is too costly to be parsed so; then what is left without tags has been
 * appended.
 */
bool html_to_text(struct view html, struct str *out);

/** The charset that a <meta> of the first kilobytes names; empty if none does. */
struct view html_charset(struct view html);

#endif
