/* uleb.h - unsigned LEB128, of at most ten octets and 64 bits. */
#ifndef SF_SFRAME_ULEB_H
#define SF_SFRAME_ULEB_H

#include "parsers/base/cursor.h"

/* *bad is set when the number does not end within 64 bits. */
static inline uint64_t
sf_uleb(struct sf_cursor *c, bool *bad)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t b = sf_u8(c);
		uint64_t part = b & 0x7f;

		if (shift == 63 && part > 1)
			break;
		v |= part << shift;
		if ((b & 0x80) == 0)
			return v;
	}
	*bad = true;
	return v;
}

#endif
