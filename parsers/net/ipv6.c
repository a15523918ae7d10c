#include "parsers/net/ipv6.h"

#include "parsers/base/cursor.h"

#define REF_HEADER    "RFC 8200 3"
#define REF_EXTENSION "RFC 8200 4"

enum next {
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	AUTHENTICATION = 51,
	DESTINATION = 60,
	MOBILITY = 135,
	HOST_IDENTITY = 139,
	SHIM6 = 140
};

static bool
is_extension(uint8_t next)
{
	return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT ||
	       next == AUTHENTICATION || next == DESTINATION ||
	       next == MOBILITY || next == HOST_IDENTITY || next == SHIM6;
}

/* Passes the extension header h->next says is at the cursor. */
static void
extension(struct sf_ipv6 *h, struct sf_cursor *c)
{
	uint8_t kind = h->next;
	uint8_t next = sf_u8(c);
	uint8_t second = sf_u8(c);
	uint16_t piece;

	if (kind == FRAGMENT) {
		piece = sf_u16(c);
		h->id = sf_u32(c);
		h->more_fragments = piece & 1;
		h->fragment_at = piece & 0xfff8;
		/* RFC 6946: with neither, the datagram is whole. */
		h->fragment = h->more_fragments || h->fragment_at != 0;
	} else if (kind == AUTHENTICATION) {
		(void)sf_slice(c, (size_t)second * 4 + 6); /* RFC 4302 2.2 */
	} else {
		(void)sf_slice(c, (size_t)second * 8 + 6);
	}
	h->next = next;
}

enum sf_status
sf_ipv6_parse(struct sf_ipv6 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ipv6 h = { 0 };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "version", REF_HEADER);
	if (first >> 4 != 6)
		return sf_stop(d, SF_MALFORMED, 0, "version", REF_HEADER);
	(void)sf_slice(&c, 3); /* traffic class and flow label */
	h.told_octets = sf_u16(&c);
	h.next = sf_u8(&c);
	h.hops = sf_u8(&c);
	h.src = sf_slice(&c, 16);
	h.dst = sf_slice(&c, 16);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_HEADER);
	if (h.told_octets != 0 && h.told_octets < sf_left(&c))
		c.in.n = c.at + h.told_octets;

	while (is_extension(h.next) && !h.fragment) {
		if (h.extensions == SF_IPV6_EXTENSIONS)
			return sf_stop(d, SF_LIMIT, c.at, "extension headers",
			    REF_EXTENSION);
		extension(&h, &c);
		if (!sf_ok(&c))
			return sf_short(
			    d, &c, "extension header", REF_EXTENSION);
		h.extensions++;
	}
	h.header_octets = c.at;
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

bool
sf_ipv6_is_ext(uint8_t next)
{
	return is_extension(next) && next != FRAGMENT && next != AUTHENTICATION;
}

enum sf_status
sf_ipv6_ext_parse(
    struct sf_ipv6_ext *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ipv6_ext e = { 0 };
	size_t eights;

	*d = (struct sf_diag){ 0 };
	e.next = sf_u8(&c);
	eights = sf_u8(&c);
	(void)sf_slice(&c, eights * 8 + 6);
	if (!sf_ok(&c))
		return sf_short(d, &c, "extension header", REF_EXTENSION);
	e.payload = sf_rest(&c);
	*out = e;
	return SF_OK;
}

enum sf_status
sf_ah_parse(struct sf_ah *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ah a = { 0 };
	size_t words;

	*d = (struct sf_diag){ 0 };
	a.next = sf_u8(&c);
	words = sf_u8(&c);
	(void)sf_slice(&c, words * 4 + 6);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", "RFC 4302 2");
	a.payload = sf_rest(&c);
	*out = a;
	return SF_OK;
}
