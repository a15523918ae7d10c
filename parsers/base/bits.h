/*
 * bits.h - reads bits forward through a slice, most significant first; the
 * first short read sticks, as it does in cursor.h.
 */
#ifndef SF_BITS_H
#define SF_BITS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_bits {
	struct sf_bytes in;
	size_t at;         /* bits consumed; at <= in.n * 8 */
	size_t short_bits; /* 0 until a read came up short */
};

/* in.n must be below SIZE_MAX / 8. */
static inline struct sf_bits
sf_bits(struct sf_bytes in)
{
	return (struct sf_bits){ .in = in };
}

static inline bool
sf_bits_ok(const struct sf_bits *b)
{
	return b->short_bits == 0;
}

/* The next n bits, n <= 32, or 0 when fewer are left. */
static inline uint32_t
sf_bits_take(struct sf_bits *b, unsigned n)
{
	size_t left = b->in.n * 8 - b->at;
	uint32_t v = 0;

	if (!sf_bits_ok(b) || n > left) {
		if (sf_bits_ok(b))
			b->short_bits = n - left;
		return 0;
	}
	while (n > 0) { /* what an octet has of them */
		uint32_t octet = b->in.p[b->at / 8];
		unsigned rest = 8 - (unsigned)(b->at % 8);
		unsigned m = n < rest ? n : rest;

		v = v << m | (octet >> (rest - m) & ((1U << m) - 1));
		b->at += m;
		n -= m;
	}
	return v;
}

/* One bit as a truth value; false when none is left. */
static inline bool
sf_bits_flag(struct sf_bits *b)
{
	return sf_bits_take(b, 1) != 0;
}

/* Fills *d for a reader that came up short, and names the field. */
static inline enum sf_status
sf_bits_stop(struct sf_diag *d, const struct sf_bits *b, const char *field,
    const char *ref)
{
	*d = (struct sf_diag){ SF_SHORT, b->at / 8, (b->short_bits + 7) / 8,
		field, ref };
	return SF_SHORT;
}

#endif
