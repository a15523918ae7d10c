#include "parsers/rtp/sap.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF "RFC 2974 3"

/* The type is text that ends in a NUL; it may be missing in front of SDP. */
static bool
take_type(struct sf_sap *s, struct sf_cursor *c)
{
	static const char sdp[] = { 'v', '=', '0' };
	struct sf_bytes rest = sf_bytes(c->in.p + c->at, sf_left(c));
	const uint8_t *end;

	if (s->sealed ||
	    (rest.n >= sizeof(sdp) && memcmp(rest.p, sdp, sizeof(sdp)) == 0))
		return true;
	end = memchr(rest.p, 0, rest.n);
	if (end == NULL)
		return s->deletion; /* which may have no payload at all */
	s->type = sf_slice(c, (size_t)(end - rest.p));
	(void)sf_u8(c);
	return true;
}

enum sf_status
sf_sap_parse(struct sf_sap *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sap s = { 0 };
	uint8_t flags = sf_u8(&c);
	size_t words = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	s.type = sf_bytes(NULL, 0);
	s.hash = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF);
	if (flags >> 5 != 1)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF);
	s.deletion = (flags & 0x04) != 0;
	s.sealed = (flags & 0x03) != 0;
	s.origin = sf_slice(&c, (flags & 0x10) != 0 ? 16 : 4);
	(void)sf_slice(&c, words * 4); /* authentication */
	if (!sf_ok(&c))
		return sf_short(d, &c, "origin and authentication", REF);
	if (!take_type(&s, &c))
		return sf_stop(d, SF_MALFORMED, c.at, "payload type", REF);
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}
