#include "parsers/net/capturing.h"

#include "parsers/base/cursor.h"

#define REF_NFLOG    "LINKTYPE_NFLOG"
#define REF_PKTAP    "LINKTYPE_PKTAP"
#define REF_EXPORTED "LINKTYPE_WIRESHARK_UPPER_PDU"

#define NFLOG_PAYLOAD 9

/* In the byte order of the machine that captured, which nothing tells. */
static uint16_t
either16(const uint8_t *p, bool big)
{
	return (uint16_t)(big ? p[0] << 8 | p[1] : p[0] | p[1] << 8);
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* Finds the payload among the values; a length below 4 is none. */
static enum sf_status
nflog_values(
    struct sf_nflog *n, struct sf_cursor *c, bool big, struct sf_diag *d)
{
	while (sf_left(c) != 0) {
		struct sf_bytes head = sf_slice(c, 4), value;
		size_t octets, padding;

		if (!sf_ok(c))
			return sf_short(d, c, "value", REF_NFLOG);
		octets = either16(head.p, big);
		if (octets < 4)
			return sf_stop(d, SF_MALFORMED, c->at - 4,
			    "value length", REF_NFLOG);
		if (either16(head.p + 2, big) == NFLOG_PAYLOAD) {
			/* the last one: a snap length may have cut it */
			value = sf_rest(c);
			if (octets - 4 < value.n)
				value.n = octets - 4;
			n->payload = value;
			return SF_OK;
		}
		(void)sf_slice(c, octets - 4);
		padding = (4 - octets % 4) % 4;
		(void)sf_slice(c, sf_left(c) < padding ? sf_left(c) : padding);
		if (!sf_ok(c))
			return sf_short(d, c, "value", REF_NFLOG);
	}
	n->payload = sf_rest(c); /* no octets, but of this packet */
	return SF_OK;
}

enum sf_status
sf_nflog_parse(struct sf_nflog *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_nflog n = { 0 };
	uint8_t version;
	enum sf_status st;
	bool big;

	*d = (struct sf_diag){ 0 };
	n.family = sf_u8(&c);
	version = sf_u8(&c);
	(void)sf_u16(&c); /* resource id */
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_NFLOG);
	if (version != 0)
		return sf_stop(d, SF_UNSUPPORTED, 1, "version", REF_NFLOG);
	/* no type is over 255, so the octet of it that is zero shows the order */
	big = sf_left(&c) >= 4 && in.p[6] == 0 && in.p[7] != 0;
	st = nflog_values(&n, &c, big, d);
	if (st != SF_OK)
		return st;
	*out = n;
	return SF_OK;
}

enum sf_status
sf_pktap_parse(struct sf_pktap *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pktap p = { 0 };
	struct sf_bytes head = sf_slice(&c, 12);
	size_t octets;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_PKTAP);
	octets = le32(head.p);
	if (octets < 12)
		return sf_stop(d, SF_MALFORMED, 0, "header length", REF_PKTAP);
	p.link_type = le32(head.p + 8);
	(void)sf_slice(&c, octets - 12);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_PKTAP);
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}

static void
exported_value(struct sf_exported *e, uint16_t tag, struct sf_bytes v)
{
	uint16_t port = 0;

	if (v.n >= 4)
		port = (uint16_t)(v.p[2] << 8 | v.p[3]);
	switch (tag) {
	case 12: /* name of the protocol, filled up with zeros */
		while (v.n != 0 && v.p[v.n - 1] == 0)
			v.n--;
		e->name = v;
		break;
	case 20:
	case 22:
		if (v.n == (tag == 20 ? 4 : 16))
			e->src = v;
		break;
	case 21:
	case 23:
		if (v.n == (tag == 21 ? 4 : 16))
			e->dst = v;
		break;
	case 25:
		e->src_port = port;
		break;
	case 26:
		e->dst_port = port;
		break;
	default:
		break;
	}
}

enum sf_status
sf_exported_parse(
    struct sf_exported *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_exported e = { 0 };
	uint16_t tag;

	*d = (struct sf_diag){ 0 };
	e.name = e.src = e.dst = sf_bytes(NULL, 0);
	do {
		uint16_t octets;
		struct sf_bytes value;

		tag = sf_u16(&c);
		octets = sf_u16(&c);
		value = sf_slice(&c, octets);
		if (!sf_ok(&c))
			return sf_short(d, &c, "tags", REF_EXPORTED);
		exported_value(&e, tag, value);
	} while (tag != 0);
	e.payload = sf_rest(&c);
	*out = e;
	return SF_OK;
}
