#ifndef SERVE_URI_H
#define SERVE_URI_H

#include "base/arena.h"
#include "serve/request.h"

/** A request's target (RFC 9112 3.2.1), taken apart and decoded. In the arena. */
struct uri {
	struct view path;
	struct view query; /**< as it came */
	struct parameter *parameters;
	size_t parameter_count;
};

/**
 * Takes "/path?name=value&…" apart. Decoded text is valid UTF-8 without NUL.
 *
 * Returns false for what no link of ours is: no leading "/", a "%" without two hexadecimal digits,
 * text that is not UTF-8 or holds NUL, or more than REQUEST_PARAMETERS_MAX parameters.
 */
bool uri_parse(struct view target, struct arena *arena, struct uri *ret_uri);

#endif
