/*
 * rtcp.h - one packet of an RTCP compound (RFC 3550 6.1). Call again on
 * payload until that is empty. A compound whose chain of lengths does not end
 * exactly is either broken or SRTCP.
 */
#ifndef SF_RTCP_H
#define SF_RTCP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_rtcp {
	uint8_t type;         /* 200 SR, 201 RR, 202 SDES, 203 BYE, ... */
	uint8_t count;        /* RC, SC or FMT */
	bool has_ssrc;        /* the body holds at least 4 octets */
	uint32_t ssrc;        /* first word of the body, 0 if none */
	uint8_t padding;      /* octets behind the body; 0 as well where the
	                            count of a padded packet cannot be */
	bool bad_padding;     /* which this tells: what it is stays in body */
	struct sf_bytes body; /* behind the 4-octet common header */
	struct sf_bytes payload; /* the packets that follow */
};

enum sf_status sf_rtcp_parse(
    struct sf_rtcp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * One chunk of an SDES body (RFC 3550 6.5). cname is empty when the chunk
 * has none. payload is what follows the chunk (its null octets and padding to
 * a 32-bit boundary, counted from the start of the body, are consumed).
 */
struct sf_rtcp_sdes {
	uint32_t ssrc;
	struct sf_bytes cname;
	struct sf_bytes items; /* all of them, without the nulls */
	struct sf_bytes payload;
};

enum sf_status sf_rtcp_sdes_parse(struct sf_rtcp_sdes *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
