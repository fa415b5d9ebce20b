#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/**
 * Writes JSON (RFC 8259) into a str: commas, quotes and escapes are its business. Strings have to
 * be valid UTF-8; an invalid byte becomes U+FFFD. "<", ">" and "&" are escaped too, so that the
 * result may stand in HTML.
 *
 *	struct json json = json_to(&text);
 *	json_object(&json, NULL);
 *	json_text(&json, "class", VIEW("submission"));
 *	json_array(&json, "cases");
 *	json_text(&json, NULL, id);
 *	json_end(&json);
 *	json_end(&json);
 *
 * `name` is NULL inside an array and for the outermost value.
 */
enum { JSON_DEPTH_MAX = 16 };

struct json {
	struct str *out;
	unsigned depth;
	bool comma[JSON_DEPTH_MAX];
	char close[JSON_DEPTH_MAX];
};

struct json json_to(struct str *out);
void json_object(struct json *json, const char *name);
void json_array(struct json *json, const char *name);
/** Closes the innermost object or array. */
void json_end(struct json *json);
void json_text(struct json *json, const char *name, struct view text);
void json_int(struct json *json, const char *name, int64_t number);
/** With at most four digits behind the point. */
void json_real(struct json *json, const char *name, double number);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
/** A value that is JSON already. */
void json_raw(struct json *json, const char *name, struct view json_text);

#endif
