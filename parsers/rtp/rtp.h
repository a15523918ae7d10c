/*
 * rtp.h - an RTP packet (RFC 3550 5.1): fixed header, CSRCs, header
 * extension, payload, padding.
 */
#ifndef SF_RTP_H
#define SF_RTP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_rtp {
	uint32_t timestamp;
	uint32_t ssrc;
	uint16_t seq;
	uint16_t ext_profile;   /* 0xBEDE, 0x1000.., 0xC0DE (RFC 9335); 0: none */
	uint8_t pt;
	uint8_t csrcs;          /* 0..15 */
	bool marker;
	bool has_ext;
	bool has_padding;       /* the P bit */
	/* P is set but the count does not fit: 0, or more than is there. Under
	   SRTP the count is ciphertext, so this is a fact, not a fault. */
	bool bad_padding;
	uint8_t padding;        /* octets, count octet included; 0 when bad */
	struct sf_bytes csrc;   /* 4 octets each */
	struct sf_bytes ext;    /* body of the header extension */
	struct sf_bytes payload; /* padding removed unless bad_padding */
};

enum sf_status sf_rtp_parse(struct sf_rtp *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
