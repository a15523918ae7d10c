/*
 * crypto.h - what the engine needs of cryptography, and no more.
 *
 * The operations come as a struct of functions, so that a fuzz target can hand
 * in an AEAD that says yes to everything. ossl.c is the one implementation of
 * the product, on OpenSSL 3, and the only file that includes its headers for
 * ciphers, MACs and KDFs.
 */
#ifndef SF_CRYPTO_H
#define SF_CRYPTO_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_SUITES   8
#define SF_HASH_MAX 64 /* Nh */
#define SF_KEY_MAX  96 /* Nk */
#define SF_NONCE    12 /* Nn, of every registered suite */
#define SF_TAG_MAX  16
#define SF_BASE_MAX 256 /* longest base key taken */

enum sf_hash_name { SF_SHA256, SF_SHA384, SF_SHA512 };
enum sf_mode { SF_MODE_CTR, SF_MODE_GCM };

/* Nh of a hash. */
static inline size_t
sf_hash_octets(enum sf_hash_name h)
{
	return h == SF_SHA256 ? 32 : h == SF_SHA384 ? 48 : 64;
}

struct sf_suite {
	uint16_t id;      /* 1..8 */
	const char *name; /* static */
	enum sf_mode mode;
	enum sf_hash_name hash;
	uint8_t enc_octets, hash_octets, key_octets, tag_octets;
};

/* NULL when there is no such suite. Static. */
const struct sf_suite *sf_suite_by_id(uint16_t id);
const struct sf_suite *sf_suite_by_name(
    const char *name); /* any case, or a number */

enum sf_open_status {
	SF_OPENED = 0,
	SF_FORGED,       /* the tag does not match; nothing was released */
	SF_TOO_SHORT,    /* shorter than the tag */
	SF_CRYPTO_FAILED /* the library failed: no memory, no such cipher */
};

/* One AEAD key made ready once and used for many frames. Opaque. */
struct sf_aead;

struct sf_crypto {
	/* HKDF-Extract; out gets hash octets. False when the library failed. */
	bool (*extract)(enum sf_hash_name h, struct sf_bytes salt,
	    struct sf_bytes ikm, uint8_t out[SF_HASH_MAX]);
	/* HKDF-Expand to n octets, n <= 255 times the hash. */
	bool (*expand)(enum sf_hash_name h, struct sf_bytes prk,
	    struct sf_bytes info, uint8_t *out, size_t n);
	/* key = Expand(Extract(empty, key), info, Nh), so many times over; info
	   has fewer than 64 octets. */
	bool (*repeat)(enum sf_hash_name h, struct sf_bytes info,
	    uint64_t times, uint8_t key[SF_HASH_MAX]);
	/* PBKDF2 with HMAC of h (RFC 8018 5.2). */
	bool (*pbkdf2)(enum sf_hash_name h, struct sf_bytes password,
	    struct sf_bytes salt, unsigned rounds, uint8_t *out, size_t n);
	/* HMAC over parts one after the other; out gets hash octets. */
	bool (*mac)(enum sf_hash_name h, struct sf_bytes key,
	    const struct sf_bytes *parts, size_t n, uint8_t out[SF_HASH_MAX]);
	bool (*digest)(
	    enum sf_hash_name h, struct sf_bytes in, uint8_t out[SF_HASH_MAX]);
	/* key has suite->key_octets; copied. NULL without memory. */
	struct sf_aead *(*aead_new)(
	    const struct sf_suite *suite, const uint8_t *key);
	void (*aead_free)(struct sf_aead *a); /* wipes; NULL is fine */
	/*
	 * ct is ciphertext and tag, aad in two parts (header, metadata). On
	 * SF_OPENED pt holds ct.n - tag octets; on any other outcome pt is wiped.
	 * pt may be NULL when only the tag matters; it must not overlap ct.
	 */
	enum sf_open_status (*open)(struct sf_aead *a,
	    const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
	    struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt);
	/* out gets pt.n + tag octets. False when the library failed. */
	bool (*seal)(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
	    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes pt,
	    uint8_t *out);
	/* Is this the tag of 16 octets, under a nonce of any length? */
	bool (*gcm_verifies)(const struct sf_suite *suite, const uint8_t *key,
	    struct sf_bytes nonce, struct sf_bytes aad, struct sf_bytes ct,
	    const uint8_t *tag);
	/* The other way round: out gets pt.n and 16 octets. False when the
	   library failed. */
	bool (*gcm_seals)(const struct sf_suite *suite, const uint8_t *key,
	    struct sf_bytes nonce, struct sf_bytes aad, struct sf_bytes pt,
	    uint8_t *out);
	void (*wipe)(void *p, size_t n);
	bool (*equal)(
	    const void *a, const void *b, size_t n); /* constant time */
	const char *version;                         /* of the library */
};

extern const struct sf_crypto sf_crypto_ossl;

#endif
