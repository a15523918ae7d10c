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
	uint8_t next; /* what the payload is (an IP protocol number) */
	uint8_t hops;
	uint8_t extensions;   /* headers passed, 0..16 */
	uint16_t told_octets; /* the payload length field: extensions and
	                             payload; 0: a jumbogram or not told */
	size_t header_octets; /* 40 and the extensions */
	bool fragment;        /* not the whole datagram; the chain behind the
	                             fragment header is not read */
	bool more_fragments;
	uint16_t fragment_at;    /* octets in front of this piece */
	uint32_t id;             /* of the fragments of one datagram */
	struct sf_bytes payload; /* up to the length told, or what is there */
};

/* SF_MALFORMED: version. SF_LIMIT: over 16 extension headers. */
enum sf_status sf_ipv6_parse(
    struct sf_ipv6 *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* True for the headers of RFC 8200 4 that sf_ipv6_ext_parse() passes. */
bool sf_ipv6_is_ext(uint8_t next);

/*
 * One extension header, as it may stand in front of a payload that was put
 * together from fragments. Neither a fragment header nor authentication.
 */
struct sf_ipv6_ext {
	uint8_t next;
	struct sf_bytes payload;
};

enum sf_status sf_ipv6_ext_parse(
    struct sf_ipv6_ext *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* An authentication header (RFC 4302 2), of IPv4 or IPv6: nothing is hidden. */
struct sf_ah {
	uint8_t next;
	struct sf_bytes payload;
};

enum sf_status sf_ah_parse(
    struct sf_ah *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
