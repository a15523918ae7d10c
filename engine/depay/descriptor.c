#include "engine/depay/parts.h"
#include "parsers/media/sframe_payload.h"

static void
count(struct sf_depay *d, enum sf_payload_fact fact, const struct sf_unit *u)
{
	struct sf_payload_count *c = &d->facts.of[fact];

	if (c->n++ == 0)
		c->first = u->place;
	c->last = u->place;
}

/* Two packets of one frame, which has one value of each of these
   (draft-ietf-avtcore-rtp-sframe-02 4, 5.2). */
static void
note_pair(struct sf_depay *d, const struct sf_sframe_payload *v,
    const struct sf_unit *u)
{
	const struct sf_fragment *last = &d->fragment;

	if (u->timestamp != last->timestamp || u->pt != last->pt ||
	    u->csrc != last->csrc)
		count(d, SF_PAYLOAD_DIFFERS, u);
	if (v->packetized != last->packetized)
		count(d, SF_PAYLOAD_MIXED_T, u);
	if (u->ext_known && last->ext_known && u->ext_ids != last->ext_ids)
		count(d, SF_PAYLOAD_EXTENSIONS, u);
}

/* The packet before is known: does this one fit behind it? */
static void
note_order(struct sf_depay *d, const struct sf_sframe_payload *v,
    const struct sf_unit *u)
{
	bool same = u->timestamp == d->fragment.timestamp;

	if (d->fragment.open && v->start)
		count(d, same ? SF_PAYLOAD_START_AGAIN : SF_PAYLOAD_BROKEN, u);
	else if (d->fragment.open)
		note_pair(d, v, u);
	else if (!v->start)
		count(d, same ? SF_PAYLOAD_END_EARLY : SF_PAYLOAD_BROKEN, u);
}

#define LARGE 600 /* octets; layers of a picture begin smaller */

/*
 * T says that what is inside was made by the codec's packetizer (4). Such a
 * payload fits into a packet, or two with what SFrame adds; more were a frame.
 * And a picture of four large packets, each a ciphertext, was packetized: there
 * are no four layers of such a size.
 */
static void
note_t(struct sf_depay *d, const struct sf_sframe_payload *v,
    const struct sf_unit *u, bool follows)
{
	struct sf_fragment *last = &d->fragment;
	bool goes_on = follows && last->open && !v->start;
	bool whole = v->start && v->end && !v->packetized;
	bool same = follows && u->timestamp == last->timestamp;

	if (v->packetized)
		d->facts.t++;
	else if (!v->start)
		d->facts.joined++;
	last->fragments = v->start ? 1 : goes_on ? last->fragments + 1 : 0;
	if (v->packetized && last->packetized && last->fragments == 3)
		count(d, SF_PAYLOAD_T_ON_FRAME, u);
	if (!whole || !same)
		last->wholes = 0;
	if (whole && last->wholes == 3)
		count(d, SF_PAYLOAD_NO_T, u);
	if (whole && (last->wholes >= 3 || u->payload.n >= LARGE))
		last->wholes++;
	else
		last->wholes = 0;
}

/* Reserved bits on a later fragment of a frame that began without them: what
   stands there is no descriptor, or one that is wrong in these bits alone. */
static bool
is_odd(
    const struct sf_depay *d, const struct sf_sframe_payload *v, bool follows)
{
	return v->reserved != 0 && follows && d->fragment.open &&
	       !d->fragment.reserved;
}

static bool
is_odd_descriptor(const struct sf_depay *d, const struct sf_sframe_payload *v,
    const struct sf_unit *u)
{
	return !v->start && v->end == u->marker &&
	       v->packetized == d->fragment.packetized;
}

static void
note(struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_sframe_payload v;
	struct sf_diag diag;
	bool follows = sf_depay_follows(d, u) && d->fragment.any, odd, sure;

	if (sf_sframe_payload_parse(&v, u->payload, &diag) != SF_OK)
		return;
	count(d, SF_PAYLOAD_PACKETS, u);
	if (u->bad_padding)
		count(d, SF_PAYLOAD_PADDING, u);
	/* behind a loss, it may be the rest of a frame that is sent clear */
	sure = v.start || follows;
	odd = is_odd(d, &v, follows);
	if (odd && !is_odd_descriptor(d, &v, u)) {
		count(d, SF_PAYLOAD_NO_DESCRIPTOR, u);
		d->fragment.open = !u->marker;
		return;
	}
	if (v.reserved != 0 && sure)
		count(d,
		    odd ? SF_PAYLOAD_NONE_MAYBE : SF_PAYLOAD_RESERVED, u);
	if (follows)
		note_order(d, &v, u);
	note_t(d, &v, u, follows);
	if (u->marker && !v.end && sure)
		count(d, SF_PAYLOAD_MARKER, u);
	if (v.packetized && v.start && !v.end)
		count(d, SF_PAYLOAD_SPLIT, u);
	d->fragment = (struct sf_fragment){
		.any = true,
		.open = !v.end,
		.packetized = v.packetized,
		.fragments = d->fragment.fragments,
		.wholes = d->fragment.wholes,
		.reserved = v.reserved != 0 && !odd,
		.timestamp = u->timestamp,
		.pt = u->pt,
		.csrc = u->csrc,
		.ext_ids = u->ext_ids,
		.ext_known = u->ext_known,
	};
}

static bool
read_descriptor(
    struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_sframe_payload v;
	struct sf_diag diag;

	bool inside;

	if (sf_sframe_payload_parse(&v, u->payload, &diag) != SF_OK)
		return false;
	inside = d->open && sf_depay_follows(d, u) &&
		 d->frame.timestamp == u->timestamp;
	p->slice = v.payload;
	p->taken = 1;
	p->start = v.start && !inside; /* S again is told, and passed over */
	p->end = v.end;
	return true;
}

const struct sf_depay_format sf_depay_descriptor = { .note = note,
	.read = read_descriptor };
