/*
 * SHA-256 by GnuTLS, which uses the processor's instructions for it where there are any.
 */
#include "base/digest.h"

#include <gnutls/crypto.h>
#include <stdlib.h>

void
digest_sha256(struct view bytes, uint8_t ret_digest[SHA256_SIZE])
{
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data, bytes.size, ret_digest) < 0)
		abort();
}

/* A GnuTLS handle is a pointer to what the library keeps. */
struct digest *
digest_start(void)
{
	gnutls_hash_hd_t handle;

	if (gnutls_hash_init(&handle, GNUTLS_DIG_SHA256) < 0)
		abort();
	return (struct digest *)handle;
}

void
digest_update(struct digest *digest, struct view bytes)
{
	if (gnutls_hash((gnutls_hash_hd_t)digest, bytes.data, bytes.size) < 0)
		abort();
}

void
digest_finish(struct digest *digest, uint8_t ret_digest[SHA256_SIZE])
{
	if (digest)
		gnutls_hash_deinit((gnutls_hash_hd_t)digest, ret_digest);
}

void
digest_to_hex(const uint8_t digest[SHA256_SIZE], char ret_hex[SHA256_HEX_SIZE])
{
	static const char DIGITS[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_SIZE; i++) {
		ret_hex[2 * i] = DIGITS[digest[i] >> 4];
		ret_hex[2 * i + 1] = DIGITS[digest[i] & 15];
	}
	ret_hex[SHA256_HEX_SIZE - 1] = '\0';
}
