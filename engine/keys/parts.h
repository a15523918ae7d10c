/*
 * parts.h - what the files of keys/ and keys.c share: the tables of sf_keys.
 */
#ifndef SF_KEYS_PARTS_H
#define SF_KEYS_PARTS_H

#include "engine/keys/keys.h"

#define BUCKETS 2048u /* a power of two */
#define SETTLED 8     /* SSRCs of one entry whose suite is remembered */

/* A chain keeps every 32nd key, so that any step near the last, behind and
   ahead, is at most 31 away from one that is kept. */
#define WINDOW_MOST (SF_RATCHET_AHEAD + 1)
#define NEAR        512
#define STRIDE      32
#define MARKS       (2 * NEAR / STRIDE + 1)
#define HASHES      3

struct base_key {
	size_t n;
	uint8_t octets[SF_BASE_MAX];
};

/* The ratchet of one entry, one hash and, with keys per SSRC, one stream. */
struct chain {
	bool used;
	unsigned entry;
	uint32_t scope;
	enum sf_hash_name hash;
	uint64_t stamp;
	uint64_t at;    /* step that opened the last frame; 0 at first */
	uint64_t top;   /* highest that opened one */
	uint64_t first; /* step of mark 0, at least 1 */
	unsigned n;     /* marks that are there */
};

struct mark {
	uint8_t octets[SF_HASH_MAX];
};

/* The last key that was derived beyond the marks of a chain. */
struct far {
	bool used;
	unsigned entry;
	uint32_t scope;
	uint64_t step;
	struct mark mark;
};

/* What a key is for. Two uses with equal members have one key. */
struct use {
	uint64_t kid;
	uint64_t step; /* from the entry's own; 0 but for SENDER */
	uint32_t scope;
	unsigned entry;
	const struct sf_suite *suite;
};

struct slot {
	struct use use;
	bool proved; /* it opened a frame */
	uint64_t stamp;
	uint32_t number;      /* of all that were ever made, from 1 */
	struct sf_aead *aead; /* NULL: the slot is free */
	uint8_t salt[SF_NONCE];
	uint64_t fingerprint;
	unsigned next; /* in its bucket: index and one, 0 at the end */
};

/* The suite of an entry that names none, as seen on one SSRC. */
struct settled {
	uint32_t ssrc;
	uint16_t suite;
	uint16_t frames; /* that opened with it */
};

struct guess {
	struct settled of[SETTLED];
	unsigned n, next;
};

struct sf_keys {
	const struct sf_crypto *c;
	enum sf_key_scheme scheme;
	unsigned ratchet_bits, epoch_bits;
	bool per_ssrc_keys;
	size_t n_metadata;
	uint8_t metadata[SF_METADATA_MAX];
	uint64_t clock;          /* counts what was made or opened */
	uint32_t made;           /* slots, so far */
	const struct slot *last; /* that opened a frame */
	unsigned n;
	struct sf_key_entry *entries;
	unsigned *order; /* of trying them: newest epoch first */
	struct guess *guesses;
	unsigned n_slots;
	struct slot *slots;
	unsigned *buckets; /* index and one of the first slot */
	unsigned n_chains;
	struct chain *chains;
	struct mark *marks; /* MARKS of each chain */
	struct far far[HASHES];
	uint64_t work; /* steps that far keys may still cost */
	bool too_far;  /* the last key that was wanted would have cost more */
	bool refused;  /* so would an earlier one, of this KID: */
	uint64_t refused_kid;
};

/* The steps that the low bits of a KID can mean, most likely first. */
struct steps {
	unsigned n;
	uint64_t v[5];
};

/* ---- ratchet.c: base keys, and the steps from one to the next ---- */

struct steps sf_keys_steps(const struct sf_keys *k, const struct use *u);

/* The base key of a use; the caller wipes it. False when the step is too far
   away, or the library failed. */
bool sf_keys_base(struct sf_keys *k, const struct use *u, struct base_key *out);

/* A frame opened at this step: the chain moves along. */
void sf_keys_prove_step(struct sf_keys *k, const struct use *u);

/* ---- ready.c: AEAD keys made ready ---- */

/* The head of the list of ready keys for a KID: index and one, 0 when empty. */
unsigned *sf_keys_bucket(const struct sf_keys *k, uint64_t kid, uint32_t scope);
struct slot *sf_keys_slot(const struct sf_keys *k, const struct use *u);

/* Makes the AEAD key of a base key, its salt and fingerprint. False when the
   library failed. */
bool sf_keys_ready(
    struct sf_keys *k, struct slot *s, const struct base_key *base);

/* The same in a slot of the table, which may drop another. NULL when the
   library failed, or the step is too far behind. */
struct slot *sf_keys_make_slot(struct sf_keys *k, const struct use *u);
void sf_keys_drop_slot(struct sf_keys *k, struct slot *s);

/* Tried before the others of its KID from now on. */
void sf_keys_move_first(struct sf_keys *k, struct slot *s);

/* ---- keys.c ---- */

void sf_keys_wipe(const struct sf_crypto *c, void *p, size_t n);

static inline uint64_t
sf_keys_low_bits(unsigned bits)
{
	return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

#endif
