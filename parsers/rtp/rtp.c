#include "parsers/rtp/rtp.h"

#include "parsers/base/cursor.h"

#define REF "RFC 3550 5.1"

/* RFC 3550 5.1: the last octet counts the padding, itself included. */
static void
take_padding(struct sf_rtp *r)
{
	struct sf_bytes *p = &r->payload;
	uint8_t count = p->n > 0 ? p->p[p->n - 1] : 0;

	r->bad_padding = count == 0 || count > p->n;
	if (r->bad_padding)
		return;
	r->padding = count;
	p->n -= count;
}

enum sf_status
sf_rtp_parse(struct sf_rtp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtp r = { 0 };
	uint8_t flags = sf_u8(&c);
	uint8_t second = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	r.seq = sf_u16(&c);
	r.timestamp = sf_u32(&c);
	r.ssrc = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "fixed header", REF);
	if (flags >> 6 != 2)
		return sf_stop(d, SF_MALFORMED, 0, "version", REF);

	r.has_padding = flags & 0x20;
	r.has_ext = flags & 0x10;
	r.csrcs = flags & 0x0f;
	r.marker = second & 0x80;
	r.pt = second & 0x7f;
	r.csrc = sf_slice(&c, (size_t)r.csrcs * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "csrc list", REF);
	r.ext = sf_bytes(NULL, 0);
	if (r.has_ext) {
		uint16_t words;

		r.ext_profile = sf_u16(&c);
		words = sf_u16(&c);
		r.ext = sf_slice(&c, (size_t)words * 4);
		if (!sf_ok(&c))
			return sf_short(d, &c, "extension", "RFC 3550 5.3.1");
	}
	r.payload = sf_rest(&c);
	if (r.has_padding)
		take_padding(&r);
	*out = r;
	return SF_OK;
}
