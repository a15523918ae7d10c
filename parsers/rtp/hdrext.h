/*
 * hdrext.h - one element of a header extension (RFC 8285 4.2 and 4.3). Call
 * again on payload until that is empty. Padding octets are skipped; an input
 * of padding alone yields id 0. In the one-octet form id 15 ends the list:
 * payload is then empty.
 */
#ifndef SF_HDREXT_H
#define SF_HDREXT_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_hdrext {
	uint8_t id;
	struct sf_bytes data;
	struct sf_bytes payload; /* the elements that follow */
};

/* one-octet headers, profile 0xBEDE */
enum sf_status sf_hdrext_parse(struct sf_hdrext *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/* two-octet headers, profile 0x100x; the same facts in another coding */
struct sf_hdrext2 {
	uint8_t id;
	struct sf_bytes data;
	struct sf_bytes payload;
};

enum sf_status sf_hdrext2_parse(struct sf_hdrext2 *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
