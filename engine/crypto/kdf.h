/*
 * kdf.h - from a base key to an AEAD key and salt, and the ways to a base key.
 *
 * Every function returns false when the library failed; outputs are then wiped.
 * Secrets belong to the caller, who wipes them.
 */
#ifndef SF_KDF_H
#define SF_KDF_H

#include "engine/crypto/crypto.h"

/* The schedule of one (base key, KID, suite): RFC 9605 4.4.2. */
struct sf_schedule {
	uint8_t secret[SF_HASH_MAX]; /* sframe_secret, suite->hash_octets */
	uint8_t key[SF_KEY_MAX];     /* sframe_key, suite->key_octets */
	uint8_t salt[SF_NONCE];      /* sframe_salt */
};

bool sf_kdf_schedule(struct sf_schedule *out, const struct sf_crypto *c,
    const struct sf_suite *suite, struct sf_bytes base_key, uint64_t kid);

/* "SFrame 1.0 Secret key " or "... salt ", KID, suite: for vectors. Returns the
   octets written, at most 33. */
size_t sf_kdf_label(uint8_t out[40], bool salt, uint64_t kid, uint16_t suite);

/* salt XOR CTR, big-endian over 12 octets: RFC 9605 4.4.3, erratum 8321. */
void sf_kdf_nonce(
    uint8_t out[SF_NONCE], const uint8_t salt[SF_NONCE], uint64_t ctr);

/* One ratchet step: RFC 9605 5.1. out has suite->hash_octets. */
bool sf_kdf_ratchet(uint8_t out[SF_HASH_MAX], const struct sf_crypto *c,
    const struct sf_suite *suite, struct sf_bytes base_key);
/* A key of Nh octets so many steps further, in place. */
bool sf_kdf_ratchet_on(uint8_t key[SF_HASH_MAX], const struct sf_crypto *c,
    const struct sf_suite *suite, uint64_t steps);

/* MLS-Exporter("SFrame 1.0 Base Key", "", Nk) out of an exporter secret: RFC
   9605 5.2, RFC 9420 8.5. mls is the hash of the MLS cipher suite; n octets. */
bool sf_kdf_mls_export(uint8_t *out, size_t n, const struct sf_crypto *c,
    enum sf_hash_name mls, struct sf_bytes exporter_secret);

/* The key of one SSRC: draft-ietf-avtcore-rtp-sframe-02 7. hash_octets. */
bool sf_kdf_per_ssrc(uint8_t out[SF_HASH_MAX], const struct sf_crypto *c,
    const struct sf_suite *suite, struct sf_bytes base_key, uint32_t ssrc);

#endif
