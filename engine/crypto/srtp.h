/*
 * srtp.h - what SRTP needs of cryptography: its profiles, its key derivation,
 * and one packet's worth of AES and HMAC.
 *
 * As in crypto.h the operations come as a struct of functions, so that a fuzz
 * target can hand in one that says yes to every tag. ossl_srtp.c is that of
 * the product.
 */
#ifndef SF_CRYPTO_SRTP_H
#define SF_CRYPTO_SRTP_H

#include "engine/crypto/crypto.h"

#define SF_SRTP_KEY  32 /* the longest master or session key, octets */
#define SF_SRTP_SALT 14
#define SF_SRTP_AUTH 20 /* session authentication key, RFC 3711 5.2 */

enum sf_srtp_cipher { SF_SRTP_CM, SF_SRTP_NULL, SF_SRTP_GCM };

struct sf_srtp_profile {
	uint16_t id;      /* as in use_srtp, RFC 5764; 0: none */
	const char *name; /* as in a=crypto; static */
	enum sf_srtp_cipher cipher;
	uint8_t key, salt; /* octets of the master key, or its outer half */
	uint8_t tag, rtcp_tag; /* octets */
	bool doubled;      /* RFC 8723: another layer is inside */
};

#define SF_SRTP_PROFILES 12

extern const struct sf_srtp_profile sf_srtp_profiles[SF_SRTP_PROFILES];

/* By the name of SDES, of use_srtp (SRTP_ in front or not), of OpenSSL, any
   case, or by a number; NULL when there is no such profile here. */
const struct sf_srtp_profile *sf_srtp_profile_by_name(struct sf_bytes name);
const struct sf_srtp_profile *sf_srtp_profile_by_id(uint16_t id);

/* Contexts of one session key, made once. Opaque. */
struct sf_srtp_key;

struct sf_srtp_crypto {
	/* AES in counter mode over zeros; false when the library failed. */
	bool (*keystream)(const uint8_t *key, size_t key_octets,
	    const uint8_t iv[16], uint8_t *out, size_t n);
	/* auth has SF_SRTP_AUTH octets; not read for GCM. NULL without memory. */
	struct sf_srtp_key *(*key_new)(const struct sf_srtp_profile *p,
	    const uint8_t *key, const uint8_t *auth);
	void (*key_free)(struct sf_srtp_key *k); /* wipes; NULL is fine */
	/* Is tag (its first n octets) HMAC-SHA1 of the parts? Constant time. */
	bool (*mac_is)(struct sf_srtp_key *k, const struct sf_bytes *parts,
	    size_t n_parts, const uint8_t *tag, size_t n);
	/* Deciphers the parts, one behind the other, into out. */
	bool (*ctr)(struct sf_srtp_key *k, const uint8_t iv[16],
	    const struct sf_bytes *parts, size_t n_parts, uint8_t *out);
	/* The same with a tag of 16 octets; out is wiped unless SF_OPENED. */
	enum sf_open_status (*gcm)(struct sf_srtp_key *k, const uint8_t iv[12],
	    const struct sf_bytes *aad, size_t n_aad,
	    const struct sf_bytes *parts, size_t n_parts,
	    const uint8_t tag[16], uint8_t *out);
};

extern const struct sf_srtp_crypto sf_srtp_crypto_ossl;

/* RFC 3711 4.3.1: which key of a session. */
enum sf_srtp_label {
	SF_SRTP_RTP_KEY,
	SF_SRTP_RTP_AUTH,
	SF_SRTP_RTP_SALT,
	SF_SRTP_RTCP_KEY,
	SF_SRTP_RTCP_AUTH,
	SF_SRTP_RTCP_SALT
};

/* What session keys are derived from. */
struct sf_srtp_kdf {
	size_t key_octets;
	uint8_t key[SF_SRTP_KEY], salt[SF_SRTP_SALT];
};

/* From the master key and salt of a profile, RFC 3711 4.3.1. */
struct sf_srtp_kdf sf_srtp_kdf(const struct sf_srtp_profile *p,
    const uint8_t *key, const uint8_t *salt);

/*
 * As libsrtp2 does it with a key of 24 octets, which is not what RFC 6188 3
 * says: key and salt in one run, filled up with zeros to those of a key of 32.
 */
struct sf_srtp_kdf sf_srtp_kdf_filled(const struct sf_srtp_profile *p,
    const uint8_t *key, const uint8_t *salt);

/* Session key octets of one label, for a key derivation rate of zero. */
bool sf_srtp_derive(const struct sf_srtp_crypto *c, const struct sf_srtp_kdf *k,
    enum sf_srtp_label label, uint8_t *out, size_t n) SF_MUST_USE;

#endif
