/*
 * bare.h - the primitives of a suite with nothing around them, as a yardstick:
 * what OpenSSL alone needs for a frame of this size. Not for use on frames.
 */
#ifndef SF_BARE_H
#define SF_BARE_H

#include "engine/crypto/crypto.h"

struct sf_bare;

/* Octets of associated data of an AEAD: as many as a TLS record has, and as
   `openssl speed -aead` takes. */
#define SF_BARE_AAD 13

/* NULL when the library fails. */
struct sf_bare *sf_bare_new(const struct sf_suite *suite);
void sf_bare_free(struct sf_bare *b); /* NULL is fine */

/* Cipher and tag over n octets of in to out, which has room for a tag more;
   no header of SFrame, always the same key and nonce. */
bool sf_bare_seal(struct sf_bare *b, const uint8_t *in, size_t n, uint8_t *out);

/* The other way, of what that made; false when the tag is wrong, too. */
bool sf_bare_open(struct sf_bare *b, const uint8_t *in, size_t n, uint8_t *out);

#endif
