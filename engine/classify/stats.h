/*
 * stats.h - is a set of octet strings uniform? Position by position, over at
 * most 255 strings. Each test answers with a p-value: the chance that uniform
 * octets look this uneven or more so; 1 when there is too little to test.
 */
#ifndef SF_STATS_H
#define SF_STATS_H

#include <stddef.h>
#include <stdint.h>

#define SF_STATS_MOST 255 /* strings in one set */
#define SF_HEAD 24        /* octets looked at from the front */
#define SF_TAIL 16        /* and from the back */
#define SF_NIBBLES 4      /* octets whose nibbles are counted, either end */

/* Bits counted at each position: eight counters in one word. */
struct sf_bit_counts {
	uint64_t ones[SF_HEAD];
	unsigned strings;
	uint8_t ended[SF_HEAD]; /* strings that end in front of this position */
};

/* Nibble values counted at each position. */
struct sf_nibble_counts {
	uint8_t count[2 * SF_NIBBLES][16];
	uint8_t n;
};

/* p holds n octets; those beyond the positions counted are passed over. */
void sf_bits_add(struct sf_bit_counts *b, const uint8_t *p, size_t n);
void sf_nibbles_add(struct sf_nibble_counts *c, const uint8_t p[SF_NIBBLES]);

/* Sum of z squared over all bits of all positions with 20 strings or more. */
double sf_bits_p(const struct sf_bit_counts *b);

/* Chi-square of 16 bins, summed over the positions; needs 80 strings. */
double sf_nibbles_p(const struct sf_nibble_counts *c);

/* One string alone: chi-square of 16 bins over its high nibbles and over its low
   ones; good from 80 octets on. */
double sf_octets_p(const uint8_t *p, size_t n);

/* Upper tail of chi-square with df degrees of freedom, df >= 1. */
double sf_chi2_p(double chi2, double df);

#endif
