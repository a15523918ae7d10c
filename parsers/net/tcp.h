/*
 * tcp.h - a TCP segment (RFC 9293 3.1).
 */
#ifndef SF_TCP_H
#define SF_TCP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_tcp {
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	bool has_ack, fin, syn, rst;
	uint8_t header_octets; /* 20..60, options included */
	struct sf_bytes payload;
};

/* SF_MALFORMED: a header length below 20. */
enum sf_status sf_tcp_parse(
    struct sf_tcp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
