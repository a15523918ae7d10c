#include "parsers/net/overudp.h"

#include "parsers/base/cursor.h"

#define REF_GTPU   "3GPP TS 29.281 5.1"
#define REF_L2TP   "RFC 2661 3.1"
#define REF_L2TP3  "RFC 3931 4.1"
#define REF_CAPWAP "RFC 5415 4.3"
#define REF_TZSP   "TZSP 1"
#define REF_GUE    "draft-ietf-intarea-gue-09 3"
#define REF_TEREDO "RFC 4380 5.1.1"

#define GTP_EXTENSIONS 16

static enum sf_status
gtp_extensions(struct sf_cursor *c, uint8_t next, struct sf_diag *d)
{
	for (unsigned i = 0; next != 0; i++) {
		size_t octets = (size_t)sf_u8(c) * 4;

		if (!sf_ok(c))
			return sf_short(d, c, "extension header", REF_GTPU);
		if (octets == 0)
			return sf_stop(d, SF_MALFORMED, c->at - 1,
			    "extension header", REF_GTPU);
		if (i == GTP_EXTENSIONS)
			return sf_stop(d, SF_LIMIT, c->at - 1,
			    "extension headers", REF_GTPU);
		(void)sf_slice(c, octets - 2);
		next = sf_u8(c);
		if (!sf_ok(c))
			return sf_short(d, c, "extension header", REF_GTPU);
	}
	return SF_OK;
}

enum sf_status
sf_gtpu_parse(struct sf_gtpu *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_gtpu g = { 0 };
	uint8_t flags = sf_u8(&c);
	uint16_t octets;
	uint8_t next = 0;
	enum sf_status st;

	*d = (struct sf_diag){ 0 };
	g.type = sf_u8(&c);
	octets = sf_u16(&c);
	g.teid = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_GTPU);
	if (flags >> 4 != 3)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_GTPU);
	if (octets < sf_left(&c))
		c.in.n = c.at + octets;
	if (flags & 7) {
		(void)sf_uint(&c, 3); /* sequence and N-PDU number */
		next = sf_u8(&c);
		if (!sf_ok(&c))
			return sf_short(d, &c, "optional fields", REF_GTPU);
	}
	st = gtp_extensions(&c, flags & 4 ? next : 0, d);
	if (st != SF_OK)
		return st;
	g.payload = sf_rest(&c);
	*out = g;
	return SF_OK;
}

enum sf_status
sf_l2tp_parse(struct sf_l2tp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_l2tp l = { 0 };
	uint16_t flags = sf_u16(&c);
	size_t octets = in.n;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "flags", REF_L2TP);
	if ((flags & 15) != 2)
		return sf_stop(d, SF_UNSUPPORTED, 1, "version", REF_L2TP);
	l.control = flags & 0x8000;
	if (flags & 0x4000)
		octets = sf_u16(&c);
	l.tunnel = sf_u16(&c);
	l.session = sf_u16(&c);
	if (flags & 0x0800)
		(void)sf_u32(&c); /* sequence numbers */
	if (flags & 0x0200)
		(void)sf_slice(&c, sf_u16(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_L2TP);
	if (octets >= c.at && octets < in.n)
		c.in.n = octets;
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}

enum sf_status
sf_l2tp3_parse(struct sf_l2tp3 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_l2tp3 l = { 0 };

	*d = (struct sf_diag){ 0 };
	l.session = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "session", REF_L2TP3);
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}

enum sf_status
sf_capwap_parse(struct sf_capwap *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_capwap w = { 0 };
	uint8_t preamble = sf_u8(&c);
	uint32_t flags = (uint32_t)sf_uint(&c, 3);
	size_t octets = (flags >> 19 & 31) * 4;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "preamble", REF_CAPWAP);
	if (preamble >> 4 != 0 || (preamble & 15) > 1)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_CAPWAP);
	w.sealed = preamble & 1;
	if (!w.sealed && octets < 8)
		return sf_stop(d, SF_MALFORMED, 1, "length", REF_CAPWAP);
	if (!w.sealed) {
		w.radio = flags >> 9 & 31;
		w.native = flags & 0x100;
		w.fragment = flags & 0x80;
		w.control = flags & 0x08;
		w.id = sf_u16(&c);
		(void)sf_slice(&c, octets - 6);
	}
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_CAPWAP);
	w.payload = sf_rest(&c);
	*out = w;
	return SF_OK;
}

enum sf_status
sf_tzsp_parse(struct sf_tzsp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_tzsp t = { 0 };
	uint8_t version = sf_u8(&c);
	uint8_t tag;

	*d = (struct sf_diag){ 0 };
	t.type = sf_u8(&c);
	t.protocol = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_TZSP);
	if (version != 1)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_TZSP);
	do {
		tag = sf_u8(&c);
		if (tag > 1)
			(void)sf_slice(&c, sf_u8(&c));
		if (!sf_ok(&c))
			return sf_short(d, &c, "tags", REF_TZSP);
	} while (tag != 1);
	t.payload = sf_rest(&c);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_gue_parse(struct sf_gue *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_gue g = { 0 };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_GUE);
	if (first >> 4 == 4 || first >> 4 == 6) { /* version 1: IP itself */
		*out = (struct sf_gue){ false, first >> 4 == 4 ? 4 : 41, in };
		return SF_OK;
	}
	if (first >> 6 != 0)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_GUE);
	g.control = first & 0x20;
	g.protocol = sf_u8(&c);
	(void)sf_u16(&c); /* flags, told by the length */
	(void)sf_slice(&c, (size_t)(first & 0x1f) * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_GUE);
	g.payload = sf_rest(&c);
	*out = g;
	return SF_OK;
}

enum sf_status
sf_teredo_parse(struct sf_teredo *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_teredo t = { 0 };

	*d = (struct sf_diag){ 0 };
	t.authenticated = in.n >= 2 && in.p[0] == 0 && in.p[1] == 1;
	if (t.authenticated) {
		uint8_t client, value;

		(void)sf_u16(&c);
		client = sf_u8(&c);
		value = sf_u8(&c);
		(void)sf_slice(&c, (size_t)client + value + 9);
	}
	t.origin = sf_ok(&c) && sf_left(&c) >= 2 && in.p[c.at] == 0 &&
		   in.p[c.at + 1] == 0;
	if (t.origin)
		(void)sf_slice(&c, 8);
	if (!sf_ok(&c) || sf_left(&c) == 0)
		(void)sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "indications", REF_TEREDO);
	if (in.p[c.at] >> 4 != 6)
		return sf_stop(
		    d, SF_MALFORMED, c.at, "IPv6 packet", REF_TEREDO);
	t.payload = sf_rest(&c);
	*out = t;
	return SF_OK;
}
