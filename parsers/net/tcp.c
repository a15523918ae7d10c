#include "parsers/net/tcp.h"

#include "parsers/base/cursor.h"

#define REF   "RFC 9293 3.1"
#define LEAST 20

enum sf_status
sf_tcp_parse(struct sf_tcp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_tcp t = { 0 };
	uint8_t flags, offset;

	*d = (struct sf_diag){ 0 };
	t.src_port = sf_u16(&c);
	t.dst_port = sf_u16(&c);
	t.seq = sf_u32(&c);
	t.ack = sf_u32(&c);
	offset = sf_u8(&c);
	flags = sf_u8(&c);
	(void)sf_slice(&c, 6); /* window, checksum, urgent pointer */
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF);
	t.header_octets = (uint8_t)((offset >> 4) * 4);
	if (t.header_octets < LEAST)
		return sf_stop(d, SF_MALFORMED, 12, "data offset", REF);
	(void)sf_slice(&c, (size_t)t.header_octets - LEAST);
	if (!sf_ok(&c))
		return sf_short(d, &c, "options", REF);
	t.fin = flags & 0x01;
	t.syn = flags & 0x02;
	t.rst = flags & 0x04;
	t.has_ack = flags & 0x10;
	t.payload = sf_rest(&c);
	*out = t;
	return SF_OK;
}
