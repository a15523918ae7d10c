/*
 * ends.c - ciphertext that stops before its frame does. What was encrypted
 * is uniform to its last octet, tag and all (RFC 9605 4.4.3): octets at the
 * end, or in the middle, that are not were never encrypted, or were put
 * behind.
 */
#include "engine/classify/parts.h"

#include <string.h>

#include "engine/classify/stats.h"

#define MIDDLE       32   /* octets looked at of each frame */
#define LEAST        256  /* octets of a frame that has a middle */
#define LEAST_COUNT  4096 /* octets for the test of their values */
#define LEAST_MARKED 20   /* frames that end in the same octet */
#define LEAST_TAILS  40   /* frames whose last octets are compared */

void
sf_classify_middle(
    struct sf_classifier *c, const struct sf_record *r, struct sf_bytes frame)
{
	const uint8_t *at;

	if (frame.n < LEAST || !r->has_header || r->tried == SF_TRIED_OPENED)
		return;
	if (c->middle_frames == 0) /* media was counted there before */
		memset(c->middle, 0, sizeof(c->middle));
	at = frame.p + frame.n / 8 * 5;
	for (unsigned i = 0; i < MIDDLE; i++)
		c->middle[at[i]]++;
	c->middle_frames++;
}

/* An octet among the last that is the same in all these frames: no codec's end
   looks like that, but for zeros; a trailer's does. */
bool
sf_classify_has_mark(const struct sf_bit_counts *tail, bool zero)
{
	for (unsigned i = 0; i < SF_TAIL && tail->strings >= LEAST_MARKED;
	     i++) {
		uint8_t value = 0;
		unsigned fixed = 0;

		for (unsigned k = 0; k < 8; k++) {
			uint64_t ones = tail->ones[i] >> 8 * k & 0xff;

			fixed += ones == 0 || ones == tail->strings;
			value |= (uint8_t)((ones != 0) << k);
		}
		if (fixed == 8 && (zero || value != 0))
			return true;
	}
	return false;
}

void
sf_classify_tails(struct sf_classifier *c, const struct sf_bit_counts *tail,
    const struct sf_nibble_counts *nibbles)
{
	struct sf_evidence *e = &c->pub->evidence;

	if (tail->strings < LEAST_TAILS ||
	    (sf_bits_p(tail) >= SF_CLEAR_SURE &&
		sf_nibbles_p(nibbles) >= SF_CLEAR_SURE))
		return;
	if (sf_classify_has_mark(tail, false))
		e->trailers += tail->strings;
	else
		e->tails += tail->strings;
}

/* The values of octets from the middles of all frames: ciphertext has none that
   comes more often than others. */
void
sf_classify_middles(struct sf_classifier *c)
{
	double n = (double)c->middle_frames * MIDDLE, sum = 0;
	struct sf_evidence *e = &c->pub->evidence;

	if (n < LEAST_COUNT)
		return;
	for (unsigned v = 0; v < 256; v++) {
		double d = c->middle[v] - n / 256;

		sum += d * d / (n / 256);
	}
	e->p_middle = sf_chi2_p(sum, 255);
	if (e->p_middle < SF_CLEAR_SURE)
		e->middles = c->middle_frames;
}
