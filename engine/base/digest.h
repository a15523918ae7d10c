/*
 * digest.h - SHA-256 (FIPS 180-4) of octets that come a piece at a time.
 */
#ifndef SF_DIGEST_H
#define SF_DIGEST_H

#include "parsers/base/bytes.h"

#define SF_DIGEST_OCTETS 32

struct sf_digest;

/* NULL when there is no memory, or no SHA-256 in this OpenSSL. */
struct sf_digest *sf_digest_new(void);

void sf_digest_feed(struct sf_digest *g, struct sf_bytes octets);

/* False when any step before failed. Nothing may be fed after this. */
bool sf_digest_finish(struct sf_digest *g, uint8_t out[SF_DIGEST_OCTETS]);

void sf_digest_free(struct sf_digest *g); /* NULL is fine */

/* The version of OpenSSL at run time. Static. */
const char *sf_digest_library(void);

#endif
