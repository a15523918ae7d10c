/*
 * scan.h - what the parsers of text lines share: digits at a place of a slice.
 * Every function takes an offset that may lie behind the end.
 */
#ifndef SF_SCAN_H
#define SF_SCAN_H

#include "parsers/base/bytes.h"

/* The octet at an offset; 0 behind the end. */
static inline uint8_t
sf_scan_at(struct sf_bytes s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

static inline bool
sf_scan_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static inline size_t
sf_scan_blanks(struct sf_bytes s, size_t at)
{
	size_t n = 0;

	while (sf_scan_blank(sf_scan_at(s, at + n)))
		n++;
	return n;
}

static inline bool
sf_scan_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, or -1. */
static inline int
sf_scan_hex(uint8_t c)
{
	if (sf_scan_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Exactly n decimal digits (9 at most) as a number no larger than most. */
static inline bool
sf_scan_number(
    struct sf_bytes s, size_t at, unsigned n, uint32_t most, uint32_t *out)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t c = sf_scan_at(s, at + i);

		if (!sf_scan_digit(c))
			return false;
		v = v * 10 + (uint32_t)(c - '0');
	}
	*out = v;
	return v <= most;
}

/* How many decimal digits stand there. */
static inline unsigned
sf_scan_digits(struct sf_bytes s, size_t at)
{
	unsigned n = 0;

	while (n < 64 && sf_scan_digit(sf_scan_at(s, at + n)))
		n++;
	return n;
}

#endif
