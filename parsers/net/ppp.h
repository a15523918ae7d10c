/*
 * ppp.h - PPP (RFC 1661 2, in frames like HDLC: RFC 1662 3), PPP over Ethernet
 * (RFC 2516 4), and Cisco's HDLC, which is told from PPP by its first octet.
 */
#ifndef SF_PPP_H
#define SF_PPP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_ppp {
	bool framed;       /* address and control octets were there */
	uint16_t protocol; /* 0x0021 IPv4, 0x0057 IPv6, 0x0281 MPLS */
	struct sf_bytes payload;
};

enum sf_status sf_ppp_parse(
    struct sf_ppp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_pppoe {
	uint8_t code; /* 0: session data */
	uint16_t session;
	struct sf_bytes payload; /* a PPP packet, up to the length told */
};

/* SF_UNSUPPORTED: version or type is not 1. */
enum sf_status sf_pppoe_parse(
    struct sf_pppoe *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_chdlc {
	uint8_t address; /* 0x0f unicast, 0x8f broadcast */
	uint16_t type;   /* EtherType */
	struct sf_bytes payload;
};

enum sf_status sf_chdlc_parse(
    struct sf_chdlc *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
