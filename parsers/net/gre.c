#include "parsers/net/gre.h"

#include "parsers/base/cursor.h"

#define REF_GRE    "RFC 2784 2"
#define REF_PPTP   "RFC 2637 4.1"
#define REF_ERSPAN "draft-foschiano-erspan-03 4"

enum flag {
	CHECKSUM = 0x8000,
	ROUTING = 0x4000,
	KEY = 0x2000,
	SEQUENCE = 0x1000,
	ACKNOWLEDGED = 0x0080
};

static enum sf_status
pptp(struct sf_gre *g, struct sf_cursor *c, uint16_t flags, struct sf_diag *d)
{
	uint16_t octets = sf_u16(c);

	g->key = sf_u16(c);
	g->has_key = true;
	if (g->has_seq)
		g->seq = sf_u32(c);
	if (flags & ACKNOWLEDGED)
		(void)sf_u32(c);
	if (!sf_ok(c))
		return sf_short(d, c, "header", REF_PPTP);
	if (octets < sf_left(c))
		c->in.n = c->at + octets;
	return SF_OK;
}

enum sf_status
sf_gre_parse(struct sf_gre *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_gre g = { 0 };
	uint16_t flags = sf_u16(&c);
	enum sf_status st;

	*d = (struct sf_diag){ 0 };
	g.protocol = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_GRE);
	g.version = flags & 7;
	if (g.version > 1 || (flags & ROUTING))
		return sf_stop(
		    d, SF_UNSUPPORTED, 0, "version or routing", REF_GRE);
	g.has_seq = flags & SEQUENCE;
	if (g.version == 1) {
		st = pptp(&g, &c, flags, d);
		if (st != SF_OK)
			return st;
	} else {
		g.has_key = flags & KEY;
		if (flags & CHECKSUM)
			(void)sf_u32(&c);
		if (g.has_key)
			g.key = sf_u32(&c);
		if (g.has_seq)
			g.seq = sf_u32(&c);
		if (!sf_ok(&c))
			return sf_short(d, &c, "optional fields", REF_GRE);
	}
	g.payload = sf_rest(&c);
	*out = g;
	return SF_OK;
}

enum sf_status
sf_erspan_parse(struct sf_erspan *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_erspan e = { 0 };
	uint16_t first = sf_u16(&c);
	uint16_t second = sf_u16(&c);
	uint16_t last;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_ERSPAN);
	e.version = (uint8_t)(first >> 12);
	e.vlan = first & 0xfff;
	e.session = second & 0x3ff;
	if (e.version != 1 && e.version != 2)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_ERSPAN);
	(void)sf_u32(&c); /* index of the port, or a timestamp */
	if (e.version == 2) {
		(void)sf_u16(&c); /* security group */
		last = sf_u16(&c);
		e.frame_type = last >> 10 & 31;
		if (last & 1)
			(void)sf_slice(&c, 8); /* platform's own header */
	}
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_ERSPAN);
	e.payload = sf_rest(&c);
	*out = e;
	return SF_OK;
}
