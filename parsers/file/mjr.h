/*
 * mjr.h - recordings of the Janus WebRTC Server (its record.c): a head, then
 * one record for each packet.
 *
 * Versions: MJR00002 with a time in each record, MJR00001 without, and before
 * that no head at all: a first record that says "audio" or "video".
 */
#ifndef SF_MJR_H
#define SF_MJR_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_mjr_head {
	uint8_t version;         /* 2, 1, or 0: a first record */
	struct sf_bytes info;    /* JSON; of version 0 the word */
	struct sf_bytes payload; /* records */
};

/* SF_SHORT on the eight octets of a recording into which nothing came. */
enum sf_status sf_mjr_head_parse(
    struct sf_mjr_head *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#define SF_MJR_RECORD_OCTETS 10

/* The head of a record. */
struct sf_mjr_record {
	bool timed;
	uint32_t ms;             /* since the first record, when timed */
	uint16_t octets;         /* of the packet */
	struct sf_bytes payload; /* the packet, and what follows */
};

enum sf_status sf_mjr_record_parse(struct sf_mjr_record *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
