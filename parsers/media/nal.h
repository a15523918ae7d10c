/*
 * nal.h - what H.264 and H.265 have in common: NAL units behind start codes
 * (Annex B of both), and units with their lengths in aggregation packets
 * (RFC 6184 5.7.1, RFC 7798 4.4.2).
 */
#ifndef SF_NAL_H
#define SF_NAL_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* One unit of an aggregate: 16 bits of length, and the unit. */
struct sf_nal_unit {
	struct sf_bytes unit;
	struct sf_bytes payload; /* the units that follow */
};

enum sf_status sf_nal_unit_parse(
    struct sf_nal_unit *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * One unit of a multi-time aggregate (RFC 6184 5.7.2): 16 bits of length, 8 of
 * decoding order, 16 or 24 of time, and the unit.
 */
struct sf_nal_mtap {
	uint8_t dond;    /* after the packet's decoding order number */
	uint32_t offset; /* of its timestamp from the packet's */
	struct sf_bytes unit;
	struct sf_bytes payload; /* the units that follow */
};

struct sf_nal_mtap16 {
	struct sf_nal_mtap v;
};

struct sf_nal_mtap24 {
	struct sf_nal_mtap v;
};

enum sf_status sf_nal_mtap16_parse(struct sf_nal_mtap16 *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_nal_mtap24_parse(struct sf_nal_mtap24 *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * The next unit of a byte stream, whose first octets are a start code: 00 00 01,
 * with any number of zeros in front. SF_MALFORMED when it has none, or when
 * octets that emulate one are inside the unit: 00 00 00 that leads to no start
 * code, 00 00 02.
 */
struct sf_nal_stream {
	uint8_t code_octets;     /* of the start code: 3, or 4 and more */
	struct sf_bytes unit;    /* trailing zero octets removed */
	struct sf_bytes payload; /* from the next start code on */
};

enum sf_status sf_nal_stream_parse(struct sf_nal_stream *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
