/*
 * hash.h - one fast hash for tables and for telling octets apart (XXH3). Not
 * for anything that an attacker must not be able to collide.
 */
#ifndef SF_HASH_H
#define SF_HASH_H

#include "parsers/base/bytes.h"

uint64_t sf_hash(struct sf_bytes in);

/*
 * The same for octets that are told apart by their length and their ends: all
 * that is hashed of a long input. Enough to know a duplicate by when sequence
 * numbers are equal already, and to tell two ciphertexts apart, whose tags
 * stand at the end; not enough to call any two inputs equal.
 */
#define SF_HASH_WHOLE 128 /* octets up to which sf_hash_ends() is sf_hash() */
uint64_t sf_hash_ends(struct sf_bytes in);

/* Spreads a number over all 64 bits. */
static inline uint64_t
sf_mix(uint64_t v)
{
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93ULL;
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93ULL;
	return v ^ v >> 32;
}

#endif
