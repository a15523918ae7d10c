#include "checks/check.h"

/*
 * One frame in some ten thousand holds a start code by chance: one that stands
 * alone is no packetizer at work on ciphertext.
 */
#define FEW     2
#define PERCENT 1

static bool
is_video_of_units(const struct sf_stream *s)
{
	return s->codec == SF_CODEC_H264 || s->codec == SF_CODEC_H265 ||
	       s->codec == SF_CODEC_AV1;
}

static bool
can_be_rewritten(const struct sf_stream *s)
{
	return (is_video_of_units(s) || s->evidence.rewritten > 0) &&
	       s->protection != SF_PROT_SRTP && s->frames != 0 &&
	       s->protection != SF_PROT_PLAINTEXT;
}

bool
sf_packetizer_rewrote(const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;

	return can_be_rewritten(s) && e->rewritten >= FEW &&
	       e->rewritten * 100 >= s->frames * PERCENT;
}

static void
judge_rewritten(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;

	if (!can_be_rewritten(s))
		return;
	if (!sf_packetizer_rewrote(s)) {
		sf_passed(k, SFR001, 1);
		return;
	}
	sf_failed(k, SFR001, s->id, 1, e->rewritten_first, e->rewritten_last)
	    ->frames = e->rewritten;
}

static void
fail_clear_repairs(struct sf_checks *k, const struct sf_stream *s)
{
	for (const struct sf_interval *v = s->intervals; v != NULL;
	     v = v->next) {
		struct sf_finding *f;

		if (v->state != SF_STATE_PLAINTEXT)
			continue;
		f = sf_failed(k, SFR002, s->id, 1, v->first, v->last);
		f->frames += v->frames;
		sf_add_example(f, sf_example_shown(&v->shown));
	}
}

/* A retransmission (RFC 4588) against the stream that it repeats. */
static void
judge_repair(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_stream *of =
	    s->repairs == 0 ? NULL : k->by_id[s->repairs - 1];
	uint64_t clear = s->by_state[SF_STATE_PLAINTEXT];

	if (of == NULL || of->protection == SF_PROT_SRTP)
		return;
	if (clear > 0 && of->protection != SF_PROT_PLAINTEXT)
		fail_clear_repairs(k, s);
	else
		sf_passed(k, SFR002, 1);
	if (s->evidence.conflicts > 0)
		sf_failed(
		    k, SFR003, s->id, s->evidence.conflicts, s->first, s->last);
	else
		sf_passed(k, SFR003, s->evidence.copies);
}

/* What the packets show, and the rule that it breaks. */
static const struct {
	enum sf_payload_fact fact;
	enum sf_finding_id rule;
} descriptor_rules[] = {
	{ SF_PAYLOAD_START_AGAIN, SFR004 },
	{ SF_PAYLOAD_END_EARLY, SFR005 },
	{ SF_PAYLOAD_MIXED_T, SFR006 },
	{ SF_PAYLOAD_RESERVED, SFR007 },
	{ SF_PAYLOAD_DIFFERS, SFR008 },
	{ SF_PAYLOAD_MARKER, SFR009 },
	{ SF_PAYLOAD_EXTENSIONS, SFR010 },
	{ SF_PAYLOAD_NO_DESCRIPTOR, SFR011 },
	{ SF_PAYLOAD_BROKEN, SFR012 },
	{ SF_PAYLOAD_SPLIT, SFR013 },
	{ SF_PAYLOAD_PADDING, SFR014 },
	{ SF_PAYLOAD_T_ON_FRAME, SFR015 },
	{ SF_PAYLOAD_NO_T, SFR016 },
};

/* Packets that a rule was asked of. */
static uint64_t
asked_of(const struct sf_payload_facts *f, enum sf_finding_id rule)
{
	if (rule == SFR015)
		return f->t;
	return rule == SFR016 ? f->joined : f->of[SF_PAYLOAD_PACKETS].n;
}

static void
join(struct sf_payload_count *a, const struct sf_payload_count *b)
{
	if (b->n == 0)
		return;
	if (a->n == 0 || b->first.time_ns < a->first.time_ns)
		a->first = b->first;
	if (a->n == 0 || b->last.time_ns > a->last.time_ns)
		a->last = b->last;
	a->n += b->n;
}

/* Packets that can be either are what those are that can be but one. */
static struct sf_payload_count
count_of(const struct sf_payload_facts *f, enum sf_payload_fact fact)
{
	struct sf_payload_count x = f->of[fact];
	enum sf_payload_fact maybe =
	    f->of[SF_PAYLOAD_NO_DESCRIPTOR].n > 0 ? SF_PAYLOAD_NO_DESCRIPTOR
						  : SF_PAYLOAD_RESERVED;

	if (fact == maybe)
		join(&x, &f->of[SF_PAYLOAD_NONE_MAYBE]);
	return x;
}

/* Amid frames in the clear, or right beside them, what reads as a descriptor with
   a fault is the rest of one of them, whose first packet was lost. */
static bool
is_amid_clear(const struct sf_stream *s, const struct sf_payload_count *x)
{
	const struct sf_interval *before = NULL;

	for (const struct sf_interval *v = s->intervals; v != NULL;
	     before = v, v = v->next)
		if (v->state == SF_STATE_PLAINTEXT &&
		    (before == NULL ||
			x->first.time_ns > before->last.time_ns) &&
		    (v->next == NULL ||
			x->last.time_ns < v->next->first.time_ns))
			return true;
	return false;
}

/* Frames of which the counters show that they are SFrame vouch for what stands
   in front of them. */
static void
judge_descriptors(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_payload_facts *f = s->payload;

	if (f == NULL || f->of[SF_PAYLOAD_PACKETS].n == 0 ||
	    s->dialect != SF_DIALECT_RTP_SFRAME)
		return;
	for (size_t i = 0;
	     i < sizeof(descriptor_rules) / sizeof(descriptor_rules[0]); i++) {
		struct sf_payload_count x =
		    count_of(f, descriptor_rules[i].fact);
		enum sf_finding_id rule = descriptor_rules[i].rule;

		if (x.n == 0)
			sf_passed(k, rule, asked_of(f, rule));
		else if (is_amid_clear(s, &x))
			sf_cannot_tell(k, rule);
		else
			sf_add_example(
			    sf_failed(k, rule, s->id, x.n, x.first, x.last),
			    (struct sf_example){ .place = x.first });
	}
}

void
sf_judge_payload(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (s->kind == SF_KIND_REPAIR) {
			judge_repair(k, s);
		} else {
			judge_rewritten(k, s);
			judge_descriptors(k, s);
		}
}
