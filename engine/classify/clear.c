#include "engine/classify/clear.h"

#include <math.h>
#include <string.h>

#include "engine/classify/parts.h"
#include "engine/classify/runs.h"
#include "engine/classify/stats.h"

#define LEAST_FRAMES 5
#define LEAST_AMID   3  /* amid protected frames that they break off from */
#define NEAR         4  /* steps of CTR from one frame to the next */
#define TESTED       20 /* frames that the bit test needs */
#define DEEP         16 /* octets: no scheme leaves as many in the clear */
#define FAR          64 /* the same where the codec is H.264 or H.265 */
#define FAR_OCTETS   24 /* that are looked at there */
#define SUSPECT      1e-6
#define RISE         15 /* steps of a counter's last octet, with loss */
#define BEHIND       4  /* octets in which a counter is looked for */
#define SMALL        8 /* octets: shorter frames say nothing of a body */
#define PAUSE                                                                  \
	5760 /* 120 ms at 48 kHz, the longest packet: beyond it a
                             sender was silent and its durations say nothing */
#define SURE_AMID                                                              \
	(SF_RUN_SURE /                                                         \
	    2) /* for frames amid others that were protected: not    \
                             even that they break the run is by chance */

/* What is counted over the frames, once. */
struct tally {
	bool baseline;
	size_t n;            /* complete frames */
	size_t weak, strong; /* frames with that proof, strong ones in both */
	size_t video, vp8;   /* of the strong ones */
	double surprise;     /* of the strong ones, summed */
	size_t tiny;         /* of 3 octets or fewer, and Opus by its rules */
	size_t steps, steps_fit; /* Opus durations against timestamps */
	size_t pairs, follow;    /* that run on as SFrame headers do */
	size_t rise[BEHIND];     /* of the pairs, behind a codec's first octet */
	unsigned first[256];     /* first octet of the codec's own data */
	struct sf_bit_counts whole, body, deep, far, tail;
	struct sf_nibble_counts nib_whole, nib_body, nib_far, nib_tail;
};

/* Octets at the front that a scheme with a clear prefix may leave: what comes
   behind them is the body. */
static size_t
prefix_of(const struct sf_record *r)
{
	if (r->video)
		return r->key ? 10 : 3;
	return (size_t)r->core_at + 1; /* the TOC octet */
}

static void
tally_octets(struct tally *t, const struct sf_record *r)
{
	size_t skip = prefix_of(r);

	if (r->octets < SMALL)
		return;
	sf_bits_add(&t->whole, r->head, r->head_n);
	sf_nibbles_add(&t->nib_whole, r->head);
	if (r->tail_n >= SF_TAIL) {
		sf_bits_add(&t->tail, r->tail + r->tail_n - SF_TAIL, SF_TAIL);
		sf_nibbles_add(&t->nib_tail, r->tail + r->tail_n - SF_NIBBLES);
	}
	if (skip + SF_NIBBLES > r->head_n)
		return;
	sf_bits_add(&t->body, r->head + skip, r->head_n - skip);
	if (DEEP < r->head_n)
		sf_bits_add(&t->deep, r->head + DEEP, r->head_n - DEEP);
	sf_nibbles_add(&t->nib_body, r->head + skip);
	if (FAR + FAR_OCTETS > r->head_n)
		return;
	sf_bits_add(&t->far, r->head + FAR, FAR_OCTETS);
	sf_nibbles_add(&t->nib_far, r->head + FAR);
}

static void
tally_one(struct tally *t, const struct sf_record *r)
{
	t->n++;
	t->weak += r->proof != SF_PROOF_NONE;
	if (r->proof == SF_PROOF_STRONG) {
		t->strong++;
		t->surprise += r->surprise;
		t->video +=
		    r->look >= SF_LOOK_VP8 && r->look <= SF_LOOK_AV1_KEY;
		t->vp8 += r->look == SF_LOOK_VP8 || r->look == SF_LOOK_VP8_KEY;
	}
	t->tiny += r->octets <= 3 && r->proof == SF_PROOF_WEAK;
	if (r->core_at < r->head_n)
		t->first[r->head[r->core_at]]++;
	tally_octets(t, r);
}

/* Which octets behind the first go on by a little? A counter's do. */
static void
tally_rise(
    struct tally *t, const struct sf_record *a, const struct sf_record *b)
{
	for (size_t k = 0; k < BEHIND; k++) {
		size_t x = (size_t)a->core_at + 1 + k,
		       y = (size_t)b->core_at + 1 + k;

		if (x < a->head_n && y < b->head_n)
			t->rise[k] +=
			    (uint8_t)(b->head[y] - a->head[x] - 1) < RISE;
	}
}

/* Does the duration that a TOC tells agree with the next timestamp? */
static void
tally_step(
    struct tally *t, const struct sf_record *a, const struct sf_record *b)
{
	static const struct sf_placing front = { 0, 0, SF_LAYOUT_RFC9605,
		false };
	uint32_t step = b->timestamp - a->timestamp;
	struct sf_run_header x, y;

	t->pairs++;
	tally_rise(t, a, b);
	t->follow += sf_run_header(&x, a, front) &&
		     sf_run_header(&y, b, front) && x.kid == y.kid &&
		     x.kid_octets == y.kid_octets && y.ctr - x.ctr - 1 < NEAR;
	if (b->seq != a->seq + 1 || a->samples == 0 || step >= PAUSE)
		return;
	t->steps++;
	t->steps_fit += step == a->samples;
}

static void
tally_all(struct tally *t, const struct sf_record *recs, size_t n)
{
	const struct sf_record *last = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!recs[i].complete)
			continue;
		tally_one(t, &recs[i]);
		if (last != NULL)
			tally_step(t, last, &recs[i]);
		last = &recs[i];
	}
}

/* Frames that begin with one of the three most frequent octets. */
static size_t
in_few_octets(const struct tally *t)
{
	unsigned best[3] = { 0, 0, 0 };

	for (size_t v = 0; v < 256; v++) {
		unsigned c = t->first[v];

		for (size_t i = 0; i < 3; i++)
			if (c > best[i]) {
				unsigned lower = best[i];

				best[i] = c;
				c = lower;
			}
	}
	return (size_t)best[0] + best[1] + best[2];
}

static bool
most(size_t part, size_t whole, size_t percent)
{
	return part * 100 >= whole * percent;
}

/* A TOC octet that hardly changes and tells the durations that are sent. */
static bool
opus_head(const struct tally *t)
{
	return t->n >= LEAST_FRAMES && most(t->weak, t->n, 95) &&
	       most(in_few_octets(t), t->n, 90) &&
	       (t->steps < 3 || most(t->steps_fit, t->steps, 80));
}

/*
 * A few such frames amid protected ones. The first frames under another key
 * have a first octet in common as well; but their headers run on.
 */
static bool
opus_amid(const struct tally *t)
{
	return t->n >= LEAST_AMID && t->weak == t->n &&
	       in_few_octets(t) == t->n && t->steps_fit == t->steps &&
	       t->steps > 0 && t->follow * 2 <= t->pairs;
}

/* What the frames that pass as their codec say, and those that do not: of the
   codec's own frames, 1 in 200 is expected not to be understood. */
static double
structure_llr(const struct tally *t)
{
	return t->surprise + (double)(t->n - t->strong) * log(.005);
}

static bool
body_is_not_uniform(const struct sf_clear_found *f)
{
	return f->p_head < SF_CLEAR_SURE || f->p_nib_head < SF_CLEAR_SURE;
}

/*
 * Some leave ten octets of every frame, key or not: those are VP8 and what
 * is behind them is ciphertext. VP8 fills its last octets with zeros more
 * often than not, and so few frames tell.
 */
static bool
only_the_head_is_vp8(const struct tally *t, const struct sf_clear_found *f)
{
	return t->vp8 == t->strong && sf_bits_p(&t->deep) >= SUSPECT &&
	       f->p_tail >= SUSPECT && f->p_nib_tail >= SUSPECT;
}

/*
 * So that packetizers find slices, some leave parameter sets and slice headers
 * of H.264 in the clear, dozens of octets. Nothing uneven from there on is what
 * no encoder makes of the baseline profile; nor does any end every frame in the
 * same octet.
 */
static bool
only_the_slice_head(const struct tally *t, enum sf_codec codec)
{
	return (codec == SF_CODEC_H264 || codec == SF_CODEC_H265) &&
	       t->far.strings >= TESTED && sf_bits_p(&t->far) >= SUSPECT &&
	       sf_nibbles_p(&t->nib_far) >= SUSPECT &&
	       (t->baseline || sf_classify_has_mark(&t->tail));
}

static enum sf_clear
judge_video(const struct tally *t, const struct sf_clear_found *f,
    enum sf_codec codec, bool whole)
{
	bool trailer = f->p_tail < SF_CLEAR_SURE && t->n >= TESTED;

	if (f->llr < (whole ? SURE_AMID : SF_RUN_SURE))
		return SF_CLEAR_UNSURE;
	if (whole ||
	    (t->n >= TESTED && body_is_not_uniform(f) &&
		!only_the_head_is_vp8(t, f) && !only_the_slice_head(t, codec)))
		return SF_CLEAR_PLAIN;
	/* fragments of one ciphertext may look like units of one frame */
	if (t->n < LEAST_FRAMES)
		return SF_CLEAR_UNSURE;
	/* a tail that is uneven with a uniform body is some scheme's trailer */
	return trailer ? SF_CLEAR_UNSURE : SF_CLEAR_HEAD;
}

#define SAME_IN_A_ROW 2 /* octets that are the same in every frame */
#define CODE_3        4 /* octets of Opus that may be: TOC, count, padding */

/* The last octet of a counter, right behind the codec's first octet? */
static bool
counts_behind(const struct tally *t)
{
	for (size_t k = 0; k < BEHIND; k++)
		if (t->rise[k] * 2 > t->pairs)
			return true;
	return false;
}

/*
 * A header that somebody puts in front, or behind the first octet: a mark, the
 * zeros of a counter's upper octets, or the counter. Speech and music have no octets there that
 * are always the same unless silence has them further on as well.
 */
static bool
only_a_header(const struct tally *t)
{
	unsigned row = 0;

	if (t->deep.strings < TESTED || sf_bits_p(&t->deep) < SUSPECT)
		return false;
	if (counts_behind(t))
		return true;
	for (size_t i = CODE_3 - 1; i < DEEP; i++) {
		uint64_t n = t->body.strings, ones = t->body.ones[i];
		unsigned fixed = 0;

		for (unsigned k = 0; k < 8; k++)
			fixed += (ones >> 8 * k & 0xff) == 0 ||
				 (ones >> 8 * k & 0xff) == n;
		row = fixed == 8 ? row + 1 : 0;
		if (row == SAME_IN_A_ROW)
			return true;
	}
	return false;
}

static enum sf_clear
judge_audio(const struct tally *t, const struct sf_clear_found *f, bool whole)
{
	bool red =
	    t->n >= 3 && most(t->strong, t->n, 80) && f->llr >= SURE_AMID;

	if (!red && !opus_head(t))
		return whole && opus_amid(t) ? SF_CLEAR_PLAIN : SF_CLEAR_UNSURE;
	if (whole || (body_is_not_uniform(f) && !only_a_header(t)))
		return SF_CLEAR_PLAIN;
	if (t->tiny >= 3 && most(t->tiny, t->n, 5))
		return SF_CLEAR_PLAIN; /* DTX: no cipher gives one octet */
	return SF_CLEAR_HEAD;
}

/* Companded samples show in every octet, though not in every frame. */
static enum sf_clear
judge_samples(const struct tally *t, const struct sf_clear_found *f, bool whole)
{
	bool uneven = t->deep.strings < TESTED
			  ? body_is_not_uniform(f)
			  : sf_bits_p(&t->deep) < SF_CLEAR_SURE;

	if (uneven || t->surprise >=
			  (whole ? SURE_AMID : SF_RUN_SURE) + log((double)t->n))
		return SF_CLEAR_PLAIN;
	return SF_CLEAR_UNSURE;
}

static enum sf_clear
judge_codec(const struct tally *t, const struct sf_clear_found *f,
    enum sf_codec codec, bool whole)
{
	switch (codec) {
	case SF_CODEC_VP8:
	case SF_CODEC_VP9:
	case SF_CODEC_H264:
	case SF_CODEC_H265:
	case SF_CODEC_AV1:
		return judge_video(t, f, codec, whole);
	case SF_CODEC_UNKNOWN:
		return t->video * 2 > t->n ? judge_video(t, f, codec, whole)
					   : judge_audio(t, f, whole);
	case SF_CODEC_OPUS:
	case SF_CODEC_RED:
		return judge_audio(t, f, whole);
	case SF_CODEC_PCMU:
	case SF_CODEC_PCMA:
	case SF_CODEC_G722:
		return judge_samples(t, f, whole);
	case SF_CODEC_RTX:
	case SF_CODEC_ULPFEC:
	case SF_CODEC_FLEXFEC:
	case SF_CODEC_OTHER:
	case SF_CODECS:
		break;
	}
	return SF_CLEAR_UNSURE;
}

static bool
uniform(const struct tally *t)
{
	return t->n >= TESTED && sf_bits_p(&t->whole) >= SUSPECT &&
	       sf_nibbles_p(&t->nib_whole) >= SUSPECT &&
	       sf_bits_p(&t->tail) >= SUSPECT &&
	       sf_nibbles_p(&t->nib_tail) >= SUSPECT;
}

static void
keep_size(struct sf_clear_found *out, const struct sf_record *recs, size_t n)
{
	for (size_t i = 0; i < n && out->width == 0; i++) {
		out->width = recs[i].width;
		out->height = recs[i].height;
	}
}

void
sf_clear_judge(struct sf_clear_found *out, const struct sf_record *recs,
    size_t n, enum sf_codec codec, bool whole, bool baseline)
{
	struct tally t;

	memset(&t, 0, sizeof(t));
	t.baseline = baseline;
	tally_all(&t, recs, n);
	*out = (struct sf_clear_found){
		.what = SF_CLEAR_FEW,
		.asked = t.n,
		.passes = t.strong > t.weak / 2 ? t.strong : t.weak,
		.llr = structure_llr(&t),
		.p_head = sf_bits_p(&t.body),
		.p_nib_head = sf_nibbles_p(&t.nib_body),
		.p_nib_tail = sf_nibbles_p(&t.nib_tail),
		.p_tail = sf_bits_p(&t.tail),
	};
	keep_size(out, recs, n);
	out->what = judge_codec(&t, out, codec, whole);
	if (out->what != SF_CLEAR_UNSURE)
		return;
	if (t.n < TESTED)
		out->what = SF_CLEAR_FEW;
	else if (uniform(&t))
		out->what = SF_CLEAR_UNIFORM;
}
