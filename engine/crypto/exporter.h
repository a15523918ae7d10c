/*
 * exporter.h - keying material for SRTP out of the secrets of a DTLS handshake
 * (RFC 5764 4.2).
 */
#ifndef SF_EXPORTER_H
#define SF_EXPORTER_H

#include "engine/crypto/crypto.h"

/* DTLS 1.2: the PRF of RFC 5246 5 over both randoms, without a context (RFC
   5705 4). n <= 256. */
bool sf_exporter_dtls12(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes master_secret, struct sf_bytes client_random,
    struct sf_bytes server_random, uint8_t *out, size_t n) SF_MUST_USE;

/* DTLS 1.3: RFC 8446 7.5 with the labels of RFC 9147 5.9. secret is the
   exporter_master_secret, as long as the hash. */
bool sf_exporter_dtls13(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes secret, uint8_t *out, size_t n) SF_MUST_USE;

#endif
