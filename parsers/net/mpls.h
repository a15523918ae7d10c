/*
 * mpls.h - an MPLS label stack (RFC 3032 2.1).
 */
#ifndef SF_MPLS_H
#define SF_MPLS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_MPLS_LABELS 16

struct sf_mpls {
	uint8_t labels;          /* entries passed, 1..16 */
	uint32_t bottom;         /* the last label */
	struct sf_bytes payload; /* what it is, no field tells */
};

/* SF_LIMIT: over 16 entries. */
enum sf_status sf_mpls_parse(
    struct sf_mpls *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
