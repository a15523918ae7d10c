#include "checks/check.h"

/* What counts as protected: in a format that nothing is known of, the frames that
   are not media. */
static bool
is_protected(const struct sf_stream *s, const struct sf_interval *v)
{
	return v->state == SF_STATE_VERIFIED ||
	       v->state == SF_STATE_ENCRYPTED || v->state == SF_STATE_FAILED ||
	       (v->state == SF_STATE_UNKNOWN &&
		   s->dialect == SF_DIALECT_OPAQUE);
}

/* From the first clear frame behind a header to the last. */
static struct sf_finding *
failed_bare(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_place *first = &s->first, *last = &s->last;
	bool begun = false;

	for (const struct sf_interval *v = s->intervals; v != NULL; v = v->next)
		if (v->state == SF_STATE_PLAINTEXT &&
		    v->shown.look == SF_LOOK_BODY) {
			first = begun ? first : &v->first;
			last = &v->last;
			begun = true;
		}
	return sf_failed(k, SFP008, s->id, 1, *first, *last);
}

static void
judge_bare(struct sf_checks *k, const struct sf_stream *s)
{
	if (s->evidence.bare == 0) {
		sf_passed(k, SFP008, s->evidence.run_frames > 0);
		return;
	}
	failed_bare(k, s)->frames = s->evidence.bare;
}

struct sf_example
sf_example_shown(const struct sf_shown *s)
{
	struct sf_example e = { .place = s->place, .shown = *s };

	if (s->at != 0) {
		e.at = s->at;
		e.end = s->at + s->n;
	}
	return e;
}

static void
fail_interval(struct sf_checks *k, enum sf_finding_id rule,
    const struct sf_stream *s, const struct sf_interval *v)
{
	struct sf_finding *f = sf_failed(k, rule, s->id, 1, v->first, v->last);

	f->frames += v->frames;
	sf_add_example(f, sf_example_shown(&v->shown));
}

static void
judge_intervals(struct sf_checks *k, const struct sf_stream *s)
{
	bool whole = s->protection == SF_PROT_PLAINTEXT;
	bool seen_protected = false;

	for (const struct sf_interval *v = s->intervals; v != NULL;
	     v = v->next) {
		seen_protected |= is_protected(s, v);
		if (v->state != SF_STATE_PLAINTEXT)
			continue;
		fail_interval(k,
		    whole            ? SFP001
		    : seen_protected ? SFP003
				     : SFP002,
		    s, v);
	}
}

static void
pass_stream(struct sf_checks *k, const struct sf_stream *s)
{
	bool plain = s->by_state[SF_STATE_PLAINTEXT] > 0;

	if (s->protection == SF_PROT_SRTP ||
	    s->protection == SF_PROT_UNDECIDABLE) {
		sf_cannot_tell(k, SFP001);
		sf_cannot_tell(k, SFP002);
		sf_cannot_tell(k, SFP003);
		return;
	}
	if (s->protection != SF_PROT_PLAINTEXT)
		sf_passed(k, SFP001, 1);
	if (!plain) {
		sf_passed(k, SFP002, 1);
		sf_passed(k, SFP003, 1);
	}
}

/* Of few frames that begin as a codec's do, the rest may be in the clear as
   well: that is no fact about heads. */
static void
judge_partly(struct sf_checks *k, const struct sf_stream *s)
{
	bool partly =
	    (s->protection == SF_PROT_PARTLY_CLEAR && s->clear_octets > 0) ||
	    s->why == SF_WHY_CLEAR_HEAD;
	struct sf_finding *f;

	if (s->why == SF_WHY_CLEAR_HEAD && s->wanted > 0) {
		sf_cannot_tell(k, SFP004);
		return;
	}
	if (!partly) {
		sf_passed(k, SFP004,
		    s->protection == SF_PROT_CONSISTENT ||
			s->protection == SF_PROT_VERIFIED);
		return;
	}
	f = sf_failed(k, SFP004, s->id, 1, s->first, s->last);
	f->frames = s->frames;
	f->clear_octets = s->clear_octets;
}

static void
judge_signalled(struct sf_checks *k, const struct sf_stream *s)
{
	struct sf_finding *f;

	if (!s->signalled)
		return;
	if (s->protection == SF_PROT_SRTP ||
	    s->protection == SF_PROT_UNDECIDABLE)
		sf_cannot_tell(k, SFS001);
	else if (s->by_state[SF_STATE_PLAINTEXT] == 0)
		sf_passed(k, SFS001, 1);
	else {
		f = sf_failed(k, SFS001, s->id, 1, s->first, s->last);
		f->frames = s->by_state[SF_STATE_PLAINTEXT];
	}
}

/* Frames that are told apart from the rest of a protected stream. */
static void
judge_aside(struct sf_checks *k, enum sf_finding_id rule,
    const struct sf_stream *s, const struct sf_aside *a, uint64_t asked)
{
	struct sf_finding *f;

	if (a->frames == 0) {
		sf_passed(k, rule, asked);
		return;
	}
	f = sf_failed(k, rule, s->id, 1, a->first, a->last);
	f->frames = a->frames;
	sf_add_example(f, sf_example_shown(&a->shown));
}

static bool
is_covered(const struct sf_stream *s)
{
	return s->protection == SF_PROT_VERIFIED ||
	       s->protection == SF_PROT_CONSISTENT ||
	       s->protection == SF_PROT_PARTLY_CLEAR ||
	       s->protection == SF_PROT_OTHER_DIALECT ||
	       s->protection == SF_PROT_MIXED;
}

/* Or, where it is no media itself, does its sender protect any? */
static bool
sender_covers(const struct sf_checks *k, const struct sf_stream *s)
{
	if (s->why != SF_WHY_NOT_MEDIA)
		return is_covered(s);
	for (const struct sf_stream *o = k->result.model->streams; o != NULL;
	     o = o->next)
		if (o != s && is_covered(o) && sf_same_endpoint(k, o, s))
			return true;
	return false;
}

/* Payload types beside the media: signals, that are too short to be encrypted. */
static void
judge_beside(struct sf_checks *k, const struct sf_stream *s)
{
	if (s->events.frames + s->noise.frames == 0 || !sender_covers(k, s))
		return;
	judge_aside(k, SFP010, s, &s->events, 0);
	judge_aside(k, SFP011, s, &s->noise, 0);
}

/* What RED and FEC repeat of a protected stream. */
static void
judge_copies(struct sf_checks *k, const struct sf_stream *s)
{
	if (s->protection == SF_PROT_PLAINTEXT)
		return;
	if (s->copies.frames > 0 || s->evidence.copies_differ == 0)
		judge_aside(k, SFP009, s, &s->copies, s->evidence.copies);
	else
		sf_cannot_tell(k, SFP009);
}

#define LEAST_FEC 3 /* packets: one may protect what an SFU has changed */

/* Of FEC packets whose packets were all captured, most should give these. */
static void
judge_fec(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_aside *a = &s->fec_other;

	uint64_t judged = s->evidence.fec_judged;

	if (s->evidence.fec == 0)
		return;
	if (!is_covered(s) || judged == 0 ||
	    (a->frames > 0 &&
		(a->frames < LEAST_FEC || a->frames * 2 < judged)))
		sf_cannot_tell(k, SFP013);
	else
		judge_aside(k, SFP013, s, a, judged);
}

/* Behind the header all is uniform, to the last octet. */
static void
judge_ends(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;
	uint64_t clear = e->tails > e->middles ? e->tails : e->middles;

	if (e->run_frames == 0 || e->bare > 0 ||
	    s->protection == SF_PROT_PLAINTEXT)
		return; /* or all of it is said to be clear already */
	if (clear > 0)
		sf_failed(k, SFP014, s->id, 1, s->first, s->last)->frames =
		    clear;
	else
		sf_passed(k, SFP014, 1);
	if (e->trailers > 0)
		sf_failed(k, SFP015, s->id, 1, s->first, s->last)->frames =
		    e->trailers;
	else
		sf_passed(k, SFP015, 1);
}

void
sf_judge_clear(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		uint64_t in_run;

		if (s->kind != SF_KIND_REPAIR)
			judge_beside(k, s);
		if (s->kind == SF_KIND_REPAIR || s->why == SF_WHY_NOT_MEDIA)
			continue;
		in_run = s->evidence.run_frames > 0;
		judge_intervals(k, s);
		pass_stream(k, s);
		judge_partly(k, s);
		judge_signalled(k, s);
		judge_bare(k, s);
		judge_ends(k, s);
		judge_copies(k, s);
		judge_fec(k, s);
		judge_aside(k, SFP005, s, &s->silence, in_run);
		judge_aside(k, SFP006, s, &s->injected, in_run);
		judge_aside(k, SFP012, s, &s->strangers, in_run);
		/* where most strangers look like nothing, a few do by chance */
		if (s->strays.frames * 2 > s->by_state[SF_STATE_UNKNOWN] ||
		    s->strays.frames == 0)
			judge_aside(k, SFP007, s, &s->strays, in_run);
		else
			sf_cannot_tell(k, SFP007);
	}
}
