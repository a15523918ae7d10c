/*
 * red.h - redundant audio data (RFC 2198 3). Up to 8 blocks, the primary last.
 */
#ifndef SF_RED_H
#define SF_RED_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_red_block {
	uint8_t pt;
	uint16_t offset;      /* timestamp ticks before the primary; 0 for it */
	struct sf_bytes data;
};

struct sf_red {
	unsigned blocks;                 /* 1..8, the last is the primary */
	struct sf_red_block block[8];
	struct sf_bytes payload;         /* the primary's data */
};

/* SF_MALFORMED when the lengths do not fit, SF_LIMIT over 8 blocks. */
enum sf_status sf_red_parse(struct sf_red *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
