#ifndef FETCH_FILES_H
#define FETCH_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "fetch/intake.h"

/**
 * Messages from files. What is taken:
 *
 * - a file that is named: an mbox if it begins with "From ", else one message;
 * - a Maildir (a folder with cur and new in it): the files of both;
 * - any other folder: files named *.eml and *.mbox, Maildirs, and folders in it, in the order of
 *   their names' bytes. Links to folders are not followed.
 *
 * Bytes stay as they are (a Maildir has LF where IMAP has CRLF), but for mbox quoting. Each message
 * has the path as given plus what lies below it as its place, a Maildir's without the flags behind
 * ":2,", so that importing again meets the same places; in an mbox the message's number, too.
 *
 * Memory is bounded whatever the files' sizes; messages are committed in batches as for IMAP.
 */

/** Folders inside folders, at most. */
enum { FILES_DEPTH_MAX = 64 };

/** A message beyond this is named as a problem and left out, as the archive would. */
enum { FILES_MESSAGE_MAX = 200 * 1024 * 1024 };

struct files_options {
	void *context;
	/** So many messages have been kept by this call up to now. */
	void (*taken)(void *context, uint64_t messages);
	/** This file or folder could not be read, and is left out. Paths are as they are on disk.
	 */
	void (*problem)(void *context, const char *path, const struct error *err);
};

/**
 * Hands all messages at `path` to the intake and commits them.
 *
 * What cannot be read is told to options->problem, and the rest goes on. Fails only as the intake
 * does; then all that was told by options->taken is kept, and importing again takes the rest.
 */
__attribute__((warn_unused_result)) bool files_import(const char *path, const struct intake *intake,
	const struct files_options *options, struct error *err);

#endif
