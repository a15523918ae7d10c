#include "parsers/media/h264.h"

#include "parsers/base/cursor.h"

#define REF       "RFC 6184 5.2"
#define FRAME_REF "ITU-T H.264 7.3.1"

/* RFC 6184 5.8: the indicator lends F and NRI, the FU header the type. */
static void
read_fragment(struct sf_h264 *h, struct sf_cursor *c, uint8_t first)
{
	uint8_t fu = sf_u8(c);

	h->start = fu & 0x80;
	h->end = fu & 0x40;
	h->reserved = fu & 0x20;
	h->unit = (uint8_t)((first & 0xe0) | (fu & 0x1f));
	if (h->interleaved)
		h->don = sf_u16(c);
}

enum sf_status
sf_h264_parse(struct sf_h264 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_h264 h = { .start = true, .end = true };
	uint8_t first = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "NAL unit header", REF);
	h.forbidden = first & 0x80;
	h.nri = first >> 5 & 3;
	h.type = first & 0x1f;
	if (h.type == 0 || h.type > SF_H264_FU_B)
		return sf_stop(d, SF_UNSUPPORTED, 0, "type", REF);
	h.interleaved = h.type >= SF_H264_STAP_B && h.type != SF_H264_FU_A;
	if (h.type <= SF_H264_LAST_NAL) {
		h.unit = first;
		h.payload = in;
		*out = h;
		return SF_OK;
	}
	if (h.type >= SF_H264_FU_A)
		read_fragment(&h, &c, first);
	else if (h.interleaved)
		h.don = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "payload header", REF);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

static bool
unit_can_be(struct sf_bytes unit)
{
	uint8_t type = unit.n > 0 ? unit.p[0] & 0x1f : 0;

	return unit.n > 0 && (unit.p[0] & 0x80) == 0 && type >= 1 &&
	       type <= SF_H264_LAST_NAL;
}

enum sf_status
sf_h264_frame_parse(
    struct sf_h264_frame *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_h264_frame f = { .payload = sf_bytes(NULL, 0) };
	struct sf_bytes rest = in;
	struct sf_nal_stream s;

	*d = (struct sf_diag){ 0 };
	/* Every turn takes a start code. */
	do {
		size_t at = (size_t)(rest.p - in.p);
		uint8_t type;

		if (sf_nal_stream_parse(&s, rest, d) != SF_OK) {
			d->at += at;
			return d->status;
		}
		if (!unit_can_be(s.unit))
			return sf_stop(
			    d, SF_MALFORMED, at, "NAL unit header", FRAME_REF);
		type = s.unit.p[0] & 0x1f;
		f.first = f.units++ == 0 ? type : f.first;
		f.key |= type == SF_H264_IDR || type == SF_H264_SPS;
		f.slices |= type <= SF_H264_IDR;
		f.last_at = at;
		f.payload = s.unit;
		rest = s.payload;
	} while (rest.n != 0);
	*out = f;
	return SF_OK;
}
