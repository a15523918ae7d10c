#include "parsers/rtp/stun.h"

#include "parsers/base/cursor.h"

#define REF_STUN    "RFC 8489 5"
#define REF_ATTR    "RFC 8489 14"
#define REF_CHANNEL "RFC 8656 12.4"
#define COOKIE      0x2112a442

enum sf_status
sf_stun_parse(struct sf_stun *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_stun s = { 0 };
	uint32_t cookie;

	*d = (struct sf_diag){ 0 };
	s.type = sf_u16(&c);
	s.octets = sf_u16(&c);
	cookie = sf_u32(&c);
	(void)sf_slice(&c, 12);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_STUN);
	if (s.type > 0x3fff || cookie != COOKIE)
		return sf_stop(d, SF_MALFORMED, 4, "magic cookie", REF_STUN);
	if (s.octets % 4 != 0)
		return sf_stop(d, SF_MALFORMED, 2, "length", REF_STUN);
	s.id = sf_bytes(in.p + 4, 16);
	s.attributes = sf_slice(&c, s.octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "attributes", REF_STUN);
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}

enum sf_status
sf_stun_attr_parse(
    struct sf_stun_attr *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_stun_attr a = { 0 };
	size_t octets, padding;

	*d = (struct sf_diag){ 0 };
	a.type = sf_u16(&c);
	octets = sf_u16(&c);
	a.value = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "attribute", REF_ATTR);
	padding = (4 - octets % 4) % 4;
	(void)sf_slice(&c, padding < sf_left(&c) ? padding : sf_left(&c));
	a.payload = sf_rest(&c);
	*out = a;
	return SF_OK;
}

bool
sf_stun_address(struct sf_addr *out, struct sf_bytes value, struct sf_bytes id)
{
	struct sf_cursor c = sf_cursor(value);
	struct sf_addr a = { 0 };
	uint8_t family;
	uint16_t port;
	struct sf_bytes ip;

	(void)sf_u8(&c);
	family = sf_u8(&c);
	port = sf_u16(&c);
	ip = sf_slice(&c, family == 1 ? 4 : 16);
	if (!sf_ok(&c) || (family != 1 && family != 2) || id.n < ip.n)
		return false;
	a.family = family == 1 ? 4 : 6;
	a.port = port ^ (uint16_t)(COOKIE >> 16);
	for (size_t i = 0; i < ip.n; i++)
		a.ip[i] = ip.p[i] ^ id.p[i];
	*out = a;
	return true;
}

enum sf_status
sf_channel_data_parse(
    struct sf_channel_data *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_channel_data m = { 0 };
	uint16_t octets;

	*d = (struct sf_diag){ 0 };
	m.channel = sf_u16(&c);
	octets = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_CHANNEL);
	if (m.channel < 0x4000 || m.channel > 0x7fff)
		return sf_stop(
		    d, SF_MALFORMED, 0, "channel number", REF_CHANNEL);
	m.data = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "data", REF_CHANNEL);
	m.payload = sf_rest(&c);
	*out = m;
	return SF_OK;
}
