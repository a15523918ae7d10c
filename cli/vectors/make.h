/*
 * make.h - makes test vectors, reproducibly: octets come from the seed, the
 * file and the suite alone.
 *
 * A file is made twice: the first time for the number of its tests and the
 * flags they use, which stand in front of them.
 */
#ifndef SF_MAKE_H
#define SF_MAKE_H

#include "engine/crypto/kdf.h"
#include "engine/vectors/vectorfile.h"
#include "parsers/sframe/header.h"
#include "report/emit.h"

enum sf_make_flag {
	SF_FLAG_NONE,
#define FLAG(id, name, kind, description, link) SF_FLAG_##id,
#include "cli/vectors/flags.def"
#undef FLAG
	SF_MAKE_FLAGS
};

struct sf_make_test;

struct sf_make {
	const struct sf_crypto *crypto;
	struct sf_emit e;
	uint64_t seed, random;
	unsigned suites; /* bit 1 << id for each that is asked for */
	const struct sf_suite *suite; /* of the group; NULL in headers */
	size_t tests;                 /* so far: tcId */
	const char *family;           /* of the test before */
	unsigned in_family;
	uint64_t flags; /* bit 1 << flag for each that is used */
	bool broken;    /* the cryptographic library failed */
	/* told of every test as it begins; NULL: nobody */
	void (*seen)(void *who, const struct sf_make_test *t);
	void *who;
};

/* What a test says of itself. */
struct sf_make_test {
	const char *family;       /* the first part of its id */
	const char *comment;      /* a sentence without its full stop */
	const char *rfc;          /* section */
	const char *requirements; /* blanks between */
	enum sf_vector_result result;
	enum sf_vector_policy policy; /* of SF_VECTOR_POLICY */
	enum sf_make_flag flag;
	unsigned place; /* from 1, where one family goes through places; or 0 */
};

/* One file: its name without .json, the types of its groups, who makes them. */
struct sf_make_file {
	const char *name;
	enum sf_vector_type type;
	uint16_t suite; /* the one suite it is about; 0: all, or none */
	const char *about;
	void (*make)(struct sf_make *m);
};

extern const struct sf_make_file sf_make_files[];
extern const size_t sf_make_n_files;

/* False when the library or the stream failed. */
bool sf_make_write(struct sf_make *m, const struct sf_make_file *file, FILE *f);

/* ---- for those who make tests -------------------------------------------- */

/* one(m) makes a group; it is called for each suite that is asked for. */
void sf_make_each_suite(struct sf_make *m, enum sf_vector_type type,
    void (*one)(struct sf_make *m));

/* Begins a group; keys may be none. Its tests follow until the close. */
void sf_make_group_open(struct sf_make *m, enum sf_vector_type type,
    const struct sf_vector_key *keys, size_t n_keys);
void sf_make_group_close(struct sf_make *m);

/* Values of the test come between open and close. */
void sf_make_test_open(struct sf_make *m, const struct sf_make_test *t);
void sf_make_test_close(struct sf_make *m, const struct sf_make_test *t);

/* Octets that follow from seed, file and suite. */
void sf_make_random(struct sf_make *m, uint8_t *out, size_t n);

/* HMAC; of the library this is the extract of HKDF. */
void sf_make_mac(struct sf_make *m, struct sf_bytes key, struct sf_bytes in,
    uint8_t out[SF_HASH_MAX]);

#define SF_MAKE_LONG 4096 /* octets of the longest plaintext or metadata */

/* A frame between its sender and its receiver. */
struct sf_make_frame {
	const struct sf_suite *suite;
	struct sf_bytes base_key;
	uint64_t kid, ctr;
	size_t n_header, n_metadata, n_pt, n_aad, n_out;
	struct sf_schedule s;
	uint8_t nonce[SF_NONCE];
	uint8_t header[2 * SF_SFRAME_HEADER_MAX];
	uint8_t metadata[SF_MAKE_LONG + 64];
	uint8_t pt[SF_MAKE_LONG + 64];
	uint8_t aad[SF_MAKE_LONG + 128];
	uint8_t out[2 * SF_MAKE_LONG]; /* header, ciphertext, tag */
};

/* Where a mistaken sender, or somebody on the way, can interfere. */
enum sf_make_stage {
	SF_STAGE_START, /* header, metadata and plaintext are chosen */
	SF_STAGE_KEYS,  /* secret, key and salt are derived */
	SF_STAGE_NONCE, /* the nonce is made */
	SF_STAGE_AAD,   /* the additional data is put together */
	SF_STAGE_SENT   /* sealed; what happens now happens on the way */
};

/* i counts the tests of one family. */
typedef void sf_make_twist(struct sf_make *m, struct sf_make_frame *f,
    enum sf_make_stage stage, unsigned i);

/* A frame of the suite of the group, its header minimal, its octets random. */
void sf_make_frame_init(struct sf_make *m, struct sf_make_frame *f,
    struct sf_bytes base_key, uint64_t kid, uint64_t ctr, size_t n_metadata,
    size_t n_pt);

/* Seals it; twist may be NULL. */
void sf_make_frame_seal(struct sf_make *m, struct sf_make_frame *f,
    sf_make_twist *twist, unsigned i);

/* A header of any shape: octets for KID and CTR, 0 for in the config octet. */
size_t sf_make_header(uint8_t *out, uint64_t kid, unsigned kid_octets,
    uint64_t ctr, unsigned ctr_octets);

/* v in n octets, big-endian. */
void sf_make_be(uint8_t *out, uint64_t v, size_t n);

/* Another header in front of what was sealed. */
void sf_make_reheader(struct sf_make_frame *f, const uint8_t *header, size_t n);

/* The values of a frame, with or without its plaintext. */
void sf_make_put_frame(
    struct sf_make *m, const struct sf_make_frame *f, bool with_pt);

/* Key and salt as somebody derives them who makes mistake i. */
#define SF_MAKE_KDF_MISTAKES 8
void sf_make_mistaken_keys(struct sf_make *m, const struct sf_suite *suite,
    struct sf_bytes base_key, uint64_t kid, unsigned i,
    struct sf_schedule *out);
const char *sf_make_kdf_mistake(unsigned i);

/* The groups of each file. */
void sf_make_headers(struct sf_make *m);
void sf_make_kdf(struct sf_make *m);
void sf_make_aead(struct sf_make *m);
void sf_make_seal(struct sf_make *m);
void sf_make_open(struct sf_make *m);
void sf_make_ratchet(struct sf_make *m);
void sf_make_mls(struct sf_make *m);
void sf_make_per_ssrc(struct sf_make *m);

/* The tests of a group of frames that have to be refused. */
void sf_make_bad(struct sf_make *m, struct sf_bytes base_key);

#endif
