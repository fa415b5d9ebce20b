#ifndef SERVE_STORE_H
#define SERVE_STORE_H

#include "archive/archive.h"
#include "casebook/query.h"

/**
 * Read-only connections to the store, one pair for each thread that serves, lent out for the time
 * of a request. Opened when first needed; opened anew when another file has taken the name.
 */
struct store;

struct store *store_new(const char *directory, size_t connections);
void store_free(struct store *store);

struct lease {
	struct reader *reader;
	struct archive *archive;
	size_t number;
};

/**
 * Lends a pair. Waits only if more threads ask than there are connections.
 *
 * Fails, holding nothing, when the databases cannot be opened: errors as db_open().
 */
__attribute__((warn_unused_result)) bool store_borrow(
	struct store *store, struct lease *ret_lease, struct error *err);
void store_return(struct store *store, struct lease *lease);

#endif
