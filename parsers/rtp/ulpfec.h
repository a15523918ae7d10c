/*
 * ulpfec.h - the head of a ULPFEC payload (RFC 5109 7.3, 7.4): the FEC header
 * and the header of level 0. Repair octets are the XOR of what stands behind
 * the fixed RTP headers of the packets protected.
 */
#ifndef SF_ULPFEC_H
#define SF_ULPFEC_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"
#include "parsers/rtp/fecmask.h"

struct sf_ulpfec {
	uint16_t base;      /* lowest sequence number protected */
	uint16_t length;    /* XOR of the octets behind the fixed headers */
	uint16_t protected; /* repair octets of level 0 */
	struct sf_fec_mask mask;
	struct sf_bytes payload; /* those octets, and levels behind them */
};

/* SF_UNSUPPORTED with the E bit, which is reserved. */
enum sf_status sf_ulpfec_parse(
    struct sf_ulpfec *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
