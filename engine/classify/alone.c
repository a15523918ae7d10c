/*
 * alone.c - a frame or a few amid protected ones that are not of their run:
 * too few for the tests that many frames are put to.
 */
#include "engine/classify/parts.h"

#include <math.h>
#include <string.h>

#include "parsers/sframe/header.h"

#define NEW_KEY  16  /* CTR below which a key is new */
#define FEW      4   /* frames */
#define LONG_RUN 60  /* frames of a run that those outside of it break */
#define RARE     200 /* frames for one outside that nothing is known of */
#define HEADLESS 3   /* frames that are not protected as the others are */
#define SILENCE  3   /* octets, at most */
#define ALONE    4.0 /* evidence: one string of octets in 55 */

/* Does it begin with the KID of the run, in octets of its own, or with what is
   left of them? Then it is the run's frame, cut short. */
bool
sf_classify_begins_as_run(
    const struct sf_classifier *c, const struct sf_record *r)
{
	uint8_t n = c->last.kid_octets;

	if (n == 0 || r->head_n < 2 ||
	    r->head[0] >> 4 != (uint8_t)(8 | (n - 1)))
		return false;
	for (uint8_t i = 0; i < n && i + 1 < r->head_n; i++)
		if (r->head[i + 1] != (uint8_t)(c->last.kid >> 8 * (n - 1 - i)))
			return false;
	return true;
}

/*
 * Could the frame begin the use of another key? Then its CTR is low or near the
 * one before.
 */
static bool
may_be_new_key(const struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_run_header h;

	return sf_run_header(&h, r, c->placing) &&
	       h.ctr_octets == sf_sframe_header_octets(h.ctr) &&
	       (h.ctr < NEW_KEY || h.ctr - c->last.ctr < NEW_KEY);
}

/* An Opus frame tells its duration, and the frame behind it comes then; copies
   come one by one. */
static bool
duration_fits(const struct sf_classifier *c, const struct sf_record *r)
{
	const struct sf_record *end = c->recs + c->n;
	const struct sf_record *a = r + 1 < end ? r : r - 1;

	return r->look != SF_LOOK_OPUS || c->copies ||
	       (a >= c->recs && a[1].seq == a->seq + 1 &&
		   a[1].timestamp - a->timestamp == r->samples);
}

/* The last complete frame in front of record from, kept or gone. */
static struct sf_behind
behind(const struct sf_classifier *c, unsigned from)
{
	while (from-- > 0) {
		const struct sf_record *r = &c->recs[from];

		if (r->complete)
			return (struct sf_behind){ r->has_header,
				(enum sf_dialect)r->dialect, r->header.kid,
				r->header.ctr };
	}
	return c->behind;
}

/* A CTR that the run is still below, behind it. */
static bool
is_ahead_of_what_follows(const struct sf_classifier *c,
    const struct sf_record *r, const struct sf_run_header *h)
{
	const struct sf_record *after = r + 1;

	while (after < c->recs + c->n && !(after->decided && after->has_header))
		after++;
	return after < c->recs + c->n && after->header.kid == h->kid &&
	       h->ctr_octets > after->header.ctr_octets;
}

/* It is none of the run's, and long enough to be told from what is cut short. */
bool
sf_classify_stranger(const struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_run_header h;

	if (c->cut_in_units)
		return false; /* of its own sender, in pieces */
	return c->in_way > 0 ||
	       (sf_run_header(&h, r, c->placing) &&
		   (h.kid != c->last.kid ||
		       is_ahead_of_what_follows(c, r, &h)) &&
		   !sf_classify_begins_as_run(c, r));
}

/* On both sides there are frames of one key, or of one format with marks of its
   own: what stands between them is no start of another key. */
bool
sf_classify_enclosed(const struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_behind b = behind(c, from);
	const struct sf_record *after = &c->recs[to];

	if (to >= c->n || !after->decided || !after->complete)
		return false;
	if (b.has_header)
		return after->has_header && after->header.kid == b.kid;
	return b.dialect != SF_DIALECT_NONE &&
	       after->dialect == (uint8_t)b.dialect;
}

bool
sf_classify_looks_clear(
    const struct sf_classifier *c, const struct sf_record *r)
{
	return r->proof != SF_PROOF_NONE && duration_fits(c, r);
}

#define RISING 3 /* frames that look like media, and rise as a counter does */

/*
 * Behind a longer gap a counter has gone further than a header of one octet is
 * trusted to, and streams that begin together make it jump. Where the run goes on
 * behind them under the same key, CTRs that rise from the one to the other are
 * its own: other octets than media have its config octet once in 256, and media
 * that has it does not rise.
 */
bool
sf_classify_bridge(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_behind b = behind(c, from);
	struct sf_run_header h;
	unsigned n = 0;
	bool clear = false;

	if (!sf_classify_enclosed(c, from, to) || !b.has_header ||
	    c->recs[to].header.at != c->placing.at)
		return false;
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (sf_run_passes_over(r))
			continue;
		if (!sf_run_header(&h, r, c->placing) || h.kid != b.kid ||
		    !sf_run_is_minimal(&h) || h.ctr <= b.ctr ||
		    h.ctr >= c->recs[to].header.ctr)
			return false;
		b.ctr = h.ctr;
		clear |= sf_classify_looks_clear(c, r);
		n++;
	}
	if (clear && n < RISING)
		return false;
	for (unsigned i = from; i < to; i++)
		if (sf_run_header(&h, &c->recs[i], c->placing))
			sf_classify_claim(
			    c, &c->recs[i], &h, c->placing.layout);
	return true;
}

/* TOC octets of 20 ms that libopus makes at a full band, mono and stereo, and at
   lower rates: what nearly every sender has. */
static bool
usual_toc(uint8_t toc)
{
	static const uint8_t usual[] = { 0x78, 0x7c, 0xf8, 0xfc };

	return memchr(usual, toc, sizeof(usual)) != NULL;
}

/* -ln of the chance that random octets look like that; negative: they do not
   look like media at all. */
static double
evidence_of(const struct sf_classifier *c, const struct sf_record *r)
{
	if (r->proof == SF_PROOF_STRONG)
		return r->surprise;
	if (r->proof != SF_PROOF_WEAK || !duration_fits(c, r) ||
	    !usual_toc(r->head[0]))
		return -1;
	return log(256.0 / 4);
}

/* The form of the header that the run has: could be the key of another. */
static bool
has_form_of_run(const struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_run_header h;

	return c->in_way == 0 && sf_run_header(&h, r, c->placing) &&
	       h.kid_octets == c->last.kid_octets &&
	       h.ctr_octets == c->last.ctr_octets;
}

static bool
rare(const struct sf_classifier *c)
{
	const struct sf_stream *s = c->pub;

	return s->by_state[SF_STATE_UNKNOWN] * RARE <= s->frames + RARE;
}

/*
 * Where every frame has a header behind the codec's first octets, those octets
 * prove nothing of one that has none; but it is not protected as the others are.
 * Key frames may have more octets in front, and formats of units have headers
 * anywhere.
 */
static bool
is_headless(const struct sf_classifier *c, const struct sf_record *r)
{
	enum sf_codec codec = sf_classify_codec(c);

	return c->running && c->placing.at > 0 && !c->placing.descriptor &&
	       (codec == SF_CODEC_OPUS || codec == SF_CODEC_RED ||
		   codec == SF_CODEC_VP8 || codec == SF_CODEC_VP9) &&
	       r->proof != SF_PROOF_NONE && !r->key && duration_fits(c, r) &&
	       rare(c);
}

bool
sf_classify_stray(
    const struct sf_classifier *c, const struct sf_record *r, bool enclosed)
{
	if (!sf_classify_whole(c))
		return enclosed && is_headless(c, r);
	return sf_classify_looks_clear(c, r) &&
	       !sf_classify_begins_as_run(c, r) &&
	       (enclosed || !may_be_new_key(c, r));
}

/* Read as headers where the run has its own, do some follow each other? Then
   another key may begin, or end, with them. */
static bool
headers_follow(const struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_run_header last = { 0 }, h;
	int64_t ns = 0;
	unsigned asked = 0, follow = 0;

	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (!r->complete)
			continue;
		if (!sf_run_header(&h, r, c->placing))
			h = (struct sf_run_header){ .octets = 0 };
		follow += asked++ > 0 && h.octets != 0 && last.octets != 0 &&
			  sf_run_follows(&last, ns, &h, r->last.time_ns);
		last = h;
		ns = r->last.time_ns;
	}
	return follow * 2 >= asked;
}

static bool
none_before(const struct sf_classifier *c, unsigned from)
{
	while (from-- > 0)
		if (c->recs[from].complete)
			return false;
	return true;
}

/* The stream's first frames, or its last, beside the run. */
bool
sf_classify_outermost(const struct sf_classifier *c, unsigned from, unsigned to)
{
	bool first = c->number == 0 && none_before(c, from) && to < c->n &&
		     c->recs[to].has_header;
	bool last = c->ending && to == c->n && behind(c, from).has_header;

	return (first || last) && !sf_classify_whole(c) &&
	       !headers_follow(c, from, to);
}

static bool
all_headless(const struct sf_classifier *c, unsigned from, unsigned to)
{
	unsigned n = 0;

	for (unsigned i = from; i < to; i++) {
		/* a pause may follow silence, whatever it says of its length; and
		   a key frame is what those beside it are */
		if (!c->recs[i].complete || c->recs[i].octets <= SILENCE ||
		    (c->recs[i].key && c->recs[i].proof == SF_PROOF_STRONG))
			continue;
		if (!is_headless(c, &c->recs[i]))
			return false;
		n++;
	}
	return n >= HEADLESS;
}

/*
 * In a long run that nothing else breaks, frames that look like media and carry
 * no header of it are media: a sender that protects every frame has none. The
 * odds are told with them.
 */
bool
sf_classify_alone(struct sf_classifier *c, unsigned from, unsigned to)
{
	double evidence = 0;
	unsigned n = 0;

	if (c->copies || c->in_way + c->run_frames + c->n < LONG_RUN ||
	    !rare(c))
		return false;
	if (!sf_classify_whole(c))
		return all_headless(c, from, to);
	for (unsigned i = from; i < to; i++) {
		struct sf_record *r = &c->recs[i];
		double e;

		if (!r->complete)
			continue;
		e = evidence_of(c, r);
		if (e < 0 || has_form_of_run(c, r) || ++n > FEW)
			return false;
		evidence += e;
	}
	if (n == 0 || evidence < ALONE)
		return false;
	for (unsigned i = from; i < to; i++)
		if (c->recs[i].proof == SF_PROOF_WEAK)
			c->recs[i].surprise =
			    (float)evidence_of(c, &c->recs[i]);
	return true;
}
