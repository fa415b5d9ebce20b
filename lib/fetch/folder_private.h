#ifndef FETCH_FOLDER_PRIVATE_H
#define FETCH_FOLDER_PRIVATE_H

/*
 * The inside of a folder: folder.c knows what is missing, take.c takes it.
 */
#include <stddef.h>

#include "fetch/folder.h"

/* How a message is asked for, from the usual to the last resort. */
enum way { WAY_WHOLE, WAY_BYTES_ONLY, WAY_NONE };

/* A message over which a session broke. */
struct suspect {
	uint32_t uid;
	enum way way;
	unsigned losses; /* connections */
};

struct folder {
	char *name;
	uint32_t uidvalidity;
	struct uidset known;  /* kept or refused */
	struct uidset server; /* at the last look */
	bool is_listed;       /* the whole set was asked for under this UIDVALIDITY */
	int64_t listed_ms;
	uint32_t careful_until;   /* messages up to this UID are taken one by one */
	uint32_t lost_uid;        /* first UID of the batch over which the connection was lost */
	struct suspect *suspects; /* few, in no order */
	size_t suspect_count, suspect_capacity;
	uint64_t progress;
};

/**
 * Takes the messages `wanted`, not empty, about `size_bytes` together; `alone`: one by one. What
 * arrived whole is committed and added to folder->known, also if the rest failed. What the server
 * does not deliver is refused. Errors as folder_sync().
 */
__attribute__((warn_unused_result)) bool folder_take_batch(struct folder *folder,
	const struct folder_context *context, const struct uidset *wanted, uint64_t size_bytes,
	bool alone, struct error *err);

#endif
