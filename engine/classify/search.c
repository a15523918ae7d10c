#include "engine/classify/parts.h"

#include <math.h>
#include <string.h>

#include "engine/dialect/way.h"

#define DEEPEST       64 /* clear octets tried in front of a header */
#define DEEPEST_AUDIO 4
#define LAYOUTS       3
#define SHORT_RUNS    4 /* that may come before one that lasts */
#define SUSTAINED     5 /* frames that a run must have to be one */
#define LOOK          8 /* records of a look */
#define LOOKS         4 /* places that are looked at */
#define SUSTAINED_SHORT 6 /* the same for a short form after a known run */
#define RESUME        6 /* evidence for a run to go on after a known one */

struct search {
	const struct sf_classifier *of;
	const struct sf_record *recs;
	size_t n;
	bool video;
	bool heads;                       /* of the codec are in front */
	const struct sf_placing *running; /* of frames before these; or NULL */
	bool first; /* they are the stream's first frames */
	bool front; /* so far nothing but what stands in front was tried */
	struct sf_placing best;
	bool unsure; /* its at_key is one of several that may be it */
	struct sf_run_found found;
	size_t fit; /* frames of the best run; 0: none was found */
	size_t score;
};

/*
 * From its start on, how many frames does a run hold, of how many? Values in a
 * codec's own header or in a trailer can rise for a few frames and then do
 * something else.
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

		n += !sf_run_passes_over(r);
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

#define ROTATED 3 /* frames that run on under another KID: a key that changed */

/*
 * The same, and beyond changes of key: a header keeps its place through them,
 * and what is behind it, its counter's last octets say, must not seem to explain
 * more.
 */
static size_t
coverage_of_keys(const struct search *s, struct sf_placing p, size_t start)
{
	struct sf_run_header last, other = { 0 }, h;
	int64_t ns = s->recs[start].last.time_ns, other_ns = 0;
	size_t fit = 1;
	unsigned others = 0;

	if (!sf_run_header(&last, &s->recs[start], p))
		return 0;
	for (size_t i = start + 1; i < s->n; i++) {
		const struct sf_record *r = &s->recs[i];

		if (!sf_run_header(&h, r, p))
			continue;
		if (sf_run_follows(&last, ns, &h, r->last.time_ns)) {
			fit++;
			others = 0;
		} else {
			others = others > 0 && sf_run_follows(&other, other_ns,
						   &h, r->last.time_ns)
				     ? others + 1
				     : 1;
			other = h;
			other_ns = r->last.time_ns;
			if (others < ROTATED)
				continue;
			fit += others;
			others = 0;
		}
		last = h;
		ns = r->last.time_ns;
	}
	return fit;
}

#define VP8_TAG 3 /* octets, with the length of a partition, which varies */

#define SINGLE 1920 /* 40 ms at 48 kHz: what is shorter, one frame holds */

/* A TOC octet that says two frames where one has room for all of that: encoders
   make none, and config octets read so. */
static bool
is_halved(const struct sf_record *r)
{
	uint8_t code = r->head[r->core_at] & 3;

	return r->look == SF_LOOK_OPUS && r->samples < SINGLE &&
	       (code == 1 || code == 2);
}

/* Do the frames begin as their codec's do: it parses, and Opus tells the
   durations that timestamps tell? */
static bool
codec_heads(const struct search *s)
{
	size_t n = 0, fit = 0, same = 0;

	for (size_t i = 0; i + 1 < s->n; i++) {
		const struct sf_record *r = &s->recs[i], *next = r + 1;

		if (!r->complete || !next->complete || next->seq != r->seq + 1)
			continue;
		n++;
		fit += r->proof != SF_PROOF_NONE && !is_halved(r) &&
		       (r->samples == 0 ||
			   next->timestamp - r->timestamp == r->samples);
		same += r->codec == SF_CODEC_VP8 &&
			memcmp(r->head, next->head, VP8_TAG) == 0;
	}
	return fit * 2 > n && same * 2 < n;
}

/*
 * What a frame of evidence counts: where KID and CTR of a draft's header look
 * like a header of RFC 9605 behind a clear octet or two, or the other way round,
 * it is the codec's own head in front that tells which.
 */
static size_t
weight_of(const struct search *s, struct sf_placing p)
{
	/* what codecs of audio leave is their first octet */
	bool head = s->heads && (s->video || p.at == 1);
	size_t front = p.at == 0 || p.descriptor ? 7 : head ? 8 : 5;

	/* what stands right in front is it, unless another place explains more;
	   in front of long KIDs and small counters drafts look like RFC 9605 for a
	   while */
	if (p.at == 0 && p.layout == SF_LAYOUT_RFC9605)
		return 10;
	if (p.at == 0 && s->front)
		return 9;
	/* a key changed: the header is where it was */
	if (s->running != NULL && p.at == s->running->at &&
	    p.layout == s->running->layout &&
	    p.descriptor == s->running->descriptor)
		return 10;
	return front + (p.layout == SF_LAYOUT_RFC9605);
}

/* Would a sender that follows RFC 9605 4.3 have written these headers so? One of
   a draft, read behind its first octet, has its small counters in octets. */
static bool
is_minimal(const struct search *s, struct sf_placing p, size_t start)
{
	struct sf_run_header last, h;
	int64_t ns = s->recs[start].last.time_ns;

	if (!sf_run_header(&last, &s->recs[start], p) ||
	    !sf_run_is_minimal(&last))
		return false;
	for (size_t i = start + 1; i < s->n; i++) {
		const struct sf_record *r = &s->recs[i];

		/* media in between reads as any header, with that KID, too */
		if (!sf_run_header(&h, r, p) ||
		    !sf_run_follows(&last, ns, &h, r->last.time_ns))
			continue;
		if (!sf_run_is_minimal(&h))
			return false;
		last = h;
		ns = r->last.time_ns;
	}
	return true;
}

/*
 * The first run that lasts. A sender that changes its key after a few frames has
 * one before it that does not: what is behind that one is looked at on its own.
 */
static bool
lasting_run(struct sf_run_found *f, const struct search *s, struct sf_placing p,
    double level, size_t least)
{
	size_t from = 0, of;

	for (unsigned tries = 0; tries < SHORT_RUNS && from < s->n; tries++) {
		size_t fit;

		if (!sf_run_search(f, s->recs + from, s->n - from, p, level))
			return false;
		f->start += from;
		fit = coverage(s, p, f->start, SF_LEAST_RUN, &of);
		if (fit >= least && fit * 2 >= of)
			return true;
		from = f->start + (fit > 0 ? fit : 1);
	}
	return false;
}

/* Octets that senders leave in the clear, as far as is known. */
static bool
is_usual_head(const struct sf_record *r, uint8_t at)
{
	return at == 1 || at == 10 || (r->video && at == 3) ||
	       at == sf_way_clear(r);
}

#define DRAFT_CTR 5 /* octets: more frames than that nobody has sent */

/*
 * Headers of the drafts have no bit that says "this is one", and much that
 * counts reads like them: a word of a fixed width, a mark that some put in front
 * of theirs, the frame numbers of AV1 where its packetizer went over ciphertext.
 */
static bool
is_no_draft(const struct search *s, struct sf_placing p, size_t start)
{
	size_t n = 0, foreign = 0, within = 0;
	struct sf_run_header first, h;

	if (!sf_run_header(&first, &s->recs[start], p) ||
	    first.ctr_octets > DRAFT_CTR)
		return true;
	for (size_t i = start; i < s->n; i++) {
		const struct sf_record *r = &s->recs[i];

		/* media that comes behind the run reads as any header */
		if (!sf_run_header(&h, r, p) || h.kid != first.kid ||
		    h.ctr_octets > first.ctr_octets + 1)
			continue;
		n++;
		foreign += r->foreign;
		within += h.at > 0 && h.octets == 2 && !is_usual_head(r, h.at);
	}
	return foreign * 2 > n || within * 2 > n;
}

/* A user who has a key for the one reading says which it is: SFrame's KID 1, or
   that KID of the draft. */
enum said { SAID_NOTHING, SAID_RFC9605, SAID_OMARA };

static enum said
said_by_keys(const struct sf_classifier *c, uint64_t kid)
{
	if (c->unlock == NULL)
		return SAID_NOTHING;
	if (sf_keys_has(c->unlock->keys, 1, c->pub->ssrc))
		return SAID_RFC9605;
	return sf_dialect_keys_tried(c->unlock->dialects, SF_DIALECT_SFRAME_JS,
		   kid, c->pub->ssrc) == SF_TRIED_FORGED
		   ? SAID_OMARA
		   : SAID_NOTHING;
}

/*
 * KID 1 and a counter of RFC 9605, or a long KID of draft-omara-sframe and CTR 0
 * in its one octet? Up to CTR 255 nothing else tells; senders of RFC 9605 whose
 * stream begins with a multiple of 256 are few, and of the others all begin so.
 */
static bool
begins_as_omara(const struct search *s, size_t start, struct sf_placing p)
{
	const struct sf_record *r = &s->recs[start];
	struct sf_run_header h;
	enum said said;

	p.layout = SF_LAYOUT_OMARA;
	if (r->head[p.at] >> 4 != 1 || !sf_run_header(&h, r, p) ||
	    h.kid_octets == 0 || h.kid_octets > SF_OMARA_KID ||
	    h.kid_octets != sf_sframe_header_octets(h.kid))
		return false;
	said = said_by_keys(s->of, h.kid);
	if (said != SAID_NOTHING)
		return said == SAID_OMARA;
	/* in front of a key frame's header there is more: that was passed over */
	return s->first && start <= (r > s->recs && r[-1].key) &&
	       h.ctr == start && (h.kid & 0xff) != 0;
}

/* A signature, which no sender is known to make, and octets of a codec in front
   of that: rather the header is in front. */
static bool
claims_signature(const struct sf_record *r, struct sf_placing p)
{
	return p.layout == SF_LAYOUT_OMARA && p.at > 0 && r->head[p.at] >= 0x80;
}

/* Keeps the placing under which the most frames run on; of two that hold about
   as many, the one with the header of RFC 9605. */
static bool
try_placing(struct search *s, struct sf_placing p, double level, size_t least)
{
	struct sf_run_found f;
	size_t fit, score;

	if (!lasting_run(&f, s, p, level, least) ||
	    (p.layout != SF_LAYOUT_RFC9605 && is_no_draft(s, p, f.start)))
		return false;
	fit = coverage_of_keys(s, p, f.start);
	score = fit * weight_of(s, p);
	if (p.layout == SF_LAYOUT_RFC9605 && !p.descriptor &&
	    !is_minimal(s, p, f.start))
		score = score * 7 / 10;
	if (claims_signature(&s->recs[f.start], p) ||
	    (p.layout == SF_LAYOUT_RFC9605 && begins_as_omara(s, f.start, p)))
		score = score * 6 / 10;
	if (score > s->score) {
		s->best = p;
		s->found = f;
		s->fit = fit;
		s->score = score;
	}
	return true;
}

/* A key frame and the next frame: does the header run on from that place? */
static bool
runs_on_from(const struct sf_record *r, struct sf_placing p, uint8_t at_key)
{
	const struct sf_record *next = r + 1;
	struct sf_run_header a, b;

	p.at_key = at_key;
	return sf_run_header(&b, next, p) && sf_run_header(&a, r, p) &&
	       sf_run_follows(&a, r->last.time_ns, &b, next->last.time_ns);
}

#define VP8_KEY 10 /* octets of a key frame that most leave in the clear */
#define PLACES  (SF_RECORD_HEAD - 4)

/* May the header of this key frame, in front of a frame of the run, be at that
   place? */
static bool
may_be_at(const struct search *s, size_t i, uint8_t at)
{
	const struct sf_record *r = &s->recs[i];
	struct sf_placing p = s->best;
	struct sf_run_header before, h;

	/* parameter sets are in the clear, or no packetizer would know them */
	if ((r->codec == SF_CODEC_H264 || r->codec == SF_CODEC_H265) &&
	    at + 1 < sf_way_clear(r))
		return false;
	if (!runs_on_from(r, p, at))
		return false;
	if (i == 0 || r[-1].key || !sf_run_header(&before, &r[-1], p))
		return true;
	p.at_key = at;
	return sf_run_header(&h, r, p) &&
	       (before.kid != h.kid || before.ctr < h.ctr);
}

/*
 * Key frames mostly leave more in the clear than the frames between them. VP8's
 * have a zero in front of the place that is usual, which is KID 0 and CTR 0. A
 * header of one octet stands in many places by chance: what most key frames
 * bear out counts, and where several places are as good, nobody can tell.
 */
static void
settle_key_prefix(struct search *s)
{
	unsigned fit[PLACES] = { 0 }, places = 0;
	uint8_t best = VP8_KEY;

	for (size_t i = 0; i + 1 < s->n; i++) {
		const struct sf_record *r = &s->recs[i];

		if (!r->complete || !r->key || !r[1].complete || r[1].key)
			continue;
		for (uint8_t at = 0; at < PLACES; at++)
			fit[at] += may_be_at(s, i, at);
	}
	for (uint8_t at = 0; at < PLACES; at++)
		if (fit[at] > fit[best])
			best = at;
	if (fit[best] == 0)
		return;
	for (uint8_t at = 0; at < PLACES; at++)
		places += fit[at] == fit[best];
	s->best.at_key = best;
	s->unsure = places > 1 && best != VP8_KEY;
}

/* Of the eight records up to end, do some headers follow each other? */
static bool
some_follow(const struct search *s, struct sf_placing p, size_t end)
{
	struct sf_run_header later, h;
	int64_t ns = 0;
	unsigned looked = 0, follow = 0;

	for (size_t i = end; i-- > 0 && looked < LOOK;) {
		const struct sf_record *r = &s->recs[i];

		if (sf_run_passes_over(r))
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

/* A cheap look before the test, here and there: a run may be at the end, or be
   over by then. */
static bool
worth_trying(const struct search *s, struct sf_placing p)
{
	for (size_t k = LOOKS; k > 0; k--)
		if (some_follow(s, p, s->n * k / LOOKS))
			return true;
	return false;
}

/* Each depth of clear prefix is one more chance to be wrong: the level rises
   by the logarithm of how many are tried. Where nobody puts a header, a dozen
   frames of a picture that stands still may look like it. */
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
				(void)try_placing(s, p, level,
				    is_usual_head(&s->recs[0], at)
					? SUSTAINED
					: SF_LEAST_RUN);
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

/*
 * Does a run right in front explain nearly every frame, in headers as a sender
 * would write them? Where the codec's first octet reads as a config octet, f8
 * say, the fields of the true header behind it look like a KID of eight octets,
 * until CTR carries into it.
 */
static bool
explains_all(const struct search *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += !sf_run_passes_over(&s->recs[i]);
	return s->fit * 10 >= n * 9 &&
	       (!s->heads || is_minimal(s, s->best, s->found.start));
}

static void
try_all(struct search *s, bool prefixes)
{
	static const struct sf_placing behind = { 1, 1, SF_LAYOUT_RFC9605,
		true };

	if (all_descriptors(s) &&
	    try_placing(s, behind, SF_RUN_SURE, SUSTAINED))
		return;
	s->front = true;
	for (unsigned l = 0; l < LAYOUTS; l++)
		if (try_placing(s,
			(struct sf_placing){ 0, 0, (enum sf_layout)l, false },
			SF_RUN_SURE, SUSTAINED) &&
		    l == SF_LAYOUT_RFC9605 && (!prefixes || explains_all(s)) &&
		    !begins_as_omara(s, s->found.start, s->best))
			return;
	s->front = false;
	if (s->fit > 0 && s->best.layout != SF_LAYOUT_RFC9605)
		s->score = s->fit * weight_of(s, s->best);
	if (prefixes)
		try_prefixes(s);
}

/* A header long enough that few other octets read so twice: a KID in octets of
   its own, or a counter of two and more. */
static bool
is_long(const struct sf_run_header *h)
{
	return h->kid_octets > 0 || h->ctr_octets > 1;
}

/* The next KID, when CTR has no room left in its octet: of draft-omara-sframe it
   was a counter of RFC 9605 all the time, and of that, behind a codec's octet, one
   of another draft. Its own CTR would be in the config octet then. */
static bool
carries_over(const struct sf_run_header *last, const struct sf_run_header *h,
    struct sf_placing p)
{
	return (p.layout == SF_LAYOUT_OMARA ||
		   (p.layout == SF_LAYOUT_RFC9605 && p.at > 0 &&
		       !sf_run_is_minimal(h))) &&
	       h->ctr_octets == 1 && h->kid == last->kid + 1 &&
	       last->ctr > 0xf0 && h->ctr < 0x10;
}

/* The same form and place as the run before, under another KID, which needs little
   evidence where the form is long. */
static bool
resume_long(struct search *s, const struct sf_classifier *c, bool front)
{
	struct sf_run_header h;

	/* behind clear octets of a codec, more of its octets may come */
	if (!is_long(&c->last) ||
	    !try_placing(s, c->placing, front ? RESUME : SF_RUN_SURE,
		front ? 2 : SUSTAINED))
		return false;
	return sf_run_header(&h, &s->recs[s->found.start], c->placing) &&
	       h.kid_octets == c->last.kid_octets && is_long(&h) &&
	       !carries_over(&c->last, &h, c->placing);
}

/*
 * After a run is known, a new KID needs less evidence: the stream is SFrame, and
 * the key has changed. A short form says little; but a dozen frames in the place
 * of those before are more than chance.
 */
static bool
resume(struct search *s, const struct sf_classifier *c)
{
	bool front = c->placing.at == 0 || c->placing.descriptor;

	if (c->run_frames + c->n < SF_LEAST_RUN)
		return false;
	if (resume_long(s, c, front))
		return true;
	s->fit = s->score = 0;
	return front &&
	       try_placing(s, c->placing, SF_RUN_SURE / 2, SUSTAINED_SHORT);
}

/* Formats whose frames are not rebuilt hold codec headers between slices, and
   trailers hold counters: only a header right in front counts there. */
static bool
may_be_prefixed(const struct sf_classifier *c, const struct search *s)
{
	return s->n >= SF_LEAST_RUN &&
	       (sf_classify_codec(c) != SF_CODEC_UNKNOWN || !s->video);
}

/* A key frame in front of the run is its first frame, where the octets that it
   leaves in the clear are known by now. False when there is none. */
static bool
start_with_key_frame(struct search *s)
{
	size_t at = s->found.start;
	struct sf_run_header a, b;
	const struct sf_record *r;

	while (at > 0 && !s->recs[at - 1].complete)
		at--;
	if (at == 0 || s->best.at_key == s->best.at)
		return false;
	r = &s->recs[at - 1];
	if (!r->key || !sf_run_header(&a, r, s->best) ||
	    !sf_run_header(&b, &s->recs[s->found.start], s->best) ||
	    !sf_run_follows(
		&a, r->last.time_ns, &b, s->recs[s->found.start].last.time_ns))
		return false;
	s->found.start = at - 1;
	return true;
}

/* Looks for a run among records from..to and marks its frames. */
unsigned
sf_classify_search(struct sf_classifier *c, unsigned from, unsigned to)
{
	struct search s = { .of = c,
		.recs = &c->recs[from],
		.n = to - from,
		.video = c->recs[from].video,
		.running = c->running ? &c->placing : NULL,
		.first = from == 0 && c->number == 0 };
	struct sf_evidence *e = &c->pub->evidence;

	if (sf_classify_codec(c) == SF_CODEC_RTX)
		return 0;
	s.heads = codec_heads(&s);
	if (!c->running || !resume(&s, c))
		try_all(&s, may_be_prefixed(c, &s));
	if (s.fit == 0)
		return 0;
	/* no key frame among these: the rule of before holds */
	if (c->running && s.best.at_key == s.best.at &&
	    s.best.at == c->placing.at && s.best.layout == c->placing.layout)
		s.best.at_key = c->placing.at_key;
	else
		c->key_unsure = s.unsure;
	while (start_with_key_frame(&s))
		;
	e->sprt_llr = fmax(e->sprt_llr, s.found.llr);
	return sf_classify_begin(
	    c, s.best, s.found.pace, from + (unsigned)s.found.start, to);
}
