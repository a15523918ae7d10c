/*
 * carried.h - what unwrap writes into its pcapng files beside the packets: what
 * each was before it was unwrapped, and what became of the others. Both stand
 * where pcapng has room for local use (draft-ietf-opsawg-pcapng 3.5.1, 10.1): a
 * reader that does not know them passes them over. Integers are big-endian.
 */
#ifndef SF_CARRIED_H
#define SF_CARRIED_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_CARRIED_OPTION UINT16_C(0xd346)     /* of an enhanced packet */
#define SF_CARRIED_BLOCK  UINT32_C(0xd3460001) /* one, the last */

#define SF_CARRIED_MAGIC UINT32_C(0x73667431)

#define SF_CARRIED_VIA 5 /* octets: a kind, and a number of 32 bits */

/* Of one packet. */
struct sf_carried_packet {
	uint64_t packet;  /* its number; 0: it is none of the capture */
	uint32_t records; /* captured packets that it accounts for */
	uint8_t removed;  /* bits: what was taken off */
	uint8_t beside;   /* bits: what was seen between the addresses */
	bool has_media;   /* the rest, as the head of a recording says it */
	uint8_t kind, codec;
	uint32_t clock; /* Hz */
	uint8_t red_pt, ext_mid, ext_rid, declared_e2ee;
	struct sf_bytes vias; /* SF_CARRIED_VIA octets each, outermost first */
	struct sf_bytes payload;
};

/* Of all packets: numbers, whose meaning goes with how many there are. */
struct sf_carried_counts {
	uint32_t n;
	struct sf_bytes values; /* of 64 bits */
	struct sf_bytes payload;
};

enum sf_status sf_carried_packet_parse(struct sf_carried_packet *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_carried_counts_parse(struct sf_carried_counts *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
