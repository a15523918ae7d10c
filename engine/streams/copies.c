/*
 * copies.c - redundant copies (RED, FEC) that are not what was sent: a sender
 * may encrypt a frame and send its copies as they were before. They are judged
 * beside the stream, by the same steps, and are no frames of it.
 */
#include "engine/streams/parts.h"

static struct sf_copies *
take(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_copies *c = t->lane->copies;

	if (c != NULL)
		return c;
	if (s->copies_used == s->copies_cap) {
		sf_streams_limit(s, SF_LIMIT_COPIES, u->place);
		return NULL;
	}
	c = t->lane->copies = &s->copies[s->copies_used++];
	c->pub = (struct sf_stream){ .id = t->pub.id,
		.ssrc = t->pub.ssrc,
		.kind = t->pub.kind,
		.codec_from = t->pub.codec_from,
		.clear_octets = -1,
		.clear_octets_key = -1 };
	c->classifier.pub = &c->pub;
	c->classifier.original = &t->lane->classifier;
	c->classifier.copies = true;
	return c;
}

void
sf_copies_judge(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    const struct sf_unit *u)
{
	struct sf_copies *c = take(s, t, u);
	struct sf_frame f = {
		.first = u->place,
		.last = u->place,
		.seq = u->seq,
		.timestamp = u->timestamp,
		.packets = 1,
		.packet_at = u->packet_at,
		.codec = codec,
		.complete = !u->cut,
		.cut = u->cut,
		.octets = u->cut ? sf_bytes(NULL, 0) : u->payload,
		.hash = u->cut ? 0 : u->hash,
	};

	t->pub.evidence.copies_differ++;
	if (c == NULL)
		return;
	c->classifier.codec = codec;
	sf_track_give(s, &c->classifier, &f);
}

struct frame_ctx {
	struct sf_streams *s;
	struct sf_copies *c;
};

static void
take_frame(void *ctx, const struct sf_frame *f)
{
	const struct frame_ctx *x = ctx;

	sf_track_give(x->s, &x->c->classifier, f);
}

void
sf_copies_packet(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_copies *c = take(s, t, u);
	struct frame_ctx ctx = { s, c };

	t->pub.evidence.copies_differ++;
	if (c == NULL)
		return;
	c->classifier.codec = t->pub.codec;
	sf_depay_unit(&c->depay, &s->depay, t->pub.codec, SF_FRAMING_CODEC, u,
	    take_frame, &ctx);
}

void
sf_copies_flush(struct sf_streams *s, struct sf_track *t)
{
	struct frame_ctx ctx = { s, t->lane->copies };

	if (ctx.c != NULL)
		sf_depay_finish(&ctx.c->depay, &s->depay, take_frame, &ctx);
}

static void
widen(struct sf_aside *to, const struct sf_place *first,
    const struct sf_place *last, uint64_t frames)
{
	if (to->frames == 0 || first->time_ns < to->first.time_ns)
		to->first = *first;
	if (to->frames == 0 || last->time_ns > to->last.time_ns)
		to->last = *last;
	to->frames += frames;
}

void
sf_copies_add(struct sf_aside *to, const struct sf_aside *from)
{
	if (from->frames == 0)
		return;
	if (to->shown.n == 0)
		to->shown = from->shown;
	widen(to, &from->first, &from->last, from->frames);
}

void
sf_copies_finish(struct sf_streams *s, struct sf_track *t)
{
	struct sf_copies *c = t->lane->copies;
	struct sf_aside *to = &t->pub.copies;

	if (c == NULL)
		return;
	sf_classify_finish(&c->classifier, s->run);
	for (const struct sf_interval *v = c->pub.intervals; v != NULL;
	     v = v->next) {
		if (v->state != SF_STATE_PLAINTEXT)
			continue;
		widen(to, &v->first, &v->last, v->frames);
		if (to->shown.n == 0 || v->shown.surprise > to->shown.surprise)
			to->shown = v->shown;
	}
	/* silence that is not protected is no less in the clear for being a copy */
	sf_copies_add(to, &c->pub.silence);
	sf_copies_add(&t->pub.strays, &c->pub.strays);
	t->pub.evidence.copies_clear = to->frames;
	if (to->frames > 0 && t->pub.protection != SF_PROT_PLAINTEXT)
		t->pub.protection = SF_PROT_MIXED;
}
