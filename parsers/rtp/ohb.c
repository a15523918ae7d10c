#include "parsers/rtp/ohb.h"

#include "parsers/base/cursor.h"

#define REF "RFC 8723 4"

/* The last octet tells what stands in front of it: R R R R B M P Q. */
enum sf_status
sf_ohb_parse(struct sf_ohb *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ohb o = { 0 };
	uint8_t config = in.n == 0 ? 0 : in.p[in.n - 1];

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "configuration octet", REF);
	}
	if (config >> 4 != 0)
		return sf_stop(
		    d, SF_MALFORMED, in.n - 1, "configuration octet", REF);
	o.marker = (config & 0x08) != 0;
	o.has_marker = (config & 0x04) != 0;
	o.has_pt = (config & 0x02) != 0;
	o.has_seq = (config & 0x01) != 0;
	o.octets = (uint8_t)(1 + (o.has_pt ? 1 : 0) + (o.has_seq ? 2 : 0));
	if (o.octets > in.n) {
		(void)sf_slice(&c, o.octets);
		return sf_short(d, &c, "original header", REF);
	}
	o.payload = sf_slice(&c, in.n - o.octets);
	if (o.has_pt)
		o.pt = sf_u8(&c) & 0x7f;
	if (o.has_seq)
		o.seq = sf_u16(&c);
	*out = o;
	return SF_OK;
}
