#ifndef READ_MESSAGE_H
#define READ_MESSAGE_H

#include "base/arena.h"
#include "base/error.h"
#include "read/mail.h"

/**
 * Limits on what one message may ask for. They keep reading linear and bounded; what lies beyond
 * is left out and named as a problem, the raw bytes stay in the archive.
 */
enum {
	MESSAGE_PARTS_MAX = 1000,            /**< parts looked at; real mail has fewer than 100 */
	MESSAGE_DEPTH_MAX = 50,              /**< nested multiparts and messages */
	MESSAGE_ATTACHMENTS_MAX = 500,
	MESSAGE_TEXT_MAX = 4 * 1024 * 1024,  /**< bytes of text of a message: 1,000 pages */
	MESSAGE_ADDRESSES_MAX = 1000,
};

/** Once per process, before the sandbox closes: loads what GMime and the charset code need. */
__attribute__((warn_unused_result)) bool message_prepare(struct error *err);

/**
 * Reads raw bytes (RFC 5322, MIME) into *ret_mail, whatever they are: an empty message or one that
 * is not MIME at all gives a mail with problems, not a failure.
 *
 * Fails with ERROR_MESSAGE only when the arena is full.
 */
__attribute__((warn_unused_result)) bool message_read(
	struct view raw, struct arena *arena, struct mail *ret_mail, struct error *err);

#endif
