/*
 * session_state.h - what session.c and session_keys.c share.
 */
#ifndef SF_SESSION_STATE_H
#define SF_SESSION_STATE_H

#include "engine/session/replay.h"
#include "engine/session/session.h"
#include "parsers/sframe/header.h"

#define SF_SESSION_MARK 8 /* octets that tell a sending key again */

/* What is left of a sending key when it goes, and of those before this process:
   a counter is not used twice, whoever had the KID meanwhile. */
struct sf_session_counter {
	uint64_t kid;
	uint64_t next;     /* the next CTR */
	uint64_t reserved; /* what was saved ends here; 0: nothing */
	bool spent;        /* there is no next */
	uint8_t mark[SF_SESSION_MARK];
};

struct sf_session_key {
	uint64_t kid;
	enum sf_use use;
	struct sf_aead *aead;
	uint8_t salt[SF_NONCE];
	uint8_t print[16]; /* tells base keys apart */
	size_t counter;    /* of sending: in counters */
	struct sf_replay replay;
	uint64_t epoch_mark; /* of the MLS epoch it came from; 0: none */
};

/* A ratchet of one generation. */
struct sf_session_chain {
	bool there;
	enum sf_use use;
	unsigned r;
	uint64_t generation, step;
	size_t n;
	uint8_t key[SF_BASE_MAX]; /* base key of the step */
};

struct sf_session_epoch {
	uint64_t mark; /* never the same twice; 0: nothing is here */
	uint64_t epoch;
	size_t n;
	uint8_t key[SF_BASE_MAX];
};

struct sf_session {
	const struct sf_crypto *crypto;
	const struct sf_suite *suite;
	uint32_t window;
	size_t n_keys, n_slots; /* slots are a power of two */
	struct sf_session_key **slots;
	unsigned next_chain;
	struct sf_session_chain chains[SF_SESSION_CHAINS];
	struct sf_session_chain sender;
	unsigned epoch_bits, sender_bits;
	uint64_t marks;
	struct sf_session_epoch epochs[SF_SESSION_EPOCHS];
	size_t n_counters, counters_cap;
	struct sf_session_counter *counters;
};

struct sf_session_key *sf_session_find(
    const struct sf_session *s, enum sf_use use, uint64_t kid);
enum sf_said sf_session_add(struct sf_session *s, enum sf_use use, uint64_t kid,
    struct sf_bytes base_key, struct sf_session_key **out);
void sf_session_drop(struct sf_session *s, struct sf_session_key *k);
bool sf_session_derive(const struct sf_session *s, struct sf_session_key *k,
    struct sf_bytes base_key);
enum sf_said sf_session_seal_with(struct sf_session *s,
    struct sf_session_key *k, struct sf_bytes metadata, struct sf_bytes pt,
    uint8_t *out, size_t *n);
enum sf_said sf_session_try(struct sf_session *s, struct sf_session_key *k,
    const struct sf_sframe_header *h, struct sf_bytes metadata, uint8_t *pt);

/* Of a sending key that came: its counter goes on, or begins. */
enum sf_said sf_session_count(struct sf_session *s, struct sf_session_key *k);
/* Of one that goes: a counter that was never used need not be kept. */
void sf_session_uncount(struct sf_session *s, const struct sf_session_key *k);

/* A ratchet step or a sender of an epoch. known: there is a key for the KID,
   and the frame was not for that; a step field that wrapped can be meant. */
enum sf_said sf_session_follow(struct sf_session *s,
    const struct sf_sframe_header *h, bool known, struct sf_bytes metadata,
    uint8_t *pt);

#endif
