/*
 * bytes.h - a borrowed run of octets.
 *
 * A slice never owns what it points at. It stays valid as long as the buffer
 * it was cut from, and cutting one never copies.
 */
#ifndef SF_BYTES_H
#define SF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_bytes {
	const uint8_t *p; /* never NULL, not even when n is 0 */
	size_t n;         /* octets */
};

/* p may be NULL when n is 0. */
static inline struct sf_bytes
sf_bytes(const void *p, size_t n)
{
	static const uint8_t nothing[1];

	return (struct sf_bytes){ p == NULL ? nothing : p, n };
}

/* True when part lies wholly inside whole; an empty part always does. */
static inline bool
sf_bytes_inside(struct sf_bytes part, struct sf_bytes whole)
{
	uintptr_t a = (uintptr_t)part.p;
	uintptr_t b = (uintptr_t)whole.p;

	return part.n == 0 ||
	       (a >= b && a - b <= whole.n && part.n <= whole.n - (a - b));
}

#endif
