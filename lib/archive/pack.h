#ifndef ARCHIVE_PACK_H
#define ARCHIVE_PACK_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

/**
 * Raw bytes in and out of zstd (RFC 8878). The archive keeps a message as pieces of at most
 * PACK_PIECE_MAX raw bytes, each a complete frame, so that no size needs more memory than one.
 */
enum { PACK_PIECE_MAX = 1024 * 1024 };

struct packer;
struct packer *packer_new(void);
void packer_free(struct packer *packer);
DEFINE_CLEANUP(struct packer *, packer_free);

/** Packs at most PACK_PIECE_MAX bytes. The result is the packer's, until the next call. */
struct view packer_pack(struct packer *packer, struct view raw);

/** Unpacks one piece. The result is the packer's, until the next call. ERROR_MESSAGE if damaged. */
__attribute__((warn_unused_result)) bool packer_unpack(
	struct packer *packer, struct view packed, struct view *ret_raw, struct error *err);

#endif
