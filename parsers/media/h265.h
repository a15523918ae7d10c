/*
 * h265.h - H.265 as RTP payloads (RFC 7798) and as whole frames in Annex B of
 * ITU-T H.265.
 */
#ifndef SF_H265_H
#define SF_H265_H

#include "parsers/media/nal.h"

enum {
	SF_H265_IRAP = 16,      /* first of the key frame slices ... */
	SF_H265_IRAP_LAST = 21, /* ... and the last that is no reserve */
	SF_H265_VPS = 32,
	SF_H265_SPS = 33,
	SF_H265_PPS = 34,
	SF_H265_AUD = 35,
	SF_H265_LAST_NAL = 47,
	SF_H265_AP = 48,
	SF_H265_FU = 49,
	SF_H265_PACI = 50
};

/* The head of one RTP payload. Whether decoding order numbers (DONL, DOND)
   are there only SDP tells: they are left in payload. */
struct sf_h265 {
	uint8_t type; /* 0..47 a NAL unit itself, 48 and 49 as above; of what
	                       a PACI packet carries */
	uint8_t layer, tid; /* tid as sent: of the temporal layer, plus 1 */
	bool forbidden;
	bool start, end; /* fragments: first and last; else both */
	uint8_t unit[2]; /* header of the NAL unit that fragments belong to, or
	                     its own; zeros for aggregates */
	bool paci;       /* carried in a PACI packet ... */
	struct sf_bytes phes; /* ... behind this extension (RFC 7798 4.4.4) */
	struct sf_bytes payload; /* what is behind these headers */
};

/* SF_UNSUPPORTED for the types 51 to 63, SF_MALFORMED for PACI in PACI. */
enum sf_status sf_h265_parse(
    struct sf_h265 *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * A frame in Annex B: SF_OK only when it begins with a start code and every
 * NAL unit can be one (forbidden bit 0, type up to 40, temporal id plus 1 not
 * 0; ITU-T H.265 7.3.1.2).
 */
struct sf_h265_frame {
	unsigned units;
	bool key;                /* a random access picture or parameter sets */
	bool slices;             /* one at least, types 0 to 31 */
	uint8_t first;           /* type of the first unit */
	size_t last_at;          /* where the last start code is */
	struct sf_bytes payload; /* the last unit, header included */
};

enum sf_status sf_h265_frame_parse(struct sf_h265_frame *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
