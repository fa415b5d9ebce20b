#ifndef FETCH_FOLDER_NAME_H
#define FETCH_FOLDER_NAME_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/**
 * Folder names: UTF-8 with us, modified UTF-7 on the wire (RFC 3501 5.1.3).
 *
 * to_wire fails with ERROR_MAILBOX on CR, LF, NUL and what is not UTF-8. from_wire never fails: a
 * name that is no modified UTF-7 (some servers send raw 8-bit) is kept as it is, made valid.
 */
__attribute__((warn_unused_result)) bool folder_name_to_wire(
	struct view name, struct str *ret_wire, struct error *err);
void folder_name_from_wire(struct view wire, struct str *ret_name);

/** True if the configured word is a pattern: it has a "*" or a "%" in it. */
bool folder_name_is_pattern(struct view word);

#endif
