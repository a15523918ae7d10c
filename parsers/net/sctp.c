#include "parsers/net/sctp.h"

#include "parsers/base/cursor.h"

#define REF   "RFC 9260 3.1"
#define CHUNK "RFC 9260 3.2"

enum { DATA = 0, I_DATA = 64 };

enum sf_status
sf_sctp_parse(struct sf_sctp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sctp s = { 0 };

	*d = (struct sf_diag){ 0 };
	s.src_port = sf_u16(&c);
	s.dst_port = sf_u16(&c);
	s.tag = sf_u32(&c);
	s.checksum = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "common header", REF);
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}

/* I-DATA has 16 bits more of stream, a message id, and in fragments behind the
   first a number in the place of the ppid. */
static void
read_data(struct sf_sctp_chunk *s)
{
	struct sf_cursor c = sf_cursor(s->value);

	s->tsn = sf_u32(&c);
	s->stream = sf_u16(&c);
	(void)sf_u16(&c);
	if (s->type == I_DATA)
		(void)sf_u32(&c);
	s->ppid = sf_u32(&c);
	if (!sf_ok(&c))
		return;
	s->is_data = true;
	s->first = (s->flags & 2) != 0;
	s->last = (s->flags & 1) != 0;
	s->user = sf_rest(&c);
}

enum sf_status
sf_sctp_chunk_parse(
    struct sf_sctp_chunk *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sctp_chunk s = { 0 };
	size_t length, pad;

	*d = (struct sf_diag){ 0 };
	s.type = sf_u8(&c);
	s.flags = sf_u8(&c);
	length = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "chunk header", CHUNK);
	if (length < 4)
		return sf_stop(d, SF_MALFORMED, 2, "chunk length", CHUNK);
	s.value = sf_slice(&c, length - 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "chunk value", CHUNK);
	/* the padding of the last one may be left out */
	pad = (4 - length % 4) % 4;
	(void)sf_slice(&c, pad < sf_left(&c) ? pad : sf_left(&c));
	s.user = sf_bytes(in.p, 0);
	if (s.type == DATA || s.type == I_DATA)
		read_data(&s);
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}
