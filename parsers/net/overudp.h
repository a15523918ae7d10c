/*
 * overudp.h - tunnels over UDP that are known by their port and their shape:
 * GTP-U of mobile networks (3GPP TS 29.281 5.1), L2TPv2 (RFC 2661 3.1), L2TPv3
 * (RFC 3931 4.1, over IP as well), CAPWAP of Wi-Fi access points (RFC 5415 4.3),
 * TZSP of sniffers and mirroring routers, GUE (draft-ietf-intarea-gue) and
 * Teredo (RFC 4380 5.1.1).
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

/* The header of a session of L2TPv3, as it stands over IP and behind the first
   four octets over UDP. */
struct sf_l2tp3 {
	uint32_t session; /* 0: of control */
	struct sf_bytes
	    payload; /* a cookie of 0, 4 or 8 octets, a sublayer of 0
	                            or 4, and a packet: only those who signalled
	                            the session know which */
};

enum sf_status sf_l2tp3_parse(
    struct sf_l2tp3 *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_capwap {
	bool sealed;   /* under DTLS: payload is its records */
	bool native;   /* the packet is of the radio: 802.11 when radio is 1;
	                  else it is an Ethernet frame */
	bool fragment; /* a piece of a packet */
	bool control;  /* keep-alive: there is no packet */
	uint8_t radio;
	uint16_t id; /* of the fragments of a packet */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: version is not 0. SF_MALFORMED: a length below 8 octets. */
enum sf_status sf_capwap_parse(
    struct sf_capwap *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

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
