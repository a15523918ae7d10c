/*
 * put.h - octets put one behind another into a buffer of the caller. What does
 * not fit is left out, and full says so from then on.
 */
#ifndef SF_DIAGNOSE_PUT_H
#define SF_DIAGNOSE_PUT_H

#include "parsers/base/bytes.h"

#include <string.h>

struct sf_put {
	uint8_t *p;
	size_t room, n; /* octets; n <= room */
	bool full;
};

static inline struct sf_put
sf_put(uint8_t *p, size_t room)
{
	return (struct sf_put){ .p = p, .room = room };
}

static inline void
sf_put_bytes(struct sf_put *o, struct sf_bytes b)
{
	if (o->full || b.n > o->room - o->n) {
		o->full = true;
		return;
	}
	if (b.n != 0)
		memcpy(o->p + o->n, b.p, b.n);
	o->n += b.n;
}

static inline void
sf_put_text(struct sf_put *o, const char *text)
{
	sf_put_bytes(o, sf_bytes(text, strlen(text)));
}

static inline void
sf_put_u8(struct sf_put *o, uint8_t octet)
{
	sf_put_bytes(o, sf_bytes(&octet, 1));
}

/* Those in front of the first that is zero. */
static inline struct sf_bytes
sf_until_zero(struct sf_bytes b)
{
	size_t n = 0;

	while (n < b.n && b.p[n] != 0)
		n++;
	return sf_bytes(b.p, n);
}

/* The low n octets of v, most significant first. */
static inline void
sf_put_uint(struct sf_put *o, uint64_t v, size_t n)
{
	while (n-- > 0)
		sf_put_u8(o, (uint8_t)(n < 8 ? v >> 8 * n : 0));
}

/* The same, least significant first. */
static inline void
sf_put_little(struct sf_put *o, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sf_put_u8(o, (uint8_t)(i < 8 ? v >> 8 * i : 0));
}

static inline struct sf_bytes
sf_put_all(const struct sf_put *o)
{
	return sf_bytes(o->p, o->n);
}

#endif
