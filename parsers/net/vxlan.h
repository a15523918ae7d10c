/*
 * vxlan.h - overlays that carry Ethernet and more over UDP: VXLAN (RFC 7348
 * 5) with the next-protocol form of draft-ietf-nvo3-vxlan-gpe, GENEVE (RFC
 * 8926 3.4), and the service header that may follow them (RFC 8300 2.2).
 */
#ifndef SF_VXLAN_H
#define SF_VXLAN_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* What a GPE or NSH header says comes next; other values as they stand. */
enum sf_next {
	SF_NEXT_NONE = 0, /* not told: Ethernet */
	SF_NEXT_IPV4 = 1,
	SF_NEXT_IPV6 = 2,
	SF_NEXT_ETHERNET = 3,
	SF_NEXT_NSH = 4,
	SF_NEXT_MPLS = 5
};

struct sf_vxlan {
	bool plain; /* flags are 0x08 alone and every reserved octet is zero */
	uint8_t next; /* enum sf_next */
	uint32_t vni;
	struct sf_bytes payload;
};

/* SF_MALFORMED: the VNI flag is not set. */
enum sf_status sf_vxlan_parse(
    struct sf_vxlan *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_geneve {
	uint16_t protocol; /* EtherType; 0x6558: Ethernet */
	uint32_t vni;
	struct sf_bytes options;
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: a version above 0. */
enum sf_status sf_geneve_parse(
    struct sf_geneve *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_nsh {
	uint8_t next;  /* enum sf_next */
	uint32_t path; /* service path identifier */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: a version above 0. SF_MALFORMED: a length below 8. */
enum sf_status sf_nsh_parse(
    struct sf_nsh *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
