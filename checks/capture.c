#include "checks/check.h"

/* It, or what unwrap made it of. */
static bool
is_damaged(const struct sf_capture_info *c)
{
	return c->damaged || c->totals.damaged != 0;
}

/* A file that ends inside a packet cuts that one frame: it is the damage that
   is told, not a snap length. */
static bool
cut_by_damage(const struct sf_checks *k, const struct sf_stream *s)
{
	return s->cut_frames == 1 && s->input < k->result.n_inputs &&
	       is_damaged(k->result.inputs[s->input].info);
}

static bool
is_redacted(const struct sf_checks *k, uint32_t input)
{
	return input < k->result.n_inputs &&
	       k->result.inputs[input].info->redacted > 0;
}

/* What the writer of a log left out was cut by nobody else. */
static void
judge_redacted(struct sf_checks *k)
{
	for (unsigned i = 0; i < k->result.n_inputs; i++) {
		const struct sf_capture_info *c = k->result.inputs[i].info;
		struct sf_place first = { 1, c->first_ns, i };
		struct sf_place last = { c->packets, c->last_ns, i };

		if (c->redacted > 0)
			sf_failed(k, SFX010, 0, c->redacted, first, last);
	}
}

/* What the head of a recording says of its media, against what that is. */
static void
judge_declared(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		uint64_t clear = s->by_state[SF_STATE_PLAINTEXT];

		if (!s->declared_e2ee)
			continue;
		if (clear > 0)
			sf_failed(k, SFX011, s->id, 1, s->first, s->last)
			    ->frames = clear;
		else if (s->protection == SF_PROT_UNDECIDABLE)
			sf_cannot_tell(k, SFX011);
		else
			sf_passed(k, SFX011, 1);
	}
}

static void
judge_cut(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (is_redacted(k, s->input))
			continue;
		else if (s->cut_frames > 0 && !cut_by_damage(k, s))
			sf_failed(k, SFX001, s->id, 1, s->first, s->last)
			    ->frames = s->cut_frames;
		else
			sf_passed(k, SFX001, 1);
	if (m->accounting.cut > 0)
		sf_failed(k, SFX001, 0, m->accounting.cut,
		    (struct sf_place){ 0 }, (struct sf_place){ 0 });
}

static void
judge_damage(struct sf_checks *k)
{
	for (unsigned i = 0; i < k->result.n_inputs; i++) {
		const struct sf_capture_info *c = k->result.inputs[i].info;
		struct sf_place end = { c->damaged ? c->packets
						   : c->totals.damaged,
			c->last_ns, i };

		if (is_damaged(c))
			sf_failed(k, SFX002, 0, 1, end, end);
		else
			sf_passed(k, SFX002, 1);
	}
}

static void
judge_limits(struct sf_checks *k, const struct sf_model *m)
{
	for (unsigned i = 0; i < SF_LIMITS; i++)
		if (m->limits[i] > 0)
			sf_failed(k, SFX003, 0, m->limits[i], m->limit_first[i],
			    m->limit_first[i]);
		else
			sf_passed(k, SFX003, 1);
	k->result.partial = m->limits[SF_LIMIT_STREAMS] > 0 ||
			    m->limits[SF_LIMIT_KEY_USES] > 0 ||
			    m->limits[SF_LIMIT_INTERVALS] > 0 ||
			    k->lost_findings > 0;
}

static void
judge_tally(
    struct sf_checks *k, enum sf_finding_id rule, const struct sf_tally *t)
{
	if (t->n > 0)
		sf_failed(k, rule, 0, t->n, t->first, t->last);
}

/* What stood between packets and datagrams and could not be opened. */
static void
judge_wrappings(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_wrappings *w = &m->wrappings;

	judge_tally(k, SFX020, &w->fragments_lost);
	judge_tally(k, SFX021, &w->fragments_differ);
	sf_passed(k, SFX020, w->peeled[SF_VIA_FRAGMENTS]);
	sf_passed(k, SFX021, w->peeled[SF_VIA_FRAGMENTS]);
	judge_tally(k, SFX022, &w->tcp_holes);
	sf_passed(k, SFX022, w->peeled[SF_VIA_TCP]);
	for (unsigned i = 0; i < SF_OPAQUES; i++)
		judge_tally(k, SFX023, &w->opaque[i]);
}

void
sf_judge_capture(struct sf_checks *k, const struct sf_model *m)
{
	judge_cut(k, m);
	judge_redacted(k);
	judge_declared(k, m);
	judge_damage(k);
	judge_limits(k, m);
	judge_wrappings(k, m);
}
