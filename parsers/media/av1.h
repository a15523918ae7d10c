/*
 * av1.h - AV1 as RTP payloads (AOM, RTP payload format for AV1 v1.0.0) and as
 * temporal units of OBUs (AV1 bitstream and decoding process, 5.3).
 */
#ifndef SF_AV1_H
#define SF_AV1_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

enum {
	SF_AV1_SEQUENCE = 1,
	SF_AV1_DELIMITER = 2,
	SF_AV1_FRAME_HEADER = 3,
	SF_AV1_TILE_GROUP = 4,
	SF_AV1_METADATA = 5,
	SF_AV1_FRAME = 6,
	SF_AV1_REDUNDANT = 7,
	SF_AV1_TILE_LIST = 8,
	SF_AV1_PADDING = 15
};

/* The aggregation header, one octet in front of OBU elements (4.4). */
struct sf_av1 {
	bool continues;   /* Z: the first element carries on an earlier one */
	bool unfinished;  /* Y: the last element goes on in the next packet */
	uint8_t count;    /* W: elements, 1 to 3; 0: each has a length */
	bool sequence;    /* N: first packet of a coded video sequence */
	uint8_t reserved; /* three bits, sent as 0 */
	struct sf_bytes payload; /* the elements, for sf_av1_element_parse() */
};

enum sf_status sf_av1_parse(
    struct sf_av1 *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* An element behind its length. The last one of a packet with W from 1 to 3 has
   none: it is all that is left. */
struct sf_av1_element {
	struct sf_bytes data;
	struct sf_bytes payload; /* the elements that follow */
};

enum sf_status sf_av1_element_parse(struct sf_av1_element *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* The header of one OBU (5.3.2), which ends with in when it has no size. */
struct sf_av1_obu {
	uint8_t type;
	bool forbidden, has_extension, has_size;
	uint8_t reserved;        /* the reserved bits, of the extension too */
	uint8_t tid, sid;        /* 0 without extension */
	uint8_t size_octets;     /* of the size field; 0: none */
	uint8_t octets;          /* of header, extension and size */
	struct sf_bytes data;    /* behind them */
	struct sf_bytes payload; /* the OBUs that follow */
};

enum sf_status sf_av1_obu_parse(
    struct sf_av1_obu *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * A temporal unit: SF_OK only when each OBU can be one (forbidden and reserved
 * bits 0, a type in use) with a size, the sizes end exactly, and a frame is
 * among them. The last OBU may do without a size.
 */
struct sf_av1_frame {
	unsigned obus;
	bool key;                /* a sequence header is there */
	uint8_t first;           /* type of the first OBU */
	bool sized;              /* all have sizes */
	struct sf_bytes payload; /* of the last OBU */
};

enum sf_status sf_av1_frame_parse(struct sf_av1_frame *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
