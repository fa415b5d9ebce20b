#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdint.h>

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65 };

/** SHA-256 (FIPS 180-4) of bytes at once. */
void digest_sha256(struct view bytes, uint8_t ret_digest[SHA256_SIZE]);

/** SHA-256 in pieces. digest_finish() frees the state, also with ret_digest == NULL. */
struct digest;
struct digest *digest_start(void);
void digest_update(struct digest *digest, struct view bytes);
void digest_finish(struct digest *digest, uint8_t ret_digest[SHA256_SIZE]);

/** 64 lower-case hexadecimal digits and a terminator. */
void digest_to_hex(const uint8_t digest[SHA256_SIZE], char ret_hex[SHA256_HEX_SIZE]);

#endif
