#include <math.h>

#include "engine/classify/parts.h"

#include "engine/dialect/way.h"

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

/* Other streams of a sender come and go: the pace follows, slowly. */
static void
keep_pace(struct sf_classifier *c, const struct sf_record *r,
    const struct sf_run_header *h)
{
	uint64_t packets = r->seq - c->last_seq;
	uint64_t steps = h->ctr - c->last.ctr;

	/* no other form asks for it */
	if (!sf_run_short_form(h))
		return;
	if (h->kid == c->last.kid && h->ctr > c->last.ctr &&
	    r->seq > c->last_seq)
		c->pace += ((double)steps / (double)packets - c->pace) / 16;
}

/* Was the frame put to keys with a header in that place? Where the run was found
   behind it, its octets are gone by now. */
static bool
was_asked(const struct sf_record *r, const struct sf_run_header *h)
{
	return r->asked_at == SF_ASKED_ALL || h->at == r->asked_at ||
	       h->at == sf_way_clear(r);
}

/* A header that the stream's run vouches for: is there a key for that KID? */
static void
ask_keys(
    struct sf_classifier *c, struct sf_record *r, const struct sf_run_header *h)
{
	if (c->unlock == NULL || r->tried == SF_TRIED_OPENED)
		return;
	if (c->placing.layout != SF_LAYOUT_RFC9605) {
		r->tried = SF_TRIED_NOT;
		r->tried = sf_dialect_keys_tried(c->unlock->dialects,
		    c->placing.layout == SF_LAYOUT_OMARA
			? SF_DIALECT_SFRAME_JS
			: SF_DIALECT_SFRAME_DRAFT,
		    h->kid, c->pub->ssrc);
		return;
	}
	if (!sf_keys_has(c->unlock->keys, h->kid, c->pub->ssrc))
		r->tried = SF_TRIED_NO_KEY;
	else
		r->tried = was_asked(r, h) ? SF_TRIED_FORGED : SF_TRIED_NOT;
	if (!c->opener.settled)
		c->opener.placing = c->placing;
}

void
sf_classify_claim(struct sf_classifier *c, struct sf_record *r,
    const struct sf_run_header *h, enum sf_layout layout)
{
	ask_keys(c, r, h);
	r->decided = true;
	r->state = state_by_keys(r->tried);
	r->has_header = true;
	r->layout = layout;
	r->header = *h;
}

void
sf_classify_mark(
    struct sf_classifier *c, struct sf_record *r, const struct sf_run_header *h)
{
	sf_classify_claim(c, r, h, c->placing.layout);
	keep_pace(c, r, h);
	c->last = *h;
	c->last_ns = r->last.time_ns;
	c->last_seq = r->seq;
	c->running = true;
}

bool
sf_classify_continues(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_run_header *h)
{
	return sf_run_header(h, r, c->placing) &&
	       sf_run_follows(&c->last, c->last_ns, h, r->last.time_ns);
}

/* How many frames behind one are looked at before it is believed, and how many
   of them must run on from it; at the end of a stream fewer may be left. */
struct trust {
	unsigned asked, fit, least;
};
static const struct trust long_form = { 3, 2, 0 };
static const struct trust short_form = { 8, 6, 1 };

#define AS_LONG 20 /* frames of one length, where it is always the same */

/* Is it as long as each of the frames right in front, which are none of the run's,
   and the last one that is was of another length? At a constant rate that is
   media, which no header and no tag has made longer. */
static bool
is_as_long_as_clear(const struct sf_classifier *c, unsigned at)
{
	const struct sf_record *r = &c->recs[at];
	unsigned clear = 0;

	for (unsigned i = at; i-- > 0;) {
		const struct sf_record *before = &c->recs[i];

		if (sf_run_passes_over(before))
			continue;
		if (before->has_header)
			return clear >= AS_LONG && before->octets != r->octets;
		if (before->octets != r->octets)
			return false;
		clear++;
	}
	return clear >= AS_LONG;
}

/*
 * Of the frames behind this one, do enough run on from it? A stranger between
 * plaintext frames now and then looks as if it did; its followers do not.
 */
static bool
confirmed(const struct sf_classifier *c, unsigned at, unsigned end,
    struct sf_run_header h, bool explained)
{
	const struct trust *t =
	    sf_run_short_form(&h) ? &short_form : &long_form;
	struct sf_run_header next;
	const struct sf_record *last = &c->recs[at];
	unsigned asked = 0, fit = 0, enough = t->fit;

	/* speech with a TOC octet that reads as the run's config octet rises for
	   some frames */
	if (t == &short_form && h.ctr_octets > 0 &&
	    sf_classify_looks_clear(c, last)) {
		if (is_as_long_as_clear(c, at))
			return false;
		enough = t->asked - 1;
	}
	for (unsigned i = at + 1; i < end && asked < t->asked; i++) {
		const struct sf_record *r = &c->recs[i];

		if (sf_run_passes_over(r))
			continue;
		asked++;
		if (!sf_run_header(&next, r, c->placing) ||
		    !sf_run_follows(
			&h, last->last.time_ns, &next, r->last.time_ns) ||
		    !sf_run_explained(&h, &next,
			sf_run_packets(last->seq, last->last.time_ns, r->seq,
			    r->last.time_ns),
			c->pace))
			continue;
		fit++;
		h = next;
		last = r;
	}
	/* while frames are still to come, it waits for them */
	return fit >= enough || (fit == asked && asked >= t->least &&
				    explained && (c->ending || end < c->n));
}

/* Marks the frames from..to that carry on the run; returns how many. */
static unsigned
walk(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_run_header h;
	bool in_run = c->running && from == 0 && c->behind.has_header;
	bool explained = false;
	unsigned marked = 0;

	for (unsigned i = from; i < to; i++) {
		struct sf_record *r = &c->recs[i];

		if (r->decided || sf_run_passes_over(r))
			continue;
		if (sf_classify_goes_round(c, r, &h)) {
			sf_classify_mark(c, r, &h);
			marked++;
			continue;
		}
		if (!sf_classify_continues(c, r, &h)) {
			in_run = false;
			continue;
		}
		explained = sf_run_explained(&c->last, &h,
		    sf_run_packets(
			c->last_seq, c->last_ns, r->seq, r->last.time_ns),
		    c->pace);
		/* in a pause others may have counted on, or media begun */
		in_run = in_run && sf_run_explained(&c->last, &h,
				       sf_run_packets(c->last_seq, c->last_ns,
					   r->seq, c->last_ns),
				       c->pace);
		if (!in_run && !confirmed(c, i, to, h, explained))
			continue;
		in_run = true;
		sf_classify_mark(c, r, &h);
		marked++;
	}
	return marked;
}

static unsigned
begin(struct sf_classifier *c, struct sf_placing p, double new_pace,
    unsigned start, unsigned to)
{
	struct sf_run_header h;

	if (!sf_run_header(&h, &c->recs[start], p))
		return 0;
	c->placing = p;
	c->pace = new_pace;
	sf_classify_mark(c, &c->recs[start], &h);
	return 1 + walk(c, start + 1, to);
}

/* KID 1 and octets of CTR in a header of RFC 9605 that are, in one of
   draft-omara-sframe, KID kid and a CTR of one octet. */
static bool
is_omara_of(const struct sf_run_header *h, const struct sf_run_header *later)
{
	return h->kid == 1 && h->kid_octets == 0 &&
	       h->ctr_octets == later->kid_octets + 1 &&
	       h->ctr >> 8 == later->kid;
}

static void
reread(struct sf_run_header *h)
{
	h->kid = h->ctr >> 8;
	h->kid_octets = (uint8_t)(h->ctr_octets - 1);
	h->ctr &= 0xff;
	h->ctr_octets = 1;
}

/*
 * Up to CTR 255 a long KID of that draft looks like KID 1 and a counter. Where
 * the next header shows which it is, what was said of those before is put right.
 */
static void
correct_layout(
    struct sf_classifier *c, struct sf_placing p, const struct sf_record *first)
{
	struct sf_run_header h;

	if (!c->running || p.layout != SF_LAYOUT_OMARA ||
	    c->placing.layout != SF_LAYOUT_RFC9605 || p.at != c->placing.at ||
	    c->placing.descriptor || !sf_run_header(&h, first, p) ||
	    !is_omara_of(&c->last, &h))
		return;
	for (struct sf_record *r = c->recs; r < first; r++)
		if (r->has_header && r->layout == SF_LAYOUT_RFC9605 &&
		    is_omara_of(&r->header, &h)) {
			reread(&r->header);
			r->layout = SF_LAYOUT_OMARA;
		}
	if (c->use != NULL && c->use->kid == 1 &&
	    c->use->first_ctr >> 8 == h.kid) {
		c->use->kid = h.kid;
		c->use->first_ctr &= 0xff;
		c->use->last_ctr &= 0xff;
		c->run_layout[SF_LAYOUT_OMARA] +=
		    c->run_layout[SF_LAYOUT_RFC9605];
		c->run_layout[SF_LAYOUT_RFC9605] = 0;
	}
}

/* As a header of RFC 9605: KID 1, and the KID is the rest of the counter. */
static struct sf_run_header
as_counter(const struct sf_run_header *h)
{
	struct sf_run_header x = *h;

	x.kid = 1;
	x.kid_octets = 0;
	x.ctr_octets = (uint8_t)(h->kid_octets + 1);
	x.ctr = h->kid << 8 | h->ctr;
	return x;
}

#define CARRY_LEAST 8  /* steps of CTR across the end of its octet */
#define CARRY_MOST  192
#define CARRY_WIDER 4 /* times the usual step a packet */

/* CTR's mean step a packet up to the last frame of the run: of those that are
   still there, or of those that are gone. */
static double
usual_step(const struct sf_classifier *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		const struct sf_record *r = &c->recs[i];

		if (r->has_header && r->header.ctr < c->last.ctr &&
		    r->seq < c->last_seq)
			return (double)(c->last.ctr - r->header.ctr) /
			       (double)(c->last_seq - r->seq);
	}
	return c->use == NULL ? 1
			      : (double)(c->use->last_ctr - c->use->first_ctr) /
				    (double)c->use->frames;
}

/* Does the counter go over the end of its last octet with the frame, in steps as
   before? A sender of the draft that happens to take its next key just then has
   another form of header 256 frames later. */
static bool
goes_over(const struct sf_classifier *c, const struct sf_record *r,
    const struct sf_run_header *h, const struct sf_run_header *last)
{
	double packets = sf_run_packets(
	    c->last_seq, c->last_ns, r->seq, r->last.time_ns);

	return h->kid == 1 && h->kid_octets == 0 &&
	       h->ctr_octets == last->ctr_octets &&
	       h->ctr >> 8 == (last->ctr >> 8) + 1 &&
	       (double)(h->ctr - last->ctr) <=
		   fmin(CARRY_MOST,
		       fmax(CARRY_LEAST, CARRY_WIDER * usual_step(c) * packets));
}

static void
read_as_counter(struct sf_classifier *c)
{
	uint64_t kid = c->last.kid;

	for (unsigned i = 0; i < c->n; i++) {
		struct sf_record *r = &c->recs[i];

		if (!r->has_header || r->layout != SF_LAYOUT_OMARA)
			continue;
		r->header = as_counter(&r->header);
		r->layout = SF_LAYOUT_RFC9605;
	}
	c->last = as_counter(&c->last);
	c->placing.layout = SF_LAYOUT_RFC9605;
	if (c->use != NULL) {
		c->use->kid = 1;
		c->use->first_ctr |= kid << 8;
		c->use->last_ctr |= kid << 8;
	}
	if (c->behind.has_header && c->behind.kid == kid) {
		c->behind.kid = 1;
		c->behind.ctr |= kid << 8;
	}
	c->run_layout[SF_LAYOUT_RFC9605] += c->run_layout[SF_LAYOUT_OMARA];
	c->run_layout[SF_LAYOUT_OMARA] = 0;
}

/* What was taken for that draft's first key, because it began with CTR 0, was KID
   1 and a counter all the time: it goes on beyond one octet. */
static bool
correct_carry(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_placing p = c->placing;
	struct sf_run_header last, h;

	if (!c->running || p.layout != SF_LAYOUT_OMARA ||
	    c->use != c->pub->keys || c->last.kid_octets == 0)
		return false;
	last = as_counter(&c->last);
	p.layout = SF_LAYOUT_RFC9605;
	while (from < to && sf_run_passes_over(&c->recs[from]))
		from++;
	if (from == to || !sf_run_header(&h, &c->recs[from], p) ||
	    !goes_over(c, &c->recs[from], &h, &last))
		return false;
	read_as_counter(c);
	return true;
}

/* ---- behind a TOC octet that reads as a config octet ----------------------- */

static const struct sf_placing behind_toc = { 1, 1, SF_LAYOUT_RFC9605, false };

/* The header behind the first octet, as a sender would write it. */
static bool
header_behind(struct sf_run_header *h, const struct sf_record *r)
{
	return sf_run_header(h, r, behind_toc) && sf_run_is_minimal(h) &&
	       h->kid_octets + h->ctr_octets >= 2;
}

/* The last frame of the run in front of record from: NULL when it is gone. */
static const struct sf_record *
run_before(const struct sf_classifier *c, unsigned from)
{
	while (from-- > 0)
		if (c->recs[from].has_header)
			return &c->recs[from];
	return NULL;
}

/* From the run on, read behind the first octet, do the frames from..to go on? */
static bool
go_on_behind(const struct sf_classifier *c, unsigned from, unsigned to)
{
	const struct sf_record *last = run_before(c, from);
	struct sf_run_header a, b;
	unsigned n = 0;

	if (last == NULL || !header_behind(&a, last) || last->header.at != 0 ||
	    a.octets + 1 != last->header.octets)
		return false;
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (sf_run_passes_over(r))
			continue;
		if (!header_behind(&b, r) || !sf_classify_looks_clear(c, r) ||
		    !sf_run_follows(
			&a, last->last.time_ns, &b, r->last.time_ns))
			return false;
		a = b;
		last = r;
		n++;
	}
	return n > 0;
}

/* What was said of frames that are gone, by the header behind their first octet;
   its CTR is the end of what was read as CTR. */
static void
reread_gone(struct sf_classifier *c, uint64_t old, const struct sf_run_header *h)
{
	uint64_t mask = h->ctr_octets < 8
			    ? ((uint64_t)1 << 8 * h->ctr_octets) - 1
			    : UINT64_MAX;

	if (c->behind.has_header && c->behind.kid == old) {
		c->behind.kid = h->kid;
		c->behind.ctr &= mask;
	}
	if (c->use != NULL && c->use->kid == old) {
		c->use->kid = h->kid;
		c->use->first_ctr &= mask;
		c->use->last_ctr &= mask;
	}
}

/*
 * A TOC octet of Opus such as dc reads as a config octet, and the header that it
 * begins ends where the one behind it does: nothing tells which of them is there
 * until the TOC octet changes. Where the frames from..to begin as Opus does and go
 * on behind that, there the header was all the time.
 */
static bool
move_behind_toc(struct sf_classifier *c, unsigned from, unsigned to)
{
	uint64_t old = c->last.kid;

	if (!c->running || c->recs[from].video || c->placing.at != 0 ||
	    c->placing.descriptor || c->placing.layout != SF_LAYOUT_RFC9605 ||
	    c->last.kid_octets == 0 || !go_on_behind(c, from, to))
		return false;
	c->placing = behind_toc;
	for (unsigned i = 0; i < c->n; i++) {
		struct sf_record *r = &c->recs[i];
		struct sf_run_header h;

		if ((r->has_header && r->header.kid == old &&
			header_behind(&h, r)) ||
		    (i >= from && i < to && !sf_run_passes_over(r) &&
			header_behind(&h, r))) {
			sf_classify_mark(c, r, &h);
			reread_gone(c, old, &h);
		}
	}
	return true;
}

/*
 * A run found among records from..to begins: its first frame and the rest. It
 * may stand in front of one that was found before it, which is the one under
 * way.
 */
unsigned
sf_classify_begin(struct sf_classifier *c, struct sf_placing p, double new_pace,
    unsigned start, unsigned to)
{
	struct sf_placing placing = c->placing;
	struct sf_run_header last = c->last;
	uint64_t seq = c->last_seq;
	int64_t ns = c->last_ns;
	double pace = c->pace;
	bool in_front = c->running && c->recs[start].seq < seq;
	unsigned n;

	if (!in_front)
		correct_layout(c, p, &c->recs[start]);
	n = begin(c, p, new_pace, start, to);
	if (in_front) {
		c->placing = placing;
		c->last = last;
		c->last_seq = seq;
		c->last_ns = ns;
		c->pace = pace;
	}
	return n;
}

/* The first stretch at or after *from of frames that nothing was said of. */
bool
sf_classify_next_open(
    const struct sf_classifier *c, unsigned *from, unsigned *to)
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

void
sf_classify_runs(struct sf_classifier *c)
{
	unsigned from = 0, to;

	if (c->running)
		(void)walk(c, 0, c->n);
	while (sf_classify_next_open(c, &from, &to))
		if (correct_carry(c, from, to)) {
			(void)walk(c, from, to);
		} else if (sf_classify_bridge(c, from, to) ||
		    move_behind_toc(c, from, to)) {
			from = to;
		} else if (sf_classify_search(c, from, to) == 0) {
			sf_classify_mark_round(c, from, to);
			from = to;
		}
}
