/*
 * slices.c - senders that encrypt packet by packet, each behind the descriptor
 * of its codec. The headers tell: in a packet that goes on with a frame there
 * is one that follows on that of the packet before, where a frame encrypted as
 * a whole has ciphertext.
 */
#include <string.h>

#include "engine/depay/parts.h"
#include "parsers/sframe/header.h"

#define NEAR   16   /* steps of CTR from a packet to the next */
#define STEPS  1000 /* from frame to frame, with loss */
#define NEED   14   /* bits by which chance is excluded at the beginning, */
#define LATER  40   /* and in a stream that has shown frames until now */
#define MISSES 3    /* packets in a row without a header: it is over */

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
note_next(struct sf_slices *s, const struct sf_sframe_header *h, uint64_t step)
{
	unsigned bits;

	if (step == 0 || step > NEAR) {
		s->bits = 0;
		s->missed = true;
		if (s->on && ++s->misses >= MISSES)
			s->on = false;
		return;
	}
	bits = s->bits + weight(h, step);
	s->bits = (uint8_t)(bits < UINT8_MAX ? bits : UINT8_MAX);
	s->misses = 0;
	if (s->bits >= (s->missed && !s->on ? LATER : NEED))
		s->on = true;
	if (s->on)
		s->native = false;
}

/* The header of this packet, and its step from that of the one before; 0: it
   has another KID, or there is none. */
static uint64_t
step_to(const struct sf_slices *s, struct sf_sframe_header *h,
    struct sf_bytes slice)
{
	struct sf_sframe_header before;
	struct sf_diag d;

	if (sf_sframe_header_parse(&before, sf_bytes(s->head, s->head_n), &d) !=
		SF_OK ||
	    sf_sframe_header_parse(h, slice, &d) != SF_OK ||
	    h->kid != before.kid)
		return 0;
	return h->ctr - before.ctr;
}

/* Any header is as long as what is kept of a packet, or shorter. */
static bool
had_header(const struct sf_slices *s)
{
	struct sf_sframe_header h;
	struct sf_diag d;

	return s->head_n == sizeof(s->head) ||
	       (s->head_n > 0 &&
		   sf_sframe_header_parse(
		       &h, sf_bytes(s->head, s->head_n), &d) == SF_OK);
}

static void
keep(struct sf_slices *s, const struct sf_unit *u, struct sf_bytes slice)
{
	s->seq = u->seq;
	s->head_n = sizeof(s->head);
	if (slice.n >= sizeof(s->head)) {
		memcpy(s->head, slice.p, sizeof(s->head));
		return;
	}
	s->head_n = (uint8_t)slice.n;
	memcpy(s->head, slice.p, slice.n);
}

/* The KID is in these bits, or its length: most ciphertext has others. */
static bool
maybe_next(const struct sf_slices *s, struct sf_bytes slice)
{
	return slice.n > 0 && s->head_n > 0 &&
	       ((slice.p[0] ^ s->head[0]) & 0xf0) == 0;
}

bool
sf_depay_sliced(
    struct sf_slices *s, const struct sf_unit *u, const struct sf_part *p)
{
	bool next = !p->start && u->seq == s->seq + 1 && had_header(s);
	struct sf_sframe_header h = { 0 };
	uint64_t step = 0;

	if ((next || s->on) && maybe_next(s, p->slice))
		step = step_to(s, &h, p->slice);
	if (next)
		note_next(s, &h, step);
	else if (s->on) /* a frame that is not encrypted has no header */
		s->native = had_header(s) && (step == 0 || step > STEPS);
	keep(s, u, p->slice);
	return s->on && !s->native;
}
