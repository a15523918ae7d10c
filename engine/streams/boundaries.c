#include "engine/streams/elements.h"
#include "engine/streams/parts.h"
#include "parsers/rtp/depdesc.h"

#define LAST_ID   15 /* looked at without SDP: one octet says no higher one */
#define SURE      16 /* packets in a row that fit ... */
#define FRAMES    4  /* ... and the frames that they begin, at least */
#define HELD_SURE   8  /* the same of packets held, all of which fit; ... */
#define HELD_FRAMES 3  /* ... or a structure was there */
#define STRUCTURE 5  /* octets of the shortest with a structure */
#define MISSES    60 /* packets that did not fit, before it is given up */

static bool
find_element(struct sf_bytes *out, const struct sf_rtp *rtp, uint8_t id)
{
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;

	while (sf_element_next(&e, &rest, rtp))
		if (e.id == id) {
			*out = e.data;
			return true;
		}
	return false;
}

static bool
descriptor_of(struct sf_depdesc *out, const struct sf_rtp *rtp, uint8_t id)
{
	struct sf_bytes element;
	struct sf_diag d;

	return find_element(&element, rtp, id) &&
	       sf_depdesc_parse(out, element, &d) == SF_OK;
}

/* Does a packet carry on as descriptors do? A frame begins behind the end of
   the one before, under the next number, and ends before the timestamp changes;
   that three octets do this by chance in so many packets is out of the question. */
static bool
carries_on(const struct sf_boundaries *b, const struct sf_depdesc *v,
    const struct sf_rtp *rtp)
{
	bool same = rtp->timestamp == b->timestamp;

	if (v->start != b->ended || (!v->start && !same))
		return false;
	return v->frame_number == (uint16_t)(b->number + (v->start ? 1 : 0));
}

static void
take(struct sf_boundaries *b, const struct sf_depdesc *v,
    const struct sf_rtp *rtp)
{
	b->any = true;
	b->ended = v->end;
	b->seq = rtp->seq;
	b->number = v->frame_number;
	b->timestamp = rtp->timestamp;
}

static void
try_next(struct sf_boundaries *b)
{
	b->fits = b->frames = 0;
	b->any = false;
	b->tried = (uint8_t)(b->tried % (LAST_ID - 1) + 1);
}

static void
miss(struct sf_boundaries *b)
{
	try_next(b);
	b->wanted = ++b->misses < MISSES;
}

/* Nobody says which extension it is: each in turn, as long as it fits. */
static void
learn(struct sf_boundaries *b, const struct sf_rtp *rtp)
{
	struct sf_depdesc v;
	bool next = rtp->seq == (uint16_t)(b->seq + 1);

	unsigned ids = 0;

	if (b->tried == 0)
		try_next(b);
	while (!descriptor_of(&v, rtp, b->tried) && ++ids < LAST_ID)
		try_next(b);
	if (ids == LAST_ID || (b->any && next && !carries_on(b, &v, rtp))) {
		miss(b);
		return;
	}
	if (b->any && next) {
		b->fits++;
		b->frames = (uint8_t)(b->frames + v.start);
	}
	take(b, &v, rtp);
	if (b->fits >= SURE && b->frames >= FRAMES) {
		b->id = b->tried;
		b->wanted = false;
	}
}

/* A structure comes with the first packet, before it is known which extension
   has them. */
static void
note_layers(struct sf_boundaries *b, uint8_t id, const struct sf_depdesc *v)
{
	for (unsigned i = 0; i < SF_LAYERS; i++) {
		struct sf_layers *l = &b->layers[i];

		if (l->id != 0 && l->id != id)
			continue;
		*l = (struct sf_layers){ id, v->structure.spatial,
			v->structure.temporal };
		return;
	}
}

void
sf_boundaries_glimpse(struct sf_boundaries *b, const struct sf_rtp *rtp)
{
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;
	struct sf_depdesc v;
	struct sf_diag d;

	while (sf_element_next(&e, &rest, rtp))
		if (e.data.n >= STRUCTURE && (b->id == 0 || b->id == e.id) &&
		    sf_depdesc_parse(&v, e.data, &d) == SF_OK && v.start &&
		    v.has_structure)
			note_layers(b, (uint8_t)e.id, &v);
}

const struct sf_layers *
sf_boundaries_layers(const struct sf_boundaries *b)
{
	for (unsigned i = 0; i < SF_LAYERS; i++)
		if (b->id != 0 && b->layers[i].id == b->id)
			return &b->layers[i];
	return NULL;
}

/* ---- packets that are held ------------------------------------------------- */

/* The header extension of one, as it came. */
static bool
extension_of(struct sf_rtp *rtp, const struct sf_unit *u)
{
	const uint8_t *p = u->payload.p - u->ext_octets;

	if (u->ext_octets == 0)
		return false;
	*rtp = (struct sf_rtp){ .timestamp = u->timestamp,
		.seq = (uint16_t)u->seq,
		.has_ext = true,
		.ext_profile = (uint16_t)(p[0] << 8 | p[1]),
		.ext = sf_bytes(p + 4, u->ext_octets - 4u) };
	return true;
}

static bool
has_structure(const struct sf_boundaries *b, uint8_t id)
{
	for (unsigned i = 0; i < SF_LAYERS; i++)
		if (b->layers[i].id == id)
			return true;
	return false;
}

/* Do all packets held carry on, as descriptors under this id? */
static bool
held_carry_on(struct sf_streams *s, const struct sf_track *t, uint8_t id)
{
	struct sf_boundaries b = { 0 };
	struct sf_depdesc v;
	struct sf_rtp rtp;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		if (!extension_of(&rtp, &sf_held_at(s, at)->unit) ||
		    !descriptor_of(&v, &rtp, id))
			return false;
		if (b.any && rtp.seq == (uint16_t)(b.seq + 1)) {
			if (!carries_on(&b, &v, &rtp))
				return false;
			b.fits++;
			b.frames = (uint8_t)(b.frames + v.start);
		}
		take(&b, &v, &rtp);
	}
	return b.fits >= HELD_SURE &&
	       (b.frames >= HELD_FRAMES || has_structure(&t->boundaries, id));
}

static void
note_held(struct sf_streams *s, struct sf_track *t)
{
	struct sf_rtp rtp;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		if (extension_of(&rtp, &sf_held_at(s, at)->unit))
			sf_boundaries_note(
			    &t->boundaries, &sf_held_at(s, at)->unit, &rtp);
}

void
sf_boundaries_look_for(
    struct sf_streams *s, struct sf_track *t, enum sf_codec codec)
{
	struct sf_boundaries *b = &t->boundaries;

	if (t->pub.kind != SF_KIND_VIDEO || codec == SF_CODEC_VP8 ||
	    codec == SF_CODEC_VP9 || t->framing != SF_FRAMING_CODEC ||
	    b->id != 0)
		return;
	b->wanted = true;
	for (uint8_t id = 1; id < LAST_ID && b->wanted; id++)
		if (held_carry_on(s, t, id)) {
			b->id = b->tried = id;
			b->wanted = false;
			note_held(s, t);
		}
}

/* ---- packets as they come --------------------------------------------------- */

void
sf_boundaries_note(
    struct sf_boundaries *b, struct sf_unit *u, const struct sf_rtp *rtp)
{
	struct sf_depdesc v;

	if (!rtp->has_ext)
		return;
	if (b->id == 0) {
		learn(b, rtp);
		return;
	}
	if (!descriptor_of(&v, rtp, b->id))
		return;
	u->bounded = true;
	u->starts = v.start;
	u->ends = v.end;
}
