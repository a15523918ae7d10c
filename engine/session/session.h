/*
 * session.h - one SFrame context of RFC 9605: keys for sending and for
 * receiving, counters, replay windows, sender ratchets and MLS epochs.
 *
 * A key is for one direction. A counter is never used twice under one key, not
 * even when the key was removed or left behind by a ratchet, others had its KID,
 * and it comes again. Nothing that an attacker
 * sends takes memory or changes state before its tag has verified.
 */
#ifndef SF_SESSION_H
#define SF_SESSION_H

#include "engine/crypto/kdf.h"

#define SF_SESSION_KEYS     16384 /* keys at once */
#define SF_SESSION_COUNTERS 65536 /* of keys that sealed, there or gone */
#define SF_SESSION_CHAINS   4     /* ratchets of generations, the oldest goes */
#define SF_SESSION_EPOCHS   256   /* MLS epochs at once */
#define SF_SESSION_AHEAD    511   /* ratchet steps that a KID may ask for */

struct sf_session;

enum sf_use { SF_USE_SEND, SF_USE_RECEIVE };

enum sf_said {
	SF_SAID_OK,
	SF_SAID_HEADER,    /* too short for its header */
	SF_SAID_SHORT,     /* too short for its tag */
	SF_SAID_KID,       /* no key for it */
	SF_SAID_AUTH,      /* the tag does not verify */
	SF_SAID_REPLAY,    /* seen before, or too old to know */
	SF_SAID_USAGE,     /* wrong direction, or a key that is there already */
	SF_SAID_EXHAUSTED, /* no counter is left, or it was used */
	SF_SAID_PARAM,     /* a value that cannot be */
	SF_SAID_LIMIT,     /* a limit of ours */
	SF_SAID_FAILED     /* the library did, or memory */
};

/* window is the width of replay windows, 0 for none. NULL without memory. */
struct sf_session *sf_session_new(
    const struct sf_crypto *c, const struct sf_suite *suite, uint32_t window);
void sf_session_free(struct sf_session *s); /* wipes; NULL is fine */

const struct sf_suite *sf_session_suite(const struct sf_session *s);

enum sf_said sf_session_key(struct sf_session *s, enum sf_use use, uint64_t kid,
    struct sf_bytes base_key);
/* Both directions; SF_SAID_KID when there was none. */
enum sf_said sf_session_remove(struct sf_session *s, uint64_t kid);
/* The next counter of a sending key; never one that may have been used. */
enum sf_said sf_session_counter(
    struct sf_session *s, uint64_t kid, uint64_t next);

/* out has room for SF_SFRAME_HEADER_MAX, pt.n and SF_TAG_MAX octets. */
enum sf_said sf_session_seal(struct sf_session *s, uint64_t kid,
    struct sf_bytes metadata, struct sf_bytes pt, uint8_t *out, size_t *n);

struct sf_session_opened {
	uint64_t kid, ctr;
	size_t n; /* octets of plaintext */
};

/* pt has room for ct.n octets; when this fails nothing is left in it. */
enum sf_said sf_session_open(struct sf_session *s, struct sf_bytes metadata,
    struct sf_bytes ct, uint8_t *pt, struct sf_session_opened *out);

/* ---- what outlives a process: RFC 9605 9.1 -------------------------------- */

#define SF_SESSION_RESERVE 65536 /* counters of a key between two saves */

/*
 * Octets of the counters of all sending keys, also of those that are gone or that
 * an earlier state told and that did not come; no keys among them; *n of them, for
 * free(). Each counter is told as far ahead as it may get before the next save,
 * and is stopped there: whoever goes on from an old state repeats none. NULL
 * without memory.
 */
uint8_t *sf_session_save(struct sf_session *s, size_t *n);
/* Into a session that has no keys yet. A sending key that comes goes on where it
   was. SF_SAID_PARAM when it is no such state, or of another suite. */
enum sf_said sf_session_load(struct sf_session *s, struct sf_bytes state);
/* The suite in such a state; 0 when it is none. */
uint16_t sf_session_saved_suite(struct sf_bytes state);

/* ---- sender keys: RFC 9605 5.1 ------------------------------------------- */

/* A key of a generation, at ratchet step 0; r is the number of step bits,
   0..63. *kid is what a sender has to use. */
enum sf_said sf_session_chain(struct sf_session *s, enum sf_use use, unsigned r,
    uint64_t generation, struct sf_bytes base_key, uint64_t *kid);
/* The sender's ratchet goes on; the key before it is gone. */
enum sf_said sf_session_step(struct sf_session *s, uint64_t *kid);

/* ---- MLS: RFC 9605 5.2 --------------------------------------------------- */

/* base_key is what the MLS exporter gave. An epoch with the same low bits
   makes room for this one. */
enum sf_said sf_session_epoch(struct sf_session *s, uint64_t epoch,
    struct sf_bytes base_key, unsigned epoch_bits, unsigned sender_bits);
enum sf_said sf_session_epoch_remove(struct sf_session *s, uint64_t epoch);
enum sf_said sf_session_seal_mls(struct sf_session *s, uint64_t epoch,
    uint64_t sender, uint64_t context, struct sf_bytes metadata,
    struct sf_bytes pt, uint8_t *out, size_t *n);

#endif
