/*
 * null.h - BSD loopback, LINKTYPE_NULL and LINKTYPE_LOOP
 * (www.tcpdump.org/linktypes.html): four octets of address family.
 */
#ifndef SF_NULL_H
#define SF_NULL_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/*
 * In the byte order of the machine that captured, which nothing tells. No
 * family is over 65,535, so the half that is zero shows the order.
 */
struct sf_null {
	bool big;        /* read as a big-endian number */
	uint32_t family; /* PF_ of the machine that captured */
	struct sf_bytes payload;
};

enum sf_status sf_null_parse(struct sf_null *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/* The same in network byte order. */
struct sf_loop {
	uint32_t family;
	struct sf_bytes payload;
};

enum sf_status sf_loop_parse(struct sf_loop *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
