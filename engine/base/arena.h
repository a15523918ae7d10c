/*
 * arena.h - all the memory of a run, taken once and given back once.
 */
#ifndef SF_ARENA_H
#define SF_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_arena {
	uint8_t *base;
	size_t cap, used; /* octets */
};

/* Takes octets of zeroed memory; false when there is not that much. */
bool sf_arena_init(struct sf_arena *a, size_t octets);

/* count things of size octets, zeroed; NULL when the arena is too small. */
void *sf_arena_take(struct sf_arena *a, size_t count, size_t size);

void sf_arena_wipe(struct sf_arena *a);

#endif
