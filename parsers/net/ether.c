#include "parsers/net/ether.h"

#include <string.h>

#define REF_ETHER "IEEE 802.3 3.1"
#define REF_TAG   "IEEE 802.1Q 9"
#define REF_LLC   "RFC 1042"

#define LEAST_TYPE 0x600 /* below, the field is a length */

static bool
is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 ||
	       type == 0x9200;
}

enum sf_status
sf_ethertype_llc(
    struct sf_ethertype *out, struct sf_cursor *c, struct sf_diag *d)
{
	/* UI frames to and from SNAP with the organization code of RFC 1042 or
	   of bridged Ethernet (IEEE 802.1H); others carry no EtherType. */
	static const uint8_t snap[2][6] = {
		{ 0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00 },
		{ 0xaa, 0xaa, 0x03, 0x00, 0x00, 0xf8 },
	};
	struct sf_cursor look = *c;
	struct sf_bytes s = sf_slice(&look, 3);

	out->llc = true;
	out->type = 0;
	if (!sf_ok(&look))
		return sf_short(d, &look, "LLC header", REF_LLC);
	if (memcmp(s.p, snap[0], 3) != 0)
		return SF_OK;
	look = *c;
	s = sf_slice(&look, 8);
	if (!sf_ok(&look))
		return sf_short(d, &look, "SNAP header", REF_LLC);
	if (memcmp(s.p, snap[0], 6) != 0 && memcmp(s.p, snap[1], 6) != 0)
		return SF_OK;
	out->type = (uint16_t)(s.p[6] << 8 | s.p[7]);
	*c = look;
	return SF_OK;
}

enum sf_status
sf_ethertype_follow(struct sf_ethertype *out, struct sf_cursor *c,
    uint16_t type, struct sf_diag *d)
{
	while (is_tag(type)) {
		uint16_t tci;

		if (out->tags == SF_ETHER_TAGS)
			return sf_stop(
			    d, SF_LIMIT, c->at, "VLAN tags", REF_TAG);
		tci = sf_u16(c);
		type = sf_u16(c);
		if (!sf_ok(c))
			return sf_short(d, c, "VLAN tag", REF_TAG);
		out->tci[out->tags++] = tci;
	}
	if (type >= LEAST_TYPE) {
		out->type = type;
		return SF_OK;
	}
	/* IEEE 802.3 3.2.6: a length; what is behind it is padding. */
	if (type < sf_left(c))
		c->in.n = c->at + type;
	return sf_ethertype_llc(out, c, d);
}

enum sf_status
sf_ether_parse(struct sf_ether *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ether e = { 0 };
	enum sf_status st;
	uint16_t type;

	*d = (struct sf_diag){ 0 };
	e.dst = sf_slice(&c, 6);
	e.src = sf_slice(&c, 6);
	type = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "Ethernet header", REF_ETHER);
	st = sf_ethertype_follow(&e.of, &c, type, d);
	if (st != SF_OK)
		return st;
	e.payload = sf_rest(&c);
	*out = e;
	return SF_OK;
}
