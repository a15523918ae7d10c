#include "parsers/rtp/flexfec.h"

#include "parsers/base/cursor.h"

#define REF "draft-ietf-payload-flexible-fec-scheme-03 4.2.2.1"

/* 15, 46 or 109 bits: in this version a k bit that is set ends the mask. */
static void
read_mask(struct sf_flexfec *f, struct sf_cursor *c)
{
	uint64_t part = sf_u16(c);

	sf_fec_mask_put(&f->mask, 0, 15, part & 0x7fff);
	if (part >> 15)
		return;
	part = sf_u32(c);
	sf_fec_mask_put(&f->mask, 15, 31, part & 0x7fffffff);
	if (part >> 31)
		return;
	part = sf_uint(c, 8);
	sf_fec_mask_put(&f->mask, 46, 63, part & INT64_MAX);
}

enum sf_status
sf_flexfec_parse(struct sf_flexfec *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_flexfec f = { 0 };
	uint8_t first = sf_u8(&c);
	uint32_t count;

	*d = (struct sf_diag){ 0 };
	(void)sf_u8(&c); /* M and PT recovery */
	f.length = sf_u16(&c);
	(void)sf_u32(&c);   /* TS recovery */
	count = sf_u32(&c); /* eight bits, and 24 that are 0 */
	f.ssrc = sf_u32(&c);
	f.base = sf_u16(&c);
	f.retransmission = first & 0x80;
	f.fixed = first & 0x40;
	if (sf_ok(&c) && count != (uint32_t)1 << 24)
		return sf_stop(d, SF_UNSUPPORTED, 8, "SSRC count", REF);
	if (sf_ok(&c) && !f.retransmission && !f.fixed)
		read_mask(&f, &c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "FEC header", REF);
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}
