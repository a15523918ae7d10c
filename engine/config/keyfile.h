/*
 * keyfile.h - the key file, sframe-tool/keys/v1: JSON, read strictly.
 *
 * Unknown members, duplicate members, trailing octets, a number above 2^53
 * written bare, hex of odd length, a KID twice for one owner and SSRC: all are
 * errors that name the place ("keys[2].kid") and the remedy.
 */
#ifndef SF_KEYFILE_H
#define SF_KEYFILE_H

#include "engine/crypto/crypto.h"
#include "engine/dialect/dialect.h"

#define SF_KEYS_MAX     1024
#define SF_OWNER_MAX    64
#define SF_METADATA_MAX 256

#define SF_SALT_MAX     64

/* What the octets of a key in another format are. */
enum sf_key_secret {
	SF_SECRET_MATERIAL,   /* what the application imports */
	SF_SECRET_PASSPHRASE, /* the same, as text that people know */
	SF_SECRET_CIPHER      /* the key of the cipher itself */
};

enum sf_key_scheme { SF_SCHEME_RAW, SF_SCHEME_SENDER, SF_SCHEME_MLS };

struct sf_key_entry {
	uint64_t kid;            /* RAW, SENDER; 0 for MLS */
	uint64_t epoch;          /* MLS */
	bool has_ssrc;
	uint32_t ssrc;           /* scoped to a stream */
	uint16_t suite;          /* 0: try all */
	char owner[SF_OWNER_MAX]; /* "" when not given; escape before showing */
	bool exporter;           /* octets are an MLS exporter secret */
	enum sf_hash_name mls_hash;
	/* in a format other than RFC 9605, whose key it then is; else NONE */
	enum sf_dialect dialect;
	enum sf_key_secret secret;
	uint16_t window;         /* ratchet steps that are tried */
	uint16_t cipher_octets;  /* of the AES key: 16 or 32 */
	uint16_t n_salt;         /* 0: the format's own */
	uint8_t salt[SF_SALT_MAX];
	size_t n;
	uint8_t octets[SF_BASE_MAX]; /* base key or exporter secret */
};

struct sf_keyfile {
	enum sf_key_scheme scheme;
	unsigned ratchet_bits;             /* SENDER: R */
	unsigned epoch_bits, sender_bits;  /* MLS */
	bool scheme_given;
	bool per_ssrc_keys;
	size_t n_metadata;
	uint8_t metadata[SF_METADATA_MAX];
	size_t n;
	struct sf_key_entry keys[SF_KEYS_MAX];
};

struct sf_keyfile_error {
	char place[64];     /* "keys[2].kid", "" for the whole */
	const char *cause;  /* static */
	const char *remedy; /* static */
	size_t at;          /* octet in the text, where known */
};

/* *out is wiped when this returns false. */
bool sf_keyfile_read(struct sf_keyfile *out, struct sf_bytes text,
    struct sf_keyfile_error *error) SF_MUST_USE;

void sf_keyfile_wipe(struct sf_keyfile *k, const struct sf_crypto *c);

#endif
