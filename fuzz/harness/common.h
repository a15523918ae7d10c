/*
 * common.h - what the targets share: inputs taken apart, a check that stays on.
 *
 * An input for open, differential and the mutator is an octet of suite, an
 * octet of metadata length, the metadata, and a frame. The key is the same for
 * every KID.
 */
#ifndef SFF_COMMON_H
#define SFF_COMMON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/harness/sframe_fuzz.h"

#define SFF_ROOM 64 /* octets that a frame can be longer than its plaintext */

static const uint8_t sff_base[16] = "sframe fuzz key";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SFF_CHECK(holds)                                                       \
	do {                                                                   \
		if (!(holds)) {                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n",          \
			    __FILE__, __LINE__, #holds);                       \
			abort();                                               \
		}                                                              \
	} while (0)

struct sff_input {
	unsigned suite;
	const uint8_t *meta, *ct;
	size_t n_meta, n;
};

static inline int
sff_take(struct sff_input *i, const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	i->suite = 1 + data[0] % 8;
	i->n_meta = data[1] % 64;
	if (i->n_meta > size - 2)
		i->n_meta = size - 2;
	i->meta = data + 2;
	i->ct = i->meta + i->n_meta;
	i->n = size - 2 - i->n_meta;
	return 1;
}

/* Octets in memory of exactly their size: one too many is seen. */
static inline uint8_t *
sff_exact(const uint8_t *p, size_t n)
{
	uint8_t *out = (uint8_t *)malloc(n == 0 ? 1 : n);

	SFF_CHECK(out != NULL);
	if (n != 0)
		memcpy(out, p, n);
	return out;
}

/* The KID of a header, as the input says it; 0 when it is cut short. */
static inline uint64_t
sff_kid(const uint8_t *p, size_t n)
{
	uint64_t kid = 0;
	size_t octets;

	if (n == 0 || (p[0] & 0x80) == 0)
		return n == 0 ? 0 : (uint64_t)(p[0] >> 4 & 7);
	octets = (size_t)(p[0] >> 4 & 7) + 1;
	for (size_t i = 1; i <= octets && i < n; i++)
		kid = kid << 8 | p[i];
	return kid;
}

#endif
