#ifndef DAEMON_PATHS_H
#define DAEMON_PATHS_H

#include "base/error.h"
#include "base/str.h"

/**
 * Where the other programs and the tables are: relative to the running program, so that it works
 * from the build tree, from an installation and from an installation that was moved.
 */

/** Appends the path of a program of ours ("casepost-reader"). ERROR_PROGRAM if there is none. */
__attribute__((warn_unused_result)) bool paths_program(
	const char *name, struct str *ret_path, struct error *err);

/** Appends the folder with the built-in vocabularies. */
__attribute__((warn_unused_result)) bool paths_vocabulary(struct str *ret_path, struct error *err);

#endif
