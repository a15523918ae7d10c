#include "engine/base/arena.h"

#include <stdlib.h>

#define ALIGN ((size_t)64) /* a cache line, and more than any type needs */

bool
sf_arena_init(struct sf_arena *a, size_t octets)
{
	*a = (struct sf_arena){ .base = calloc(1, octets), .cap = octets };
	return a->base != NULL;
}

void *
sf_arena_take(struct sf_arena *a, size_t count, size_t size)
{
	size_t at = (a->used + ALIGN - 1) / ALIGN * ALIGN;

	if (at > a->cap || (size != 0 && count > (a->cap - at) / size))
		return NULL; /* the run does not start; it never fails later */
	a->used = at + count * size;
	return a->base + at;
}

void
sf_arena_wipe(struct sf_arena *a)
{
	free(a->base);
	*a = (struct sf_arena){ 0 };
}
