#include "parsers/rtp/hdrext.h"

#include "parsers/base/cursor.h"

#define PADDING 0
#define STOP    15 /* RFC 8285 4.2: processing ends at this id */

/* Passes over octets of padding, which are zero (RFC 8285 4.1.1). */
static void
skip_padding(struct sf_cursor *c)
{
	while (sf_left(c) > 0 && c->in.p[c->at] == PADDING)
		c->at++;
}

enum sf_status
sf_hdrext_parse(struct sf_hdrext *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_hdrext e = { .data = sf_bytes(NULL, 0),
		.payload = sf_bytes(NULL, 0) };
	uint8_t head;

	*d = (struct sf_diag){ 0 };
	skip_padding(&c);
	if (sf_left(&c) > 0) {
		head = sf_u8(&c);
		e.id = head >> 4;
		/* Id 0 is not to be used; with a length it ends the list. */
		if (e.id != STOP && e.id != PADDING) {
			e.data = sf_slice(&c, (head & 0x0f) + 1U);
			if (!sf_ok(&c))
				return sf_short(
				    d, &c, "element", "RFC 8285 4.2");
			e.payload = sf_rest(&c);
		}
	}
	*out = e;
	return SF_OK;
}

enum sf_status
sf_hdrext2_parse(struct sf_hdrext2 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_hdrext2 e = { .data = sf_bytes(NULL, 0),
		.payload = sf_bytes(NULL, 0) };
	uint8_t octets;

	*d = (struct sf_diag){ 0 };
	skip_padding(&c);
	if (sf_left(&c) > 0) {
		e.id = sf_u8(&c);
		octets = sf_u8(&c);
		e.data = sf_slice(&c, octets);
		if (!sf_ok(&c))
			return sf_short(d, &c, "element", "RFC 8285 4.3");
		e.payload = sf_rest(&c);
	}
	*out = e;
	return SF_OK;
}
