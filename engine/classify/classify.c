#include "engine/classify/classify.h"

#include <math.h>
#include <string.h>

#include "engine/classify/parts.h"
#include "engine/depay/rebuild.h"

#define BLOCK_FULL (SF_BLOCK - 1)
#define PROVED     16 /* frames that need no neighbours go in such batches */

static void
prefetch_seen(const struct sf_classifier *c, const struct sf_classify_run *run,
    unsigned ready)
{
	for (unsigned i = 0; i < ready; i++)
		if (c->recs[i].has_header)
			sf_seen_prefetch(&run->seen,
			    sf_classify_scope(
				&c->recs[i], c->recs[i].header.kid),
			    c->recs[i].header.ctr);
}

/* How many frames of the block are ready to go. */
static unsigned
judge(struct sf_classifier *c)
{
	bool running = c->running;
	unsigned tested, told;

	/* what does not carry on the run under way is looked at behind it */
	if (!running || c->way != NULL)
		sf_classify_dialects(c);
	sf_classify_runs(c);
	if (!running)
		sf_classify_give_back(c);
	if (running && c->way == NULL)
		sf_classify_dialects(c);
	tested = sf_classify_bodies(c);
	told = sf_classify_open(c);
	return tested < told ? tested : told;
}

static void
settle(struct sf_classifier *c, struct sf_classify_run *run)
{
	unsigned ready = c->n_proved == c->n ? c->n : judge(c);

	prefetch_seen(c, run, ready);
	for (unsigned i = 0; i < ready; i++) {
		c->n_proved -= c->recs[i].proved;
		sf_classify_emit(c, run, &c->recs[i]);
	}
	if (c->behind.has_header || c->behind.dialect != SF_DIALECT_NONE)
		c->before = SF_CLEAR_FEW;
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

	if (!c->running || c->open || !sf_classify_continues(c, r, &h) ||
	    (sf_run_short_form(&h) &&
		!sf_run_explained(&c->last, &h,
		    sf_run_packets(
			c->last_seq, c->last_ns, r->seq, r->last.time_ns),
		    c->pace)))
		return false;
	sf_classify_mark(c, r, &h);
	return true;
}

/*
 * A start code inside a header of ours: the packetizer of H.264 or H.265 went
 * over it, and a code of three octets came back with four. So does the header
 * carry the run on that it makes without the octet too many?
 */
static bool
carries_on_cut(
    struct sf_classifier *c, struct sf_record *r, const struct sf_frame *f)
{
	unsigned at = r->key ? c->placing.at_key : c->placing.at;
	struct sf_record maybe;

	if (!c->running || f->codec == SF_CODEC_AV1)
		return false;
	for (unsigned i = 1; i < f->units && i < SF_FRAME_MARKS; i++) {
		uint32_t mark = f->marks[i];

		if (mark < at)
			continue;
		if (mark >= at + SF_SFRAME_HEADER_MAX || mark >= r->head_n)
			return false;
		maybe = *r;
		maybe.octets--;
		maybe.head_n--;
		memmove(maybe.head + mark, r->head + mark + 1,
		    r->head_n - mark - 1U);
		maybe.rebuilt = carries_on(c, &maybe);
		if (maybe.rebuilt)
			*r = maybe;
		return maybe.rebuilt;
	}
	return false;
}

/* The SSRC of each stream with frames: a key may have been made for it. */
static void
note_ssrc(struct sf_classifier *c, struct sf_unlock *u)
{
	if (c->unlock == NULL && u->n_ssrcs < SF_OTHERS)
		u->ssrcs[u->n_ssrcs++] = c->pub->ssrc;
	c->unlock = u;
}

/* A frame that a key opens needs no neighbours to tell what it is. */
static bool
opens(struct sf_classifier *c, struct sf_unlock *u, struct sf_record *r,
    struct sf_bytes frame)
{
	struct sf_run_header header;
	struct sf_placing p;

	if (u->keys == NULL || sf_classify_codec(c) == SF_CODEC_RTX)
		return false;
	note_ssrc(c, u);
	sf_opener_try(&c->opener, u, r, frame, c->pub->ssrc, &p);
	if (r->tried != SF_TRIED_OPENED)
		return false;
	c->placing = p;
	header = r->header;
	sf_classify_mark(c, r, &header);
	return true;
}

#define REBUILT_MOST 64 /* frames of a stream tried in other ways in vain */

/* Does it open in one of the ways that it may have read before the codec's
   packetizer went over it? */
static bool
opens_rebuilt(struct sf_classifier *c, struct sf_classify_run *run,
    struct sf_record *r, const struct sf_frame *frame)
{
	uint8_t at = r->key ? c->opener.placing.at_key : c->opener.placing.at;
	struct sf_frame other = *frame;

	if (!sf_rebuild_worth(frame) || c->rebuilt_in_vain == REBUILT_MOST)
		return false;
	for (unsigned way = 0; way < SF_REBUILD_WAYS; way++) {
		struct sf_record maybe;
		size_t n = sf_rebuild(
		    run->scratch, run->scratch_octets, frame, way, at);

		if (n == 0)
			continue;
		other.octets = sf_bytes(run->scratch, n);
		other.hash = 0;
		sf_record_of(&maybe, &other);
		if (opens(c, &run->unlock, &maybe, other.octets)) {
			*r = maybe;
			r->rebuilt = true;
			return true;
		}
	}
	c->rebuilt_in_vain++;
	return false;
}

/* A frame whose record is the next one. */
static void
take(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_frame *frame)
{
	struct sf_record *r = &c->recs[c->n++];

	c->hop = frame->hop;
	c->foreign += frame->foreign && frame->codec == SF_CODEC_AV1;
	c->cut_in_units |=
	    frame->foreign && frame->units > 1 && frame->codec == SF_CODEC_AV1;
	if (r->complete && !opens(c, &run->unlock, r, frame->octets) &&
	    (run->scratch == NULL || !opens_rebuilt(c, run, r, frame)) &&
	    !sf_classify_open_dialect(
		c, run->unlock.dialects, r, frame->octets) &&
	    !carries_on_cut(c, r, frame) && !carries_on(c, r) &&
	    !sf_classify_in_dialect(c, r)) {
		c->open = true;
		sf_record_prove(r, frame);
		/* among so much that is no AV1, some reads as if it were */
		if (c->cut_in_units && c->foreign * 2 > c->number + c->n)
			r->proof = SF_PROOF_NONE;
	} else {
		sf_classify_middle(c, r, frame->octets);
	}
	r->proved = r->tried == SF_TRIED_OPENED || !r->complete;
	c->n_proved += r->proved;
	if (c->n >= BLOCK_FULL || (c->n >= PROVED && c->n_proved == c->n))
		settle(c, run);
}

void
sf_classify_frame(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_frame *frame)
{
	sf_record_of(&c->recs[c->n], frame);
	take(c, run, frame);
}

void
sf_classify_record(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_frame *frame, const struct sf_record *record)
{
	c->recs[c->n] = *record;
	take(c, run, frame);
}

void
sf_classify_finish(struct sf_classifier *c, struct sf_classify_run *run)
{
	struct sf_evidence *e = &c->pub->evidence;

	c->ending = true;
	while (c->n > 0)
		settle(c, run);
	if (run->unlock.keys != NULL)
		sf_opener_finish(&c->opener, &run->unlock, c->pub->ssrc);
	c->pub->suite = c->opener.suite;
	c->pub->diagnosis = c->opener.diagnosis;
	e->controls = c->opener.controls + c->way_opener.controls;
	e->controls_opened =
	    c->opener.controls_opened + c->way_opener.controls_opened;
	e->run_frames = c->run_frames;
	e->breaks = c->running ? c->pub->frames - c->run_frames : 0;
	e->header_chance = 1;
	if (c->run_frames > 1)
		e->header_chance = fmax(1e-300,
		    pow(sf_run_chance(&c->last, c->pub->kind == SF_KIND_VIDEO),
			(double)(c->run_frames - 1)));
	/* silence may be the same by chance where counters start over */
	if (c->other > c->same)
		c->pub->forwards = 0;
	sf_classify_middles(c);
	sf_classify_protect(c);
	e->iv_refused = c->pub->dialect == SF_DIALECT_OPAQUE &&
			sf_dialect_keys_any(run->unlock.dialects,
			    SF_DIALECT_RANDOM_IV, c->pub->ssrc);
}
