#ifndef READ_LIMITS_H
#define READ_LIMITS_H

#include "base/str.h"

/**
 * The front of a message that has no more parts than MESSAGE_PARTS_MAX and no more boundaries than
 * any real mail; all of it where it keeps to that. Borrowed from `raw`. Linear.
 */
struct view limits_cut(struct view raw);

#endif
