#ifndef FETCH_MBOX_H
#define FETCH_MBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/**
 * Splits an mbox (RFC 4155 and its older kin) into messages, as a stream: bytes may come in pieces
 * of any size, and nothing but the beginning of a line is kept.
 *
 * A message begins behind a line "From …" that is the first or follows an empty one; if the file's
 * first such line carries a time of day, so must the others, which saves messages whose writer did
 * not quote a sentence that begins with "From ". The empty line before it belongs to the mbox. One
 * ">" is taken off lines ">From …", ">>From …" (mboxrd). All other bytes stay as they are, LF or
 * CRLF.
 */
struct mbox_sink {
	void *context;
	/** @ordinal from 1 */
	bool (*begin)(void *context, uint32_t ordinal, struct error *err);
	bool (*bytes)(void *context, struct view bytes, struct error *err);
	bool (*end)(void *context, struct error *err);
};

/** A line's beginning, as far as it is looked at. */
enum { MBOX_HEAD_MAX = 512 };

struct mbox {
	const struct mbox_sink *sink; /**< borrowed */
	uint32_t ordinal;             /* of the message under way; 0: none yet */
	int state;
	bool after_blank;
	bool wants_time;
	char blank[2]; /* an empty line that may belong to the mbox */
	size_t blank_size;
	char head[MBOX_HEAD_MAX];
	size_t head_size;
};

struct mbox mbox_new(const struct mbox_sink *sink);

/** Fails with ERROR_MESSAGE if the file is no mbox, or as the sink does; then it is over. */
__attribute__((warn_unused_result)) bool mbox_feed(
	struct mbox *mbox, struct view bytes, struct error *err);

/** The end of the file: the last message's end. */
__attribute__((warn_unused_result)) bool mbox_end(struct mbox *mbox, struct error *err);

#endif
