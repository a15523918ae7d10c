#include "checks/check.h"
#include "checks/policy.h"
#include "checks/timeline.h"

#define STEADY 3 /* frames on a KID before a change to or from it counts */

/* ---- two senders, one KID ------------------------------------------------- */

static const struct sf_key_use *
use_of(const struct sf_stream *s, uint64_t kid)
{
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (u->kid == kid)
			return u;
	return NULL;
}

/* With keys, the scope of a KID is the key itself. */
static bool
other_keys(const struct sf_key_use *u, const struct sf_key_use *v)
{
	return u->fingerprint != 0 && v->fingerprint != 0 &&
	       u->fingerprint != v->fingerprint;
}

static void
judge_shared(struct sf_checks *k, const struct sf_stream *s)
{
	if (s->keys != NULL && !sf_dialect_shares_kids(s->dialect))
		return;
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		for (const struct sf_stream *o = k->result.model->streams;
		     o != s; o = o->next) {
			const struct sf_key_use *v = use_of(o, u->kid);
			struct sf_finding *f;

			if (v == NULL || other_keys(u, v) ||
			    sf_same_endpoint(k, s, o))
				continue;
			if (!sf_known_apart(s, o)) {
				sf_cannot_tell(k, SFK003);
				continue;
			}
			f = sf_failed(k, SFK003, s->id, 1, u->first, u->last);
			f->kid = u->kid;
			f->other_stream = o->id;
			if (f->n_streams < 2)
				f->streams[f->n_streams++] = o->id;
			return;
		}
	if (s->keys != NULL)
		sf_passed(k, SFK003, 1);
}

/* ---- back to a retired KID ------------------------------------------------ */

/* A to B to A again, where B is the next value of the same low field and all of
   it took longer than frames are out of step. An SFU that switches between
   senders changes the high field and is no matter. */
static void
judge_return(struct sf_checks *k, const struct sf_stream *s)
{
	for (const struct sf_key_use *a = s->keys; a != NULL; a = a->next) {
		const struct sf_key_use *b = a->next;
		const struct sf_key_use *c = b == NULL ? NULL : b->next;
		struct sf_finding *f;

		if (c == NULL)
			break;
		sf_passed(k, SFK002, 1);
		if (other_keys(a, c) || c->kid != a->kid ||
		    b->kid != a->kid + 1 || a->frames < STEADY ||
		    b->frames < STEADY || c->frames < STEADY)
			continue;
		f = sf_failed(k, SFK002, s->id, 1, c->first, c->last);
		f->kid = c->kid;
		f->new_kid = b->kid;
		f->frames += c->frames;
	}
}

/* ---- not rotated after a join or a leave ---------------------------------- */

#define NEWS_NS 1000000000 /* a key may change on the news of an event */

/* The use that went on, from well before the event until longer after it than
   a new key may take. NULL: there was a change, or too little to tell. */
static const struct sf_key_use *
kept_key(const struct sf_checks *k, const struct sf_stream *s, int64_t at_ns)
{
	const struct sf_key_use *u = sf_key_use_at(s, at_ns);

	return u != NULL && u->frames >= STEADY &&
		       u->first.time_ns < at_ns - NEWS_NS &&
		       u->last.time_ns > at_ns + k->options.rotate_within_ns
		   ? u
		   : NULL;
}

/* The stream of who left that ended last; NULL when it is none of these. */
static const struct sf_stream *
last_of(const struct sf_timeline *t, const struct sf_event *e)
{
	const struct sf_stream *last = NULL;

	for (unsigned i = 0; i < t->n_lines; i++)
		if (t->lines[i].sender == e->sender &&
		    (last == NULL ||
			last->last.time_ns < t->lines[i].stream->last.time_ns))
			last = t->lines[i].stream;
	return last;
}

static void
fail_event(struct sf_checks *k, const struct sf_stream *s,
    const struct sf_key_use *u, const struct sf_event *e, enum sf_rotation r)
{
	const struct sf_stream *who = last_of(k->timeline, e);
	bool seen = who != NULL && e->from != SF_EVENT_TOLD &&
		    e->what == SF_EVENT_LEAVE;
	struct sf_finding *f = sf_failed(
	    k, SFK004, s->id, 1, seen ? who->last : u->first, u->last);

	if (r == SF_ROTATION_FAIL)
		f->severity = SF_ERROR;
	f->kid = u->kid;
	f->lag_ns = u->last.time_ns - e->time_ns;
	f->other_stream = seen ? who->id : 0;
}

/* A join that is inferred may be anything: a screen that is shared, a sender
   that was silent. So a policy has to ask for it. */
static enum sf_rotation
worth(const struct sf_policy *p, const struct sf_event *e)
{
	if (e->what == SF_EVENT_LEAVE)
		return p->on_leave;
	return e->from == SF_EVENT_TOLD || p->inferred_joins ? p->on_join
							     : SF_ROTATION_OFF;
}

static void
judge_event(struct sf_checks *k, const struct sf_event *e)
{
	const struct sf_timeline *t = k->timeline;
	enum sf_rotation r = worth(k->options.policy, e);

	for (unsigned i = 0; i < t->n_lines && r != SF_ROTATION_OFF; i++) {
		const struct sf_track_line *l = &t->lines[i];
		const struct sf_key_use *u;

		if (l->sender == e->sender ||
		    l->stream->last.time_ns <
			e->time_ns + k->options.rotate_within_ns)
			continue;
		u = kept_key(k, l->stream, e->time_ns);
		if (u != NULL)
			fail_event(k, l->stream, u, e, r);
		else if (sf_key_use_at(l->stream, e->time_ns) != NULL)
			sf_passed(k, SFK004, 1);
	}
}

void
sf_judge_keys(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_timeline *t = k->timeline;

	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		if (k->options.scheme != SF_KID_SENDER)
			judge_shared(k, s);
		judge_return(k, s);
		sf_judge_drift(k, s);
	}
	for (unsigned i = 0; t != NULL && i < t->n_events; i++)
		judge_event(k, &t->events[i]);
}
