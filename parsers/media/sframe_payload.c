#include "parsers/media/sframe_payload.h"

#include "parsers/base/cursor.h"

enum sf_status
sf_sframe_payload_parse(
    struct sf_sframe_payload *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sframe_payload p = { 0 };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "payload descriptor",
		    "draft-ietf-avtcore-rtp-sframe-02 4");

	p.start = first & 0x80;
	p.end = first & 0x40;
	p.packetized = first & 0x20;
	p.reserved = first & 0x1f;
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}
