/*
 * proof.c - few packets and a key: a tag that opens is proof that they are RTP,
 * and of how their frames lie in them, where sequence numbers and headers are
 * too few to tell.
 */
#include "engine/streams/parts.h"

#define TRACKS    256 /* that no stream is made of otherwise */
#define LEAST_TAG 8   /* octets, to be believed wherever it opened */

/* How frames may lie in packets; of two in which as many open, the first. */
static const struct way {
	enum sf_codec codec;
	enum sf_framing framing;
} ways[] = {
	/* clang-format off */
	{ SF_CODEC_UNKNOWN, SF_FRAMING_PACKET },
	{ SF_CODEC_UNKNOWN, SF_FRAMING_DESCRIPTOR },
	{ SF_CODEC_VP8,     SF_FRAMING_CODEC },
	{ SF_CODEC_VP9,     SF_FRAMING_CODEC },
	{ SF_CODEC_VP8,     SF_FRAMING_SLICE },
	{ SF_CODEC_VP9,     SF_FRAMING_SLICE },
	{ SF_CODEC_H264,    SF_FRAMING_CODEC },
	{ SF_CODEC_H265,    SF_FRAMING_CODEC },
	{ SF_CODEC_AV1,     SF_FRAMING_CODEC },
	{ SF_CODEC_UNKNOWN, SF_FRAMING_RAW },
	/* clang-format on */
};

struct attempt {
	struct sf_unlock unlock;
	struct sf_opener opener;
	struct sf_dialect_opener dialect;
	uint32_t ssrc;
	unsigned frames, score;
};

/* A frame that a key of RFC 9605 opened: a short tag somewhere inside may be
   chance, where so many places are tried. */
static unsigned
worth(const struct attempt *a, const struct sf_placing *p)
{
	const struct sf_suite *suite = sf_suite_by_id(a->opener.suite);

	if (p->at == 0)
		return 2;
	return suite != NULL && suite->tag_octets >= LEAST_TAG;
}

static void
try_frame(void *ctx, const struct sf_frame *f)
{
	struct attempt *a = ctx;
	struct sf_record r;
	struct sf_placing p;

	a->frames++;
	if (!f->complete)
		return;
	sf_record_of(&r, f);
	if (a->unlock.keys != NULL) {
		sf_opener_try(
		    &a->opener, &a->unlock, &r, f->octets, a->ssrc, &p);
		if (r.tried == SF_TRIED_OPENED) {
			a->score += worth(a, &p);
			return;
		}
	}
	if (a->unlock.dialects != NULL &&
	    sf_dialect_open(
		&a->dialect, a->unlock.dialects, &r, f->octets, a->ssrc)
		    .tried == SF_TRIED_OPENED)
		a->score += 2;
}

/* Frames opened, those with the header in front twice. *all: so were all. */
static unsigned
score_of(struct sf_streams *s, const struct sf_track *t, const struct way *w,
    bool *all)
{
	struct sf_depay d = { 0 };
	struct attempt a = { .unlock = s->run->unlock, .ssrc = t->pub.ssrc };

	a.unlock.ahead = NULL;
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		sf_depay_unit(&d, &s->depay, w->codec, w->framing,
		    &sf_held_at(s, at)->unit, try_frame, &a);
	sf_depay_finish(&d, &s->depay, try_frame, &a);
	*all = a.score == 2 * a.frames;
	return a.score;
}

/* The keys are used by one thread at a time. */
static bool
has_keys(struct sf_streams *s)
{
	if (s->run->unlock.keys == NULL && s->run->unlock.dialects == NULL)
		return false;
	if (s->handoff != NULL)
		sf_handoff_wait(s->handoff);
	return true;
}

bool
sf_proof_slices(struct sf_streams *s, const struct sf_track *t)
{
	struct way frames = { t->pub.codec, SF_FRAMING_CODEC };
	struct way slices = { t->pub.codec, SF_FRAMING_SLICE };
	bool all;

	return has_keys(s) &&
	       score_of(s, t, &slices, &all) > score_of(s, t, &frames, &all);
}

bool
sf_proof_find(struct sf_streams *s, struct sf_track *t, bool believed)
{
	struct sf_proven best = { 0 };
	unsigned most = 0;
	bool all = false;

	if (t->held == 0 || (!believed && s->proofs == TRACKS) || !has_keys(s))
		return false;
	s->proofs += !believed;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && !all; i++) {
		unsigned score = score_of(s, t, &ways[i], &all);

		if (score > most) {
			most = score;
			best = (struct sf_proven){ true, ways[i].codec,
				ways[i].framing };
		}
	}
	t->proof = best;
	s->model->possible_tried += !believed && !best.found;
	return best.found;
}

/* Audio has one frame a packet, and RED and repair have their own ways. */
void
sf_proof_apply(struct sf_track *t)
{
	const struct sf_proven *p = &t->proof;
	struct sf_stream *pub = &t->pub;
	bool video = pub->codec >= SF_CODEC_VP8 && pub->codec <= SF_CODEC_AV1;

	if (!p->found || (pub->codec != SF_CODEC_UNKNOWN && !video))
		return;
	t->framing = p->framing;
	if (p->codec != SF_CODEC_UNKNOWN && p->codec != pub->codec) {
		pub->codec = p->codec;
		pub->codec_from = SF_FROM_PAYLOAD;
	}
	if (p->framing == SF_FRAMING_SLICE) {
		t->framing = SF_FRAMING_CODEC;
		t->slices.on = true;
	}
}
