/*
 * gre.h - Generic Routing Encapsulation (RFC 2784, RFC 2890), its version 1 of
 * PPTP (RFC 2637 4.1), and the mirroring headers of ERSPAN on top of it
 * (draft-foschiano-erspan).
 */
#ifndef SF_GRE_H
#define SF_GRE_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_gre {
	uint8_t version;   /* 0, or 1 of PPTP */
	uint16_t protocol; /* EtherType of the payload */
	bool has_key, has_seq;
	uint32_t key; /* version 1: the call id */
	uint32_t seq;
	struct sf_bytes payload; /* version 1: up to the length told */
};

/* SF_UNSUPPORTED: source routing, or a version above 1. */
enum sf_status sf_gre_parse(
    struct sf_gre *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Types II and III; type I has no header and shows by GRE without a number. */
struct sf_erspan {
	uint8_t version; /* 1: type II; 2: type III */
	uint16_t vlan;
	uint16_t session;
	uint8_t frame_type; /* type III: 0 Ethernet, 2 IP */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: another version. */
enum sf_status sf_erspan_parse(
    struct sf_erspan *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
