/*
 * leb128.h - unsigned integers in groups of seven bits, the lowest first (AV1
 * bitstream specification 4.10.5), read by a cursor.
 */
#ifndef SF_LEB128_H
#define SF_LEB128_H

#include "parsers/base/cursor.h"

#define SF_LEB128_MAX 8 /* octets of one number */

/*
 * The next number. One that does not end within eight octets, or is above
 * 2^32 - 1, which the specification forbids, sets *bad; a short read sticks as
 * it does everywhere. *octets is how many it took.
 */
static inline uint64_t
sf_leb128(struct sf_cursor *c, uint8_t *octets, bool *bad)
{
	uint64_t v = 0;

	*bad = false;
	for (*octets = 0; *octets < SF_LEB128_MAX;) {
		uint8_t b = sf_u8(c);

		if (!sf_ok(c))
			return 0;
		v |= (uint64_t)(b & 0x7f) << (7 * *octets);
		*octets = (uint8_t)(*octets + 1);
		if ((b & 0x80) == 0) {
			*bad = v > UINT32_MAX;
			return v;
		}
	}
	*bad = true;
	return v;
}

/* How many octets the shortest form of v takes. */
static inline uint8_t
sf_leb128_octets(uint64_t v)
{
	uint8_t n = 1;

	while (v >>= 7)
		n++;
	return n;
}

/* Writes the shortest form; out has room for it. Returns its octets. */
static inline uint8_t
sf_leb128_put(uint8_t *out, uint64_t v)
{
	uint8_t n = 0;

	do {
		out[n] = (uint8_t)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		n++;
		v >>= 7;
	} while (v != 0);
	return n;
}

#endif
