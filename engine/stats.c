#include "engine/stats.h"

#include <math.h>

#define LEAST_BITS    20
#define LEAST_NIBBLES 80

/* One octet as eight octets of 0 or 1, bit 0 in the lowest. */
static uint64_t
spread(uint8_t v)
{
	uint64_t one_bit_each =
	    v * 0x0101010101010101ULL & 0x8040201008040201ULL;

	return (one_bit_each + 0x7f7f7f7f7f7f7f7fULL) >> 7 &
	       0x0101010101010101ULL;
}

void
sf_bits_add(struct sf_bit_counts *b, const uint8_t *p, size_t n)
{
	size_t most = n < SF_HEAD ? n : SF_HEAD;

	/* no position has more strings than the first */
	if (b->n[0] == SF_STATS_MOST)
		return;
	for (size_t i = 0; i < most; i++)
		b->ones[i] += spread(p[i]);
	for (size_t i = 0; i < most; i++)
		b->n[i]++;
}

void
sf_nibbles_add(struct sf_nibble_counts *c, const uint8_t p[SF_NIBBLES])
{
	if (c->n == SF_STATS_MOST)
		return;
	for (size_t i = 0; i < SF_NIBBLES; i++) {
		c->count[2 * i][p[i] >> 4]++;
		c->count[2 * i + 1][p[i] & 15]++;
	}
	c->n++;
}

/* Wilson and Hilferty's cube root, good to a few percent of log p here. */
double
sf_chi2_p(double chi2, double df)
{
	double v = 2 / (9 * df);
	double z = (cbrt(chi2 / df) - (1 - v)) / sqrt(v);

	return 0.5 * erfc(z / sqrt(2));
}

double
sf_bits_p(const struct sf_bit_counts *b)
{
	double sum = 0, df = 0;

	for (size_t i = 0; i < SF_HEAD; i++) {
		if (b->n[i] < LEAST_BITS)
			continue;
		for (unsigned k = 0; k < 8; k++) {
			double ones = (double)(b->ones[i] >> 8 * k & 0xff);
			double d = 2 * ones - b->n[i];

			sum += d * d / b->n[i];
		}
		df += 8;
	}
	return df == 0 ? 1 : sf_chi2_p(sum, df);
}

double
sf_nibbles_p(const struct sf_nibble_counts *c)
{
	double sum = 0, expect = c->n / 16.0;

	if (c->n < LEAST_NIBBLES)
		return 1;
	for (size_t i = 0; i < 2 * SF_NIBBLES; i++)
		for (size_t v = 0; v < 16; v++) {
			double d = c->count[i][v] - expect;

			sum += d * d / expect;
		}
	return sf_chi2_p(sum, 2 * SF_NIBBLES * 15);
}

double
sf_octets_p(const uint8_t *p, size_t n)
{
	double count[2][16] = { { 0 } }, expect = (double)n / 16, sum = 0;

	if (n < LEAST_NIBBLES)
		return 1;
	for (size_t i = 0; i < n; i++) {
		count[0][p[i] >> 4]++;
		count[1][p[i] & 15]++;
	}
	for (size_t v = 0; v < 16; v++)
		for (size_t k = 0; k < 2; k++) {
			double d = count[k][v] - expect;

			sum += d * d / expect;
		}
	return sf_chi2_p(sum, 2 * 15);
}
