/*
 * demands.c - what a policy demands beyond the rules, and what it makes of
 * their severities.
 */
#include "checks/check.h"
#include "checks/policy.h"
#include "checks/timeline.h"

/* ---- suites, dialects, proof ------------------------------------------------ */

static void
judge_suite(
    struct sf_checks *k, const struct sf_policy *p, const struct sf_stream *s)
{
	if (p->any_suite || s->suite == 0)
		return;
	if (s->suite < 16 && p->suites[s->suite])
		sf_passed(k, SFK008, 1);
	else
		sf_failed(k, SFK008, s->id, 1, s->first, s->last)->frames =
		    s->by_state[SF_STATE_VERIFIED];
}

/* The forms of RFC 9605; for all others there is not-rfc9605. */
static bool
is_sframe(enum sf_dialect d)
{
	return d == SF_DIALECT_RFC9605 || d == SF_DIALECT_RFC9605_PREFIXED ||
	       d == SF_DIALECT_RTP_SFRAME;
}

static void
judge_form(
    struct sf_checks *k, const struct sf_policy *p, const struct sf_stream *s)
{
	if (p->any_dialect || !is_sframe(s->dialect))
		return;
	if (p->dialects[s->dialect])
		sf_passed(k, SFK010, 1);
	else
		sf_failed(k, SFK010, s->id, 1, s->first, s->last);
}

static void
judge_proof(
    struct sf_checks *k, const struct sf_policy *p, const struct sf_stream *s)
{
	bool unproven = s->by_state[SF_STATE_ENCRYPTED] > 0 ||
			s->protection == SF_PROT_CONSISTENT ||
			s->protection == SF_PROT_OTHER_DIALECT;
	struct sf_finding *f;

	if (!p->unverified_fails || s->kind == SF_KIND_REPAIR)
		return;
	if (!unproven) {
		sf_passed(k, SFK009, s->by_state[SF_STATE_VERIFIED] > 0);
		return;
	}
	f = sf_failed(k, SFK009, s->id, 1, s->first, s->last);
	f->frames =
	    s->by_state[SF_STATE_ENCRYPTED] + s->by_state[SF_STATE_UNKNOWN];
}

/* ---- ages ---------------------------------------------------------------------- */

/* Frames of one sender under a KID while this use of it lasted. */
static uint64_t
frames_of_sender(const struct sf_timeline *t, const struct sf_sender *s,
    const struct sf_key_use *u)
{
	uint64_t n = 0;

	for (unsigned i = s->first; i < s->first + s->n; i++)
		for (const struct sf_key_use *v = t->lines[i].stream->keys;
		     v != NULL && !t->lines[i].copy; v = v->next)
			if (v->kid == u->kid &&
			    v->first.time_ns <= u->last.time_ns &&
			    u->first.time_ns <= v->last.time_ns)
				n += v->frames;
	return n;
}

static void
judge_use(struct sf_checks *k, const struct sf_policy *p,
    const struct sf_sender *s, const struct sf_track_line *l,
    const struct sf_key_use *u)
{
	int64_t age = u->last.time_ns - u->first.time_ns;
	uint64_t frames = frames_of_sender(k->timeline, s, u);
	struct sf_finding *f = NULL;

	if (p->max_age_ns > 0 && age > p->max_age_ns)
		f = sf_failed(k, SFK006, l->stream->id, 1, u->first, u->last);
	else
		sf_passed(k, SFK006, p->max_age_ns > 0);
	if (f != NULL && age > f->lag_ns) {
		f->kid = u->kid;
		f->lag_ns = age;
	}
	f = NULL;
	if (p->max_frames > 0 && frames > p->max_frames)
		f = sf_failed(k, SFK007, l->stream->id, 1, u->first, u->last);
	else
		sf_passed(k, SFK007, p->max_frames > 0);
	if (f != NULL && frames > f->frames) {
		f->kid = u->kid;
		f->frames = frames;
	}
}

static void
judge_ages(struct sf_checks *k, const struct sf_policy *p)
{
	const struct sf_timeline *t = k->timeline;

	if (t == NULL || (p->max_age_ns == 0 && p->max_frames == 0))
		return;
	for (unsigned i = 0; i < t->n_lines; i++)
		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL && !t->lines[i].copy; u = u->next)
			judge_use(k, p, &t->senders[t->lines[i].sender - 1],
			    &t->lines[i], u);
}

/* ---- severities ------------------------------------------------------------------ */

static bool
is_allowed_clear(const struct sf_policy *p, const struct sf_finding *f,
    const struct sf_stream *s)
{
	for (unsigned i = 0; i < p->n_clear; i++) {
		const struct sf_allow_clear *c = &p->clear[i];

		if ((c->any_ssrc || c->ssrc == s->ssrc) &&
		    f->frames <= c->frames &&
		    (!c->start_only || f->rule == SFP002))
			return true;
	}
	return false;
}

/* Clear octets at the head, against what is allowed for the codec. */
static enum sf_severity
of_clear_head(const struct sf_policy *p, const struct sf_finding *f,
    const struct sf_stream *s)
{
	int n = s->clear_octets > s->clear_octets_key ? s->clear_octets
						      : s->clear_octets_key;

	if (!p->clear_said[s->codec])
		return f->severity;
	return n >= 0 && (uint32_t)n <= p->clear_octets[s->codec] ? SF_NOTE
								  : SF_ERROR;
}

static enum sf_severity
of_dialect(const struct sf_policy *p, const struct sf_finding *f,
    const struct sf_stream *s)
{
	if (p->any_dialect)
		return f->severity;
	return p->dialects[s->dialect] ? SF_NOTE : SF_ERROR;
}

static enum sf_severity
severity_of(const struct sf_policy *p, const struct sf_finding *f,
    const struct sf_stream *s)
{
	if (p->set[f->rule] &&
	    !(s != NULL && f->rule == SFP004 && p->clear_said[s->codec]))
		return p->severities[f->rule];
	if (sf_rules[f->rule].id[2] == 'E' && p->exposures_fail)
		return SF_ERROR;
	if (f->rule == SFA003 && p->least_tag > 0)
		return SF_ERROR;
	if (s == NULL)
		return f->severity;
	if ((f->rule == SFP001 || f->rule == SFP002 || f->rule == SFP003) &&
	    is_allowed_clear(p, f, s))
		return SF_NOTE;
	if (f->rule == SFP004)
		return of_clear_head(p, f, s);
	if (f->rule == SFD001)
		return of_dialect(p, f, s);
	return f->severity;
}

void
sf_judge_demands(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_policy *p = k->options.policy;

	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		judge_suite(k, p, s);
		judge_form(k, p, s);
		judge_proof(k, p, s);
	}
	judge_ages(k, p);
}

void
sf_apply_severities(struct sf_checks *k)
{
	const struct sf_policy *p = k->options.policy;

	for (unsigned i = 0; i < k->n_findings; i++) {
		struct sf_finding *f = &k->findings[i];

		f->severity = severity_of(p, f,
		    f->n_streams == 0 ? NULL : k->by_id[f->streams[0] - 1]);
	}
}
