/*
 * flexfec.h - the head of a FlexFEC payload as browsers send it, version 03 of
 * the draft (draft-ietf-payload-flexible-fec-scheme-03 4.2.2.1): flexible mask,
 * one stream protected.
 */
#ifndef SF_FLEXFEC_H
#define SF_FLEXFEC_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_flexfec {
	bool retransmission;     /* R */
	bool fixed;              /* F: offsets in place of a mask */
	uint32_t ssrc;           /* of the stream that is protected */
	uint16_t base;           /* lowest sequence number protected */
	struct sf_bytes payload; /* mask and repair octets */
};

/* SF_UNSUPPORTED for any other number of protected streams than one. */
enum sf_status sf_flexfec_parse(
    struct sf_flexfec *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
