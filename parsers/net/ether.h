/*
 * ether.h - an Ethernet frame: addresses, VLAN tags (IEEE 802.1Q, 802.1ad and
 * the older numbers, in any order), and LLC/SNAP (IEEE 802.2, RFC 1042).
 */
#ifndef SF_ETHER_H
#define SF_ETHER_H

#include "parsers/base/cursor.h"

#define SF_ETHER_TAGS 8

/* What stands between a link header and the network header. */
struct sf_ethertype {
	uint16_t type;           /* EtherType; 0: LLC that carries none */
	uint8_t tags;            /* VLAN tags passed, 0..8 */
	uint16_t tci[SF_ETHER_TAGS]; /* of the tags, the outermost first */
	bool llc;                /* a length field (802.3) and LLC were there */
};

struct sf_ether {
	struct sf_bytes dst, src; /* 6 octets each */
	struct sf_ethertype of;
	struct sf_bytes payload; /* behind the EtherType; 802.3 padding removed */
};

/* SF_LIMIT over 8 tags. */
enum sf_status sf_ether_parse(struct sf_ether *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/*
 * For the parsers of links that carry EtherTypes: *c stands behind the octets
 * that said type. Passes tags and LLC/SNAP; the payload is what is left in *c.
 */
enum sf_status sf_ethertype_follow(struct sf_ethertype *out,
    struct sf_cursor *c, uint16_t type, struct sf_diag *d) SF_MUST_USE;

/* Likewise, where *c stands on an LLC header. */
enum sf_status sf_ethertype_llc(struct sf_ethertype *out, struct sf_cursor *c,
    struct sf_diag *d) SF_MUST_USE;

#endif
