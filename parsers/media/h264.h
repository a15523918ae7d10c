/*
 * h264.h - H.264 as RTP payloads (RFC 6184) and as whole frames in Annex B of
 * ITU-T H.264.
 */
#ifndef SF_H264_H
#define SF_H264_H

#include "parsers/media/nal.h"

/* Types of NAL unit, and of packet beyond them (RFC 6184 5.2, 5.4). */
enum {
	SF_H264_SLICE = 1,
	SF_H264_IDR = 5,
	SF_H264_SPS = 7,
	SF_H264_PPS = 8,
	SF_H264_AUD = 9,
	SF_H264_LAST_NAL = 23,
	SF_H264_STAP_A = 24,
	SF_H264_STAP_B = 25,
	SF_H264_MTAP16 = 26,
	SF_H264_MTAP24 = 27,
	SF_H264_FU_A = 28,
	SF_H264_FU_B = 29
};

/* The head of one RTP payload. */
struct sf_h264 {
	uint8_t type; /* 1..23 a NAL unit itself, 24..29 as above */
	uint8_t nri;
	bool forbidden;   /* F */
	bool start, end;  /* fragments: first and last; else both */
	bool reserved;    /* R of a fragment's header */
	bool interleaved; /* STAP-B, MTAP, FU-B: not in packetization mode 1 */
	uint16_t don;     /* STAP-B and MTAP: decoding order, else 0 */
	uint8_t unit;     /* the header of the NAL unit: its own, or of the one
	                      that fragments belong to; 0 for aggregates */
	/* a NAL unit with its header; a fragment without; the units of an
	   aggregate, for sf_nal_unit_parse() */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED for the reserved types 0, 30 and 31. */
enum sf_status sf_h264_parse(
    struct sf_h264 *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * A frame in Annex B: SF_OK only when it begins with a start code and every
 * NAL unit can be one (forbidden bit 0, type 1 to 23, no 00 00 00 or 00 00 02
 * inside; ITU-T H.264 7.3.1, 7.4.1, B.1).
 */
struct sf_h264_frame {
	unsigned units;
	bool key;                /* IDR or parameter sets */
	bool slices;             /* one at least, types 1 to 5 */
	uint8_t first;           /* type of the first unit */
	size_t last_at;          /* where the last start code is */
	struct sf_bytes payload; /* the last unit, header included */
};

enum sf_status sf_h264_frame_parse(struct sf_h264_frame *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
