/*
 * flexfec.h - the head of a FlexFEC payload as browsers send it, version 03 of
 * the draft (draft-ietf-payload-flexible-fec-scheme-03 4.2.2.1): flexible mask,
 * one stream protected.
 */
#ifndef SF_FLEXFEC_H
#define SF_FLEXFEC_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"
#include "parsers/rtp/fecmask.h"

struct sf_flexfec {
	bool retransmission; /* R */
	bool fixed;          /* F: offsets in place of a mask */
	uint16_t length;     /* XOR of the octets behind the fixed headers */
	uint32_t ssrc;       /* of the stream that is protected */
	uint16_t base;       /* lowest sequence number protected */
	struct sf_fec_mask mask; /* neither R nor F */
	struct sf_bytes payload; /* what is behind the mask, or the base */
};

/* SF_UNSUPPORTED for any other number of protected streams than one. */
enum sf_status sf_flexfec_parse(
    struct sf_flexfec *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
