#include "parsers/rtp/rtcpfb.h"

#include "parsers/base/cursor.h"

#define TWCC_REF "draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1"

enum sf_status
sf_rtcp_block_parse(
    struct sf_rtcp_block *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_block b = { 0 };
	uint32_t lost;

	*d = (struct sf_diag){ 0 };
	b.ssrc = sf_u32(&c);
	b.fraction = sf_u8(&c);
	lost = (uint32_t)sf_uint(&c, 3);
	b.lost = (int32_t)lost - ((lost & 0x800000) != 0 ? 0x1000000 : 0);
	b.highest = sf_u32(&c);
	b.jitter = sf_u32(&c);
	b.lsr = sf_u32(&c);
	b.delay = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "report block", "RFC 3550 6.4.1");
	b.payload = sf_rest(&c);
	*out = b;
	return SF_OK;
}

enum sf_status
sf_rtcp_feedback_parse(
    struct sf_rtcp_feedback *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_feedback f = { 0 };

	*d = (struct sf_diag){ 0 };
	f.sender = sf_u32(&c);
	f.media = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "SSRCs", "RFC 4585 6.1");
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}

/* How many of 16 bits are set. */
static unsigned
ones(unsigned v)
{
	v -= v >> 1 & 0x5555;
	v = (v & 0x3333) + (v >> 2 & 0x3333);
	v = (v + (v >> 4)) & 0x0f0f;
	return (v + (v >> 8)) & 0x1f;
}

enum sf_status
sf_rtcp_nack_parse(
    struct sf_rtcp_nack *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_nack n = { 0 };

	*d = (struct sf_diag){ 0 };
	n.seq = sf_u16(&c);
	n.mask = sf_u16(&c);
	n.packets = 1 + ones(n.mask);
	if (!sf_ok(&c))
		return sf_short(d, &c, "PID and BLP", "RFC 4585 6.2.1");
	n.payload = sf_rest(&c);
	*out = n;
	return SF_OK;
}

enum sf_status
sf_rtcp_fir_parse(
    struct sf_rtcp_fir *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_fir f = { 0 };

	*d = (struct sf_diag){ 0 };
	f.ssrc = sf_u32(&c);
	f.number = sf_u8(&c);
	(void)sf_uint(&c, 3); /* reserved */
	if (!sf_ok(&c))
		return sf_short(d, &c, "FCI entry", "RFC 5104 4.3.1.1");
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}

enum sf_status
sf_rtcp_remb_parse(
    struct sf_rtcp_remb *out, struct sf_bytes in, struct sf_diag *d)
{
	static const char ref[] = "draft-alvestrand-rmcat-remb-03 2.2";
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_remb r = { 0 };
	uint32_t name = sf_u32(&c), rate;
	unsigned shift;

	*d = (struct sf_diag){ 0 };
	r.count = sf_u8(&c);
	rate = (uint32_t)sf_uint(&c, 3);
	if (!sf_ok(&c))
		return sf_short(d, &c, "REMB", ref);
	if (name != 0x52454d42) /* "REMB" */
		return sf_stop(d, SF_MALFORMED, 0, "unique identifier", ref);
	shift = rate >> 18;
	rate &= 0x3ffff;
	r.bitrate = (uint64_t)rate << shift;
	if (r.bitrate >> shift != rate)
		r.bitrate = UINT64_MAX;
	r.ssrcs = sf_slice(&c, (size_t)r.count * 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "SSRCs", ref);
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}

/* Octets of the delta of a packet, by its status; 0: not received, or without a
   delta. */
static size_t
delta_octets(unsigned status)
{
	return status == 1 ? 1 : status == 2 ? 2 : 0;
}

/* Packet status of one chunk; n of them are still to come. */
struct statuses {
	uint32_t left;
	size_t deltas; /* octets */
	uint16_t received;
};

static void
count_run(struct statuses *s, unsigned status, uint32_t n)
{
	if (n > s->left)
		n = s->left;
	s->left -= n;
	s->received = (uint16_t)(s->received + (status != 0 ? n : 0));
	s->deltas += n * delta_octets(status);
}

/* 14 bits of statuses; those behind the last packet do not count. */
static void
count_vector(struct statuses *s, unsigned vector, unsigned width)
{
	unsigned n = 14 / width;
	unsigned low, high;

	if (n > s->left)
		n = s->left;
	s->left -= n;
	vector >>= 14 - n * width;
	low = width == 1 ? vector : vector & 0x1555;
	high = width == 1 ? 0 : vector >> 1 & 0x1555;
	s->received = (uint16_t)(s->received + ones(low | high));
	s->deltas += ones(low & ~high) * delta_octets(1) +
		     ones(high & ~low) * delta_octets(2);
}

static void
count_chunk(struct statuses *s, uint16_t chunk)
{
	if ((chunk & 0x8000) == 0) /* a run of one status */
		count_run(s, chunk >> 13 & 3, chunk & 0x1fff);
	else /* 14 of one bit, or 7 of two */
		count_vector(s, chunk & 0x3fff, (chunk & 0x4000) == 0 ? 1 : 2);
}

enum sf_status
sf_rtcp_twcc_parse(
    struct sf_rtcp_twcc *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtcp_twcc t = { 0 };
	struct statuses s = { 0 };
	uint32_t reference;

	*d = (struct sf_diag){ 0 };
	t.base = sf_u16(&c);
	t.packets = sf_u16(&c);
	reference = (uint32_t)sf_uint(&c, 3);
	t.reference =
	    (int32_t)reference - ((reference & 0x800000) != 0 ? 0x1000000 : 0);
	t.number = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", TWCC_REF);
	/* Each turn takes two octets; a run of none takes no packet along. */
	for (s.left = t.packets; s.left > 0 && sf_ok(&c);)
		count_chunk(&s, sf_u16(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "packet chunks", TWCC_REF);
	(void)sf_slice(&c, s.deltas);
	if (!sf_ok(&c))
		return sf_short(d, &c, "receive deltas", TWCC_REF);
	t.received = s.received;
	t.payload = sf_rest(&c);
	*out = t;
	return SF_OK;
}
