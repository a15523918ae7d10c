/*
 * slices.c - senders that encrypt packet by packet, each behind the descriptor
 * of its codec. The headers tell: in a packet that goes on with a frame there
 * is one that follows on that of the packet before, where a frame encrypted as
 * a whole has ciphertext.
 */
#include "engine/streams/parts.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"
#include "parsers/sframe/header.h"

#define NEAR   16   /* steps of CTR from a packet to the next */
#define STEPS  1000 /* from frame to frame, with loss */
#define NEED   14   /* bits by which chance is excluded at the beginning, */
#define LATER  40   /* and in a stream that has shown frames until now */
#define MISSES 3    /* packets in a row without a header: it is over */

/* Behind the descriptor; *start: of a frame. False: not of that format. */
static bool
slice_of(struct sf_bytes *slice, bool *start, enum sf_codec codec,
    const struct sf_unit *u)
{
	struct sf_diag d;
	struct sf_vp8 v8;
	struct sf_vp9 v9;

	if (codec == SF_CODEC_VP8 &&
	    sf_vp8_parse(&v8, u->payload, &d) == SF_OK) {
		*slice = v8.payload;
		*start = v8.start && v8.partition == 0;
		return true;
	}
	if (codec == SF_CODEC_VP9 &&
	    sf_vp9_parse(&v9, u->payload, &d) == SF_OK) {
		*slice = v9.payload;
		*start = v9.begin;
		return true;
	}
	return false;
}

/* What it tells that a header has the KID before it, and a CTR so near: its
   octets by chance, as bits. */
static unsigned
weight(const struct sf_sframe_header *h, uint64_t step)
{
	unsigned bits = (unsigned)h->aad.n * 8 - 1;

	for (; step > 1; step /= 2)
		bits -= 2;
	return bits;
}

/* A packet in the middle of a frame, next to the one before. */
static void
note_next(struct sf_slices *s, const struct sf_sframe_header *h, bool fits)
{
	unsigned bits;

	if (!fits) {
		s->bits = 0;
		s->missed = true;
		if (s->on && ++s->misses >= MISSES)
			s->on = false;
		return;
	}
	bits = s->bits + weight(h, h->ctr - s->ctr);
	s->bits = (uint8_t)(bits < UINT8_MAX ? bits : UINT8_MAX);
	s->misses = 0;
	if (s->bits >= (s->missed && !s->on ? LATER : NEED))
		s->on = true;
	if (s->on)
		s->native = false;
}

bool
sf_slices_note(
    struct sf_slices *s, enum sf_codec codec, const struct sf_unit *u)
{
	struct sf_sframe_header h = { 0 };
	struct sf_bytes slice;
	struct sf_diag d;
	uint64_t step = 0;
	bool start, header;

	if (u->payload.n == 0 || !slice_of(&slice, &start, codec, u))
		return false;
	header = sf_sframe_header_parse(&h, slice, &d) == SF_OK;
	if (header && s->known && h.kid == s->kid)
		step = h.ctr - s->ctr;
	if (!start && s->known && u->seq == s->seq + 1)
		note_next(s, &h, step > 0 && step <= NEAR);
	else /* a frame that is not encrypted has no header */
		s->native = s->known && (step == 0 || step > STEPS);
	s->known = header;
	s->kid = header ? h.kid : 0;
	s->ctr = header ? h.ctr : 0;
	s->seq = u->seq;
	return s->on && !s->native;
}

void
sf_slices_begin(struct sf_streams *s, struct sf_track *t)
{
	struct sf_slices maybe = { 0 };

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		(void)sf_slices_note(
		    &maybe, t->pub.codec, &sf_held_at(s, at)->unit);
	/* one short header shows too little, but a key may tell */
	t->slices.on = maybe.on || (maybe.bits > 0 && sf_proof_slices(s, t));
}
