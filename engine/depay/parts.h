/*
 * parts.h - what a payload format does for the joining of frames: it says where
 * frames begin and end, and it turns payloads back into the sender's octets.
 */
#ifndef SF_DEPAY_PARTS_H
#define SF_DEPAY_PARTS_H

#include "engine/depay/depay.h"

/* One packet's part of a frame. */
struct sf_part {
	struct sf_bytes slice; /* where a format has no put() */
	uint16_t taken;        /* octets in front of the frame's own */
	bool start, end;       /* of a frame */
	bool ends_before;      /* a start here ends an open frame in order */
	bool inter_known, inter;
};

struct sf_depay_format {
	/* Every packet, before anything is done with it. NULL: nothing to do. */
	void (*note)(struct sf_depay *d, const struct sf_unit *u);
	/* False when the payload is not of this format. */
	bool (*read)(struct sf_part *p, const struct sf_depay *d,
	    const struct sf_unit *u);
	/* Adds the payload to the open frame; false when it does not fit there.
	   NULL: the slice is added as it is. */
	bool (*put)(struct sf_depay *d, struct sf_depay_pool *pool,
	    const struct sf_unit *u);
	/* The last packet is in; false when the frame is none. NULL: nothing to
	   do. */
	bool (*close)(struct sf_depay *d, struct sf_depay_pool *pool);
	bool sliced; /* packets of it may be ciphertexts of their own */
};

/* One packet that was read. Is it a ciphertext by itself, as far as is known? */
bool sf_depay_sliced(
    struct sf_slices *s, const struct sf_unit *u, const struct sf_part *p);

extern const struct sf_depay_format sf_depay_vp8, sf_depay_vp9,
    sf_depay_descriptor, sf_depay_h264, sf_depay_h265, sf_depay_av1,
    sf_depay_other;

/*
 * The next unit of a multi-time aggregate of H.264, out of rest, which is what
 * stands behind its decoding order number; that is in u->don. False behind the
 * last, and where rest is no such thing.
 */
bool sf_depay_mtap(
    struct sf_unit *out, struct sf_bytes *rest, const struct sf_unit *u);

/* Adds octets to the open frame; false when there is no room. */
bool sf_depay_add(
    struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes octets);

/* The buffer of the open frame; NULL while nothing was added. */
uint8_t *sf_depay_octets(
    const struct sf_depay *d, const struct sf_depay_pool *pool);

/* A unit begins here that the packetizer told apart. */
void sf_depay_mark(struct sf_depay *d);

/* Does the packet follow the last one that came, whatever that was? */
static inline bool
sf_depay_follows(const struct sf_depay *d, const struct sf_unit *u)
{
	return d->any && u->seq == d->expected;
}

/* A frame may begin here as far as timestamps and markers tell: no frame is
   open, or one with another timestamp. */
static inline bool
sf_depay_turns(const struct sf_depay *d, const struct sf_unit *u)
{
	return !d->open || d->frame.timestamp != u->timestamp;
}

/* Is it of a frame that has been counted as incomplete? */
static inline bool
sf_depay_is_rest(const struct sf_depay *d, const struct sf_unit *u)
{
	return d->lost_ts == (uint64_t)u->timestamp + 1;
}

/* Behind a loss: does the packet begin a frame? A dependency descriptor tells,
   where there is one. */
static inline bool
sf_depay_begins(const struct sf_unit *u, bool looks_so)
{
	return u->bounded ? u->starts : looks_so;
}

#endif
