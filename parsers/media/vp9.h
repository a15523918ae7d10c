/*
 * vp9.h - the VP9 payload descriptor (RFC 9628 4.2) and the head of the frame
 * behind it (VP9 bitstream specification, 6.2 and 7.2).
 */
#ifndef SF_VP9_H
#define SF_VP9_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_vp9 {
	bool inter;              /* P: inter-picture predicted */
	bool flexible;           /* F */
	bool begin, end;         /* B, E: of a frame of one spatial layer */
	bool has_picture_id, has_layers, has_structure;
	bool long_picture_id;
	uint16_t picture_id;
	uint8_t tid, sid, tl0;   /* 0 when has_layers is false */
	uint8_t octets;          /* of the descriptor */
	struct sf_bytes payload; /* a slice of the frame */
};

enum sf_status sf_vp9_parse(struct sf_vp9 *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/*
 * The uncompressed header of a VP9 frame, read as far as its header_size.
 * SF_OK only when it can be one: frame marker 10b, sync code 49 83 42 where
 * there must be one, header_size non-zero and within the frame, trailing bits
 * zero, the marker bit behind them zero, and show_existing_frame only in an
 * input of at most 2 octets. A frame that takes its size from another does not
 * say how its tile columns are coded; the first reading that fits is taken, so
 * its header_size is likely and not certain.
 */
struct sf_vp9_frame {
	uint8_t profile;
	bool show_existing;
	bool key;
	bool intra_only;
	uint16_t width, height;    /* where the header says, else 0 */
	uint16_t header_size;      /* octets of the compressed header */
	struct sf_bytes payload;   /* behind the uncompressed header */
};

enum sf_status sf_vp9_frame_parse(struct sf_vp9_frame *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
