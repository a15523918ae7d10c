#include "parsers/sframe/header.h"

#include "parsers/base/cursor.h"

#define REF       "RFC 9605 4.3"
#define DRAFT_REF "draft-ietf-sframe-enc-03 4.2"

enum sf_status
sf_sframe_header_parse(
    struct sf_sframe_header *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sframe_header h = { 0 };
	uint8_t config = sf_u8(&c);
	uint8_t k = config >> 4 & 7;
	uint8_t n = config & 7;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "config octet", REF);

	h.kid = k;
	if (config & 0x80) {
		h.kid_octets = (uint8_t)(k + 1);
		h.kid = sf_uint(&c, h.kid_octets);
	}
	h.ctr = n;
	if (config & 0x08) {
		h.ctr_octets = (uint8_t)(n + 1);
		h.ctr = sf_uint(&c, h.ctr_octets);
	}
	if (!sf_ok(&c))
		return sf_short(d, &c, "KID and CTR", REF);

	h.aad = sf_bytes(in.p, c.at);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

unsigned
sf_sframe_header_octets(uint64_t value)
{
	unsigned n = 0;

	if (value < 8)
		return 0;
	for (; value != 0; value >>= 8)
		n++;
	return n;
}

/* Puts value at out in so many octets; returns that number. */
static size_t
put(uint8_t *out, uint64_t value, unsigned octets)
{
	for (unsigned i = octets; i > 0; i--, value >>= 8)
		out[i - 1] = (uint8_t)value;
	return octets;
}

size_t
sf_sframe_header_write(
    uint8_t out[SF_SFRAME_HEADER_MAX], uint64_t kid, uint64_t ctr)
{
	unsigned kid_octets = sf_sframe_header_octets(kid);
	unsigned ctr_octets = sf_sframe_header_octets(ctr);
	unsigned k = kid_octets == 0 ? (unsigned)kid : 8 | (kid_octets - 1);
	unsigned n = ctr_octets == 0 ? (unsigned)ctr : 8 | (ctr_octets - 1);
	size_t at = 1;

	out[0] = (uint8_t)(k << 4 | n);
	at += put(out + at, kid, kid_octets);
	at += put(out + at, ctr, ctr_octets);
	return at;
}

enum sf_status
sf_draft_header_parse(
    struct sf_draft_header *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_draft_header h = { 0 };
	uint8_t config = sf_u8(&c);
	uint8_t k = config & 7;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "config octet", DRAFT_REF);
	if (config & 0x80)
		return sf_stop(d, SF_MALFORMED, 0, "reserved bit", DRAFT_REF);

	h.kid = k;
	if (config & 0x08) {
		h.kid_octets = (uint8_t)(k + 1);
		h.kid = sf_uint(&c, h.kid_octets);
	}
	h.ctr_octets = (uint8_t)((config >> 4 & 7) + 1);
	h.ctr = sf_uint(&c, h.ctr_octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "KID and CTR", DRAFT_REF);

	h.aad = sf_bytes(in.p, c.at);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

#define OMARA_REF "draft-omara-sframe-02 4.2"

enum sf_status
sf_omara_header_parse(
    struct sf_omara_header *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_omara_header h = { 0 };
	uint8_t config = sf_u8(&c);
	uint8_t k = config & 7;
	uint8_t n = config >> 4 & 7;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "config octet", OMARA_REF);
	if (n == 0 || ((config & 0x08) != 0 && k == 0))
		return sf_stop(d, SF_MALFORMED, 0, "length of zero", OMARA_REF);

	h.signature = (config & 0x80) != 0;
	h.kid = k;
	if (config & 0x08) {
		h.kid_octets = k;
		h.kid = sf_uint(&c, k);
	}
	h.ctr_octets = n;
	h.ctr = sf_uint(&c, n);
	if (!sf_ok(&c))
		return sf_short(d, &c, "KID and CTR", OMARA_REF);

	h.aad = sf_bytes(in.p, c.at);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}
