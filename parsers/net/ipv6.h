/*
 * ipv6.h - an IPv6 packet (RFC 8200 3 and 4): header, a bounded chain of
 * extension headers, payload.
 */
#ifndef SF_IPV6_H
#define SF_IPV6_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_IPV6_EXTENSIONS 16

struct sf_ipv6 {
	struct sf_bytes src, dst; /* 16 octets each */
	uint8_t next;             /* what the payload is (an IP protocol number) */
	uint8_t hops;
	uint8_t extensions;       /* headers passed, 0..16 */
	uint16_t told_octets;     /* the payload length field: extensions and
	                             payload; 0: a jumbogram or not told */
	size_t header_octets;     /* 40 and the extensions */
	bool fragment;            /* not the whole datagram; the chain behind the
	                             fragment header is not read */
	bool more_fragments;
	uint16_t fragment_at;     /* octets in front of this piece */
	struct sf_bytes payload;  /* up to the length told, or what is there */
};

/* SF_MALFORMED: version. SF_LIMIT: over 16 extension headers. */
enum sf_status sf_ipv6_parse(struct sf_ipv6 *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
