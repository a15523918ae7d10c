/*
 * ohb.h - the original header block that trails the payload of double
 * encryption (RFC 8723 4), once the outer layer is gone.
 */
#ifndef SF_OHB_H
#define SF_OHB_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_ohb {
	bool has_marker, marker; /* as the sender had them; else unchanged */
	bool has_pt, has_seq;
	uint8_t pt;
	uint16_t seq;
	uint8_t octets;          /* of the block: 1 to 4 */
	struct sf_bytes payload; /* in front of it: inner ciphertext and tag */
};

/* SF_MALFORMED when bits are set that have to be zero: this is no such block. */
enum sf_status sf_ohb_parse(
    struct sf_ohb *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
