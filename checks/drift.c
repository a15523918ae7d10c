/*
 * drift.c - who stays on a key id that the group has left, or that its own other
 * streams have; who goes ahead.
 */
#include "checks/check.h"
#include "checks/timeline.h"

#define STEADY  3           /* frames on a KID before a change of it counts */
#define LATE_NS 15000000000 /* streams without a KID in common: believed */

static void
fail(struct sf_checks *k, enum sf_finding_id rule, const struct sf_stream *s,
    const struct sf_lag *lag)
{
	struct sf_finding *f =
	    sf_failed(k, rule, s->id, 1, lag->lead->first, lag->use->last);

	if (f->lag_ns >= lag->ns)
		return;
	f->lag_ns = lag->ns;
	f->kid = lag->use->kid;
	f->new_kid = lag->lead->kid;
	f->other_stream = lag->leader;
}

/* ---- against the group -------------------------------------------------------- */

/* Was the lag one of who never moves, or of who moves well after the other? */
static enum sf_finding_id
doubt(const struct sf_lag *lag)
{
	return lag->use->next == NULL ? SFK012 : SFK013;
}

static void
judge_lags(struct sf_checks *k, const struct sf_timeline *t)
{
	for (unsigned i = 0; i < t->n_lags; i++) {
		const struct sf_lag *lag = &t->lags[i];
		const struct sf_stream *s = t->lines[lag->line].stream;

		if (t->group == SF_GROUP_EVIDENT) {
			fail(k, SFK001, s, lag);
			continue;
		}
		sf_cannot_tell(k, SFK001);
		fail(k, doubt(lag), s, lag);
	}
	for (unsigned i = 0; i < t->n_epochs; i++)
		sf_passed(k, SFK001, t->n_lines);
}

/* ---- streams of one sender ------------------------------------------------------ */

/* Do the two KIDs differ above the bits that the change from a to b touches? */
static bool
same_below(uint64_t kid, uint64_t a, uint64_t b)
{
	uint64_t mask = 3;

	while ((a ^ b) & ~mask)
		mask = mask << 1 | 1;
	return ((kid ^ a) & mask) == 0;
}

/* Where each stream has KIDs of its own it may ratchet on its own, too: then it
   has to come after the other, and soon. */
static bool
follows_late(const struct sf_key_use *u, const struct sf_key_use *from,
    const struct sf_key_use *to)
{
	if (u->kid == from->kid)
		return true;
	return u->next != NULL && same_below(u->kid, from->kid, to->kid) &&
	       same_below(u->next->kid, to->kid, from->kid) &&
	       u->last.time_ns - to->first.time_ns <= LATE_NS;
}

static void
judge_move(struct sf_checks *k, const struct sf_stream *s,
    const struct sf_key_use *from)
{
	const struct sf_key_use *to = from->next;
	int64_t until = to->first.time_ns + k->options.drift_grace_ns;

	for (const struct sf_stream *o = k->result.model->streams; o != NULL;
	     o = o->next) {
		const struct sf_key_use *u;

		if (o == s || o->keys == NULL || !sf_same_sender(k, o, s))
			continue;
		u = sf_key_use_at(o, to->first.time_ns);
		if (u == NULL || u->frames < STEADY ||
		    u->last.time_ns < until || !follows_late(u, from, to)) {
			sf_passed(k, SFK001, 1);
			continue;
		}
		fail(k, SFK001, o,
		    &(struct sf_lag){
			0, u, to, s->id, u->last.time_ns - to->first.time_ns });
	}
}

static void
judge_stream(struct sf_checks *k, const struct sf_stream *s)
{
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (u->next != NULL && u->next->kid != u->kid &&
		    u->frames >= STEADY && u->next->frames >= STEADY)
			judge_move(k, s, u);
}

void
sf_judge_drift(struct sf_checks *k, const struct sf_timeline *t)
{
	for (const struct sf_stream *s = k->result.model->streams; s != NULL;
	     s = s->next)
		judge_stream(k, s);
	judge_lags(k, t);
}

/* Who moved to a KID long before half of its group did. One that nobody ever
   came to is told where KIDs are said to be the group's. */
void
sf_judge_ahead(struct sf_checks *k, const struct sf_timeline *t)
{
	for (unsigned i = 0; i < t->n_lines && t->n_senders > 1; i++) {
		const struct sf_track_line *l = &t->lines[i];
		struct sf_finding *f;

		if (l->copy || !l->follows)
			continue;
		if (l->ahead_ns <= k->options.drift_grace_ns ||
		    (l->ahead_alone && k->options.scheme != SF_KID_MLS)) {
			sf_passed(k, SFK011, 1);
			continue;
		}
		f = sf_failed(k, SFK011, l->stream->id, 1, l->ahead->first,
		    l->ahead->last);
		f->kid = l->ahead->kid;
		f->lag_ns = l->ahead_ns;
		f->other_stream = l->ahead_alone ? 0 : l->stream->id;
	}
}
