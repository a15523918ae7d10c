#include "parsers/media/h265.h"

#include "parsers/base/cursor.h"

#define REF       "RFC 7798 4.2"
#define FRAME_REF "ITU-T H.265 7.3.1.2"
#define LAST_USED 40 /* types 41 to 47 are reserved */

/* RFC 7798 4.4.3: the type is in the FU header, the rest in front of it. */
static void
read_fragment(struct sf_h265 *h, struct sf_cursor *c, uint16_t head)
{
	uint8_t fu = sf_u8(c);

	h->start = fu & 0x80;
	h->end = fu & 0x40;
	h->unit[0] = (uint8_t)((head >> 8 & 0x81) | (fu & 0x3f) << 1);
	h->unit[1] = (uint8_t)head;
}

/* RFC 7798 4.4.4: the header of what is carried, its type and first bit out of
   the PACI header, and an extension that may be passed over. */
static uint16_t
read_paci(struct sf_h265 *h, struct sf_cursor *c, uint16_t head)
{
	uint16_t fields = sf_u16(c);

	h->paci = true;
	h->phes = sf_slice(c, fields >> 4 & 0x1f);
	return (uint16_t)((fields & 0xfe00) | (head & 0x01ff));
}

enum sf_status
sf_h265_parse(struct sf_h265 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_h265 h = { .start = true, .end = true };
	uint16_t head = sf_u16(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "NAL unit header", REF);
	h.phes = sf_bytes(NULL, 0);
	if ((head >> 9 & 0x3f) == SF_H265_PACI)
		head = read_paci(&h, &c, head);
	if (!sf_ok(&c))
		return sf_short(d, &c, "PACI header", "RFC 7798 4.4.4");
	h.forbidden = head >> 15;
	h.type = head >> 9 & 0x3f;
	h.layer = head >> 3 & 0x3f;
	h.tid = head & 7;
	if (h.paci && h.type == SF_H265_PACI)
		return sf_stop(
		    d, SF_MALFORMED, 2, "PACI header", "RFC 7798 4.4.4");
	if (h.type > SF_H265_PACI)
		return sf_stop(d, SF_UNSUPPORTED, 0, "type", REF);
	if (h.type <= SF_H265_LAST_NAL) {
		h.unit[0] = (uint8_t)(head >> 8);
		h.unit[1] = (uint8_t)head;
	} else if (h.type == SF_H265_FU) {
		read_fragment(&h, &c, head);
	}
	if (!sf_ok(&c))
		return sf_short(d, &c, "FU header", "RFC 7798 4.4.3");
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

static bool
unit_can_be(struct sf_bytes unit)
{
	return unit.n >= 2 && (unit.p[0] & 0x80) == 0 &&
	       unit.p[0] >> 1 <= LAST_USED && (unit.p[1] & 7) != 0;
}

enum sf_status
sf_h265_frame_parse(
    struct sf_h265_frame *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_h265_frame f = { .payload = sf_bytes(NULL, 0) };
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
		type = s.unit.p[0] >> 1;
		f.first = f.units++ == 0 ? type : f.first;
		f.key |= (type >= SF_H265_IRAP && type <= SF_H265_IRAP_LAST) ||
			 (type >= SF_H265_VPS && type <= SF_H265_PPS);
		f.slices |= type < SF_H265_VPS;
		f.last_at = at;
		f.payload = s.unit;
		rest = s.payload;
	} while (rest.n != 0);
	*out = f;
	return SF_OK;
}
