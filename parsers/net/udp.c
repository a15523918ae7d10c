#include "parsers/net/udp.h"

#include "parsers/base/cursor.h"

enum sf_status
sf_udp_parse(struct sf_udp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_udp u = { 0 };
	size_t data;

	*d = (struct sf_diag){ 0 };
	u.src_port = sf_u16(&c);
	u.dst_port = sf_u16(&c);
	u.octets = sf_u16(&c);
	u.checksum = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", "RFC 768");
	u.odd_length = u.octets < c.at || u.octets > in.n;
	data = u.odd_length ? sf_left(&c) : u.octets - c.at;
	u.payload = sf_slice(&c, data);
	*out = u;
	return SF_OK;
}
