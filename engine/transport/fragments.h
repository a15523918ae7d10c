/*
 * fragments.h - IPv4 and IPv6 packets put together from their fragments (RFC
 * 791 3.2, RFC 8200 4.5). Bounded: packets open at once, octets, and time.
 */
#ifndef SF_FRAGMENTS_H
#define SF_FRAGMENTS_H

#include "engine/model.h"
#include "engine/transport/peel.h"
#include "engine/transport/pieces.h"

#define SF_FRAGMENTED_MOST 65535 /* octets of a payload put together */

/* Fragments that may become one packet. */
struct sf_fragmented {
	struct sf_addr src, dst;
	uint32_t id, input;
	uint8_t protocol;
	bool used;
	bool spoilt; /* its pieces contradict each other, or one was cut */
	bool done;   /* put together; what comes now comes again */
	struct sf_place first, last;
	struct sf_pieces pieces;
	size_t octets;    /* of pieces */
	size_t total;     /* of all; 0: the last one did not come */
	unsigned records; /* captured packets */
};

struct sf_fragments {
	struct sf_model *model;
	struct sf_fragmented *table;
	size_t mask;
	struct sf_piece_pool pool;
	uint8_t *whole;
};

size_t sf_fragments_octets(size_t share);
bool sf_fragments_init(struct sf_fragments *f, struct sf_arena *a, size_t share,
    struct sf_model *model);

enum sf_fragments_answer {
	SF_FRAGMENTS_WAIT,  /* kept; its record is counted when more is known */
	SF_FRAGMENTS_WHOLE, /* *out is all of it, until the next call, and
	                       *records what went into it */
	SF_FRAGMENTS_CUT,
	SF_FRAGMENTS_BAD,
	SF_FRAGMENTS_AGAIN /* nothing that we did not have */
};

/* p stands at SF_PEEL_FRAGMENT; *records captured packets are to be counted
   with the piece. */
enum sf_fragments_answer sf_fragments_feed(struct sf_fragments *f,
    const struct sf_packet *pkt, const struct sf_peel *p, struct sf_bytes *out,
    unsigned *records);

/* No more packets: counts what was never completed. */
void sf_fragments_finish(struct sf_fragments *f);

#endif
