#ifndef DAEMON_ARCHIVE_INTAKE_H
#define DAEMON_ARCHIVE_INTAKE_H

#include "archive/batch.h"
#include "fetch/intake.h"

/**
 * The archive behind a source: lib/fetch knows what an intake is, lib/archive knows batches, and
 * this is where they meet. One for each source.
 */
struct archive_intake {
	struct batch *batch;
	/** Called after each commit that kept something; may be NULL. */
	void (*committed)(void *context, const struct batch_result *result);
	/** Called when the store refuses to write (err) and when it takes again (NULL). */
	void (*storage)(void *context, const struct error *err);
	void *context;
	struct batch_result total; /**< since the intake was opened */
};

/** The table of functions; valid as long as *intake is where it is. */
struct intake archive_intake_table(struct archive_intake *intake);

#endif
