#ifndef ARCHIVE_VERIFY_H
#define ARCHIVE_VERIFY_H

#include "archive/archive.h"

struct verification {
	uint64_t messages;   /**< looked at */
	uint64_t damaged;    /**< whose bytes do not give their digest */
	uint64_t size_bytes; /**< raw, of all looked at */
};

/**
 * Checks the database file, then every message: its bytes unpack to the size and digest that were
 * recorded when it came in. `each` is called for every message, damaged or not, with the reason
 * (NULL: sound), for progress and report.
 *
 * Returns false only when the check itself could not go on.
 */
__attribute__((warn_unused_result)) bool archive_verify(struct archive *archive,
	void (*each)(void *context, const struct archive_message *message, const char *damage),
	void *context, struct verification *ret_verification, struct error *err);

#endif
