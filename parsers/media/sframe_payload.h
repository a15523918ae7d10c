/*
 * sframe_payload.h - the payload descriptor of the RTP payload format for
 * SFrame (draft-ietf-avtcore-rtp-sframe-02, 4).
 */
#ifndef SF_SFRAME_PAYLOAD_H
#define SF_SFRAME_PAYLOAD_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_sframe_payload {
	bool start;              /* S */
	bool end;                /* E */
	bool packetized;         /* T: content made by a codec packetizer */
	uint8_t reserved;        /* the low five bits, as sent */
	struct sf_bytes payload; /* a slice of one SFrame ciphertext */
};

enum sf_status sf_sframe_payload_parse(struct sf_sframe_payload *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
