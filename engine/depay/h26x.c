#include "engine/depay/parts.h"
#include "parsers/media/h264.h"
#include "parsers/media/h265.h"

/*
 * Start codes of four octets throughout: what encoders give and receivers hand
 * on (libwebrtc, H264::kNaluLongStartSequence).
 */
static const uint8_t start_code[] = { 0, 0, 0, 1 };

static bool
add_unit(struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes head,
    struct sf_bytes rest)
{
	sf_depay_mark(d);
	return sf_depay_add(
		   d, pool, sf_bytes(start_code, sizeof(start_code))) &&
	       sf_depay_add(d, pool, head) && sf_depay_add(d, pool, rest);
}

static bool
add_aggregate(
    struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes units)
{
	struct sf_nal_unit n;
	struct sf_diag diag;

	while (units.n != 0) {
		if (sf_nal_unit_parse(&n, units, &diag) != SF_OK ||
		    !add_unit(d, pool, sf_bytes(NULL, 0), n.unit))
			return false;
		units = n.payload;
	}
	return true;
}

/* A fragment in the middle needs the one before it: its start, at least. */
static bool
add_fragment(struct sf_depay *d, struct sf_depay_pool *pool, bool start,
    bool end, struct sf_bytes head, struct sf_bytes octets)
{
	if (!start && !d->in_unit)
		return false;
	d->in_unit = !end;
	return start ? add_unit(d, pool, head, octets)
		     : sf_depay_add(d, pool, octets);
}

/* ---- H.264 ---------------------------------------------------------------- */

/*
 * After a loss, and when a capture begins, only the octets can tell that
 * nothing of the frame is missing: a delimiter or parameter sets come first
 * (ITU-T H.264 7.4.1.2.3), and so does the slice with the first macroblock,
 * whose number 0 is one bit that is 1. Key frames have parameter sets.
 */
static bool
opens_h264(const struct sf_h264 *h)
{
	uint8_t type = h->unit & 0x1f;
	struct sf_bytes body = h->payload;

	if (h->type == SF_H264_STAP_A)
		type = body.n > 2 ? body.p[2] & 0x1f : 0;
	else if (h->type <= SF_H264_LAST_NAL && body.n > 0)
		body = sf_bytes(body.p + 1, body.n - 1);
	return type == SF_H264_AUD || type == SF_H264_SPS ||
	       (type == SF_H264_SLICE && h->start && body.n > 0 &&
		   (body.p[0] & 0x80) != 0);
}

static bool
read_h264(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_h264 h;
	struct sf_diag diag;

	if (sf_h264_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	p->start = sf_depay_turns(d, u) &&
		   (sf_depay_follows(d, u) ? h.start : opens_h264(&h));
	p->end = u->marker;
	p->ends_before = !d->in_unit;
	return true;
}

static bool
put_h264(
    struct sf_depay *d, struct sf_depay_pool *pool, const struct sf_unit *u)
{
	struct sf_h264 h;
	struct sf_diag diag;

	if (sf_h264_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	if (h.interleaved) {
		d->unread++;
		return false;
	}
	if (h.type == SF_H264_STAP_A)
		return add_aggregate(d, pool, h.payload);
	if (h.type == SF_H264_FU_A)
		return add_fragment(
		    d, pool, h.start, h.end, sf_bytes(&h.unit, 1), h.payload);
	return add_unit(d, pool, sf_bytes(NULL, 0), h.payload);
}

#define CODE sizeof(start_code)

static bool
is_h264_unit(const uint8_t *unit)
{
	uint8_t type = unit[0] & 0x1f;

	return (unit[0] & 0x80) == 0 && type >= SF_H264_SLICE &&
	       type <= SF_H264_LAST_NAL;
}

/*
 * A unit that a fragment opened and none closed is not whole. Units whose first
 * octet is no header are none of the codec's: the packetizer took octets inside
 * ciphertext for a start code.
 */
static bool
close_units(struct sf_depay *d, struct sf_depay_pool *pool,
    bool (*is_unit)(const uint8_t *unit))
{
	const uint8_t *frame = sf_depay_octets(d, pool);
	struct sf_frame *f = &d->frame;

	for (unsigned i = 0; i < f->units && i < SF_FRAME_MARKS; i++)
		if (f->marks[i] + CODE + 1 < d->octets &&
		    !is_unit(frame + f->marks[i] + CODE))
			f->foreign = true;
	return !d->in_unit;
}

static bool
close_h264(struct sf_depay *d, struct sf_depay_pool *pool)
{
	return close_units(d, pool, is_h264_unit);
}

/* ---- H.265 ---------------------------------------------------------------- */

#define DONL 2 /* octets of a decoding order number (RFC 7798 4.4.1) */
#define DOND 1 /* and of the difference to it, in front of further units */

static struct sf_bytes
skip(struct sf_bytes in, size_t n)
{
	n = n < in.n ? n : in.n;
	return sf_bytes(in.p + n, in.n - n);
}

/* As for H.264; first_slice_segment_in_pic_flag is the first bit of a slice
   (ITU-T H.265 7.3.6.1). */
static bool
opens_h265(const struct sf_h265 *h, bool donl)
{
	uint8_t type = h->unit[0] >> 1 & 0x3f;
	struct sf_bytes body = h->payload;

	if (h->type == SF_H265_AP) {
		body = skip(body, donl ? DONL : 0);
		type = body.n > 2 ? body.p[2] >> 1 : 0;
		return type >= SF_H265_VPS && type <= SF_H265_AUD;
	}
	if (h->type <= SF_H265_LAST_NAL)
		body = skip(body, 2);
	return type == SF_H265_VPS || type == SF_H265_AUD ||
	       (type < SF_H265_IRAP && h->start && h->type != SF_H265_PACI &&
		   body.n > 0 && (body.p[0] & 0x80) != 0);
}

static bool
read_h265(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_h265 h;
	struct sf_diag diag;

	if (sf_h265_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	p->start = sf_depay_turns(d, u) &&
		   (sf_depay_follows(d, u) ? h.start : opens_h265(&h, d->donl));
	p->end = u->marker;
	p->ends_before = !d->in_unit;
	return true;
}

/* RFC 7798 4.4.2: with decoding order numbers, one in front of each unit. */
static bool
add_ap(struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes units)
{
	struct sf_nal_unit n;
	struct sf_diag diag;
	size_t number = d->donl ? DONL : 0;

	while (units.n != 0) {
		units = skip(units, number);
		if (sf_nal_unit_parse(&n, units, &diag) != SF_OK ||
		    !add_unit(d, pool, sf_bytes(NULL, 0), n.unit))
			return false;
		units = n.payload;
		number = d->donl ? DOND : 0;
	}
	return true;
}

static bool
put_h265(
    struct sf_depay *d, struct sf_depay_pool *pool, const struct sf_unit *u)
{
	struct sf_h265 h;
	struct sf_diag diag;
	struct sf_bytes body;

	if (sf_h265_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	body = h.payload;
	if (h.type == SF_H265_PACI) {
		d->unread++;
		return false;
	}
	if (h.type == SF_H265_AP)
		return add_ap(d, pool, body);
	if (h.type == SF_H265_FU)
		return add_fragment(d, pool, h.start, h.end,
		    sf_bytes(h.unit, 2),
		    skip(body, d->donl && h.start ? DONL : 0));
	/* a single unit: the number stands behind its header */
	return add_unit(
	    d, pool, sf_bytes(h.unit, 2), skip(body, d->donl ? 2 + DONL : 2));
}

static bool
is_h265_unit(const uint8_t *unit)
{
	return (unit[0] & 0x80) == 0 && unit[0] >> 1 <= SF_H265_LAST_NAL &&
	       (unit[1] & 7) != 0;
}

static bool
close_h265(struct sf_depay *d, struct sf_depay_pool *pool)
{
	return close_units(d, pool, is_h265_unit);
}

const struct sf_depay_format sf_depay_h264 = { NULL, read_h264, put_h264,
	close_h264 };
const struct sf_depay_format sf_depay_h265 = { NULL, read_h265, put_h265,
	close_h265 };
