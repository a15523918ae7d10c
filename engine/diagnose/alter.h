/*
 * alter.h - what was done to a frame between two points.
 */
#ifndef SF_ALTER_H
#define SF_ALTER_H

#include "parsers/base/bytes.h"

enum sf_alteration {
	SF_ALTER_NOT,       /* the same octets */
	SF_ALTER_HEADER,    /* the same KID and CTR, written otherwise */
	SF_ALTER_PREFIX,    /* octets were put in front */
	SF_ALTER_DESCRIPTOR, /* one octet in front: a payload descriptor */
	SF_ALTER_FRONT_CUT, /* octets are gone from the front */
	SF_ALTER_SUFFIX,    /* octets were put behind */
	SF_ALTER_CUT,       /* octets are gone from the end */
	SF_ALTER_ESCAPED,   /* emulation prevention octets came in (H.264, H.265) */
	SF_ALTER_UNESCAPED, /* or were taken out */
	SF_ALTER_REWRITTEN, /* the first few octets alone: a payload header */
	SF_ALTER_FEW,       /* a few octets here and there */
	SF_ALTER_INSERTED,  /* octets came in at one place */
	SF_ALTER_REMOVED,   /* or went from one place */
	SF_ALTER_OTHER,     /* from some octet on nothing is the same */
	SF_ALTERATIONS
};

struct sf_altered {
	enum sf_alteration what;
	size_t at; /* the first octet that differs, in the frame before */
	size_t n;  /* octets concerned: that came, went, or differ */
};

/* header_at: where the SFrame header of the frame before stands, if it has
   one. */
struct sf_altered sf_alter(
    struct sf_bytes before, struct sf_bytes after, size_t header_at);

/* "header-reencoded"; static. A sentence about it, without a full stop. */
const char *sf_alteration_name(enum sf_alteration a);
const char *sf_alteration_text(enum sf_alteration a);

#endif
