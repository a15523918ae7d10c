#include "engine/classify/stats.h"

#include <math.h>

#define LEAST_BITS    20
#define LEAST_NIBBLES 80

/* One octet as eight octets of 0 or 1, bit 0 in the lowest. */
#define BIT(v, k) ((uint64_t)((v) >> (k)&1) << 8 * (k))
#define SPREAD(v)                                                              \
	(BIT(v, 0) | BIT(v, 1) | BIT(v, 2) | BIT(v, 3) | BIT(v, 4) |           \
	    BIT(v, 5) | BIT(v, 6) | BIT(v, 7))
#define FOUR(v)    SPREAD(v), SPREAD(v + 1), SPREAD(v + 2), SPREAD(v + 3)
#define SIXTEEN(v) FOUR(v), FOUR(v + 4), FOUR(v + 8), FOUR(v + 12)
#define QUARTER(v) SIXTEEN(v), SIXTEEN(v + 16), SIXTEEN(v + 32), SIXTEEN(v + 48)
static const uint64_t spread[256] = { QUARTER(0), QUARTER(64), QUARTER(128),
	QUARTER(192) };

void
sf_bits_add(struct sf_bit_counts *b, const uint8_t *p, size_t n)
{
	if (b->strings == SF_STATS_MOST)
		return;
	b->strings++;
	if (n >= SF_HEAD) {
		for (size_t i = 0; i < SF_HEAD; i += 4) {
			b->ones[i] += spread[p[i]];
			b->ones[i + 1] += spread[p[i + 1]];
			b->ones[i + 2] += spread[p[i + 2]];
			b->ones[i + 3] += spread[p[i + 3]];
		}
		return;
	}
	b->ended[n]++;
	for (size_t i = 0; i < n; i++)
		b->ones[i] += spread[p[i]];
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

/* Of how far each bit of an octet is from half ones, twice over. */
static int
squares(uint64_t ones, int n)
{
	int sum = 0;

	for (unsigned k = 0; k < 8; k++) {
		int d = 2 * (int)(ones >> 8 * k & 0xff) - n;

		sum += d * d;
	}
	return sum;
}

double
sf_bits_p(const struct sf_bit_counts *b)
{
	double sum = 0, df = 0;
	unsigned n = b->strings;

	for (size_t i = 0; i < SF_HEAD; i++) {
		n -= b->ended[i]; /* those that have no octet here */
		if (n < LEAST_BITS)
			break;
		sum += (double)squares(b->ones[i], (int)n) / n;
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
