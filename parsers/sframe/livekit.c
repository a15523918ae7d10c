#include "parsers/sframe/livekit.h"

#include <string.h>

#include "parsers/sframe/tail.h"

#define LIVEKIT   "livekit-client 2.23 FrameCryptor"
#define JITSI     "lib-jitsi-meet e2ee Context"
#define SIGNATURE 132 /* ECDSA over P-521 */
#define ENVELOPE  5   /* length and magic */

enum sf_status
sf_livekit_parse(struct sf_livekit *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 14);
	struct sf_livekit t = { .payload = sf_bytes(in.p, c.at) };
	uint8_t n;

	*d = (struct sf_diag){ 0 };
	t.iv = sf_bytes(in.p + c.at, 12);
	t.ssrc = sf_u32(&c);
	t.timestamp = sf_u32(&c);
	t.count = sf_u32(&c);
	n = sf_u8(&c);
	t.index = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "IV and key index", LIVEKIT);
	if (n != 12)
		return sf_stop(
		    d, SF_MALFORMED, in.n - 2, "length of the IV", LIVEKIT);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_jitsi_v0_parse(
    struct sf_jitsi_v0 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 13);
	struct sf_jitsi_v0 t = { .payload = sf_bytes(in.p, c.at) };

	*d = (struct sf_diag){ 0 };
	t.iv = sf_bytes(in.p + c.at, 12);
	t.ssrc = sf_u32(&c);
	t.timestamp = sf_u32(&c);
	t.count = sf_u32(&c);
	t.index = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "IV and key index", JITSI);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_jitsi_ctr_parse(
    struct sf_jitsi_ctr *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 1);
	struct sf_jitsi_ctr t = { 0 };
	uint8_t last = sf_u8(&c);
	size_t signature = (last & 0x80) != 0 ? SIGNATURE : 0;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "last octet", JITSI);
	t.ctr_octets = (uint8_t)((last >> 4 & 7) + 1);
	t.kid = last & 15;
	c = sf_cursor_tail(in, t.ctr_octets + signature + 1);
	t.payload = sf_bytes(in.p, c.at);
	t.ctr = sf_uint(&c, t.ctr_octets);
	t.signature = sf_slice(&c, signature);
	if (!sf_ok(&c))
		return sf_short(d, &c, "counter", JITSI);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_lkts_parse(struct sf_lkts *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, ENVELOPE);
	uint8_t octets = sf_u8(&c) ^ 0xff;
	struct sf_bytes magic = sf_slice(&c, 4);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "magic", LIVEKIT);
	if (memcmp(magic.p, "LKTS", 4) != 0 || octets < ENVELOPE)
		return sf_stop(
		    d, SF_MALFORMED, in.n - ENVELOPE, "magic", LIVEKIT);
	c = sf_cursor_tail(in, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "values", LIVEKIT);
	*out = (struct sf_lkts){ sf_bytes(in.p + c.at, octets - ENVELOPE),
		sf_bytes(in.p, c.at) };
	return SF_OK;
}
