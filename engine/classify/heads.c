/*
 * heads.c - a stream that begins as Opus does in every frame: is it media, or what
 * a sender leaves of it in front of ciphertext? Behind its fourth octet Opus is
 * as even as that, but for its end: the last octets of the range coder, bits
 * that are written from behind, and zeros. In a hundred frames little is to be
 * seen of these; in a thousand there was something in every setting that was
 * measured, a factor of ten for every 250 frames at least.
 */
#include <math.h>

#include "engine/classify/parts.h"

#define DEEPEST 16  /* octets, as many as a sender may leave in the clear */
#define SHORT   12  /* octets: no room for a head and a tag */
#define FEW     3   /* such frames, or frames that are as the one before */
#define LEAST   600 /* frames */
#define MANY    1000
#define TENFOLD 250 /* of many frames, for which p is a tenth in media */
#define EVEN    .05 /* p of fewer */
#define SURE    1e-8
#define NIBBLES 16

void
sf_classify_count_head(struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_long_tails *t = &c->tails;
	const uint8_t *at;

	if (c->middle_frames > 0)
		return;
	if (r->octets < SHORT && t->small < FEW)
		t->small++;
	if ((uint32_t)r->content == t->content && t->again < FEW)
		t->again++;
	t->content = (uint32_t)r->content;
	if (r->octets < DEEPEST + SF_TAIL || r->tail_n < SF_LAST_OCTETS ||
	    t->n == UINT16_MAX)
		return;
	at = r->tail + r->tail_n - SF_LAST_OCTETS;
	for (unsigned i = 0; i < SF_LAST_OCTETS; i++) {
		t->nibbles[2 * i][at[i] >> 4]++;
		t->nibbles[2 * i + 1][at[i] & 15]++;
	}
	t->last[at[SF_LAST_OCTETS - 1]]++;
	t->n++;
}

static double
chi2(const uint16_t *count, unsigned bins, double n)
{
	double expect = n / bins, sum = 0;

	for (unsigned i = 0; i < bins; i++)
		sum += (count[i] - expect) * (count[i] - expect) / expect;
	return sum;
}

/* Nibbles of so many last octets. */
static double
nibbles_p(const struct sf_long_tails *t, unsigned octets)
{
	double sum = 0;

	for (unsigned i = 0; i < 2 * octets; i++)
		sum +=
		    chi2(t->nibbles[2 * SF_LAST_OCTETS - 1 - i], NIBBLES, t->n);
	return sf_chi2_p(sum, 2.0 * octets * (NIBBLES - 1));
}

bool
sf_classify_only_heads(const struct sf_classifier *c)
{
	const struct sf_long_tails *t = &c->tails;
	double p = 1;

	if (c->middle_frames > 0 || t->n < LEAST || t->small >= FEW ||
	    t->again >= FEW)
		return false;
	sf_keep_least(&p, nibbles_p(t, SF_LAST_OCTETS));
	sf_keep_least(&p, nibbles_p(t, SF_NIBBLES));
	sf_keep_least(&p, nibbles_p(t, 2));
	sf_keep_least(&p, sf_chi2_p(chi2(t->last, 256, t->n), 255));
	if (t->n < MANY)
		return p >= EVEN;
	return p >= fmax(SURE, pow(10, -(double)t->n / TENFOLD));
}
