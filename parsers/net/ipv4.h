/*
 * ipv4.h - an IPv4 packet (RFC 791 3.1): header, options, payload.
 */
#ifndef SF_IPV4_H
#define SF_IPV4_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_ipv4 {
	struct sf_bytes src, dst; /* 4 octets each */
	uint8_t protocol;
	uint8_t ttl;
	uint8_t header_octets;    /* 20..60, options included */
	uint16_t total_octets;    /* as sent; 0: not told, as behind offloading */
	uint16_t id;
	uint16_t fragment_at;     /* octets in front of this piece */
	bool more_fragments;
	bool fragment;            /* not the whole datagram */
	struct sf_bytes options;
	struct sf_bytes payload;  /* up to the total length, or what is there */
};

/* SF_MALFORMED: version, header length below 20, total length below that. */
enum sf_status sf_ipv4_parse(struct sf_ipv4 *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
