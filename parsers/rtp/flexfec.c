#include "parsers/rtp/flexfec.h"

#include "parsers/base/cursor.h"

#define REF "draft-ietf-payload-flexible-fec-scheme-03 4.2.2.1"

enum sf_status
sf_flexfec_parse(struct sf_flexfec *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_flexfec f = { 0 };
	uint8_t first = sf_u8(&c);
	uint32_t count;

	*d = (struct sf_diag){ 0 };
	(void)sf_slice(&c, 7); /* PT, length and timestamp recovery */
	count = sf_u32(&c);    /* eight bits, and 24 that are 0 */
	f.ssrc = sf_u32(&c);
	f.base = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "FEC header", REF);
	if (count != (uint32_t)1 << 24)
		return sf_stop(d, SF_UNSUPPORTED, 8, "SSRC count", REF);
	f.retransmission = first & 0x80;
	f.fixed = first & 0x40;
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}
