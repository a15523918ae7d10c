#include "parsers/rtp/rtcp.h"

#include "parsers/base/cursor.h"

#define PADDED 0x20

#define SDES_END   0
#define SDES_CNAME 1

/* RFC 3550 6.4.1: the last octet counts the padding, itself in it. */
static void
take_padding(struct sf_rtcp *r)
{
	uint8_t n = r->body.n == 0 ? 0 : r->body.p[r->body.n - 1];

	r->bad_padding = n == 0 || n % 4 != 0 || n > r->body.n;
	if (r->bad_padding)
		return;
	r->padding = n;
	r->body = sf_bytes(r->body.p, r->body.n - n);
}

enum sf_status
sf_rtcp_parse(struct sf_rtcp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_cursor body;
	struct sf_rtcp r = { 0 };
	uint8_t flags = sf_u8(&c);
	uint16_t words; /* 32-bit words behind the common header */

	*d = (struct sf_diag){ 0 };
	r.type = sf_u8(&c);
	words = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "common header", "RFC 3550 6.4.1");
	if (flags >> 6 != 2)
		return sf_stop(d, SF_MALFORMED, 0, "version", "RFC 3550 6.4.1");

	r.count = flags & 0x1f;
	r.body = sf_slice(&c, (size_t)words * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "packet body", "RFC 3550 6.4.1");
	if (flags & PADDED)
		take_padding(&r);
	body = sf_cursor(r.body);
	r.ssrc = sf_u32(&body);
	r.has_ssrc = sf_ok(&body);
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}

enum sf_status
sf_rtcp_sdes_parse(
    struct sf_rtcp_sdes *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_sdes s = { .cname = sf_bytes(NULL, 0) };
	size_t items;
	uint8_t type;

	*d = (struct sf_diag){ 0 };
	s.ssrc = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "chunk ssrc", "RFC 3550 6.5");

	items = c.at;
	/* Each turn takes two octets or more, and the last one takes one. */
	while ((type = sf_u8(&c)) != SDES_END) {
		uint8_t octets = sf_u8(&c);
		struct sf_bytes text = sf_slice(&c, octets);

		if (!sf_ok(&c))
			return sf_short(d, &c, "item", "RFC 3550 6.5");
		if (type == SDES_CNAME && s.cname.n == 0)
			s.cname = text;
	}
	s.items = sf_bytes(in.p + items, c.at - 1 - items);
	/* RFC 3550 6.5: null octets up to the next 32-bit boundary. */
	(void)sf_slice(&c, (4 - c.at % 4) % 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "end of items", "RFC 3550 6.5");
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}
