/*
 * zstd with kept contexts. Level 1: on mail it packs nearly as small as level 3 at twice the
 * speed, and the archive has to keep up with the server.
 */
#include "archive/pack.h"

#include <stdlib.h>
#include <zstd.h>

enum { LEVEL = 1 };

struct packer {
	ZSTD_CCtx *pack;
	ZSTD_DCtx *unpack;
	size_t size; /* of the buffer */
	char *buffer;
};

struct packer *
packer_new(void)
{
	struct packer *packer = calloc(1, sizeof(*packer));

	if (!packer)
		abort();
	packer->pack = ZSTD_createCCtx();
	packer->unpack = ZSTD_createDCtx();
	packer->size = ZSTD_compressBound(PACK_PIECE_MAX);
	packer->buffer = malloc(packer->size);
	if (!packer->pack || !packer->unpack || !packer->buffer)
		abort();
	return packer;
}

void
packer_free(struct packer *packer)
{
	if (!packer)
		return;
	ZSTD_freeCCtx(packer->pack);
	ZSTD_freeDCtx(packer->unpack);
	free(packer->buffer);
	free(packer);
}

struct view
packer_pack(struct packer *packer, struct view raw)
{
	size_t size = ZSTD_compressCCtx(
		packer->pack, packer->buffer, packer->size, raw.data, raw.size, LEVEL);

	if (ZSTD_isError(size))
		abort(); /* the buffer holds the bound of the largest piece: a bug of ours */
	return view_make(packer->buffer, size);
}

bool
packer_unpack(struct packer *packer, struct view packed, struct view *ret_raw, struct error *err)
{
	size_t size = ZSTD_decompressDCtx(
		packer->unpack, packer->buffer, packer->size, packed.data, packed.size);

	if (ZSTD_isError(size))
		return error_set(err, ERROR_MESSAGE, "a stored piece is damaged: %s",
			ZSTD_getErrorName(size));
	*ret_raw = view_make(packer->buffer, size);
	return true;
}
