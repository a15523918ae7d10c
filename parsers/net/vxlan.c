#include "parsers/net/vxlan.h"

#include "parsers/base/cursor.h"

#define REF_VXLAN  "RFC 7348 5"
#define REF_GENEVE "RFC 8926 3.4"
#define REF_NSH    "RFC 8300 2.2"

#define VNI_VALID 0x08
#define NEXT_TOLD 0x04

enum sf_status
sf_vxlan_parse(struct sf_vxlan *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_vxlan v = { 0 };
	uint8_t flags = sf_u8(&c);
	uint16_t group = sf_u16(&c);
	uint8_t next = sf_u8(&c);
	uint8_t reserved;

	*d = (struct sf_diag){ 0 };
	v.vni = (uint32_t)sf_uint(&c, 3);
	reserved = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_VXLAN);
	if (!(flags & VNI_VALID))
		return sf_stop(d, SF_MALFORMED, 0, "flags", REF_VXLAN);
	v.plain =
	    flags == VNI_VALID && group == 0 && next == 0 && reserved == 0;
	v.next = flags & NEXT_TOLD ? next : SF_NEXT_NONE;
	v.payload = sf_rest(&c);
	*out = v;
	return SF_OK;
}

enum sf_status
sf_geneve_parse(struct sf_geneve *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_geneve g = { 0 };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	(void)sf_u8(&c); /* flags */
	g.protocol = sf_u16(&c);
	g.vni = (uint32_t)sf_uint(&c, 3);
	(void)sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_GENEVE);
	if (first >> 6 != 0)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_GENEVE);
	g.options = sf_slice(&c, (size_t)(first & 0x3f) * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "options", REF_GENEVE);
	g.payload = sf_rest(&c);
	*out = g;
	return SF_OK;
}

enum sf_status
sf_nsh_parse(struct sf_nsh *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_nsh n = { 0 };
	uint16_t first = sf_u16(&c);
	size_t octets = (size_t)(first & 0x3f) * 4;

	*d = (struct sf_diag){ 0 };
	(void)sf_u8(&c); /* metadata type */
	n.next = sf_u8(&c);
	n.path = (uint32_t)sf_uint(&c, 3);
	(void)sf_u8(&c); /* service index */
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_NSH);
	if (first >> 14 != 0)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_NSH);
	if (octets < c.at)
		return sf_stop(d, SF_MALFORMED, 1, "length", REF_NSH);
	(void)sf_slice(&c, octets - c.at);
	if (!sf_ok(&c))
		return sf_short(d, &c, "metadata", REF_NSH);
	n.payload = sf_rest(&c);
	*out = n;
	return SF_OK;
}
