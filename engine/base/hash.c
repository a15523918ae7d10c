#include "engine/base/hash.h"

/* Inlined: most inputs are an audio frame, and the call would be half the work. */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
sf_hash(struct sf_bytes in)
{
	return XXH3_64bits(in.p, in.n);
}

#define END (SF_HASH_WHOLE / 2)

uint64_t
sf_hash_ends(struct sf_bytes in)
{
	if (in.n <= SF_HASH_WHOLE)
		return XXH3_64bits(in.p, in.n);
	return XXH3_64bits_withSeed(in.p, END, in.n) ^
	       XXH3_64bits(in.p + in.n - END, END);
}
