/*
 * flexfec_rfc.h - the head of a FlexFEC payload of RFC 8627 (4.2.2.1) with a
 * flexible mask. Which stream is protected stands in the CSRC list of the RTP
 * header; one is read.
 */
#ifndef SF_FLEXFEC_RFC_H
#define SF_FLEXFEC_RFC_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"
#include "parsers/rtp/fecmask.h"

struct sf_flexfec_rfc {
	uint16_t length; /* XOR of the octets behind the fixed headers */
	uint16_t base;   /* lowest sequence number protected */
	struct sf_fec_mask mask;
	struct sf_bytes payload; /* repair octets */
};

/* SF_UNSUPPORTED with R (a retransmission) or F (rows and columns). */
enum sf_status sf_flexfec_rfc_parse(struct sf_flexfec_rfc *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
