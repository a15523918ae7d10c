#include "parsers/net/ipv4.h"

#include "parsers/base/cursor.h"

#define REF   "RFC 791 3.1"
#define LEAST 20

enum sf_status
sf_ipv4_parse(struct sf_ipv4 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ipv4 h = { 0 };
	uint8_t first = sf_u8(&c);
	uint16_t piece;
	size_t octets;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "version", REF);
	if (first >> 4 != 4)
		return sf_stop(d, SF_MALFORMED, 0, "version", REF);
	h.header_octets = (uint8_t)((first & 15) * 4);
	if (h.header_octets < LEAST)
		return sf_stop(d, SF_MALFORMED, 0, "header length", REF);

	(void)sf_u8(&c); /* type of service */
	h.total_octets = sf_u16(&c);
	h.id = sf_u16(&c);
	piece = sf_u16(&c);
	h.ttl = sf_u8(&c);
	h.protocol = sf_u8(&c);
	(void)sf_u16(&c); /* checksum: wrong behind offloading, and no matter */
	h.src = sf_slice(&c, 4);
	h.dst = sf_slice(&c, 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF);
	if (h.total_octets != 0 && h.total_octets < h.header_octets)
		return sf_stop(d, SF_MALFORMED, 2, "total length", REF);
	h.options = sf_slice(&c, (size_t)h.header_octets - LEAST);
	if (!sf_ok(&c))
		return sf_short(d, &c, "options", REF);

	h.more_fragments = piece & 0x2000;
	h.fragment_at = (uint16_t)((piece & 0x1fff) * 8);
	h.fragment = h.more_fragments || h.fragment_at != 0;
	octets = (size_t)h.total_octets - h.header_octets;
	if (h.total_octets == 0 || octets > sf_left(&c))
		octets = sf_left(&c);
	h.payload = sf_slice(&c, octets);
	*out = h;
	return SF_OK;
}
