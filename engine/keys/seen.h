/*
 * seen.h - which (KID, CTR) were used, and for what octets. Bounded: when it
 * is full the oldest of a neighbourhood makes room, and that is counted.
 */
#ifndef SF_SEEN_H
#define SF_SEEN_H

#include "engine/base/arena.h"

enum sf_seen_answer {
	SF_SEEN_NEW,      /* first use of the pair */
	SF_SEEN_SAME,     /* the same octets before: a repeat or a copy */
	SF_SEEN_DIFFERENT /* other octets before */
};

struct sf_seen_slot {
	uint64_t pair; /* hash of KID and CTR; 0: free */
	uint32_t content;
	uint32_t stream; /* id */
};

struct sf_seen {
	struct sf_seen_slot *slots;
	size_t mask;       /* slots - 1 */
	uint64_t *touched; /* a bit for each block of slots that was written */
	uint64_t forgotten;
	bool crowded; /* the last answer: so many octets of one pair that not all
	                 are remembered, and what is the same may be DIFFERENT */
};

/* kid is the KID, or a number that stands for the key where it is known. */

/*
 * slots is rounded down to a power of two, at least 64; sf_seen_octets() is
 * what that many take of the arena.
 */
bool sf_seen_init(struct sf_seen *s, struct sf_arena *a, size_t slots);
size_t sf_seen_octets(size_t slots);

/* Fetches the neighbourhood of a pair that is going to be asked for. */
void sf_seen_prefetch(const struct sf_seen *s, uint64_t kid, uint64_t ctr);

/*
 * Was (kid, ctr) used before, and for these octets? *stream becomes the id of
 * the stream that used it (SAME: the first found with equal octets; DIFFERENT:
 * the first found). The new use is remembered unless it is SAME.
 */
enum sf_seen_answer sf_seen_ask(struct sf_seen *s, uint64_t kid, uint64_t ctr,
    uint64_t content, uint32_t *stream);

#endif
