#include "parsers/rtp/ulpfec.h"

#include "parsers/base/cursor.h"

#define REF "RFC 5109 7.3"

enum sf_status
sf_ulpfec_parse(struct sf_ulpfec *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ulpfec f = { 0 };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	(void)sf_u8(&c); /* M and PT recovery */
	f.base = sf_u16(&c);
	(void)sf_u32(&c); /* TS recovery */
	f.length = sf_u16(&c);
	f.protected = sf_u16(&c);
	if (first & 0x40)
		sf_fec_mask_put(&f.mask, 0, 48, sf_uint(&c, 6));
	else
		sf_fec_mask_put(&f.mask, 0, 16, sf_u16(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "FEC header", REF);
	if (first & 0x80)
		return sf_stop(d, SF_UNSUPPORTED, 0, "E bit", REF);
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}
