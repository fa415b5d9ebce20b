#ifndef EXTRACT_FACTS_H
#define EXTRACT_FACTS_H

#include "base/arena.h"
#include "base/channel.h"
#include "extract/extract.h"

/**
 * What a reader says of one message: everything the casebook needs, in one frame. Writing and
 * reading stand side by side in facts.c so that they stay in step.
 */
struct facts {
	struct mail mail;
	struct extraction extraction;
};

void facts_put(struct frame *frame, const struct facts *facts);

/**
 * Takes facts out of a frame, copying into the arena. Every enum, index, offset and quote is
 * checked against the texts it speaks of, for the reader may have been captured by a message.
 *
 * Fails with ERROR_MESSAGE; *ret_facts is then untouched.
 */
__attribute__((warn_unused_result)) bool facts_get(struct frame_reader *reader, struct arena *arena,
	struct facts *ret_facts, struct error *err);

#endif
