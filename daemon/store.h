#ifndef DAEMON_STORE_H
#define DAEMON_STORE_H

#include <stdbool.h>

#include "base/error.h"

/**
 * The store's directory has one writer at a time: who holds the lock on DIRECTORY/lock. The lock
 * goes with its process, whatever ends it.
 */
enum store_lock { STORE_LOCKED, STORE_BUSY, STORE_FAILED };

/**
 * Makes the directory where it is missing and takes the lock; *ret_fd holds it while it is open.
 * STORE_BUSY: another casepost process writes here (err says which, where that is known).
 */
enum store_lock store_lock(const char *directory, int *ret_fd, struct error *err);

#endif
