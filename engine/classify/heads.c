/*
 * heads.c - a stream that begins as Opus does in every frame: is it media, or what
 * a sender leaves of it in front of ciphertext? Behind its fourth octet Opus is
 * as even as that, but for its end: the last octets of the range coder, bits
 * that are written from behind, and zeros. How much is to be seen of these was
 * measured: libopus 1.3.1, 19 settings, 13 sounds of 100 s each, the smallest p
 * of the four tests here in any row of so many frames of media.
 *
 *	frames			400	600	1000	2000	3000	4000
 *	CELT, 10 ms or 20	.022	2e-4	3e-11
 *	with SILK, 20 ms	.8	.6	.5	7e-4	1e-6	4e-14
 *	with SILK, 10 ms	.9	.9	.8	.9	.3	.26
 *
 * What ends more evenly, by some factor, is no media. Of shorter frames nothing
 * can be said.
 */
#include <math.h>

#include "engine/classify/parts.h"

#define DEEPEST 16 /* octets, as many as a sender may leave in the clear */
#define SHORT   12 /* octets: no room for a head and a tag */
#define FEW     3  /* such frames, or frames that are as the one before */
#define NIBBLES 16
#define SURE    1e-8

/* From so many frames on p has to be as much, or a tenth of that for each tenfold
   more, and no more than SURE. */
struct least_p {
	unsigned frames;
	double p;
	unsigned tenfold; /* 0: p stays */
};

static const struct least_p of_celt[] = {
	{ 1000, 1e-4, 250 },
	{ 600, .05, 0 },
	{ 400, .2, 0 },
	{ 0, 2, 0 }, /* p is never that */
};
static const struct least_p of_silk[] = {
	{ 2000, .02, 500 },
	{ 0, 2, 0 },
};

/* By its TOC octet (RFC 6716 3.1): is a packet of CELT alone? */
static bool
is_celt(uint8_t toc)
{
	return toc >= 0x80;
}

/* The same: are its frames too short to tell anything by their ends? */
static bool
is_brief(uint8_t toc)
{
	unsigned config = toc >> 3;

	if (config < 12)
		return config % 4 == 0;
	return config < 16 ? config % 2 == 0 : config % 4 < 2;
}

void
sf_classify_count_head(struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_long_tails *t = &c->tails;
	const uint8_t *at;
	/* behind much of RED it is not kept */
	uint8_t toc = r->core_at < r->head_n ? r->head[r->core_at] : 0;

	if (c->middle_frames > 0)
		return;
	if (r->octets < SHORT && t->small < FEW)
		t->small++;
	if ((uint32_t)r->content == t->content && t->again < FEW)
		t->again++;
	t->content = (uint32_t)r->content;
	if (is_brief(toc) && t->brief < FEW)
		t->brief++;
	if (!is_celt(toc) && t->silk < FEW)
		t->silk++;
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

/* What p has to be for so many frames to be no media. */
static double
least_of(const struct sf_long_tails *t)
{
	const struct least_p *row = t->silk >= FEW ? of_silk : of_celt;

	while (t->n < row->frames)
		row++;
	if (row->tenfold == 0)
		return row->p;
	return fmax(SURE,
	    row->p * pow(10, -(double)(t->n - row->frames) / row->tenfold));
}

bool
sf_classify_only_heads(const struct sf_classifier *c)
{
	const struct sf_long_tails *t = &c->tails;
	double p = 1;

	if (c->middle_frames > 0 || t->small >= FEW || t->again >= FEW ||
	    t->brief >= FEW || least_of(t) > 1)
		return false;
	sf_keep_least(&p, nibbles_p(t, SF_LAST_OCTETS));
	sf_keep_least(&p, nibbles_p(t, SF_NIBBLES));
	sf_keep_least(&p, nibbles_p(t, 2));
	sf_keep_least(&p, sf_chi2_p(chi2(t->last, 256, t->n), 255));
	return p >= least_of(t);
}
