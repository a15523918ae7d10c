#include "engine/depay/parts.h"
#include "parsers/media/h264.h"
#include "parsers/media/h265.h"

/*
 * Start codes of four octets throughout: what encoders give and receivers hand
 * on (libwebrtc, H264::kNaluLongStartSequence).
 */
static const uint8_t start_code[] = { 0, 0, 0, 1 };

/* How far b is behind a, modulo 65536. */
static int
ahead(uint16_t a, uint16_t b)
{
	return (int16_t)(uint16_t)(b - a);
}

static void
number_unit(struct sf_depay *d)
{
	struct sf_numbers *v = &d->numbers;
	unsigned n = d->frame.units;

	if (n > 0) {
		v->disordered |= ahead(v->last, v->next) < 0;
		v->gaps |= ahead(v->last, v->next) > 1;
	}
	if (n < SF_FRAME_MARKS)
		v->units[n] = v->next;
	if (!v->any || ahead(v->highest, v->next) > 0)
		v->highest = v->next;
	v->any = true;
	v->last = v->next++;
}

static bool
add_unit(struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes head,
    struct sf_bytes rest)
{
	if (d->numbers.told)
		number_unit(d);
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

/*
 * May an access unit begin with this packet, which follows the last one or not?
 * Where packets of its timestamp were lost, what comes of it in order, a slice
 * behind parameter sets, is the rest of it and no unit of its own.
 */
static bool
may_start(const struct sf_depay *d, const struct sf_unit *u)
{
	return sf_depay_turns(d, u) && (d->open || !sf_depay_is_rest(d, u));
}

static struct sf_bytes
skip(struct sf_bytes in, size_t n)
{
	n = n < in.n ? n : in.n;
	return sf_bytes(in.p + n, in.n - n);
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

	if (h->type == SF_H264_STAP_A || h->type == SF_H264_STAP_B) {
		type = body.n > 2 ? body.p[2] & 0x1f : 0;
		body = skip(body, 3);
	} else if (h->type <= SF_H264_LAST_NAL) {
		body = skip(body, 1);
	}
	return type == SF_H264_AUD || type == SF_H264_SPS ||
	       (type == SF_H264_SLICE && h->start && body.n > 0 &&
		   (body.p[0] & 0x80) != 0);
}

static bool
tells_number(const struct sf_h264 *h, const struct sf_unit *u)
{
	return h->interleaved || u->numbered;
}

/* Where the open frame has numbers: is this unit's the one behind them? Else
   more of that frame is still to come. */
static bool
is_next_number(
    const struct sf_depay *d, const struct sf_h264 *h, const struct sf_unit *u)
{
	int n = ahead(d->numbers.highest, u->numbered ? u->don : h->don);

	return !d->numbers.told || !tells_number(h, u) || n == 0 || n == 1;
}

static bool
read_h264(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_h264 h;
	struct sf_diag diag;

	if (sf_h264_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	p->start = may_start(d, u) &&
		   (sf_depay_follows(d, u)
			   ? h.start
			   : sf_depay_begins(u, opens_h264(&h)));
	p->end = u->marker;
	p->ends_before = !d->in_unit && is_next_number(d, &h, u);
	return true;
}

/* STAP-B and FU-B tell the number of their first unit; a unit out of an MTAP
   has one of its own. */
static void
note_number(
    struct sf_depay *d, const struct sf_h264 *h, const struct sf_unit *u)
{
	struct sf_numbers *v = &d->numbers;

	if (d->frame.units == 0) {
		v->told = true;
		v->disordered = v->gaps = false;
		v->has_before = v->any && sf_depay_follows(d, u);
		v->before = v->highest;
	}
	if (h->type == SF_H264_FU_A && !h->start)
		return;
	v->told = v->told && tells_number(h, u);
	v->next = u->numbered ? u->don : h->don;
}

static bool
put_h264(
    struct sf_depay *d, struct sf_depay_pool *pool, const struct sf_unit *u)
{
	struct sf_h264 h;
	struct sf_diag diag;

	if (sf_h264_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	if (h.type == SF_H264_MTAP16 || h.type == SF_H264_MTAP24)
		return false; /* what of it could not be taken apart */
	note_number(d, &h, u);
	if (h.type == SF_H264_STAP_A || h.type == SF_H264_STAP_B)
		return add_aggregate(d, pool, h.payload);
	if (h.type == SF_H264_FU_A || h.type == SF_H264_FU_B)
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

static void
reverse(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t t = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = t;
	}
}

/* Moves the unit in front of the one before it. */
static void
swap_units(struct sf_depay *d, uint8_t *octets, unsigned i)
{
	struct sf_frame *f = &d->frame;
	size_t end = i + 1 < f->units ? f->marks[i + 1] : d->octets;
	size_t before = f->marks[i] - f->marks[i - 1];
	size_t own = end - f->marks[i];
	uint8_t *at = octets + f->marks[i - 1];
	uint16_t *numbers = d->numbers.units, number = numbers[i];

	reverse(at, before);
	reverse(at + before, own);
	reverse(at, before + own);
	f->marks[i] = (uint32_t)(f->marks[i - 1] + own);
	numbers[i] = numbers[i - 1];
	numbers[i - 1] = number;
}

/*
 * RFC 6184 7.2: in interleaved mode units come in another order than that of
 * the encoder, which their numbers tell. False when a number is missing, in
 * front of the frame or in it: units of another frame stood there, or some of
 * this one stand elsewhere. So it is when they are more than are kept.
 */
static bool
sort_units(struct sf_depay *d, uint8_t *octets)
{
	struct sf_numbers *v = &d->numbers;
	unsigned n = d->frame.units;

	if (!v->told || n == 0)
		return true;
	if (v->disordered && n > SF_FRAME_MARKS)
		return false;
	for (unsigned i = 1; v->disordered && i < n; i++)
		for (unsigned k = i;
		     k > 0 && ahead(v->units[k - 1], v->units[k]) < 0; k--)
			swap_units(d, octets, k);
	if (v->disordered)
		v->gaps = false;
	for (unsigned i = 1; v->disordered && i < n; i++)
		v->gaps |= ahead(v->units[i - 1], v->units[i]) > 1;
	return !v->gaps &&
	       (!v->has_before || (ahead(v->before, v->units[0]) >= 0 &&
				      ahead(v->before, v->units[0]) <= 1));
}

static bool
close_h264(struct sf_depay *d, struct sf_depay_pool *pool)
{
	return sort_units(d, sf_depay_octets(d, pool)) &&
	       close_units(d, pool, is_h264_unit);
}

/* An MTAP holds units of several timestamps (RFC 6184 5.7.2): each is given as
   if it had come in a packet of its own. */
bool
sf_depay_mtap(
    struct sf_unit *out, struct sf_bytes *rest, const struct sf_unit *u)
{
	bool wide =
	    u->payload.n > 0 && (u->payload.p[0] & 0x1f) == SF_H264_MTAP24;
	struct sf_nal_mtap16 narrow;
	struct sf_nal_mtap24 broad;
	struct sf_nal_mtap m;
	struct sf_diag diag;

	if (wide && sf_nal_mtap24_parse(&broad, *rest, &diag) == SF_OK)
		m = broad.v;
	else if (!wide && sf_nal_mtap16_parse(&narrow, *rest, &diag) == SF_OK)
		m = narrow.v;
	else
		return false;
	*rest = m.payload;
	*out = *u;
	out->timestamp = u->timestamp + m.offset;
	out->payload = m.unit;
	out->numbered = true;
	out->don = (uint16_t)(u->don + m.dond);
	out->marker = u->marker && m.payload.n == 0;
	return true;
}

/* ---- H.265 ---------------------------------------------------------------- */

#define DONL 2 /* octets of a decoding order number (RFC 7798 4.4.1) */
#define DOND 1 /* and of the difference to it, in front of further units */

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
	return type == SF_H265_VPS || type == SF_H265_AUD ||
	       (type < SF_H265_IRAP && h->start && body.n > 0 &&
		   (body.p[0] & 0x80) != 0);
}

static bool
read_h265(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_h265 h;
	struct sf_diag diag;

	if (sf_h265_parse(&h, u->payload, &diag) != SF_OK)
		return false;
	p->start = may_start(d, u) &&
		   (sf_depay_follows(d, u)
			   ? h.start
			   : sf_depay_begins(u, opens_h265(&h, d->donl)));
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
	if (h.type == SF_H265_AP)
		return add_ap(d, pool, body);
	if (h.type == SF_H265_FU)
		return add_fragment(d, pool, h.start, h.end,
		    sf_bytes(h.unit, 2),
		    skip(body, d->donl && h.start ? DONL : 0));
	/* a single unit: the number stands behind its header */
	return add_unit(
	    d, pool, sf_bytes(h.unit, 2), skip(body, d->donl ? DONL : 0));
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
	close_h264, false };
const struct sf_depay_format sf_depay_h265 = { NULL, read_h265, put_h265,
	close_h265, false };
