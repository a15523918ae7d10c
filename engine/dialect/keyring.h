/*
 * keyring.h - the keys of formats other than RFC 9605, one step of a ratchet
 * after the other; for the files that open frames with them.
 */
#ifndef SF_DIALECT_KEYRING_H
#define SF_DIALECT_KEYRING_H

#include "engine/dialect/keys.h"

#define SF_SCRATCH ((size_t)256 << 10) /* octets of a frame put together */

struct sf_draft_keys;

/* One key of the file. Step 0 is the key itself, the others are ratcheted. */
struct sf_ring_entry {
	struct sf_key_entry e;
	unsigned index;                   /* in the key file */
	unsigned steps;                   /* that may be tried, 1 at least */
	unsigned made;                    /* of them ready */
	unsigned at;                      /* that opened the last frame */
	unsigned in_vain;                 /* frames in a row that none opened */
	uint8_t (*material)[SF_BASE_MAX]; /* of each step made */
	size_t *material_n;
	struct sf_aead **aead;
	uint64_t *prints;         /* fingerprints, of each step made */
	uint8_t mac[SF_HASH_MAX]; /* key of it at step at_mac: sframe-js and
	                             jitsi-ctr */
	unsigned at_mac;
	struct sf_draft_keys *draft; /* of sframe-draft; else NULL */
};

/* draft.c: a base key, derived in the ways of the drafts. NULL without memory.
   The entry may be wiped after this. */
struct sf_draft_keys *sf_draft_keys_new(
    const struct sf_crypto *c, const struct sf_key_entry *e);
void sf_draft_keys_free(const struct sf_crypto *c, struct sf_draft_keys *d);

/* A frame with this header in it: does one of them open it? */
bool sf_draft_open(const struct sf_crypto *c, struct sf_draft_keys *d,
    const struct sf_run_header *h, struct sf_bytes frame);

#define SF_GIVE_UP 300 /* tries in a row, after which no step is tried on */

struct sf_dialect_keys {
	const struct sf_crypto *c;
	unsigned n;
	struct sf_ring_entry *entries;
	uint8_t *scratch, *aad; /* SF_SCRATCH octets each */
};

/* What is sealed and how: the parts are borrowed. */
struct sf_sealed_frame {
	uint8_t nonce[SF_NONCE];
	struct sf_bytes aad, ct;
	uint8_t tag_octets; /* 16, or 8 with DAVE */
};

/* Does the entry open it, at its step or a later one? */
bool sf_ring_open(struct sf_dialect_keys *k, struct sf_ring_entry *e,
    const struct sf_sealed_frame *f);

/* The same under a key that was changed in one bit: it must not. */
bool sf_ring_control(struct sf_dialect_keys *k, struct sf_ring_entry *e,
    const struct sf_sealed_frame *f);

/* The key of the HMAC of a step, in e->mac: sframe-js (step 0 alone), Jitsi of
   2020. */
bool sf_ring_mac(
    struct sf_dialect_keys *k, struct sf_ring_entry *e, unsigned step);

/* Tells the key that opened the last frame from all others; 0: not known. */
uint64_t sf_ring_fingerprint(const struct sf_ring_entry *e);

/* The entry may be meant. */
bool sf_ring_fits(const struct sf_ring_entry *e, enum sf_dialect d,
    uint64_t kid, uint32_t ssrc);

/* Puts a frame apart in the way of its format, clear octets in front; false
   when it is too short. What it points at is frame's or k's. */
typedef bool sf_seal_split(struct sf_sealed_frame *out,
    struct sf_dialect_keys *k, const struct sf_record *r, struct sf_bytes frame,
    size_t clear);

/* Start codes in what is authenticated. */
enum sf_codes {
	SF_CODES_FOUR,  /* as they are */
	SF_CODES_FIRST, /* four octets, then three */
	SF_CODES_THREE
};

void sf_seal_codes(
    struct sf_sealed_frame *f, struct sf_dialect_keys *k, enum sf_codes codes);

sf_seal_split sf_split_livekit, sf_split_jitsi_v0, sf_split_stream,
    sf_split_dave, sf_split_random_iv, sf_split_random_iv_head;

#endif
