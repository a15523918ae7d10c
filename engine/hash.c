#include "engine/hash.h"

/* Inlined: most inputs are an audio frame, and the call would be half the work. */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
sf_hash(struct sf_bytes in)
{
	return XXH3_64bits(in.p, in.n);
}
