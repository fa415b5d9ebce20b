#ifndef CASEBOOK_VERIFY_H
#define CASEBOOK_VERIFY_H

#include "archive/archive.h"
#include "base/error.h"

struct casebook_verification {
	uint64_t messages; /**< that are in the casebook */
	uint64_t waiting;  /**< archived and not derived yet: behind the position */
	uint64_t missing;  /**< archived, before the position, and not here: should not be */
};

/**
 * Checks DIRECTORY/cases.db: that the file is sound, and that every message of the archive up to
 * the position is in it. Changes nothing.
 */
__attribute__((warn_unused_result)) bool casebook_verify(const char *directory,
	struct archive *archive, struct casebook_verification *ret_verification, struct error *err);

#endif
