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
note_conflict(struct sf_checks *k, const struct sf_frame_event *ev)
{
	struct sf_conflict *c =
	    conflict_for(k, ev->seen_stream, ev->stream->id, ev->kid);

	if (c == NULL)
		return;
	if (c->count++ == 0)
		c->first = ev->first;
	c->by_key |= ev->fingerprint != 0;
	c->last = ev->last;
	if (c->n_examples < SF_EXAMPLES)
		c->examples[c->n_examples++] = sf_example_of(ev);
}

/* A counter that wraps is behind when it is less than half a turn back. */
static bool
fell(uint64_t before, const struct sf_frame_event *ev)
{
	uint64_t turn = ev->modulus;

	if (turn == 0 || ev->ctr >= turn || before >= turn)
		return ev->ctr <= before;
	return (ev->ctr + turn - before) % turn - 1 >= turn / 2;
}

void
sf_check_nonce(struct sf_checks *k, const struct sf_frame_event *ev)
{
	struct sf_stream_memory *m = &k->streams[ev->stream->id - 1];
	bool back;

	/* DAVE and others start over under a new key that does not show */
	if (!ev->has_nonce && ev->dialect != SF_DIALECT_NONE)
		sf_cannot_tell(k, SFN001);
	if (!ev->has_nonce)
		return;
	if (ev->seen == SF_SEEN_DIFFERENT)
		note_conflict(k, ev);
	else
		sf_passed(k, SFN001, 1);
	sf_expect(k, SFN003,
	    ev->seen != SF_SEEN_SAME || ev->seen_stream != ev->stream->id, ev);
	/* proven reuse is told as that, a repeat as a repeat */
	if (!ev->rises || ev->copy)
		return;
	back = m->any && m->kid == ev->kid && m->source == ev->source &&
	       m->fingerprint == ev->fingerprint && fell(m->ctr, ev) &&
	       ev->seen == SF_SEEN_NEW;
	sf_expect(k, SFN002, !back, ev);
	*m = (struct sf_stream_memory){ ev->kid, ev->ctr, ev->fingerprint,
		ev->source, ev->last, true };
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

static void
judge_conflict(struct sf_checks *k, const struct sf_conflict *c)
{
	const struct sf_stream *a = k->by_id[c->a - 1];
	const struct sf_stream *b = k->by_id[c->b - 1];
	enum sf_finding_id rule = SFN001;
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
	if (!c->by_key && rolled_over(b, c->kid))
		rule = SFN002;
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
