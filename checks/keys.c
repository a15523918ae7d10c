#include "checks/check.h"

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

static void
judge_shared(struct sf_checks *k, const struct sf_stream *s)
{
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		for (const struct sf_stream *o = k->result.model->streams;
		     o != s; o = o->next) {
			const struct sf_key_use *v = use_of(o, u->kid);
			struct sf_finding *f;

			if (v == NULL || sf_same_endpoint(k, s, o))
				continue;
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
		if (c->kid != a->kid || b->kid != a->kid + 1 ||
		    a->frames < STEADY || b->frames < STEADY ||
		    c->frames < STEADY)
			continue;
		f = sf_failed(k, SFK002, s->id, 1, c->first, c->last);
		f->kid = c->kid;
		f->new_kid = b->kid;
		f->frames += c->frames;
	}
}

/* ---- drift ---------------------------------------------------------------- */

static unsigned
bit_length(uint64_t v)
{
	unsigned n = 0;

	while (n < 64 && v >> n != 0)
		n++;
	return n;
}

static unsigned
zeros_below(uint64_t v)
{
	unsigned n = 0;

	while (n < 64 && (v >> n & 1) == 0)
		n++;
	return n;
}

/* A sender goes from one KID to the next: only the low field changes. */
struct move {
	const struct sf_stream *stream;
	const struct sf_key_use *from, *to;
	unsigned width; /* bits that the change touches */
	int64_t at_ns;
};

static bool
move_at(struct move *m, const struct sf_stream *s, const struct sf_key_use *u)
{
	const struct sf_key_use *to = u->next;

	if (to == NULL || u->frames < STEADY || to->frames < STEADY)
		return false;
	*m = (struct move){ s, u, to, bit_length(u->kid ^ to->kid),
		to->first.time_ns };
	return m->width <= 16;
}

/* The use of a KID that a stream is in the middle of at a time. */
static const struct sf_key_use *
use_at(const struct sf_stream *s, int64_t ns)
{
	const struct sf_key_use *now = NULL;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (u->first.time_ns <= ns)
			now = u;
	return now;
}

/*
 * Were two KIDs of one epoch? Equal low fields under different high fields say
 * so, the field at least as wide as the move; equal KIDs say so as well.
 */
static bool
of_one_epoch(uint64_t a, uint64_t b, const struct move *m, unsigned least)
{
	unsigned equal = zeros_below(a ^ b);

	return equal >= m->width && equal >= least;
}

static bool
followed(const struct sf_key_use *u, const struct move *m)
{
	uint64_t mask = ((uint64_t)1 << m->width) - 1;

	return u->next != NULL && (u->next->kid & mask) == (m->to->kid & mask);
}

/* How many senders were in the epoch that the move left, and how many of them
   had made the same move by then. One stream speaks for its sender. */
static void
count_movers(const struct sf_checks *k, const struct move *m, unsigned *all,
    unsigned *gone)
{
	uint64_t mask = ((uint64_t)1 << m->width) - 1;

	*all = *gone = 0;
	for (const struct sf_stream *s = k->result.model->streams; s != NULL;
	     s = s->next) {
		const struct sf_key_use *u = use_at(s, m->at_ns);
		bool first = true;

		for (const struct sf_stream *o = k->result.model->streams;
		     o != s && first; o = o->next)
			first = !sf_same_sender(k, s, o);
		if (u == NULL || !first)
			continue;
		if (u->kid == m->to->kid ||
		    of_one_epoch(u->kid, m->to->kid, m, 2)) {
			++*all;
			++*gone;
		} else if ((u->kid & mask) == (m->from->kid & mask)) {
			++*all;
		}
	}
}

/*
 * Does the stream stay behind the move? Its use of the old epoch goes on past
 * the grace time. One that never follows says less: KIDs of 5.1 move each on
 * its own, so then the KIDs must show a common epoch plainly.
 */
static const struct sf_key_use *
left_behind(
    const struct sf_checks *k, const struct sf_stream *s, const struct move *m)
{
	const struct sf_key_use *u = use_at(s, m->at_ns);
	bool sender_scheme = k->options.scheme == SF_KID_SENDER;
	bool one_sender = sf_same_sender(k, s, m->stream);
	unsigned all, gone;

	if (u == NULL || u->frames < STEADY ||
	    u->last.time_ns < m->at_ns + k->options.drift_grace_ns ||
	    !of_one_epoch(u->kid, m->from->kid, m, 2))
		return NULL;
	if (one_sender)
		return u;
	if (sender_scheme)
		return NULL;
	count_movers(k, m, &all, &gone);
	if (gone * 2 < all)
		return NULL;
	if (followed(u, m) || k->options.scheme == SF_KID_MLS || gone > 1)
		return u;
	return u->kid != m->from->kid &&
		       of_one_epoch(u->kid, m->from->kid, m, 3)
		   ? u
		   : NULL;
}

static void
judge_move(struct sf_checks *k, const struct move *m)
{
	for (const struct sf_stream *s = k->result.model->streams; s != NULL;
	     s = s->next) {
		const struct sf_key_use *u;
		struct sf_finding *f;

		if (s == m->stream || s->keys == NULL)
			continue;
		u = left_behind(k, s, m);
		if (u == NULL) {
			sf_passed(k, SFK001, 1);
			continue;
		}
		f = sf_failed(k, SFK001, s->id, 1, m->to->first, u->last);
		if (f->lag_ns >= u->last.time_ns - m->at_ns)
			continue;
		f->lag_ns = u->last.time_ns - m->at_ns;
		f->kid = u->kid;
		f->new_kid = m->to->kid;
		f->other_stream = m->stream->id;
	}
}

static void
judge_drift(struct sf_checks *k, const struct sf_stream *s)
{
	struct move m;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (move_at(&m, s, u))
			judge_move(k, &m);
}

/* ---- not rotated after a leave -------------------------------------------- */

static int64_t
end_of_sender(const struct sf_checks *k, const struct sf_stream *s)
{
	int64_t end = s->last.time_ns;

	for (const struct sf_stream *o = k->result.model->streams; o != NULL;
	     o = o->next)
		if (sf_same_sender(k, s, o) && o->last.time_ns > end)
			end = o->last.time_ns;
	return end;
}

/* Other streams went on long enough after this sender's last packet to show
   whether their keys changed. */
static bool
kept_key(const struct sf_checks *k, const struct sf_stream *o, int64_t left_ns,
    const struct sf_key_use **kept)
{
	const struct sf_key_use *u = use_at(o, left_ns);
	int64_t slack =
	    1000000000; /* a key may change on the news of a leave */

	*kept = u;
	return u != NULL && u->frames >= STEADY &&
	       u->first.time_ns < left_ns - slack &&
	       u->last.time_ns > left_ns + k->options.rotate_within_ns;
}

static bool
is_of_a_leaver(
    const struct sf_checks *k, const struct sf_stream *s, int64_t left_ns)
{
	/* one who spoke for a moment was hardly a participant */
	return s->keys != NULL && s->frames >= STEADY &&
	       s->last.time_ns == left_ns && sf_origin_of(k, s) == s;
}

static void
judge_leave(struct sf_checks *k, const struct sf_stream *s)
{
	int64_t left_ns = end_of_sender(k, s);

	if (!is_of_a_leaver(k, s, left_ns))
		return;
	for (const struct sf_stream *o = k->result.model->streams; o != NULL;
	     o = o->next) {
		const struct sf_key_use *u;
		struct sf_finding *f;

		if (o == s || sf_same_sender(k, s, o) ||
		    o->last.time_ns < left_ns + k->options.rotate_within_ns)
			continue;
		if (!kept_key(k, o, left_ns, &u)) {
			sf_passed(k, SFK004, u != NULL);
			continue;
		}
		f = sf_failed(k, SFK004, o->id, 1, s->last, u->last);
		f->kid = u->kid;
		f->lag_ns = u->last.time_ns - left_ns;
		f->other_stream = s->id;
	}
}

void
sf_judge_keys(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		if (k->options.scheme != SF_KID_SENDER)
			judge_shared(k, s);
		judge_return(k, s);
		judge_drift(k, s);
		judge_leave(k, s);
	}
}
