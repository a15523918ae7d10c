#include <string.h>

#include "engine/depay/parts.h"
#include "parsers/base/leb128.h"
#include "parsers/media/av1.h"

/* bits of an OBU header */
#define HAS_SIZE      0x02
#define HAS_EXTENSION 0x04

#define LEAD_OCTETS 64 /* sequence headers and the like are shorter */

/* The first octet of the first element; 0 when there is none. */
static uint8_t
first_octet(const struct sf_av1 *a)
{
	struct sf_av1_element e;
	struct sf_diag d;

	if (a->count == 1)
		return a->payload.n > 0 ? a->payload.p[0] : 0;
	if (sf_av1_element_parse(&e, a->payload, &d) != SF_OK || e.data.n == 0)
		return 0;
	return e.data.p[0];
}

/* The element stands in front of a frame: a sequence header and the like. */
static bool
is_lead(struct sf_bytes element)
{
	unsigned type = element.n == 0 ? 0 : element.p[0] >> 3;

	return element.n < LEAD_OCTETS &&
	       (type == SF_AV1_SEQUENCE || type == SF_AV1_METADATA ||
		   type == SF_AV1_DELIMITER);
}

/*
 * Every frame begins with an element that carries nothing on. After a loss a
 * tile group cannot be the first: its frame header came before. Within a picture
 * such a packet begins the next layer, of which a dependency descriptor would
 * tell; receivers that have none go by this as well (libwebrtc).
 */
static bool
read_av1(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_av1 a;
	struct sf_diag diag;
	bool tiles;

	if (sf_av1_parse(&a, u->payload, &diag) != SF_OK)
		return false;
	tiles = first_octet(&a) >> 3 == SF_AV1_TILE_GROUP;
	p->start = !a.continues &&
		   (sf_depay_turns(d, u) ? sf_depay_follows(d, u) || !tiles
					 : d->whole && !tiles);
	p->end = u->marker;
	p->ends_before = !d->in_unit;
	if (u->bounded) { /* each layer of a picture is a frame */
		p->start = u->starts && !a.continues;
		p->end = u->ends;
	}
	return true;
}

/* The next element; the last of a counted list has no length. */
static bool
next_element(struct sf_bytes *data, struct sf_bytes *rest, bool sized)
{
	struct sf_av1_element e;
	struct sf_diag d;

	if (!sized) {
		*data = *rest;
		*rest = sf_bytes(NULL, 0);
		return true;
	}
	if (sf_av1_element_parse(&e, *rest, &d) != SF_OK)
		return false;
	*data = e.data;
	*rest = e.payload;
	return true;
}

static bool
put_av1(struct sf_depay *d, struct sf_depay_pool *pool, const struct sf_unit *u)
{
	struct sf_av1 a;
	struct sf_diag diag;
	struct sf_bytes rest, data = { 0 };
	unsigned i = 0;

	if (sf_av1_parse(&a, u->payload, &diag) != SF_OK ||
	    a.continues != d->in_unit)
		return false;
	for (rest = a.payload; rest.n != 0; i++) {
		if (!next_element(&data, &rest, i + 1 != a.count))
			return false;
		if (i > 0 || !a.continues)
			sf_depay_mark(d);
		if (!sf_depay_add(d, pool, data))
			return false;
	}
	d->in_unit = a.unfinished;
	d->whole = !d->in_unit &&
		   (d->whole || (a.continues && i == 1) || !is_lead(data));
	return true;
}

/* ---- what the sender had -------------------------------------------------- */

static size_t
end_of(const struct sf_depay *d, unsigned unit)
{
	return unit + 1 < d->frame.units ? d->frame.marks[unit + 1] : d->octets;
}

/* The OBU at one of the marks; false when its octets are no OBU. */
static bool
obu_at(struct sf_av1_obu *o, const struct sf_depay *d, const uint8_t *frame,
    unsigned unit)
{
	size_t at = d->frame.marks[unit];
	struct sf_diag diag;

	return sf_av1_obu_parse(o, sf_bytes(frame + at, end_of(d, unit) - at),
		   &diag) == SF_OK &&
	       o->payload.n == 0 && !o->forbidden && o->reserved == 0 &&
	       o->type != SF_AV1_DELIMITER;
}

/* Are all of them OBUs, and a frame among them? */
static bool
are_obus(const struct sf_depay *d, const uint8_t *frame)
{
	bool header = false, whole = false;
	struct sf_av1_obu o;

	for (unsigned i = 0; i < d->frame.units; i++) {
		if (!obu_at(&o, d, frame, i))
			return false;
		header |= o.type == SF_AV1_FRAME_HEADER;
		whole |= o.type == SF_AV1_FRAME ||
			 (o.type == SF_AV1_TILE_GROUP && header) ||
			 (o.type == SF_AV1_FRAME_HEADER && o.data.n <= 2);
	}
	return whole;
}

/* Gives a unit its size back, and makes room for that in the buffer: behind its
   header of one octet, or of two. */
static bool
put_size(struct sf_depay *d, uint8_t *frame, size_t room, unsigned unit)
{
	size_t head = d->frame.marks[unit], octets = end_of(d, unit) - head;
	size_t own = octets > 1 && (frame[head] & HAS_EXTENSION) != 0 ? 2 : 1;
	uint8_t size[SF_LEB128_MAX], n;

	if (octets == 0)
		return true;
	n = sf_leb128_put(size, octets - own);
	if (n > room - d->octets)
		return false;
	frame[head] |= HAS_SIZE;
	head += own;
	memmove(frame + head + n, frame + head, d->octets - head);
	memcpy(frame + head, size, n);
	d->octets += n;
	/* there may be more units than marks */
	for (unsigned i = unit + 1; i < d->frame.units && i < SF_FRAME_MARKS;
	     i++)
		d->frame.marks[i] += n;
	return true;
}

/* An OBU has one already when its sender left it. */
static bool
give_size(struct sf_depay *d, uint8_t *frame, size_t room, unsigned unit)
{
	struct sf_av1_obu o;

	return !obu_at(&o, d, frame, unit) || o.has_size ||
	       put_size(d, frame, room, unit);
}

/*
 * Ciphertext that was taken for several OBUs: each but the last had what was
 * taken for its size, or it would have gone on to the end. Where octets were
 * dropped as well, or a size was written in more octets than it needs, they are
 * lost.
 */
static void
undo_cuts(struct sf_depay *d, uint8_t *frame, size_t room)
{
	for (unsigned i = 0; i + 1 < d->frame.units && i + 1 < SF_FRAME_MARKS;
	     i++)
		if (!put_size(d, frame, room, i))
			return;
}

/*
 * Senders take obu_size off (AOM, RTP payload format for AV1, 4.5) and
 * receivers give it back to every OBU (libwebrtc). Of octets that are no OBUs, as
 * ciphertext is none, it is looked for what the sender's transform made.
 */
static bool
close_av1(struct sf_depay *d, struct sf_depay_pool *pool)
{
	uint8_t *frame = sf_depay_octets(d, pool);

	if (frame == NULL || d->in_unit || d->frame.units == 0)
		return false;
	d->frame.foreign =
	    d->frame.units > SF_FRAME_MARKS || !are_obus(d, frame);
	if (d->frame.foreign)
		undo_cuts(d, frame, pool->each);
	for (unsigned i = 0; !d->frame.foreign && i < d->frame.units; i++)
		if (!give_size(d, frame, pool->each, i)) {
			pool->too_large++;
			return false;
		}
	return true;
}

const struct sf_depay_format sf_depay_av1 = { NULL, read_av1, put_av1,
	close_av1, false };
