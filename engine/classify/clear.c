#include "engine/classify/clear.h"

#include <math.h>
#include <string.h>

#include "engine/classify/fields.h"
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
#define FAR_EVEN     1e-4
#define SUSPECT      1e-6
#define SMALL        8  /* octets: shorter frames say nothing of a body */
#define TAG          4  /* octets that any cipher adds */
#define REPEATS      20 /* of 100 frames that are as the one before: silence */
#define PAUSE                                                                  \
	5760 /* 120 ms at 48 kHz, the longest packet: beyond it a
                             sender was silent and its durations say nothing */
#define SURE_AMID                                                              \
	(SF_RUN_SURE /                                                         \
	    2) /* for frames amid others that were protected: not    \
                             even that they break the run is by chance */

/* What is counted over the frames, once. */
struct tally {
	struct sf_clear_stream of;
	size_t n;            /* complete frames */
	size_t weak, strong; /* frames with that proof, strong ones in both */
	size_t video, vp8;   /* of the strong ones */
	double surprise;     /* of the strong ones, summed */
	size_t tiny;         /* of 3 octets or fewer, and Opus by its rules */
	size_t steps, steps_fit; /* Opus durations against timestamps */
	size_t pairs, follow;    /* that run on as SFrame headers do */
	size_t repeats;          /* frames equal to the one before */
	uint32_t fields;         /* behind the prefix (sf_fields_mask()) */
	size_t front, back;  /* octets up to the last one, from either end */
	unsigned first[256]; /* first octet of the codec's own data */
	struct sf_bit_counts whole, body, deep, far, tail;
	struct sf_nibble_counts nib_whole, nib_body, nib_far, nib_tail;
	unsigned far_values[2][16]; /* of high and low nibbles, at any place */
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

static size_t
fewer(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Where a sender writes beside the media or ciphertext, at either end. */
static void
find_fields(struct tally *t, const struct sf_record *recs, size_t n)
{
	struct sf_fields front, back;
	uint8_t room[SF_FIELDS];

	memset(&front, 0, sizeof(front));
	memset(&back, 0, sizeof(back));
	for (size_t i = 0; i < n; i++) {
		const struct sf_record *r = &recs[i];
		size_t skip = prefix_of(r), half, k;

		/* what heads video has in the clear are fields of its own */
		if (!r->complete || r->video || r->octets < SMALL ||
		    skip >= r->head_n)
			continue;
		/* in frames of one length, each end would see the other's */
		half = (r->octets - skip) / 2;
		sf_fields_add(
		    &front, r, r->head + skip, fewer(r->head_n - skip, half));
		for (k = 0; k < fewer(fewer(SF_FIELDS, r->tail_n), half); k++)
			room[k] = r->tail[r->tail_n - 1 - k];
		sf_fields_add(&back, r, room, k);
	}
	t->fields = sf_fields_mask(&front);
	t->front = sf_fields_octets(t->fields);
	t->back = sf_fields_octets(sf_fields_mask(&back));
}

/*
 * The first octets of a frame's body that are no fields. Ciphertext has room
 * for a tag between these: what is too short for one is taken as it is.
 */
static size_t
body_of(uint8_t out[SF_HEAD], const struct tally *t, const struct sf_record *r)
{
	size_t at = prefix_of(r), end = r->octets, n = 0;
	uint32_t mask = 0;

	if (end >= at + t->front + TAG + t->back) {
		mask = t->fields;
		end -= t->back;
	}
	for (; at < end && at < r->head_n && n < SF_HEAD; at++, mask >>= 1)
		if ((mask & 1) == 0)
			out[n++] = r->head[at];
	return n;
}

static void
tally_far(struct tally *t, const uint8_t *p)
{
	sf_bits_add(&t->far, p, FAR_OCTETS);
	sf_nibbles_add(&t->nib_far, p);
	for (size_t i = 0; i < FAR_OCTETS; i++) {
		t->far_values[0][p[i] >> 4]++;
		t->far_values[1][p[i] & 15]++;
	}
}

static void
tally_octets(struct tally *t, const struct sf_record *r)
{
	uint8_t body[SF_HEAD];
	size_t n;

	if (r->octets < SMALL)
		return;
	sf_bits_add(&t->whole, r->head, r->head_n);
	sf_nibbles_add(&t->nib_whole, r->head);
	if (r->tail_n >= SF_TAIL) {
		sf_bits_add(&t->tail, r->tail + r->tail_n - SF_TAIL, SF_TAIL);
		sf_nibbles_add(&t->nib_tail, r->tail + r->tail_n - SF_NIBBLES);
	}
	if (DEEP < r->head_n)
		sf_bits_add(&t->deep, r->head + DEEP, r->head_n - DEEP);
	if (FAR + FAR_OCTETS <= r->head_n)
		tally_far(t, r->head + FAR);
	n = body_of(body, t, r);
	if (n < SF_NIBBLES)
		return;
	sf_bits_add(&t->body, body, n);
	sf_nibbles_add(&t->nib_body, body);
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

/* How far CTR may go from the one to the other. */
static uint64_t
reach(const struct tally *t, const struct sf_record *a, const struct sf_record *b)
{
	return t->of.alone ? b->seq - a->seq : NEAR;
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
	t->repeats += a->content == b->content && a->octets == b->octets;
	t->follow += sf_run_header(&x, a, front) &&
		     sf_run_header(&y, b, front) && x.kid == y.kid &&
		     x.kid_octets == y.kid_octets &&
		     y.ctr - x.ctr - 1 < reach(t, a, b);
	if (b->seq != a->seq + 1 || a->samples == 0 || step >= PAUSE)
		return;
	t->steps++;
	t->steps_fit += step == a->samples;
}

static void
tally_all(struct tally *t, const struct sf_record *recs, size_t n)
{
	const struct sf_record *last = NULL;

	find_fields(t, recs, n);
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

/* Chi-square over the values at all places: variable-length codes differ there
   from ciphertext, and not at any one place. */
static double
far_values_p(const struct tally *t)
{
	double expect = t->far.strings * FAR_OCTETS / 16.0, sum = 0;

	for (size_t k = 0; k < 2; k++)
		for (size_t v = 0; v < 16; v++) {
			double d = t->far_values[k][v] - expect;

			sum += d * d / expect;
		}
	return sf_chi2_p(sum, 2 * 15);
}

/*
 * So that packetizers find slices, some leave parameter sets and slice headers
 * of H.264 in the clear, dozens of octets. Nothing uneven from there on is what
 * no encoder makes of the baseline profile; nor does any end every frame in the
 * same octet.
 */
static bool
only_the_slice_head(const struct tally *t)
{
	return (t->of.codec == SF_CODEC_H264 || t->of.codec == SF_CODEC_H265) &&
	       t->far.strings >= TESTED && sf_bits_p(&t->far) >= SUSPECT &&
	       sf_nibbles_p(&t->nib_far) >= SUSPECT &&
	       far_values_p(t) >= FAR_EVEN &&
	       (t->of.baseline || sf_classify_has_mark(&t->tail, false));
}

static enum sf_clear
judge_video(const struct tally *t, const struct sf_clear_found *f)
{
	bool whole = t->of.whole;
	bool trailer = f->p_tail < SF_CLEAR_SURE && t->n >= TESTED;

	if (f->llr < (whole ? SURE_AMID : SF_RUN_SURE))
		return SF_CLEAR_UNSURE;
	if (whole ||
	    (t->n >= TESTED && body_is_not_uniform(f) &&
		!only_the_head_is_vp8(t, f) && !only_the_slice_head(t)))
		return SF_CLEAR_PLAIN;
	/* fragments of one ciphertext may look like units of one frame */
	if (t->n < LEAST_FRAMES)
		return SF_CLEAR_UNSURE;
	/* a tail that is uneven with a uniform body is some scheme's trailer */
	return trailer ? SF_CLEAR_UNSURE : SF_CLEAR_HEAD;
}

/* Silence is the same frame again and again, and no cipher repeats itself. */
static bool
repeats(const struct tally *t)
{
	return most(t->repeats, t->pairs, REPEATS);
}

/* What looks like a TOC octet is the first one of a header. */
static bool
has_header(const struct tally *t, const struct sf_clear_found *f)
{
	return t->n >= TESTED && (t->fields & 7) == 7 && f->p_head >= SUSPECT &&
	       !repeats(t);
}

static enum sf_clear
judge_audio(const struct tally *t, const struct sf_clear_found *f)
{
	bool red =
	    t->n >= 3 && most(t->strong, t->n, 80) && f->llr >= SURE_AMID;
	bool whole;

	whole = t->of.whole && !has_header(t, f);
	if (!red && !opus_head(t))
		return whole && opus_amid(t) ? SF_CLEAR_PLAIN : SF_CLEAR_UNSURE;
	/* KIDs below 8 read as TOC octets; their counters go on */
	if (whole && !red && most(t->follow, t->pairs, 75))
		return SF_CLEAR_UNSURE;
	if (whole || body_is_not_uniform(f))
		return SF_CLEAR_PLAIN;
	if (t->tiny >= 3 && most(t->tiny, t->n, 5))
		return SF_CLEAR_PLAIN; /* DTX: no cipher gives one octet */
	if (t->pairs >= TESTED && repeats(t))
		return SF_CLEAR_PLAIN;
	return SF_CLEAR_HEAD;
}

#define QUIET 3.0 /* evidence: of media, one frame in 20 shows nothing */

/* Companded samples show in most frames by themselves. */
double
sf_samples_say(const struct sf_record *r)
{
	return r->proof == SF_PROOF_STRONG ? (double)r->surprise : -QUIET;
}

/* They show in every octet. A few frames that are media, among many that are
   not, do not make media of these. */
static enum sf_clear
judge_samples(const struct tally *t, const struct sf_clear_found *f)
{
	bool uneven = t->deep.strings < TESTED
			  ? body_is_not_uniform(f)
			  : sf_bits_p(&t->deep) < SF_CLEAR_SURE;

	if (uneven || t->surprise - QUIET * (double)(t->n - t->strong) >=
			  (t->of.whole ? SURE_AMID : SF_RUN_SURE) + log((double)t->n))
		return SF_CLEAR_PLAIN;
	return SF_CLEAR_UNSURE;
}

static enum sf_clear
judge_codec(const struct tally *t, const struct sf_clear_found *f)
{
	switch (t->of.codec) {
	case SF_CODEC_VP8:
	case SF_CODEC_VP9:
	case SF_CODEC_H264:
	case SF_CODEC_H265:
	case SF_CODEC_AV1:
		return judge_video(t, f);
	case SF_CODEC_UNKNOWN:
		return t->video * 2 > t->n ? judge_video(t, f)
					   : judge_audio(t, f);
	case SF_CODEC_OPUS:
	case SF_CODEC_RED:
		return judge_audio(t, f);
	case SF_CODEC_PCMU:
	case SF_CODEC_PCMA:
	case SF_CODEC_G722:
		return judge_samples(t, f);
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

/* Uniform but for octets that a sender writes: some header. */
static bool
uniform_but_fields(const struct tally *t, const struct sf_clear_found *f)
{
	return t->n >= TESTED && t->front > 0 && f->p_head >= SUSPECT &&
	       f->p_nib_head >= SUSPECT &&
	       (t->back > 0 ||
		   (f->p_tail >= SUSPECT && f->p_nib_tail >= SUSPECT));
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
    size_t n, struct sf_clear_stream stream)
{
	struct tally t;

	memset(&t, 0, sizeof(t));
	t.of = stream;
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
	out->what = judge_codec(&t, out);
	if ((out->what == SF_CLEAR_UNSURE ||
		(out->what == SF_CLEAR_HEAD && t.video == 0)) &&
	    uniform_but_fields(&t, out))
		out->what = SF_CLEAR_FIELDS;
	if (out->what != SF_CLEAR_UNSURE)
		return;
	if (t.n < TESTED)
		out->what = SF_CLEAR_FEW;
	else if (uniform(&t))
		out->what = SF_CLEAR_UNIFORM;
}
