/*
 * waiting.h - captured packets that wait for their turn, first in, first out,
 * in one run of memory.
 */
#ifndef SF_WAITING_H
#define SF_WAITING_H

#include "engine/packet.h"
#include "parsers/base/diag.h"

struct sf_waiting {
	uint8_t *room;     /* of the caller; aligned for anything */
	size_t size;       /* octets of it */
	size_t head, tail; /* where the first begins, where the next is put */
	size_t wrap;       /* where the last in front of the beginning ends */
	uint64_t n;        /* packets */
};

/* A copy of pkt, octets and comment too. False when there is no room. */
bool sf_waiting_put(
    struct sf_waiting *w, const struct sf_packet *pkt) SF_MUST_USE;

/* The one that waits longest; NULL: none does. */
const struct sf_packet *sf_waiting_first(const struct sf_waiting *w);

/* Lets it go: it is good until the next is put. */
void sf_waiting_drop(struct sf_waiting *w);

#endif
