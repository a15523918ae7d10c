#include "engine/streams/parts.h"

#include "engine/base/hash.h"

struct frame_ctx {
	struct sf_streams *s;
	struct sf_track *t;
};

/* To whoever wants octets, and to be judged. */
static void
pass_on(
    struct sf_streams *s, struct sf_classifier *to, const struct sf_frame *f)
{
	const struct sf_classify_run *run = s->run;

	if (run->tap != NULL)
		run->tap(run->tap_ctx, to->pub, f);
	if (s->handoff != NULL)
		sf_handoff_give(s->handoff, to, f);
	else
		sf_classify_frame(to, s->run, f);
}

/* A function of its own: the copy costs nothing where nobody asks for it. */
static void
pass_hashed(
    struct sf_streams *s, struct sf_classifier *to, const struct sf_frame *f)
{
	struct sf_frame whole = *f;

	whole.hash = sf_hash(f->octets) | 1; /* 0: not known */
	pass_on(s, to, &whole);
}

void
sf_track_give(
    struct sf_streams *s, struct sf_classifier *to, const struct sf_frame *f)
{
	if (s->run->whole_hash)
		pass_hashed(s, to, f);
	else
		pass_on(s, to, f);
}

static void
take_frame(void *ctx, const struct sf_frame *f)
{
	const struct frame_ctx *c = ctx;

	sf_track_give(c->s, &c->t->lane->classifier, f);
}

static void
note_pool(struct sf_streams *s, struct sf_place place)
{
	struct sf_model *m = s->model;
	uint64_t n = s->depay.too_large + s->depay.none_free;

	if (n == m->limits[SF_LIMIT_FRAME])
		return;
	if (m->limits[SF_LIMIT_FRAME] == 0)
		m->limit_first[SF_LIMIT_FRAME] = place;
	m->limits[SF_LIMIT_FRAME] = n;
}

void
sf_track_judge(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    enum sf_framing framing, const struct sf_unit *u)
{
	struct frame_ctx ctx = { s, t };

	if (framing == SF_FRAMING_DESCRIPTOR ||
	    (framing == SF_FRAMING_CODEC && !t->slices.on &&
		codec >= SF_CODEC_VP8 && codec <= SF_CODEC_AV1))
		framing = sf_track_framing_of(t, framing, u);
	if (codec == SF_CODEC_UNKNOWN && framing == SF_FRAMING_CODEC)
		codec = t->native;
	sf_depay_unit(
	    &t->lane->depay, &s->depay, codec, framing, u, take_frame, &ctx);
	if (t->slices.on && !t->slices.native)
		t->pub.placed = SF_PLACED_PAYLOAD;
	note_pool(s, u->place);
}

void
sf_track_deliver(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	if (t->pub.codec == SF_CODEC_RTX)
		sf_repair_unit(s, t, u);
	else if (t->plain_format && u->pt == t->main_pt)
		sf_track_judge(s, t, t->pub.codec, t->framing, u);
	else
		sf_track_other(s, t, u);
}

void
sf_track_flush(struct sf_streams *s, struct sf_track *t)
{
	struct frame_ctx ctx = { s, t };

	while (t->held != 0)
		sf_track_skip_gap(s, t);
	sf_depay_finish(&t->lane->depay, &s->depay, take_frame, &ctx);
}
