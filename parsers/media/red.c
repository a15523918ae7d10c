#include "parsers/media/red.h"

#include "parsers/base/cursor.h"

#define REF        "RFC 2198 3"
#define MAX_BLOCKS 8

enum sf_status
sf_red_parse(struct sf_red *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_red r = { 0 };
	size_t octets[MAX_BLOCKS] = { 0 };
	uint8_t head;

	*d = (struct sf_diag){ 0 };
	do {
		uint16_t low;

		if (r.blocks == MAX_BLOCKS)
			return sf_stop(d, SF_LIMIT, c.at, "blocks", REF);
		head = sf_u8(&c);
		r.block[r.blocks].pt = head & 0x7f;
		if (head & 0x80) {
			/* 14 bits of offset, 10 of length. */
			uint8_t high = sf_u8(&c);

			low = sf_u16(&c);
			r.block[r.blocks].offset =
			    (uint16_t)(high << 6 | low >> 10);
			octets[r.blocks] = low & 0x3ff;
		}
		if (!sf_ok(&c))
			return sf_short(d, &c, "block header", REF);
		r.blocks++;
	} while (head & 0x80);

	for (unsigned i = 0; i + 1 < r.blocks; i++) {
		if (octets[i] > sf_left(&c))
			return sf_stop(
			    d, SF_MALFORMED, c.at, "block length", REF);
		r.block[i].data = sf_slice(&c, octets[i]);
	}
	r.payload = sf_rest(&c);
	r.block[r.blocks - 1].data = r.payload;
	*out = r;
	return SF_OK;
}
