#ifndef SERVE_MEMO_H
#define SERVE_MEMO_H

#include "serve/request.h"

/**
 * The last answer to a question that everybody asks alike, kept for MEMO_MS: a crowd on the front
 * page costs one page, and new mail still shows within a second. May be used by several threads.
 */
struct memo;

enum { MEMO_MS = 200 };

struct memo *memo_new(void);
void memo_free(struct memo *memo);

/** Fills the reply with what is kept, body and ETag; false if there is nothing fresh. */
bool memo_recall(struct memo *memo, struct reply *reply);

/** Keeps a copy of a finished reply. */
void memo_keep(struct memo *memo, const struct reply *reply);

#endif
