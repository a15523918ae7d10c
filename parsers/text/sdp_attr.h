/*
 * sdp_attr.h - the value of an a= line (RFC 8866 5.13): name, or name:value.
 */
#ifndef SF_SDP_ATTR_H
#define SF_SDP_ATTR_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_sdp_attr {
	struct sf_bytes name;    /* at least one octet */
	bool has_value;          /* a colon was there */
	struct sf_bytes payload; /* behind the colon */
};

/* SF_SHORT for an empty input, SF_MALFORMED for an empty name. */
enum sf_status sf_sdp_attr_parse(struct sf_sdp_attr *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
