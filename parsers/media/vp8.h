/*
 * vp8.h - the VP8 payload descriptor (RFC 7741 4.2) and the frame behind it
 * (RFC 6386 9.1).
 */
#ifndef SF_VP8_H
#define SF_VP8_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_vp8 {
	bool start;              /* S: start of a partition */
	uint8_t partition;       /* PID, 0..7 */
	bool extended;           /* X */
	bool reserved;           /* any reserved bit of the first two octets is 1 */
	bool has_picture_id, has_tl0, has_tid, has_keyidx;
	bool long_picture_id;    /* 15 bits rather than 7 */
	uint16_t picture_id;
	uint8_t tl0, tid, keyidx;
	uint8_t octets;          /* of the descriptor */
	struct sf_bytes payload; /* a slice of the frame */
};

enum sf_status sf_vp8_parse(struct sf_vp8 *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/*
 * The head of a VP8 frame. SF_OK only when it can be one: version <= 3, first
 * partition size non-zero and within the frame, and for a key frame the start
 * code 9d 01 2a and non-zero dimensions.
 */
struct sf_vp8_frame {
	bool key;
	bool show;
	uint8_t version;
	uint32_t first_partition; /* octets */
	uint16_t width, height;   /* key frames only, else 0; scaling bits removed */
	struct sf_bytes payload;  /* behind the tag (3 octets) or key header (10) */
};

enum sf_status sf_vp8_frame_parse(struct sf_vp8_frame *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
