/*
 * Is what we have still what came in?
 */
#include "archive/verify.h"

struct sum {
	struct digest *digest;
	uint64_t size;
};

static bool
add(void *context, struct view bytes)
{
	struct sum *sum = context;

	digest_update(sum->digest, bytes);
	sum->size += bytes.size;
	return true;
}

/* NULL if the message is sound, else what is wrong with it. *ret_go_on: the database still reads.
 */
static const char *
check(struct archive *archive, const struct archive_message *message, bool *ret_go_on,
	struct error *err)
{
	struct sum sum = {.digest = digest_start()};
	uint8_t sha256[SHA256_SIZE];
	bool read = archive_read_raw(archive, message->seq, add, &sum, err);

	digest_finish(sum.digest, sha256);
	*ret_go_on = read || err->reach == ERROR_MESSAGE;
	if (!read)
		return "a stored piece cannot be unpacked";
	if (sum.size != message->size_bytes)
		return "bytes are missing";
	if (memcmp(sha256, message->sha256, SHA256_SIZE) != 0)
		return "the bytes do not give the digest that was recorded";
	return NULL;
}

bool
archive_verify(struct archive *archive,
	void (*each)(void *context, const struct archive_message *message, const char *damage),
	void *context, struct verification *ret_verification, struct error *err)
{
	struct verification verification = {0};
	struct archive_message message = {0};
	enum archive_found found;

	if (!db_check(archive_db(archive), err))
		return false;
	while ((found = archive_next(archive, message.seq, &message, err)) == ARCHIVE_FOUND) {
		bool go_on;
		const char *damage = check(archive, &message, &go_on, err);

		if (!go_on)
			return false;
		verification.messages++;
		verification.size_bytes += message.size_bytes;
		verification.damaged += damage != NULL;
		each(context, &message, damage);
	}
	*ret_verification = verification;
	return found == ARCHIVE_ABSENT;
}
