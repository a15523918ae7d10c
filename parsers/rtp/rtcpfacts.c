#include "parsers/rtp/rtcpfacts.h"

#include "parsers/base/cursor.h"

enum sf_status
sf_rtcp_sender_parse(
    struct sf_rtcp_sender *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_sender s = { 0 };

	*d = (struct sf_diag){ 0 };
	s.ssrc = sf_u32(&c);
	s.ntp = sf_uint(&c, 8);
	s.rtp = sf_u32(&c);
	s.packets = sf_u32(&c);
	s.octets = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "sender information", "RFC 3550 6.4.1");
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}

enum sf_status
sf_rtcp_item_parse(
    struct sf_rtcp_item *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_item i = { .type = sf_u8(&c) };

	*d = (struct sf_diag){ 0 };
	i.text = sf_bytes(NULL, 0);
	if (i.type != 0)
		i.text = sf_slice(&c, sf_u8(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "item", "RFC 3550 6.5");
	i.payload = sf_rest(&c);
	*out = i;
	return SF_OK;
}

enum sf_status
sf_rtcp_reason_parse(
    struct sf_rtcp_reason *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_reason r = { .text = sf_slice(&c, sf_u8(&c)) };

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "reason for leaving", "RFC 3550 6.6");
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}

enum sf_status
sf_rtcp_app_parse(
    struct sf_rtcp_app *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_app a = { .ssrc = sf_u32(&c) };

	*d = (struct sf_diag){ 0 };
	a.name = sf_slice(&c, 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "SSRC and name", "RFC 3550 6.7");
	a.payload = sf_rest(&c);
	*out = a;
	return SF_OK;
}

enum sf_status
sf_rtcp_tmmb_parse(
    struct sf_rtcp_tmmb *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_tmmb t = { .ssrc = sf_u32(&c) };
	uint32_t word = sf_u32(&c);
	unsigned shift = word >> 26;
	uint64_t mantissa = word >> 9 & 0x1ffff;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "FCI entry", "RFC 5104 4.2.1.1");
	t.bitrate = mantissa << shift;
	if (t.bitrate >> shift != mantissa)
		t.bitrate = UINT64_MAX;
	t.overhead = word & 0x1ff;
	t.payload = sf_rest(&c);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_rtcp_xr_parse(struct sf_rtcp_xr *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_xr x = { 0 };

	*d = (struct sf_diag){ 0 };
	x.type = sf_u8(&c);
	x.specific = sf_u8(&c);
	x.body = sf_slice(&c, (size_t)sf_u16(&c) * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "report block", "RFC 3611 3");
	x.payload = sf_rest(&c);
	*out = x;
	return SF_OK;
}

enum sf_status
sf_rtcp_dlrr_parse(
    struct sf_rtcp_dlrr *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_dlrr l = { 0 };

	*d = (struct sf_diag){ 0 };
	l.ssrc = sf_u32(&c);
	l.lrr = sf_u32(&c);
	l.delay = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "DLRR", "RFC 3611 4.5");
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}

enum sf_status
sf_rtcp_ccfb_parse(
    struct sf_rtcp_ccfb *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_ccfb f = { .ssrc = sf_u32(&c) };
	struct sf_bytes blocks;

	*d = (struct sf_diag){ 0 };
	f.first = sf_u16(&c);
	f.packets = sf_u16(&c);
	/* two octets a packet, an even number of packets */
	blocks = sf_slice(&c, ((size_t)f.packets + 1) / 2 * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "metric blocks", "RFC 8888 3.1");
	for (size_t i = 0; i < f.packets; i++)
		f.received = (uint16_t)(f.received + (blocks.p[2 * i] >> 7));
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}
