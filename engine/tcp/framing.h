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
 * fewer when they prove more. last: no more octets will come.
 */
enum sf_chain sf_framing_find(struct sf_bytes in, bool last, uint8_t *framing);

struct sf_frame_of_stream {
	enum sf_status status;  /* SHORT: more octets are needed; MALFORMED: the
	                           framing does not hold here */
	size_t octets;          /* of the frame, all of it */
	struct sf_bytes packet; /* empty: nothing to hand on */
	bool known; /* the packet is of a known protocol, or there is
	                           none */
};

struct sf_frame_of_stream sf_framing_next(uint8_t framing, struct sf_bytes in);

#endif
