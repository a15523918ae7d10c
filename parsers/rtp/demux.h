/*
 * demux.h - which protocol a UDP payload is (RFC 7983, RFC 9443, RFC 5761 4).
 */
#ifndef SF_DEMUX_H
#define SF_DEMUX_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

enum sf_proto {
	SF_PROTO_OTHER, /* none of the below, QUIC and empty payloads included */
	SF_PROTO_STUN,  /* magic cookie and length fit (RFC 8489 5) */
	SF_PROTO_TURN,  /* ChannelData, 0x4000..0x4fff, length fits (RFC 8656 12.4) */
	SF_PROTO_DTLS,  /* record type and version fit (RFC 6347 4.1, RFC 9147 4) */
	SF_PROTO_ZRTP,  /* RFC 6189 5 */
	SF_PROTO_RTP,   /* version 2, second octet not 192..223; not more than a hint */
	SF_PROTO_RTCP   /* version 2, packet type 192..223 */
};

struct sf_demux {
	enum sf_proto proto;
	uint8_t dtls_type;      /* DTLS record type 20..26, 0 for others and for
	                           the unified header of DTLS 1.3 */
	struct sf_bytes payload; /* all of the input */
};

enum sf_status sf_demux_parse(struct sf_demux *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
