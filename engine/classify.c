#include "engine/classify.h"

#include <math.h>
#include <string.h>

#include "engine/stats.h"
#include "parsers/sframe/header.h"

#define BLOCK_FULL    (SF_BLOCK - 1)
#define KEPT_BACK     28 /* frames that may be the start of a run */
#define LEAST_RUN     20 /* frames before "consistent" is said */
#define LEAST_BODY    20
#define STRAYS        50 /* one frame in so many may fall out of a run */
#define DEEPEST       64 /* clear octets tried in front of a header */
#define DEEPEST_AUDIO 4
#define LAYOUTS       3
#define SUSTAINED     5 /* frames that a run must have to be one */
#define RESUME        6 /* evidence for a run to go on after a known one */

/* ---- runs of headers ------------------------------------------------------ */

/* The state of a frame that a header claims, by what keys said of it. */
static enum sf_state
state_by_keys(enum sf_tried tried)
{
	switch (tried) {
	case SF_TRIED_OPENED:
		return SF_STATE_VERIFIED;
	case SF_TRIED_FORGED:
		return SF_STATE_FAILED;
	case SF_TRIED_NOT:
	case SF_TRIED_NO_KEY:
		break;
	}
	return SF_STATE_ENCRYPTED;
}

/* A header that the stream's run vouches for: is there a key for that KID? */
static void
ask_keys(
    struct sf_classifier *c, struct sf_record *r, const struct sf_run_header *h)
{
	if (c->unlock == NULL || r->tried == SF_TRIED_OPENED ||
	    c->placing.layout != SF_LAYOUT_RFC9605)
		return;
	r->tried = sf_keys_has(c->unlock->keys, h->kid, c->pub->ssrc)
		       ? SF_TRIED_FORGED
		       : SF_TRIED_NO_KEY;
	if (!c->opener.settled)
		c->opener.placing = c->placing;
}

static void
claim(struct sf_classifier *c, struct sf_record *r,
    const struct sf_run_header *h, enum sf_layout layout)
{
	ask_keys(c, r, h);
	r->decided = true;
	r->state = state_by_keys(r->tried);
	r->has_header = true;
	r->layout = layout;
	r->header = *h;
}

static void
mark_run(
    struct sf_classifier *c, struct sf_record *r, const struct sf_run_header *h)
{
	claim(c, r, h, c->placing.layout);
	c->last = *h;
	c->last_ns = r->last.time_ns;
	c->running = true;
}

static bool
continues(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_run_header *h)
{
	return sf_run_header(h, r, c->placing) &&
	       sf_run_follows(&c->last, c->last_ns, h, r->last.time_ns);
}

/*
 * Of the three frames behind this one, do two run on from it? A stranger
 * between plaintext frames now and then looks as if it did; its followers do
 * not.
 */
static bool
confirmed(const struct sf_classifier *c, unsigned at, unsigned end,
    struct sf_run_header h)
{
	struct sf_run_header next;
	int64_t ns = c->recs[at].last.time_ns;
	unsigned asked = 0, fit = 0;

	for (unsigned i = at + 1; i < end && asked < 3; i++) {
		const struct sf_record *r = &c->recs[i];

		if (!r->complete)
			continue;
		asked++;
		if (!sf_run_header(&next, r, c->placing) ||
		    !sf_run_follows(&h, ns, &next, r->last.time_ns))
			continue;
		fit++;
		h = next;
		ns = r->last.time_ns;
	}
	return fit >= 2 || fit == asked;
}

/* Marks the frames from..to that carry on the run; returns how many. */
static unsigned
walk(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_run_header h;
	bool in_run = c->running && from == 0;
	unsigned marked = 0;

	for (unsigned i = from; i < to; i++) {
		struct sf_record *r = &c->recs[i];

		if (r->decided || !r->complete)
			continue;
		if (!continues(c, r, &h)) {
			in_run = false;
			continue;
		}
		if (!in_run && !confirmed(c, i, to, h))
			continue;
		in_run = true;
		mark_run(c, r, &h);
		marked++;
	}
	return marked;
}

/* A run found among records from..to begins: its first frame and the rest. */
static unsigned
begin_run(
    struct sf_classifier *c, struct sf_placing p, unsigned start, unsigned to)
{
	struct sf_run_header h;

	if (!sf_run_header(&h, &c->recs[start], p))
		return 0;
	c->placing = p;
	mark_run(c, &c->recs[start], &h);
	return 1 + walk(c, start + 1, to);
}

struct search {
	const struct sf_record *recs;
	size_t n;
	bool video;
	struct sf_placing best;
	struct sf_run_found found;
	size_t fit; /* frames of the best run; 0: none was found */
	size_t score;
};

/*
 * From its start on, how many frames does a run hold, of how many? Values in a codec's own
 * header or in a trailer can rise for a few frames and then do something else.
 */
static size_t
coverage(const struct search *s, struct sf_placing p, size_t start, size_t most,
    size_t *of)
{
	struct sf_run_header last, h;
	size_t fit = 1, n = 0;
	int64_t ns;

	*of = 0;
	if (!sf_run_header(&last, &s->recs[start], p))
		return 0;
	ns = s->recs[start].last.time_ns;
	for (size_t i = start + 1; i < s->n && n < most; i++) {
		const struct sf_record *r = &s->recs[i];

		n += r->complete;
		if (!sf_run_header(&h, r, p) ||
		    !sf_run_follows(&last, ns, &h, r->last.time_ns))
			continue;
		fit++;
		last = h;
		ns = r->last.time_ns;
	}
	*of = n;
	return fit;
}

/* Keeps the placing under which the most frames run on; of two that hold about
   as many, the one with the header of RFC 9605. */
static bool
try_placing(struct search *s, struct sf_placing p, double level, size_t least)
{
	struct sf_run_found f;
	size_t fit, score, of;

	if (!sf_run_search(&f, s->recs, s->n, p, level))
		return false;
	fit = coverage(s, p, f.start, LEAST_RUN, &of);
	if (fit < least || fit * 2 < of)
		return false;
	fit = coverage(s, p, f.start, s->n, &of);
	score = fit * (p.layout == SF_LAYOUT_RFC9605 ? 5 : 4);
	if (score > s->score) {
		s->best = p;
		s->found = f;
		s->fit = fit;
		s->score = score;
	}
	return true;
}

/* Key frames mostly leave more in the clear than the frames between them. */
static void
settle_key_prefix(struct search *s)
{
	struct sf_placing p = s->best;
	struct sf_run_header a, b;

	for (size_t i = 0; i + 1 < s->n; i++) {
		const struct sf_record *r = &s->recs[i], *next = r + 1;

		if (!r->complete || !r->key || !next->complete || next->key ||
		    !sf_run_header(&b, next, p))
			continue;
		for (uint8_t at = 0; at < SF_RECORD_HEAD - 4; at++) {
			p.at_key = at;
			if (sf_run_header(&a, r, p) &&
			    sf_run_follows(
				&a, r->last.time_ns, &b, next->last.time_ns)) {
				s->best.at_key = at;
				return;
			}
		}
	}
}

/* A cheap look before the test: do the last few headers follow each other? */
static bool
worth_trying(const struct search *s, struct sf_placing p)
{
	struct sf_run_header later, h;
	int64_t ns = 0;
	unsigned looked = 0, follow = 0;

	for (size_t i = s->n; i-- > 0 && looked < 8;) {
		const struct sf_record *r = &s->recs[i];

		if (!r->complete)
			continue;
		if (!sf_run_header(&h, r, p))
			h = (struct sf_run_header){ 0 };
		follow += looked++ > 0 &&
			  sf_run_follows(&h, r->last.time_ns, &later, ns);
		later = h;
		ns = r->last.time_ns;
	}
	return follow >= 3;
}

/* Each depth of clear prefix is one more chance to be wrong: the level rises
   by the logarithm of how many are tried. */
static void
try_prefixes(struct search *s)
{
	uint8_t deepest = s->video ? DEEPEST : DEEPEST_AUDIO;
	double level = SF_RUN_SURE + log(LAYOUTS * DEEPEST);

	for (unsigned l = 0; l < LAYOUTS; l++)
		for (uint8_t at = 1; at <= deepest; at++) {
			struct sf_placing p = { at, at, (enum sf_layout)l,
				false };

			if (worth_trying(s, p))
				(void)try_placing(s, p, level, SUSTAINED);
		}
	if (s->fit > 0 && s->best.at > 0)
		settle_key_prefix(s);
}

static bool
all_descriptors(const struct search *s)
{
	size_t fit = 0, n = 0;

	for (size_t i = 0; i < s->n; i++) {
		uint8_t first = s->recs[i].head[0];

		if (!s->recs[i].complete)
			continue;
		n++;
		/* S and E, with or without T (draft-ietf-avtcore-rtp-sframe-02 4) */
		fit += first == 0xc0 || first == 0xe0;
	}
	return n > 0 && fit * 20 >= n * 19;
}

static void
try_all(struct search *s, bool prefixes)
{
	static const struct sf_placing behind = { 1, 1, SF_LAYOUT_RFC9605,
		true };

	if (all_descriptors(s) &&
	    try_placing(s, behind, SF_RUN_SURE, SUSTAINED))
		return;
	for (unsigned l = 0; l < LAYOUTS; l++)
		if (try_placing(s,
			(struct sf_placing){ 0, 0, (enum sf_layout)l, false },
			SF_RUN_SURE, SUSTAINED) &&
		    l == SF_LAYOUT_RFC9605)
			return;
	if (prefixes)
		try_prefixes(s);
}

/*
 * After a run is known, a new KID in octets of its own and in the same place
 * needs little evidence: the stream is SFrame, and the key has changed.
 */
static bool
resume(struct search *s, const struct sf_classifier *c)
{
	struct sf_run_header h;

	if (c->run_frames + c->n < LEAST_RUN || c->last.kid_octets == 0 ||
	    !try_placing(s, c->placing, RESUME, 2))
		return false;
	if (sf_run_header(&h, &s->recs[s->found.start], c->placing) &&
	    h.kid_octets == c->last.kid_octets)
		return true;
	s->fit = s->score = 0;
	return false;
}

/* Formats whose frames are not rebuilt hold codec headers between slices, and
   trailers hold counters: only a header right in front counts there. */
static bool
may_be_prefixed(const struct sf_classifier *c, const struct search *s)
{
	enum sf_codec codec = c->pub->codec;

	return s->n >= LEAST_RUN && codec != SF_CODEC_H264 &&
	       codec != SF_CODEC_H265 && codec != SF_CODEC_AV1 &&
	       (codec != SF_CODEC_UNKNOWN || !s->video);
}

/* Looks for a run among records from..to and marks its frames. */
static unsigned
search_run(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct search s = { .recs = &c->recs[from],
		.n = to - from,
		.video = c->recs[from].video };
	struct sf_evidence *e = &c->pub->evidence;

	if (c->pub->codec == SF_CODEC_RTX || sf_clear_trailers(s.recs, s.n))
		return 0;
	if (!c->running || !resume(&s, c))
		try_all(&s, may_be_prefixed(c, &s));
	if (s.fit == 0)
		return 0;
	e->sprt_llr = fmax(e->sprt_llr, s.found.llr);
	return begin_run(c, s.best, from + (unsigned)s.found.start, to);
}

/*
 * A counter that does not move: every header the same, in two octets or more,
 * and behind it octets that differ and are uniform. No media looks like that.
 */
static bool
is_stuck(const struct sf_classifier *c, unsigned from, unsigned to)
{
	static const struct sf_placing front = { 0, 0, SF_LAYOUT_RFC9605,
		false };
	struct sf_run_header first, h;
	struct sf_bit_counts body = { 0 };
	unsigned n = 0;

	if (!sf_run_header(&first, &c->recs[from], front) || first.octets < 2)
		return false;
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (!r->complete)
			continue;
		if (!sf_run_header(&h, r, front) || h.kid != first.kid ||
		    h.ctr != first.ctr || h.octets != first.octets)
			return false;
		sf_bits_add(&body, r->head + h.octets, r->head_n - h.octets);
		n++;
	}
	return n >= LEAST_RUN && sf_bits_p(&body) > SF_CLEAR_SURE &&
	       first.ctr_octets == sf_sframe_header_octets(first.ctr) &&
	       first.kid_octets == sf_sframe_header_octets(first.kid);
}

static void
mark_stuck(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_run_header h;

	c->placing = (struct sf_placing){ 0, 0, SF_LAYOUT_RFC9605, false };
	for (unsigned i = from; i < to; i++)
		if (sf_run_header(&h, &c->recs[i], c->placing))
			mark_run(c, &c->recs[i], &h);
}

/* The first stretch at or after *from of frames that nothing was said of. */
static bool
next_open(const struct sf_classifier *c, unsigned *from, unsigned *to)
{
	unsigned i = *from;

	while (i < c->n && (c->recs[i].decided || !c->recs[i].complete))
		i++;
	*from = i;
	while (i < c->n && !c->recs[i].decided)
		i++;
	*to = i;
	return *from < c->n;
}

static void
mark_runs(struct sf_classifier *c)
{
	unsigned from = 0, to;

	if (c->running)
		(void)walk(c, 0, c->n);
	while (next_open(c, &from, &to))
		if (search_run(c, from, to) == 0) {
			if (is_stuck(c, from, to))
				mark_stuck(c, from, to);
			from = to;
		}
}

/* ---- the bodies behind the headers ---------------------------------------- */

struct body_tally {
	struct sf_bit_counts head, tail;
	struct sf_nibble_counts nib_head, nib_tail;
	unsigned n;
};

static void
tally_body(struct body_tally *t, const struct sf_record *r)
{
	size_t at = (size_t)r->header.at + r->header.octets;

	if (r->head_n < at + SF_NIBBLES)
		return;
	t->n++;
	sf_bits_add(&t->head, r->head + at, r->head_n - at);
	sf_nibbles_add(&t->nib_head, r->head + at);
	if (r->octets < at + SF_TAIL)
		return;
	sf_bits_add(&t->tail, r->tail + r->tail_n - SF_TAIL, SF_TAIL);
	sf_nibbles_add(&t->nib_tail, r->tail + r->tail_n - SF_NIBBLES);
}

static void
keep_least(double *least, double p)
{
	if (p < *least)
		*least = p;
}

static void
keep_p(struct sf_evidence *e, const struct body_tally *t)
{
	e->windows++;
	keep_least(&e->p_head, sf_bits_p(&t->head));
	keep_least(&e->p_nib_head, sf_nibbles_p(&t->nib_head));
	keep_least(&e->p_tail, sf_bits_p(&t->tail));
	keep_least(&e->p_nib_tail, sf_nibbles_p(&t->nib_tail));
}

/* A frame of the run, or one too short to be: silence behind a header. */
static void
mark_bare(const struct sf_classifier *c, struct sf_record *r)
{
	struct sf_run_header h;

	if (r->tried == SF_TRIED_OPENED)
		return;
	if (r->has_header ||
	    (!r->decided && sf_run_header_alone(&h, r, c->placing) &&
		h.kid == c->last.kid)) {
		r->decided = true;
		r->state = SF_STATE_PLAINTEXT;
	}
}

/*
 * A header in front of octets that are not uniform is a header bolted onto
 * media in the clear, or a cipher that does nothing.
 */
static void
judge_bodies(struct sf_classifier *c)
{
	struct body_tally t;
	bool bare;

	memset(&t, 0, sizeof(t));
	/* what a key opened needs no statistics */
	for (unsigned i = 0; i < c->n; i++)
		if (c->recs[i].has_header &&
		    c->recs[i].tried != SF_TRIED_OPENED)
			tally_body(&t, &c->recs[i]);
	if (t.n < LEAST_BODY)
		return;
	keep_p(&c->pub->evidence, &t);
	bare = sf_bits_p(&t.head) < SF_CLEAR_SURE ||
	       sf_nibbles_p(&t.nib_head) < SF_CLEAR_SURE;
	for (unsigned i = 0; bare && i < c->n; i++)
		mark_bare(c, &c->recs[i]);
}

/* ---- frames outside runs -------------------------------------------------- */

static bool
whole_frames(const struct sf_classifier *c)
{
	return c->running && c->run_frames + c->n >= LEAST_RUN &&
	       c->placing.at == 0 && c->placing.layout == SF_LAYOUT_RFC9605;
}

static void
keep_clear(struct sf_evidence *e, const struct sf_clear_found *f)
{
	e->windows++;
	e->codec_asked += f->asked;
	e->codec_passes += f->passes;
	if (f->llr > e->codec_llr)
		e->codec_llr = fmin(60, f->llr);
	keep_least(&e->p_head, f->p_head);
	keep_least(&e->p_nib_head, f->p_nib_head);
	keep_least(&e->p_tail, f->p_tail);
	keep_least(&e->p_nib_tail, f->p_nib_tail);
	if (f->width != 0) {
		e->width = f->width;
		e->height = f->height;
	}
}

static enum sf_state
state_of(enum sf_clear what)
{
	if (what == SF_CLEAR_PLAIN)
		return SF_STATE_PLAINTEXT;
	return what == SF_CLEAR_TRAILER ? SF_STATE_ENCRYPTED : SF_STATE_UNKNOWN;
}

/*
 * A frame that does not run on, but has the KID of the run in the same form: a
 * counter used again, or a frame sent again. It moves nothing. A form with
 * fewer than two octets of fields would fit one stray frame in 256.
 */
static bool
is_straggler(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_run_header *h)
{
	return c->running && sf_run_header(h, r, c->placing) &&
	       h->kid == c->last.kid && h->kid_octets == c->last.kid_octets &&
	       h->kid_octets + h->ctr_octets >= 2 &&
	       h->ctr_octets <= c->last.ctr_octets &&
	       h->ctr_octets == sf_sframe_header_octets(h->ctr);
}

static void
decide_open(struct sf_classifier *c, struct sf_record *r, enum sf_clear what)
{
	struct sf_run_header h;

	r->decided = true;
	if (what != SF_CLEAR_PLAIN && is_straggler(c, r, &h)) {
		claim(c, r, &h, c->placing.layout);
		return;
	}
	r->state = state_of(what);
	c->kinds[what]++;
}

/*
 * Judges the frames from..to together and decides those before keep. Frames too
 * few to be judged are what the frames before them were, when they touch.
 */
static void
judge_open(struct sf_classifier *c, unsigned from, unsigned to, unsigned keep)
{
	struct sf_clear_found f;

	sf_clear_judge(
	    &f, &c->recs[from], to - from, c->pub->codec, whole_frames(c));
	if (f.what == SF_CLEAR_FEW && from == 0)
		f.what = c->before;
	keep_clear(&c->pub->evidence, &f);
	for (unsigned i = from; i < keep; i++) {
		struct sf_record *r = &c->recs[i];

		if (r->complete && !r->decided)
			decide_open(c, r, f.what);
	}
	c->before = to == c->n ? f.what : SF_CLEAR_FEW;
}

/* ---- what goes out -------------------------------------------------------- */

static void
count_limit(struct sf_model *m, enum sf_limit l, struct sf_place place)
{
	if (m->limits[l]++ == 0)
		m->limit_first[l] = place;
}

static void
note_interval(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r)
{
	struct sf_interval *v = c->interval;

	if (v != NULL && v->state == r->state) {
		v->frames++;
		v->last = r->last;
		return;
	}
	if (run->intervals_used == run->intervals_cap) {
		count_limit(run->model, SF_LIMIT_INTERVALS, r->last);
		return;
	}
	v = &run->intervals[run->intervals_used++];
	*v = (struct sf_interval){ r->state, 1, r->first, r->last, NULL };
	*(c->interval == NULL ? &c->pub->intervals : &c->interval->next) = v;
	c->interval = v;
}

static int
entry_of(const struct sf_record *r)
{
	return r->tried == SF_TRIED_OPENED ? (int)r->entry : -1;
}

static void
note_key_use(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r)
{
	const struct sf_run_header *h = &r->header;
	struct sf_key_use *u = c->use;
	int entry = entry_of(r);

	if (u != NULL && u->kid == h->kid &&
	    (entry < 0 || u->entry < 0 || u->entry == entry)) {
		if (entry >= 0)
			u->entry = entry;
		u->frames++;
		u->last_ctr = h->ctr;
		u->last = r->last;
		return;
	}
	if (run->key_uses_used == run->key_uses_cap) {
		count_limit(run->model, SF_LIMIT_KEY_USES, r->last);
		return;
	}
	u = &run->key_uses[run->key_uses_used++];
	*u = (struct sf_key_use){ h->kid, h->ctr, h->ctr, 1, r->last, r->last,
		entry, NULL };
	*(c->use == NULL ? &c->pub->keys : &c->use->next) = u;
	c->use = u;
}

/* The form of the header: facts that a check judges (RFC 9605 4.3). */
static void
note_form(struct sf_evidence *e, const struct sf_record *r)
{
	const struct sf_run_header *h = &r->header;
	const uint8_t *kid = r->head + h->at + 1;
	const uint8_t *ctr = kid + h->kid_octets;

	e->kid_not_minimal += h->kid_octets > 1 && kid[0] == 0;
	e->ctr_not_minimal += h->ctr_octets > 1 && ctr[0] == 0;
	e->kid_not_inline += h->kid_octets == 1 && h->kid < 8;
	e->ctr_not_inline += h->ctr_octets == 1 && h->ctr < 8;
}

static void
fill_header(struct sf_frame_event *ev, const struct sf_record *r)
{
	const struct sf_run_header *h = &r->header;

	ev->has_header = true;
	ev->header_at = h->at;
	ev->packet_at =
	    r->packet_at == 0 ? 0 : (uint16_t)(r->packet_at + h->at);
	ev->raw_octets = h->octets;
	memcpy(ev->raw, r->head + h->at, h->octets);
	ev->kid = h->kid;
	ev->ctr = h->ctr;
	ev->kid_octets = h->kid_octets;
	ev->ctr_octets = h->ctr_octets;
	ev->draft = r->layout != SF_LAYOUT_RFC9605;
}

/* A copy of another stream's frame: that stream is what this one forwards. */
static void
note_seen(struct sf_classifier *c, struct sf_frame_event *ev)
{
	if (ev->seen == SF_SEEN_SAME && ev->seen_stream != c->pub->id &&
	    c->pub->forwards == 0)
		c->pub->forwards = ev->seen_stream;
}

static void
emit_header(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r, struct sf_frame_event *ev)
{
	fill_header(ev, r);
	ev->seen_stream = c->pub->id;
	if (r->layout == SF_LAYOUT_RFC9605)
		note_form(&c->pub->evidence, r);
	ev->seen = sf_seen_ask(
	    &run->seen, ev->kid, ev->ctr, r->content, &ev->seen_stream);
	if (run->seen.forgotten > run->model->limits[SF_LIMIT_SEEN_FRAMES])
		count_limit(run->model, SF_LIMIT_SEEN_FRAMES, r->last);
	note_seen(c, ev);
	note_key_use(c, run, r);
	c->pub->evidence.tried += r->tried >= SF_TRIED_FORGED;
	c->pub->evidence.no_key += r->tried == SF_TRIED_NO_KEY;
	c->run_frames++;
	c->run_layout[r->layout]++;
	c->run_prefixed += r->header.at > 0 && !c->placing.descriptor;
	c->run_descriptor += r->descriptor || c->placing.descriptor;
}

/* What stands in a misfit where the header should be. */
static void
emit_misfit(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_frame_event *ev)
{
	uint8_t at = r->key ? c->placing.at_key : c->placing.at;

	ev->misfit = true;
	ev->draft = c->placing.layout != SF_LAYOUT_RFC9605;
	ev->header_at = at;
	if (at >= r->head_n)
		return;
	ev->raw_octets = (uint8_t)(r->head_n - at);
	if (ev->raw_octets > sizeof(ev->raw))
		ev->raw_octets = sizeof(ev->raw);
	memcpy(ev->raw, r->head + at, ev->raw_octets);
}

static void
emit(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r)
{
	struct sf_frame_event ev = {
		.stream = c->pub,
		.first = r->first,
		.last = r->last,
		.number = ++c->number,
		.seq = r->seq,
		.timestamp = r->timestamp,
		.octets = r->octets,
		.packets = r->packets,
		.complete = r->complete,
		.key = r->key,
		.state = r->state,
		.tried = r->tried,
		.entry = entry_of(r),
		.content = r->content,
	};

	if (!r->complete) {
		c->pub->incomplete_frames++;
		c->pub->cut_frames += r->cut;
	} else {
		c->pub->frames++;
		c->pub->by_state[r->state]++;
		note_interval(c, run, r);
		if (r->has_header)
			emit_header(c, run, r, &ev);
		else if (c->running)
			emit_misfit(c, r, &ev);
	}
	if (run->sink != NULL)
		run->sink(run->sink_ctx, &ev);
}

/* ---- a block -------------------------------------------------------------- */

/* Judges the frames outside runs; returns how many frames are ready to go. */
static unsigned
judge_rest(struct sf_classifier *c, bool final)
{
	unsigned from = 0, to;

	while (next_open(c, &from, &to)) {
		unsigned keep = to;

		if (!final && to == c->n) {
			keep = to > KEPT_BACK ? to - KEPT_BACK : 0;
			keep = keep < from ? from : keep;
		}
		judge_open(c, from, to, keep);
		if (keep < to)
			return keep;
		from = to;
	}
	return c->n;
}

static void
prefetch_seen(const struct sf_classifier *c, const struct sf_classify_run *run,
    unsigned ready)
{
	for (unsigned i = 0; i < ready; i++)
		if (c->recs[i].has_header)
			sf_seen_prefetch(&run->seen, c->recs[i].header.kid,
			    c->recs[i].header.ctr);
}

static void
settle(struct sf_classifier *c, struct sf_classify_run *run, bool final)
{
	unsigned ready;

	mark_runs(c);
	judge_bodies(c);
	ready = judge_rest(c, final);
	prefetch_seen(c, run, ready);
	for (unsigned i = 0; i < ready; i++)
		emit(c, run, &c->recs[i]);
	c->n -= ready;
	c->open = c->n > 0;
	memmove(c->recs, c->recs + ready, c->n * sizeof(c->recs[0]));
}

/*
 * The usual case: a run is under way, nothing before this frame is open, and it
 * carries the run on. Any other frame waits for its neighbours.
 */
static bool
carries_on(struct sf_classifier *c, struct sf_record *r)
{
	struct sf_run_header h;

	if (!c->running || c->open || !continues(c, r, &h))
		return false;
	mark_run(c, r, &h);
	return true;
}

/* A frame that a key opens needs no neighbours to tell what it is. */
static bool
opens(struct sf_classifier *c, const struct sf_unlock *u, struct sf_record *r,
    struct sf_bytes frame)
{
	struct sf_run_header header;
	struct sf_placing p;

	if (u->keys == NULL || c->pub->codec == SF_CODEC_RTX)
		return false;
	c->unlock = u;
	sf_opener_try(&c->opener, u, r, frame, c->pub->ssrc, &p);
	if (r->tried != SF_TRIED_OPENED)
		return false;
	c->placing = p;
	header = r->header;
	mark_run(c, r, &header);
	return true;
}

void
sf_classify_frame(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_frame *frame)
{
	struct sf_record *r = &c->recs[c->n++];

	sf_record_of(r, frame);
	if (r->complete && !opens(c, &run->unlock, r, frame->octets) &&
	    !carries_on(c, r)) {
		c->open = true;
		sf_record_prove(r, frame);
	}
	if (c->n >= BLOCK_FULL)
		settle(c, run, false);
}

/* ---- the stream ----------------------------------------------------------- */

static uint64_t
outside(const struct sf_classifier *c, enum sf_clear what)
{
	return c->kinds[what];
}

static bool
few_strays(const struct sf_classifier *c)
{
	uint64_t strays = c->pub->by_state[SF_STATE_UNKNOWN];

	return strays <= 2 || strays * STRAYS <= c->pub->frames;
}

static bool
rebuilt(enum sf_codec codec)
{
	return codec != SF_CODEC_H264 && codec != SF_CODEC_H265 &&
	       codec != SF_CODEC_AV1;
}

/* What the runs say of a stream in which they carry the day. */
static void
protect_run(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;

	s->clear_octets = 0;
	s->dialect = SF_DIALECT_RFC9605;
	s->protection = SF_PROT_CONSISTENT;
	if (c->run_layout[SF_LAYOUT_RFC9605] * 2 < c->run_frames) {
		s->dialect = c->placing.layout == SF_LAYOUT_OMARA
				 ? SF_DIALECT_SFRAME_JS
				 : SF_DIALECT_SFRAME_DRAFT;
		s->protection = SF_PROT_OTHER_DIALECT;
	} else if (c->run_descriptor * 2 > c->run_frames) {
		s->dialect = SF_DIALECT_RTP_SFRAME;
		return;
	} else if (c->run_prefixed * 2 > c->run_frames) {
		s->dialect = SF_DIALECT_RFC9605_PREFIXED;
		s->protection = SF_PROT_PARTLY_CLEAR;
	}
	s->clear_octets = c->placing.at;
	if (s->kind == SF_KIND_VIDEO && c->placing.at_key != c->placing.at)
		s->clear_octets_key = c->placing.at_key;
}

static void
undecidable(struct sf_stream *s, enum sf_why why)
{
	s->protection = SF_PROT_UNDECIDABLE;
	s->why = why;
}

/* A stream without a run and without a frame of proven plaintext. */
static void
protect_none(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;
	uint64_t even = outside(c, SF_CLEAR_UNIFORM);
	bool hop = s->evidence.dtls || s->evidence.srtcp;
	bool few = s->frames < LEAST_RUN && s->codec_from != SF_FROM_PAYLOAD &&
		   outside(c, SF_CLEAR_HEAD) == 0;

	if (s->frames == 0)
		undecidable(s, s->incomplete_frames > 0 ? SF_WHY_ALL_INCOMPLETE
							: SF_WHY_NOT_MEDIA);
	else if (hop && (even * 2 > s->frames || few))
		s->protection = SF_PROT_SRTP;
	else if (!rebuilt(s->codec))
		undecidable(s, SF_WHY_NO_DEPACKETIZER);
	else if (even * 2 > s->frames) {
		undecidable(s, SF_WHY_UNIFORM);
		s->dialect = SF_DIALECT_OPAQUE;
	} else if (outside(c, SF_CLEAR_HEAD) * 2 > s->frames)
		undecidable(s, SF_WHY_CLEAR_HEAD);
	else if (s->frames < LEAST_RUN)
		undecidable(s, SF_WHY_FEW_FRAMES);
	else if (s->kind == SF_KIND_VIDEO && s->codec == SF_CODEC_UNKNOWN)
		undecidable(s, SF_WHY_NO_DEPACKETIZER);
	else
		undecidable(s, SF_WHY_CONTRADICTION);
}

static void
protect(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;
	uint64_t plain = s->by_state[SF_STATE_PLAINTEXT];
	uint64_t trailers = outside(c, SF_CLEAR_TRAILER);
	uint64_t opened = s->by_state[SF_STATE_VERIFIED];
	uint64_t failed = s->by_state[SF_STATE_FAILED];
	uint64_t runs =
	    s->by_state[SF_STATE_ENCRYPTED] - trailers + opened + failed;

	uint64_t even = outside(c, SF_CLEAR_UNIFORM);

	if (plain > 0 && runs + trailers == 0 && even < LEAST_RUN) {
		s->protection = SF_PROT_PLAINTEXT;
		s->dialect = SF_DIALECT_CLEAR;
	} else if (plain > 0) {
		protect_run(c);
		s->protection = SF_PROT_MIXED;
		if (runs == 0)
			s->dialect = trailers > 0 ? SF_DIALECT_LIVEKIT
						  : SF_DIALECT_OPAQUE;
	} else if (trailers > 0 && trailers >= runs) {
		s->protection = SF_PROT_OTHER_DIALECT;
		s->dialect = SF_DIALECT_LIVEKIT;
	} else if (opened > 0 && opened == runs && few_strays(c)) {
		protect_run(c);
		if (s->protection == SF_PROT_CONSISTENT)
			s->protection = SF_PROT_VERIFIED;
	} else if (runs >= LEAST_RUN && few_strays(c)) {
		protect_run(c);
	} else if (runs > 0 && rebuilt(s->codec)) {
		protect_run(c);
		undecidable(s, runs < LEAST_RUN ? SF_WHY_FEW_FRAMES
						: SF_WHY_CONTRADICTION);
	} else {
		protect_none(c);
	}
}

void
sf_classify_finish(struct sf_classifier *c, struct sf_classify_run *run)
{
	struct sf_evidence *e = &c->pub->evidence;

	while (c->n > 0)
		settle(c, run, true);
	if (run->unlock.keys != NULL)
		sf_opener_finish(&c->opener, &run->unlock, c->pub->ssrc);
	c->pub->suite = c->opener.suite;
	c->pub->diagnosis = c->opener.diagnosis;
	e->controls = c->opener.controls;
	e->controls_opened = c->opener.controls_opened;
	e->run_frames = c->run_frames;
	e->breaks = c->running ? c->pub->frames - c->run_frames : 0;
	e->header_chance = 1;
	if (c->run_frames > 1)
		e->header_chance = fmax(1e-300,
		    pow(sf_run_chance(&c->last, c->pub->kind == SF_KIND_VIDEO),
			(double)(c->run_frames - 1)));
	protect(c);
}
