#include "parsers/net/ppp.h"

#include "parsers/base/cursor.h"

#define REF_PPP   "RFC 1661 2"
#define REF_PPPOE "RFC 2516 4"
#define REF_CHDLC "LINKTYPE_C_HDLC"

enum sf_status
sf_ppp_parse(struct sf_ppp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ppp p = { 0 };

	*d = (struct sf_diag){ 0 };
	p.framed = in.n >= 1 && in.p[0] == 0xff; /* no protocol begins so */
	if (p.framed)
		(void)sf_u16(&c);
	p.protocol = sf_u8(&c);
	/* RFC 1661 2: the last octet is odd, so an odd first one is the last */
	if (!(p.protocol & 1))
		p.protocol = (uint16_t)(p.protocol << 8 | sf_u8(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "protocol", REF_PPP);
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}

enum sf_status
sf_pppoe_parse(struct sf_pppoe *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pppoe p = { 0 };
	uint8_t version = sf_u8(&c);
	uint16_t octets;

	*d = (struct sf_diag){ 0 };
	p.code = sf_u8(&c);
	p.session = sf_u16(&c);
	octets = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_PPPOE);
	if (version != 0x11)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_PPPOE);
	if (octets < sf_left(&c))
		c.in.n = c.at + octets;
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}

enum sf_status
sf_chdlc_parse(struct sf_chdlc *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_chdlc h = { 0 };

	*d = (struct sf_diag){ 0 };
	h.address = sf_u8(&c);
	(void)sf_u8(&c); /* control */
	h.type = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_CHDLC);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}
