/*
 * cursor.h - reads forward through a slice; the first short read sticks.
 *
 * After a short read every later read yields zero or an empty slice and the
 * cursor stays where it was, so a parser reads a run of fields and then asks
 * once. Ask before you branch on, loop over or judge anything just read.
 */
#ifndef SF_CURSOR_H
#define SF_CURSOR_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_cursor {
	struct sf_bytes in;
	size_t at;      /* octets consumed; at <= in.n */
	size_t missing; /* 0 until a read came up short */
};

static inline struct sf_cursor
sf_cursor(struct sf_bytes in)
{
	return (struct sf_cursor){ .in = in };
}

static inline size_t
sf_left(const struct sf_cursor *c)
{
	return c->in.n - c->at;
}

static inline bool
sf_ok(const struct sf_cursor *c)
{
	return c->missing == 0;
}

/* The next n octets, or an empty slice when fewer are left. */
static inline struct sf_bytes
sf_slice(struct sf_cursor *c, size_t n)
{
	struct sf_bytes s;

	if (!sf_ok(c) || n > sf_left(c)) {
		if (sf_ok(c))
			c->missing = n - sf_left(c);
		return sf_bytes(NULL, 0);
	}
	s = sf_bytes(c->in.p + c->at, n);
	c->at += n;
	return s;
}

static inline struct sf_bytes
sf_rest(struct sf_cursor *c)
{
	return sf_slice(c, sf_ok(c) ? sf_left(c) : 0);
}

/* A big-endian unsigned integer of n octets, 1 <= n <= 8. */
static inline uint64_t
sf_uint(struct sf_cursor *c, size_t n)
{
	struct sf_bytes s = sf_slice(c, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

/* The same of the usual sizes; each is one load. */
static inline uint8_t
sf_u8(struct sf_cursor *c)
{
	struct sf_bytes s = sf_slice(c, 1);

	return s.n == 0 ? 0 : s.p[0];
}
static inline uint16_t
sf_u16(struct sf_cursor *c)
{
	struct sf_bytes s = sf_slice(c, 2);

	if (s.n == 0)
		return 0;
	return (uint16_t)(s.p[0] << 8 | s.p[1]);
}
static inline uint32_t
sf_u32(struct sf_cursor *c)
{
	struct sf_bytes s = sf_slice(c, 4);

	return s.n == 0 ? 0
			: (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 |
			      (uint32_t)s.p[2] << 8 | s.p[3];
}

/* Fills *d for a cursor that came up short, and names the field. */
static inline enum sf_status
sf_short(struct sf_diag *d, const struct sf_cursor *c, const char *field,
    const char *ref)
{
	*d = (struct sf_diag){ SF_SHORT, c->at, c->missing, field, ref };
	return SF_SHORT;
}

static inline enum sf_status
sf_stop(struct sf_diag *d, enum sf_status st, size_t at, const char *field,
    const char *ref)
{
	*d = (struct sf_diag){ st, at, 0, field, ref };
	return st;
}

#endif
