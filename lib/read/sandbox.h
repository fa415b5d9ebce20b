#ifndef READ_SANDBOX_H
#define READ_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"

/**
 * Closes the process in: from here on it computes, and speaks over descriptors that are open
 * already. No file, no network, no new process, no executable memory; the kernel kills it at the
 * first attempt (seccomp(2)). It dies with its parent, leaves no core and cannot gain privileges.
 *
 * The limit on memory is the parent's to set (pool.h). Under a sanitizer (CASEPOST_SANITIZED) the
 * few calls that its runtime makes are allowed as well; files, network and processes are not.
 *
 * Fails with ERROR_PROGRAM where the kernel refuses; the process must then end.
 */
__attribute__((warn_unused_result)) bool sandbox_enter(struct error *err);

/** Processor seconds of one process; a worker ends by itself long before (worker.h). */
enum { SANDBOX_CPU_SECONDS = 1200 };

#endif
