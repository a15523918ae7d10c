/*
 * fec.h - what forward error correction protects: the octets that were sent, or
 * others. FEC packets are XORs of packets (RFC 5109, RFC 8627); of each packet
 * that one protects the first octets are kept, and taken out of it again.
 */
#ifndef SF_STREAMS_FEC_H
#define SF_STREAMS_FEC_H

#include "engine/classify/stats.h"
#include "engine/packet.h"
#include "parsers/rtp/fecmask.h"

#define SF_FEC_KEPT    128  /* packets; a mask reaches over 110 */
#define SF_FEC_HEAD    40   /* octets of their payloads */
#define SF_FEC_WAITING 4    /* FEC packets that wait for what they protect */
#define SF_FEC_OCTETS  1500 /* of one; a larger one is passed over */

/* A packet that may be protected. */
struct sf_fec_packet {
	uint32_t seq; /* the extended number's low bits; all set: none */
	uint32_t timestamp;
	uint16_t front; /* octets of CSRC list and header extension */
	uint8_t n;
	bool marker;
	bool whole; /* the capture did not cut it */
	uint8_t head[SF_FEC_HEAD];
};

/* A FEC packet, in whatever format it came. */
struct sf_fec_unit {
	struct sf_place place;
	uint16_t packet_at; /* of the repair octets, in the captured packet */
	uint16_t base, length;
	uint16_t n;
	struct sf_fec_mask mask;
	uint8_t octets[SF_FEC_OCTETS]; /* n repair octets */
};

/* Of one stream under FEC. */
struct sf_fec {
	struct sf_fec_packet kept[SF_FEC_KEPT];
	struct sf_fec_unit waiting[SF_FEC_WAITING];
	unsigned n_waiting;
	/* those that do not recover what was sent: their octets, and the same
	   positions of what was sent */
	struct sf_bit_counts other, sent;
};

#endif
