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

/* The next value of the same low field. An SFU that switches between senders
   changes the high field. */
static bool
goes_on(const struct sf_kid_form *form, uint64_t from, uint64_t to)
{
	enum sf_kid_change c = sf_kid_change(form, from, to);

	return c == SF_CHANGE_NEXT || c == SF_CHANGE_SKIP ||
	       (c == SF_CHANGE_PLAIN && to == from + 1);
}

/* All values of a low field, and from the first again: roll-over. */
static bool
went_round(uint64_t last, uint64_t first)
{
	uint64_t values = last - first + 1;

	return values >= 4 && (values & (values - 1)) == 0 &&
	       (first & (values - 1)) == 0;
}

/* The use of this KID in the rising row that ends before c; NULL: none. */
static const struct sf_key_use *
left_use(const struct sf_key_use *row, const struct sf_key_use *c)
{
	for (; row != c; row = row->next)
		if (row->kid == c->kid)
			return row->frames >= STEADY ? row : NULL;
	return NULL;
}

static uint32_t
sender_of(const struct sf_timeline *t, const struct sf_stream *s)
{
	for (unsigned i = 0; i < t->n_lines; i++)
		if (t->lines[i].stream == s)
			return t->lines[i].sender;
	return 0;
}

/* Was another sender on that epoch? */
static bool
others_had(const struct sf_timeline *t, uint32_t sender, uint64_t value)
{
	for (unsigned i = 0; i < t->n_lines; i++)
		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL && t->lines[i].sender != sender; u = u->next)
			if (sf_timeline_value(t, u->kid) == value)
				return true;
	return false;
}

/* Had the group that epoch, and left it by then? */
static bool
group_left(const struct sf_checks *k, const struct sf_stream *s,
    const struct sf_key_use *c)
{
	const struct sf_timeline *t = k->timeline;
	uint64_t value;

	if (t == NULL || t->group != SF_GROUP_EVIDENT)
		return false;
	value = sf_timeline_value(t, c->kid);
	return sf_timeline_has_epoch(t, value) &&
	       !sf_timeline_current(t, value, c->first.time_ns,
		   k->options.drift_grace_ns) &&
	       others_had(t, sender_of(t, s), value);
}

/* A to B to C, each the next of the one before, and back to A or B; each for
   longer than frames are out of step. Or back to what the group had before, whoever
   used it. */
static void
judge_return(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_kid_form none = { 0 };
	const struct sf_kid_form *form =
	    k->timeline == NULL ? &none : &k->timeline->form;
	const struct sf_key_use *row = s->keys;

	for (const struct sf_key_use *b = s->keys; b != NULL && b->next != NULL;
	     b = b->next) {
		const struct sf_key_use *c = b->next, *a = NULL;
		struct sf_finding *f;
		bool stale = false;

		if (goes_on(form, b->kid, c->kid))
			continue;
		if (b->kid > c->kid && b->frames >= STEADY &&
		    c->frames >= STEADY && !went_round(b->kid, c->kid)) {
			a = left_use(row, c);
			stale = a == NULL && group_left(k, s, c);
		}
		row = c;
		if (!stale && (a == NULL || other_keys(a, c))) {
			sf_passed(k, SFK002, 1);
			continue;
		}
		f = sf_failed(k, SFK002, s->id, 1, c->first, c->last);
		f->kid = c->kid;
		f->new_kid = b->kid;
		f->frames += c->frames;
	}
	sf_passed(k, SFK002, s->keys != NULL && s->keys->next != NULL);
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
	}
	if (t != NULL)
		sf_judge_drift(k, t);
	if (t != NULL)
		sf_judge_ahead(k, t);
	for (unsigned i = 0; t != NULL && i < t->n_events; i++)
		judge_event(k, &t->events[i]);
	if (t != NULL && t->outside > 0 && t->outside == t->n_events)
		sf_cannot_tell(k, SFK004);
}
