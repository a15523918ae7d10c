/*
 * ossl_parts.h - what the files of OpenSSL share.
 */
#ifndef SF_CRYPTO_OSSL_PARTS_H
#define SF_CRYPTO_OSSL_PARTS_H

#include "engine/crypto/crypto.h"

#include <openssl/params.h>

static inline const char *
sf_ossl_hash_name(enum sf_hash_name h)
{
	switch (h) {
	case SF_SHA256:
		return "SHA256";
	case SF_SHA384:
		return "SHA384";
	case SF_SHA512:
		break;
	}
	return "SHA512";
}

/* OpenSSL's parameters point at what they only read without saying const. */
static inline void *
sf_ossl_unconst(const void *p)
{
	union {
		const void *in;
		void *out;
	} u = { p };

	return u.out;
}

static inline OSSL_PARAM
sf_ossl_octets_param(const char *name, struct sf_bytes b)
{
	return OSSL_PARAM_construct_octet_string(
	    name, sf_ossl_unconst(b.p), b.n);
}

static inline OSSL_PARAM
sf_ossl_name_param(const char *name, const char *value)
{
	return OSSL_PARAM_construct_utf8_string(
	    name, sf_ossl_unconst(value), 0);
}

/* ---- ossl_kdf.c: as crypto.h has them ---- */

bool sf_ossl_extract(enum sf_hash_name h, struct sf_bytes salt,
    struct sf_bytes ikm, uint8_t out[SF_HASH_MAX]);
bool sf_ossl_expand(enum sf_hash_name h, struct sf_bytes prk,
    struct sf_bytes info, uint8_t *out, size_t n);
bool sf_ossl_repeat(enum sf_hash_name h, struct sf_bytes info, uint64_t times,
    uint8_t key[SF_HASH_MAX]);
bool sf_ossl_pbkdf2(enum sf_hash_name h, struct sf_bytes password,
    struct sf_bytes salt, unsigned rounds, uint8_t *out, size_t n);
bool sf_ossl_mac(enum sf_hash_name h, struct sf_bytes key,
    const struct sf_bytes *parts, size_t n, uint8_t out[SF_HASH_MAX]);
bool sf_ossl_digest(
    enum sf_hash_name h, struct sf_bytes in, uint8_t out[SF_HASH_MAX]);

/* ---- ossl_gcm.c: as crypto.h has it ---- */

bool sf_ossl_gcm_verifies(const struct sf_suite *suite, const uint8_t *key,
    struct sf_bytes nonce, struct sf_bytes aad, struct sf_bytes ct,
    const uint8_t *tag);
bool sf_ossl_gcm_seals(const struct sf_suite *suite, const uint8_t *key,
    struct sf_bytes nonce, struct sf_bytes aad, struct sf_bytes pt,
    uint8_t *out);

#endif
