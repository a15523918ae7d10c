/*
 * noise.h - seeded octets that look like ciphertext (splitmix64).
 */
#ifndef SF_NOISE_H
#define SF_NOISE_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t
noise_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline void
noise_fill(uint8_t *p, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(noise_next(seed) >> 32);
}

#endif
