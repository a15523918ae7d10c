/*
 * fecmask.h - which packets a FEC packet protects: bit n, from the most
 * significant of bits[0] on, is the packet with the number base + n.
 */
#ifndef SF_FECMASK_H
#define SF_FECMASK_H

#include <stdbool.h>
#include <stdint.h>

#define SF_FEC_MOST 110 /* packets (RFC 8627 4.2.2.1) */

struct sf_fec_mask {
	uint64_t bits[2];
};

/* The lowest n bits of value become bits at and on; at + n is at most
   128, n is 1 to 64. */
static inline void
sf_fec_mask_put(struct sf_fec_mask *m, unsigned at, unsigned n, uint64_t value)
{
	for (unsigned i = 0; i < n; i++)
		m->bits[(at + i) / 64] |= (value >> (n - 1 - i) & 1)
					  << (63 - (at + i) % 64);
}

static inline bool
sf_fec_mask_has(const struct sf_fec_mask *m, unsigned n)
{
	return n < 128 && (m->bits[n / 64] >> (63 - n % 64) & 1) != 0;
}

static inline unsigned
sf_fec_mask_count(const struct sf_fec_mask *m)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 2; i++)
		for (uint64_t v = m->bits[i]; v != 0; v &= v - 1)
			n++;
	return n;
}

#endif
