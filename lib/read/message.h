#ifndef READ_MESSAGE_H
#define READ_MESSAGE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/tsv.h"
#include "read/mail.h"

/**
 * Limits on what one message may ask for. They keep reading linear and bounded; what lies beyond
 * is left out and named as a problem, the raw bytes stay in the archive.
 */
enum {
	MESSAGE_PARTS_MAX = 1000, /**< parts looked at; real mail has fewer than 100 */
	MESSAGE_DEPTH_MAX = 50,   /**< nested multiparts and messages */
	MESSAGE_ATTACHMENTS_MAX = 500,
	MESSAGE_TEXT_MAX = 4 * 1024 * 1024, /**< bytes of text of a message: 1,000 pages */
	MESSAGE_ADDRESSES_MAX = 1000,
	MESSAGE_PROBLEMS_MAX = 100,
};

/** What reading knows: the words of quotes, signatures, disclaimers, languages. */
struct reading;

/**
 * Loads the tables read_*.tsv and makes GMime and ICU ready: the last call that opens files. Once
 * per process, before the sandbox closes.
 *
 * Fails with ERROR_USAGE, naming file and line, when a table is missing or wrong.
 */
__attribute__((warn_unused_result)) bool reading_new(
	struct reading **ret_reading, const struct tsv_folders *folders, struct error *err);
void reading_free(struct reading *reading);
DEFINE_CLEANUP(struct reading *, reading_free);

/** Feeds all tables into a digest, for the fingerprint of the vocabulary. */
void reading_digest(const struct reading *reading, struct digest *digest);

/**
 * Reads raw bytes (RFC 5322, MIME) into *ret_mail, whatever they are: an empty message or one that
 * is not MIME at all gives a mail with problems, not a failure. Views borrow from the arena.
 *
 * Fails with ERROR_MESSAGE only when the arena is full; 64 MB and the size of the message are
 * enough for any.
 */
__attribute__((warn_unused_result)) bool message_read(const struct reading *reading,
	struct view raw, struct arena *arena, struct mail *ret_mail, struct error *err);

#endif
