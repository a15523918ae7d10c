#include "checks/check.h"

static struct sf_conflict *
conflict_for(struct sf_checks *k, uint32_t a, uint32_t b, uint64_t kid)
{
	struct sf_conflict *c;

	for (unsigned i = 0; i < k->n_conflicts; i++) {
		c = &k->conflicts[i];
		if (c->a == a && c->b == b && c->kid == kid)
			return c;
	}
	if (k->n_conflicts == SF_PAIRS)
		return NULL;
	c = &k->conflicts[k->n_conflicts++];
	*c = (struct sf_conflict){ .a = a, .b = b, .kid = kid };
	return c;
}

static void
widen(struct sf_conflict *c, struct sf_place first, struct sf_place last)
{
	if (c->count == 0 || first.time_ns < c->first.time_ns)
		c->first = first;
	if (c->count == 0 || last.time_ns > c->last.time_ns)
		c->last = last;
}

/*
 * Frames wait to be judged, and then may come behind those of a stream that began
 * after them: it is the later one that used the pair again, from its first frame
 * on for all that is known.
 */
static void
note_conflict(struct sf_checks *k, const struct sf_frame_event *ev)
{
	const struct sf_stream_memory *m = &k->streams[ev->seen_stream - 1];
	uint32_t a = ev->seen_stream, b = ev->stream->id;
	bool waited = a != b && m->any && ev->last.time_ns < m->first.time_ns;
	struct sf_conflict *c = waited ? conflict_for(k, b, a, ev->kid)
				       : conflict_for(k, a, b, ev->kid);

	if (c == NULL)
		return;
	if (waited)
		widen(c, m->first, m->first);
	else
		widen(c, ev->first, ev->last);
	c->count++;
	if (k->streams[ev->stream->id - 1].restarted && c->restarted++ == 0)
		c->restarted_at = ev->first;
	c->by_key |= ev->fingerprint != 0;
	if (c->n_examples < SF_EXAMPLES && !waited)
		c->examples[c->n_examples++] = sf_example_of(ev);
}

#define UNSEEN   2000    /* frames that may be lost, whatever the time */
#define FRAME_NS 5000000 /* and one more in so much time */

/*
 * A counter that wraps is behind when it is less than half a turn back. Those
 * that do count every frame of one stream: a step that no loss explains is a
 * start at another value.
 */
static bool
fell(const struct sf_stream_memory *m, const struct sf_frame_event *ev)
{
	uint64_t before = m->ctr, turn = ev->modulus, step;
	int64_t passed = ev->last.time_ns - m->last.time_ns;

	if (turn == 0 || ev->ctr >= turn || before >= turn)
		return ev->ctr <= before;
	step = (ev->ctr + turn - before) % turn;
	return step - 1 >= turn / 2 ||
	       step > UNSEEN + (passed > 0 ? (uint64_t)passed / FRAME_NS : 0);
}

void
sf_check_nonce(struct sf_checks *k, const struct sf_frame_event *ev)
{
	struct sf_stream_memory *m = &k->streams[ev->stream->id - 1];
	bool back, same_use;

	/* DAVE and others start over under a new key that does not show */
	if (!ev->has_nonce && ev->dialect != SF_DIALECT_NONE)
		sf_cannot_tell(k, SFN001);
	if (!ev->has_nonce)
		return;
	same_use = m->any && m->kid == ev->kid && m->source == ev->source &&
		   m->fingerprint == ev->fingerprint;
	m->restarted =
	    same_use && (m->restarted || (ev->seen == SF_SEEN_DIFFERENT &&
					     !ev->copy && fell(m, ev)));
	if (ev->seen == SF_SEEN_DIFFERENT)
		note_conflict(k, ev);
	else
		sf_passed(k, SFN001, 1);
	sf_expect(k, SFN003,
	    ev->seen != SF_SEEN_SAME || ev->seen_stream != ev->stream->id, ev);
	/* proven reuse is told as that, a repeat as a repeat */
	if (!ev->rises || ev->copy)
		return;
	back = same_use && fell(m, ev) && ev->seen == SF_SEEN_NEW;
	sf_expect(k, SFN002, !back, ev);
	*m = (struct sf_stream_memory){ ev->kid, ev->ctr, ev->fingerprint,
		ev->source, m->any ? m->first : ev->first, ev->last, true,
		m->restarted };
}

/* ---- at the end: whose keys were they? ------------------------------------ */

static uint64_t
low_bits(unsigned n)
{
	return n >= 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1;
}

/*
 * The KID was left and came back after a full cycle of its low bits: both KID
 * schemes do that by design, under a new key (RFC 9605 5.1, 5.2). Two values
 * to and fro are no cycle.
 */
static bool
rolled_over(const struct sf_stream *s, uint64_t kid)
{
	uint64_t last = kid, uses = 0;
	bool left = false;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next) {
		if (u->kid == kid && left && uses >= 3 &&
		    ((uses + 1) & uses) == 0)
			return true;
		if (u->kid == kid) {
			left = true;
			uses = 0;
		} else if (left && (u->kid & low_bits(16)) != last) {
			uses++;
		}
		last = u->kid & low_bits(16);
	}
	return false;
}

/* The uses from..to are the other values of the low bits, each the next. */
static bool
in_order(
    const struct sf_key_use *from, const struct sf_key_use *to, uint64_t kid)
{
	uint64_t values = 1, mask, i = 0;

	for (const struct sf_key_use *u = from; u != to; u = u->next)
		values++;
	mask = values - 1;
	if (values < 4 || (values & mask) != 0)
		return false;
	for (const struct sf_key_use *u = from; u != to; u = u->next) {
		i++;
		if (u->kid != ((kid & ~mask) | ((kid + i) & mask)))
			return false;
	}
	return true;
}

/* The same in order: nobody comes to that by a mistake with a counter. */
static bool
went_round_in_order(const struct sf_stream *s, uint64_t kid)
{
	const struct sf_key_use *from = NULL;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next) {
		if (u->kid != kid)
			continue;
		if (from != NULL && in_order(from, u, kid))
			return true;
		from = u->next;
	}
	return false;
}

#define RESTART 3 /* frames: one that is very late is none */

enum scope { SCOPE_ONE, SCOPE_TWO, SCOPE_UNSURE };

/* Of the key that opened this KID's frames; 0: none did. */
static uint64_t
fingerprint_of(const struct sf_stream *s, uint64_t kid)
{
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (u->kid == kid && u->fingerprint != 0)
			return u->fingerprint;
	return 0;
}

static enum scope
scope_of(const struct sf_checks *k, const struct sf_stream *a,
    const struct sf_stream *b, uint64_t kid)
{
	const struct sf_checks_options *o = &k->options;
	uint64_t key_a = fingerprint_of(a, kid), key_b = fingerprint_of(b, kid);

	/* with keys, the scope is the key itself */
	if (a != b && key_a != 0 && key_b != 0)
		return key_a == key_b ? SCOPE_ONE : SCOPE_TWO;
	if (sf_origin_of(k, a) == sf_origin_of(k, b))
		return SCOPE_ONE;
	if (o->per_ssrc_keys)
		return SCOPE_TWO;
	if (a->dialect == SF_DIALECT_RTP_SFRAME ||
	    b->dialect == SF_DIALECT_RTP_SFRAME)
		return SCOPE_UNSURE;
	if (o->scheme == SF_KID_RAW || o->scheme == SF_KID_MLS)
		return SCOPE_ONE;
	return sf_same_endpoint(k, a, b) ? SCOPE_ONE : SCOPE_TWO;
}

/* What is left of a conflict when a round of the KIDs explains what it can. */
static enum sf_finding_id
without_round(struct sf_conflict *c, const struct sf_stream *b)
{
	if (c->by_key || !rolled_over(b, c->kid))
		return SFN001;
	if (c->restarted < RESTART)
		return went_round_in_order(b, c->kid) ? SFK014 : SFN002;
	c->count = c->restarted;
	c->first = c->restarted_at;
	return SFN001;
}

static void
judge_conflict(struct sf_checks *k, struct sf_conflict *c)
{
	const struct sf_stream *a = k->by_id[c->a - 1];
	const struct sf_stream *b = k->by_id[c->b - 1];
	enum sf_finding_id rule;
	struct sf_finding *f;

	switch (c->by_key ? SCOPE_ONE : scope_of(k, a, b, c->kid)) {
	case SCOPE_TWO:
		sf_passed(k, SFN001, c->count);
		return; /* kid-shared is told from the key uses */
	case SCOPE_UNSURE:
		sf_cannot_tell(k, SFN001);
		return;
	case SCOPE_ONE:
		break;
	}
	rule = without_round(c, b);
	f = sf_failed(k, rule, c->b, c->count, c->first, c->last);
	f->kid = c->kid;
	f->frames += c->count;
	f->other_stream = c->a;
	if (c->a != c->b && f->n_streams < SF_FINDING_STREAMS)
		f->streams[f->n_streams++] = c->a;
	for (unsigned i = 0; i < c->n_examples; i++)
		sf_add_example(f, c->examples[i]);
}

void
sf_judge_nonce(struct sf_checks *k, const struct sf_model *m)
{
	(void)m;
	for (unsigned i = 0; i < k->n_conflicts; i++)
		judge_conflict(k, &k->conflicts[i]);
}
