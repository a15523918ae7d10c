/*
 * overudp.h - tunnels over UDP that are known by their port and their shape:
 * GTP-U of mobile networks (3GPP TS 29.281 5.1), L2TPv2 (RFC 2661 3.1), TZSP
 * of sniffers and mirroring routers, GUE (draft-ietf-intarea-gue) and Teredo
 * (RFC 4380 5.1.1).
 */
#ifndef SF_OVERUDP_H
#define SF_OVERUDP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_gtpu {
	uint8_t type; /* 255: a packet of a user */
	uint32_t teid;
	struct sf_bytes payload; /* up to the length told */
};

/* SF_UNSUPPORTED: version is not 1, or GTP'. SF_MALFORMED: an extension of no
   length. SF_LIMIT: over 16 extensions. */
enum sf_status sf_gtpu_parse(
    struct sf_gtpu *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_l2tp {
	bool control; /* the payload is no PPP packet */
	uint16_t tunnel, session;
	struct sf_bytes payload; /* up to the length told */
};

/* SF_UNSUPPORTED: version is not 2. */
enum sf_status sf_l2tp_parse(
    struct sf_l2tp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_tzsp {
	uint8_t type;      /* 0 and 1 carry a packet */
	uint16_t protocol; /* 1 Ethernet, 18 802.11, 119 Prism, 127 radiotap */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: version is not 1. */
enum sf_status sf_tzsp_parse(
    struct sf_tzsp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_gue {
	bool control;
	uint8_t protocol; /* IP protocol number */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: version above 1, or version 1 without an IP packet. */
enum sf_status sf_gue_parse(
    struct sf_gue *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* The indications in front of the IPv6 packet are passed over. */
struct sf_teredo {
	bool authenticated, origin; /* such an indication was there */
	struct sf_bytes payload;    /* an IPv6 packet */
};

/* SF_MALFORMED: no IPv6 packet follows. */
enum sf_status sf_teredo_parse(
    struct sf_teredo *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
