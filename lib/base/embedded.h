#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include "base/str.h"

/**
 * A file of the source tree inside the program, put there at build time by base/embed.c. The
 * CMake function casepost_embed(TARGET NAME files…) makes `const struct embedded NAME[]` and
 * `const size_t NAME_count` in the order given, declared in "NAME.h".
 */
struct embedded {
	const char *name; /**< the file's name without its folder */
	struct view content;
};

#endif
