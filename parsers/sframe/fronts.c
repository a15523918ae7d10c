#include "parsers/sframe/fronts.h"

#include "parsers/base/cursor.h"

#define WIRE     "wire-avs frame_hdr.c"
#define SORA     "sora-js-sdk e2ee worker"
#define MLS      "RFC 9420 6"
#define TELEGRAM "tde2e Encryption.md"

enum sf_status
sf_wire_parse(struct sf_wire *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	uint8_t base = sf_u8(&c);
	uint8_t lengths = sf_u8(&c);
	struct sf_wire h = { .kid = lengths & 7 };

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "base and lengths", WIRE);
	if ((base & 0xef) != 0 || (lengths & 0x80) != 0)
		return sf_stop(d, SF_MALFORMED, 0, "version", WIRE);
	if ((lengths & 8) != 0) {
		h.kid_octets = (uint8_t)((lengths & 7) + 1);
		h.kid = sf_uint(&c, h.kid_octets);
	}
	h.frame_octets = (uint8_t)((lengths >> 4 & 7) + 1);
	h.frame = sf_uint(&c, h.frame_octets);
	h.has_ssrc = (base & 0x10) != 0;
	if (h.has_ssrc) {
		uint8_t kind = sf_u8(&c);

		if (sf_ok(&c) && kind != 0x31)
			return sf_stop(
			    d, SF_MALFORMED, c.at - 1, "extension", WIRE);
		h.ssrc = sf_u32(&c);
	}
	if (!sf_ok(&c))
		return sf_short(d, &c, "KID, frame id, SSRC", WIRE);
	h.aad = sf_bytes(in.p, c.at);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

static bool
all_printable(struct sf_bytes s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return true;
}

enum sf_status
sf_sora_parse(struct sf_sora *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	uint8_t config = sf_u8(&c);
	size_t ctr = config >> 4 & 7, kid = config & 7;
	struct sf_sora h = { 0 };

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "config octet", SORA);
	if ((config & 0x88) != 8 || ctr == 0 || kid == 0)
		return sf_stop(d, SF_MALFORMED, 0, "config octet", SORA);
	h.kid = sf_uint(&c, kid);
	h.ctr = sf_uint(&c, ctr);
	h.connection = sf_slice(&c, 26);
	if (!sf_ok(&c))
		return sf_short(d, &c, "KID, CTR, connection id", SORA);
	if (!all_printable(h.connection))
		return sf_stop(
		    d, SF_MALFORMED, c.at - 26, "connection id", SORA);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

/* RFC 9420 2.1.2: a length of 1, 2 or 4 octets. */
static size_t
vector_length(struct sf_cursor *c)
{
	uint8_t first = sf_u8(c);

	switch (first >> 6) {
	case 0:
		return first;
	case 1:
		return (size_t)(first & 63) << 8 | sf_u8(c);
	case 2:
		return (size_t)(first & 63) << 24 | sf_uint(c, 3);
	default:
		return SIZE_MAX;
	}
}

enum sf_status
sf_mls_private_parse(
    struct sf_mls_private *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	uint32_t kind = sf_u32(&c);
	struct sf_mls_private m = { 0 };

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "version and wire format", MLS);
	if (kind != 0x00010002)
		return sf_stop(
		    d, SF_MALFORMED, 0, "version and wire format", MLS);
	m.group = sf_slice(&c, vector_length(&c));
	m.epoch = sf_uint(&c, 8);
	m.content = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "group, epoch, content type", MLS);
	if (m.content < 1 || m.content > 3)
		return sf_stop(d, SF_MALFORMED, c.at - 1, "content type", MLS);
	m.payload = sf_rest(&c);
	*out = m;
	return SF_OK;
}

enum sf_status
sf_telegram_parse(
    struct sf_telegram *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	uint8_t n = sf_u8(&c);
	uint32_t rest = (uint32_t)sf_uint(&c, 3);
	struct sf_telegram h = { .epochs = n };

	*d = (struct sf_diag){ 0 };
	h.hash = sf_slice(&c, 32);
	if (!sf_ok(&c))
		return sf_short(d, &c, "epochs", TELEGRAM);
	if (n == 0 || n > 15 || rest != 0)
		return sf_stop(
		    d, SF_MALFORMED, 0, "number of epochs", TELEGRAM);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}
