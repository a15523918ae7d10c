/*
 * framing.h - where packets begin and end in a stream of octets. Internal to
 * engine/tcp.c.
 */
#ifndef SF_TCP_FRAMING_H
#define SF_TCP_FRAMING_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

enum sf_chain {
	SF_CHAIN_NO,   /* no packet begins here */
	SF_CHAIN_MORE, /* it may; more octets will tell */
	SF_CHAIN_YES
};

/*
 * Do packets stand here one behind the other, and in which framing? Three, or
 * fewer when they prove more. first: packets are expected here, as at the
 * start of a connection; last: no more octets will come.
 */
enum sf_chain sf_framing_find(
    struct sf_bytes in, bool first, bool last, uint8_t *framing);

struct sf_frame_of_stream {
	enum sf_status status;  /* SHORT: more octets are needed; MALFORMED: the
	                           framing does not hold here */
	size_t octets;          /* of the frame, all of it */
	struct sf_bytes packet; /* empty: nothing to hand on */
	bool known; /* the packet is of a known protocol, or there is
	                           none */
};

struct sf_frame_of_stream sf_framing_next(uint8_t framing, struct sf_bytes in);

/* What a frame of which only the beginning is there says of itself. */
struct sf_frame_begun {
	size_t octets;         /* of the frame, all of it; 0: not known */
	size_t head;           /* of these, in front of the packet */
	size_t packet;         /* octets of the packet, all of it */
	struct sf_bytes there; /* what is there of the packet */
};

struct sf_frame_begun sf_framing_begun(uint8_t framing, struct sf_bytes in);

/* Is in the beginning of one frame of so many octets in all? Its length and
   the first octets of its packet tell. */
bool sf_framing_fits(struct sf_bytes in, size_t octets, uint8_t *framing);

#endif
