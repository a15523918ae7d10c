#include "parsers/rtp/flexfec_rfc.h"

#include "parsers/base/cursor.h"

#define REF "RFC 8627 4.2.2.1"

/* 15, 46 or 110 bits: a k bit that is set says that more follow. */
static void
read_mask(struct sf_flexfec_rfc *f, struct sf_cursor *c)
{
	uint64_t part = sf_u16(c);

	sf_fec_mask_put(&f->mask, 0, 15, part & 0x7fff);
	if (part >> 15 == 0)
		return;
	part = sf_u32(c);
	sf_fec_mask_put(&f->mask, 15, 31, part & 0x7fffffff);
	if (part >> 31 == 0)
		return;
	sf_fec_mask_put(&f->mask, 46, 64, sf_uint(c, 8));
}

enum sf_status
sf_flexfec_rfc_parse(
    struct sf_flexfec_rfc *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_flexfec_rfc f = { 0 };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	(void)sf_u8(&c); /* M and PT recovery */
	f.length = sf_u16(&c);
	(void)sf_u32(&c); /* TS recovery */
	f.base = sf_u16(&c);
	if (sf_ok(&c) && first & 0xc0)
		return sf_stop(d, SF_UNSUPPORTED, 0, "R and F", REF);
	read_mask(&f, &c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "FEC header", REF);
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}
