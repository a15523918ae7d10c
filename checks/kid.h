/*
 * kid.h - what a key id is made of, and what a change of it means.
 *
 * RFC 9605 5.1 puts a sender's key generation above R bits of ratchet step; 5.2
 * an MLS context above S bits of sender index above E bits of epoch. Nothing in
 * a frame says which of them, if either, is used.
 */
#ifndef SF_KID_H
#define SF_KID_H

#include <stdbool.h>
#include <stdint.h>

enum sf_kid_scheme { SF_KID_UNSAID, SF_KID_RAW, SF_KID_SENDER, SF_KID_MLS };

/* How KIDs are made, and who says so. */
struct sf_kid_form {
	enum sf_kid_scheme scheme;
	unsigned ratchet_bits;            /* SENDER: R */
	unsigned epoch_bits, sender_bits; /* MLS: E and S */
	/* UNSAID, RAW: the low bits that senders change together, as the capture
	   shows; 0 when it shows none. Or the bits of the sender below an epoch */
	unsigned evident_bits, evident_shift;
};

/* The number that a key change moves, and what stands above it. */
struct sf_kid_parts {
	uint64_t high;  /* generation; sender index and context; or the rest */
	uint64_t low;   /* ratchet step, epoch; 0 where there is none */
	unsigned width; /* bits of low; 0: the KID is not divided */
	uint64_t index, context; /* MLS: the two of high */
};

struct sf_kid_parts sf_kid_parts(const struct sf_kid_form *form, uint64_t kid);

enum sf_kid_change {
	SF_CHANGE_PLAIN,      /* KID changed: nothing more can be said */
	SF_CHANGE_NEXT,       /* low field + 1: ratchet, next epoch */
	SF_CHANGE_SKIP,       /* low field + 2 or more */
	SF_CHANGE_WRAP,       /* low field back to 0 from its end */
	SF_CHANGE_GENERATION, /* SENDER: a new generation, step 0 */
	SF_CHANGE_OTHER,      /* another sender's KID in this stream */
	SF_CHANGE_CONTEXT,    /* MLS: another context of the same sender */
	SF_CHANGE_BACK,       /* a lower value: a return or a rollback */
	SF_CHANGES
};

enum sf_kid_change sf_kid_change(
    const struct sf_kid_form *form, uint64_t from, uint64_t to);

const char *sf_kid_change_name(enum sf_kid_change c); /* "next"; static */
const char *sf_kid_scheme_name(enum sf_kid_scheme s); /* "mls"; static */

#endif
