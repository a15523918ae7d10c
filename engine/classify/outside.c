#include "engine/classify/parts.h"

#include <math.h>
#include <string.h>

#include "parsers/media/h264.h"
#include "parsers/sframe/header.h"

#define SF_KEPT_BACK 28 /* frames that may be the start of a run */
#define LEAST_TAG    4  /* octets, of any suite */
#define LEAST_MARKED 5  /* frames whose marks are strong */
#define ALONE        1.05 /* CTR's steps a packet, of one stream */

bool
sf_classify_whole(const struct sf_classifier *c)
{
	if (c->original != NULL)
		c = c->original;
	/* behind a codec's head, a counter is little to go by */
	if (c->way != NULL && c->way->alone >= SF_WAY_STRONG
		? c->in_way >= LEAST_MARKED
		: c->in_way >= SF_LEAST_RUN &&
		      (c->sight.behind || c->clear <= 0))
		return true;
	return c->running && c->run_frames + c->n >= SF_LEAST_RUN &&
	       c->placing.at == 0;
}

/* Is the counter this stream's own? Only a short form's pace is followed. */
static bool
counts_alone(const struct sf_classifier *c)
{
	return c->running && sf_run_short_form(&c->last) && c->pace < ALONE;
}

struct sf_clear_stream
sf_classify_known(const struct sf_classifier *c, bool whole)
{
	return (struct sf_clear_stream){
		.codec = sf_classify_codec(c),
		.baseline = c->baseline,
		.whole = whole,
		.alone = whole && counts_alone(c),
	};
}

static void
keep_clear(struct sf_evidence *e, const struct sf_clear_found *f)
{
	e->windows++;
	e->codec_asked += f->asked;
	e->codec_passes += f->passes;
	if (f->llr > e->codec_llr)
		e->codec_llr = fmin(60, f->llr);
	sf_keep_least(&e->p_head, f->p_head);
	sf_keep_least(&e->p_nib_head, f->p_nib_head);
	sf_keep_least(&e->p_tail, f->p_tail);
	sf_keep_least(&e->p_nib_tail, f->p_nib_tail);
	if (f->width != 0) {
		e->width = f->width;
		e->height = f->height;
	}
}

static enum sf_state
state_of(enum sf_clear what)
{
	return what == SF_CLEAR_PLAIN ? SF_STATE_PLAINTEXT : SF_STATE_UNKNOWN;
}

/* The very header of the frame before it, of two octets in all. */
static bool
is_again(const struct sf_classifier *c, const struct sf_record *r,
    const struct sf_run_header *h)
{
	const struct sf_record *before = r - 1;

	while (before >= c->recs && !before->complete)
		before--;
	return h->octets == 2 && before >= c->recs && before->has_header &&
	       before->header.octets == 2 && before->header.kid == h->kid &&
	       before->header.ctr == h->ctr;
}

/* The first CTR under the KID of the run. */
static uint64_t
first_ctr(const struct sf_classifier *c)
{
	const struct sf_record *r = c->recs;

	if (c->use != NULL && c->use->kid == c->last.kid)
		return c->use->first_ctr;
	while (r < c->recs + c->n && !r->has_header)
		r++;
	return r < c->recs + c->n ? r->header.ctr : 0;
}

/* A TOC octet of Opus that reads as the run's config octet, and a CTR of some
   octets that the run is nowhere near: one that came late, or again, was in it. */
static bool
is_only_a_toc(const struct sf_classifier *c, const struct sf_record *r,
    const struct sf_run_header *h)
{
	return h->kid_octets == 0 && h->ctr_octets > 1 &&
	       sf_classify_looks_clear(c, r) &&
	       (h->ctr > c->last.ctr || h->ctr < first_ctr(c));
}

/*
 * A frame that does not run on, but has the KID of the run in the same form: a
 * counter used again, or a frame sent again. It moves nothing. A form with
 * fewer than two octets of fields would fit one stray frame in 256, and a KID in
 * the config octet with a CTR of any width one in 32.
 */
static bool
is_straggler(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_run_header *h)
{
	return c->running && sf_run_header(h, r, c->placing) &&
	       h->kid == c->last.kid && h->kid_octets == c->last.kid_octets &&
	       (h->kid_octets + h->ctr_octets >= 2 || is_again(c, r, h)) &&
	       (h->ctr_octets == c->last.ctr_octets ||
		   (h->ctr_octets < c->last.ctr_octets && h->kid_octets > 0)) &&
	       h->ctr_octets == sf_sframe_header_octets(h->ctr) &&
	       !is_only_a_toc(c, r, h);
}

/* Too short for the shortest header and tag, and Opus by its rules: silence. */
static bool
is_silence(const struct sf_classifier *c, const struct sf_record *r)
{
	return r->octets > 0 && r->octets <= 3 && r->look == SF_LOOK_OPUS &&
	       !sf_classify_begins_as_run(c, r);
}

/* No room for a header behind what stands in front of it in other frames. */
static bool
is_head_alone(const struct sf_classifier *c, const struct sf_record *r)
{
	return c->running && c->placing.at > 0 && !c->placing.descriptor &&
	       r->octets <= (uint32_t)c->placing.at + LEAST_TAG;
}

static enum sf_apart
silence_of(const struct sf_record *r)
{
	static const uint8_t injected[] = { 0xf8, 0xff, 0xfe };

	return r->octets == sizeof(injected) &&
		       memcmp(r->head, injected, sizeof(injected)) == 0
		   ? SF_APART_INJECTED
		   : SF_APART_SILENCE;
}

/* Amid protected frames, nothing but silence: told apart from a leak. */
static bool
all_silence(const struct sf_classifier *c, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (c->recs[i].complete && !is_silence(c, &c->recs[i]))
			return false;
	return sf_classify_whole(c);
}

static void
set_silence(struct sf_record *r)
{
	r->decided = true;
	r->state = SF_STATE_PLAINTEXT;
	r->apart = silence_of(r);
}

/* The KID of the run, and no room behind the header for any tag: a frame of it
   that was cut, whatever so few octets look like. */
static bool
is_stump(const struct sf_classifier *c, const struct sf_record *r)
{
	return c->running && c->placing.at == 0 &&
	       r->octets < (uint32_t)c->last.octets + LEAST_TAG &&
	       sf_classify_begins_as_run(c, r);
}

/* Then a frame that they do not open, and that has no header of another key, is to
   be told, whatever stands around it. */
bool
sf_classify_keyed(const struct sf_classifier *c)
{
	return c->pub->by_state[SF_STATE_VERIFIED] > 0 ||
	       c->opener.suite != 0 || c->way_opener.settled ||
	       c->way_opener.settled_key;
}

static bool
is_stranger(
    const struct sf_classifier *c, const struct sf_record *r, bool enclosed)
{
	if (sf_classify_keyed(c))
		return !c->cut_in_units;
	return enclosed && sf_classify_whole(c) && sf_classify_stranger(c, r);
}

static void
decide_open(struct sf_classifier *c, struct sf_record *r, enum sf_clear what,
    bool enclosed)
{
	struct sf_run_header h;

	r->decided = true;
	if (what == SF_CLEAR_PLAIN && is_stump(c, r))
		what = SF_CLEAR_UNSURE;
	if (what != SF_CLEAR_PLAIN && is_straggler(c, r, &h)) {
		sf_classify_claim(c, r, &h, c->placing.layout);
		return;
	}
	r->state = state_of(what);
	c->kinds[what]++;
	if (what == SF_CLEAR_PLAIN && r->look == SF_LOOK_OPUS)
		sf_classify_count_head(c, r);
	if (r->state != SF_STATE_UNKNOWN)
		return;
	if ((sf_classify_whole(c) || is_head_alone(c, r) || sf_classify_keyed(c)) &&
	    is_silence(c, r))
		set_silence(r);
	else if (sf_classify_stray(c, r, enclosed))
		r->apart = SF_APART_STRAY;
	else if (is_stranger(c, r, enclosed))
		r->apart = SF_APART_STRANGER;
}

#define BASELINE 66 /* profile_idc, behind the octet that the SPS begins with */

static void
note_profile(struct sf_classifier *c, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (r->codec == SF_CODEC_H264 && r->key && r->head_n > 5 &&
		    (r->head[4] & 0x1f) == SF_H264_SPS)
			c->baseline = r->head[5] == BASELINE;
	}
}

/* The last frames of a stream in the clear may be too few to show more than what
   each begins with. */
static bool
goes_on(const struct sf_clear_found *f)
{
	return f->asked < SF_ENOUGH_HEAD && f->passes * 10 >= f->asked * 9 &&
	       (f->what == SF_CLEAR_HEAD || f->what == SF_CLEAR_FIELDS);
}

/*
 * Judges the frames from..to together and decides those before keep; returns
 * where it left off. Frames too few to be judged are what the frames before them
 * were, when they touch.
 */
static unsigned
judge_open(struct sf_classifier *c, unsigned from, unsigned to, unsigned keep)
{
	struct sf_clear_stream known;
	struct sf_clear_found f;
	bool enclosed = sf_classify_enclosed(c, from, to);

	if (all_silence(c, from, to)) {
		for (unsigned i = from; i < keep; i++)
			if (c->recs[i].complete)
				set_silence(&c->recs[i]);
		return keep;
	}
	note_profile(c, from, to);
	known = sf_classify_known(c, sf_classify_whole(c));
	/* where one key goes on behind them, other streams do not count in what
	   would be another's */
	known.alone |= known.whole && enclosed;
	sf_clear_judge(&f, &c->recs[from], to - from, known);
	if (from == 0 && (f.what == SF_CLEAR_FEW ||
			     (c->before == SF_CLEAR_PLAIN && goes_on(&f))))
		f.what = c->before;
	/* more of them may tell; or the last are of the run that goes on there */
	if ((f.what == SF_CLEAR_HEAD || f.what == SF_CLEAR_UNSURE) &&
	    from > 0 && keep < to)
		keep = from;
	if (f.what != SF_CLEAR_PLAIN &&
	    (enclosed || sf_classify_outermost(c, from, to)) &&
	    sf_classify_alone(c, from, to))
		f.what = SF_CLEAR_PLAIN;
	keep_clear(&c->pub->evidence, &f);
	for (unsigned i = from; i < keep; i++) {
		struct sf_record *r = &c->recs[i];

		if (r->complete && !r->decided)
			decide_open(c, r, f.what, enclosed);
	}
	c->before = to == c->n ? f.what : SF_CLEAR_FEW;
	return keep;
}

/* Where the stream is in a format that nothing is known of, is part of the frames
   from..to media? Then these are decided, and the rest is still to be. *clear_end:
   these are the last. */
static bool
decide_amid(
    struct sf_classifier *c, unsigned from, unsigned to, bool *clear_end)
{
	struct sf_clear_found f;
	unsigned a, b;

	if (c->running || !sf_classify_amid(c, from, to, &a, &b, &f))
		return false;
	keep_clear(&c->pub->evidence, &f);
	for (unsigned i = a; i < b; i++)
		if (c->recs[i].complete && !c->recs[i].decided)
			decide_open(c, &c->recs[i], SF_CLEAR_PLAIN, false);
	*clear_end |= b == c->n;
	return true;
}

/* Judges the frames outside runs; returns how many frames are ready to go. */
unsigned
sf_classify_open(struct sf_classifier *c)
{
	unsigned from = 0, to;
	bool clear_end = false;

	while (sf_classify_next_open(c, &from, &to)) {
		unsigned keep = to;

		if (decide_amid(c, from, to, &clear_end))
			continue;
		if (!c->ending && to == c->n) {
			keep = to > SF_KEPT_BACK ? to - SF_KEPT_BACK : 0;
			keep = keep < from ? from : keep;
		}
		keep = judge_open(c, from, to, keep);
		if (keep < to)
			return keep;
		from = to;
	}
	if (clear_end) /* what is in front of it came later here */
		c->before = SF_CLEAR_PLAIN;
	return c->n;
}
