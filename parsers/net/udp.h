/*
 * udp.h - a UDP datagram (RFC 768).
 */
#ifndef SF_UDP_H
#define SF_UDP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_udp {
	uint16_t src_port, dst_port;
	uint16_t octets;   /* length field as sent: 8 of header, and the data */
	uint16_t checksum; /* as sent, not verified */
	bool odd_length;   /* octets is below 8, or over what is there: payload is
	                      then all that is there */
	struct sf_bytes payload;
};

enum sf_status sf_udp_parse(struct sf_udp *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
