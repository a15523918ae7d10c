/*
 * framing.h - where packets begin and end in a stream of octets. Internal to
 * engine/transport/tcp.c.
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

#define SF_SENDERS 8 /* SSRCs that a stream of octets is known to have */

/* The last of them to have sent, first. */
struct sf_senders {
	uint8_t n;
	struct {
		uint32_t ssrc;
		uint16_t seq;
	} of[SF_SENDERS];
};

/* Where packets are looked for, and with what. */
struct sf_search {
	struct sf_senders senders; /* whose packets were handed out */
	bool start; /* the first octet is the first of a connection */
	bool first; /* packets are expected at the first octet, else anywhere */
	bool last;  /* no more octets will come */
};

/*
 * Do packets stand here one behind the other, and in which framing? A packet of
 * a known sender that carries on is enough. Else three are, or fewer when they
 * prove more, and the first has to be tied to the others: octets of a packet
 * read as one can by chance end where the next begins.
 */
enum sf_chain sf_framing_find(
    const struct sf_search *s, struct sf_bytes in, uint8_t *framing);

/* Notes the sender of a packet that was found in this framing. */
void sf_framing_note(
    struct sf_senders *s, uint8_t framing, struct sf_bytes packet);

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
