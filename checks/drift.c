/*
 * drift.c - who stays on a key id that the group has left.
 */
#include "checks/check.h"
#include "checks/timeline.h"

#define STEADY 3 /* frames on a KID before a change to or from it counts */

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
	/* a key that was ratcheted under one index is no other epoch */
	return m->width > 0 && m->width <= 16;
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
		const struct sf_key_use *u = sf_key_use_at(s, m->at_ns);
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

/* The time that a stream came to a KID of this low field; -1: never. */
static int64_t
came_to(const struct sf_stream *s, uint64_t low, uint64_t mask)
{
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if ((u->kid & mask) == low)
			return u->first.time_ns;
	return -1;
}

/* Does b go to a value that a left longer ago than the grace time? */
static bool
steps_behind(const struct sf_stream *a, const struct sf_key_use *v,
    uint64_t mask, int64_t grace_ns)
{
	for (const struct sf_key_use *u = a->keys; u != NULL; u = u->next)
		if (u->next != NULL && (u->kid & mask) == (v->kid & mask))
			return u->next->first.time_ns + grace_ns <
			       v->first.time_ns;
	return false;
}

/*
 * Two senders that ratchet each on its own (RFC 9605 5.1) may have equal low
 * fields by chance. What tells them from a group with one who is late: now one
 * is ahead and now the other, or one goes to a value that the other had left
 * for long and so never catches up.
 */
static bool
move_apart(const struct sf_stream *a, const struct sf_stream *b, unsigned width,
    int64_t grace_ns)
{
	uint64_t mask = ((uint64_t)1 << width) - 1;
	bool a_led = false, b_led = false;

	for (const struct sf_key_use *u = a->keys->next; u != NULL;
	     u = u->next) {
		int64_t there = came_to(b, u->kid & mask, mask);
		int64_t late = there - u->first.time_ns;

		a_led |= there >= 0 && late > grace_ns;
		b_led |= there >= 0 && late < -grace_ns;
	}
	for (const struct sf_key_use *v = b->keys->next; v != NULL; v = v->next)
		if (steps_behind(a, v, mask, grace_ns))
			return true;
	for (const struct sf_key_use *v = a->keys->next; v != NULL; v = v->next)
		if (steps_behind(b, v, mask, grace_ns))
			return true;
	return a_led && b_led;
}

/* Bits that the moves of two senders have in common at least. */
static unsigned
field_of(const struct move *m, const struct sf_key_use *u)
{
	unsigned equal = zeros_below(u->kid ^ m->from->kid);

	return equal > 16 ? 16 : equal;
}

/* Every value of that field that both have moved to, both came to at a time. */
static bool
in_step(const struct sf_stream *a, const struct sf_stream *b, unsigned width,
    int64_t grace_ns)
{
	uint64_t mask = ((uint64_t)1 << width) - 1;

	for (const struct sf_key_use *u = a->keys->next; u != NULL;
	     u = u->next) {
		int64_t there = came_to(b, u->kid & mask, mask);
		int64_t late = there - u->first.time_ns;

		if (there > b->first.time_ns + grace_ns &&
		    (late > grace_ns || late < -grace_ns))
			return false;
	}
	return true;
}

/*
 * Did a third sender make the move when this one did, and are the two in step
 * throughout? Several who ratchet each on its own come to equal low fields, too,
 * but each in its time.
 */
static bool
moved_together(
    const struct sf_checks *k, const struct sf_stream *s, const struct move *m)
{
	int64_t grace_ns = k->options.drift_grace_ns;

	for (const struct sf_stream *x = k->result.model->streams; x != NULL;
	     x = x->next) {
		const struct sf_key_use *u =
		    sf_key_use_at(x, m->at_ns + grace_ns);
		unsigned equal;

		if (u == NULL || u->first.time_ns + grace_ns < m->at_ns ||
		    sf_same_sender(k, x, m->stream) || sf_same_sender(k, x, s))
			continue;
		equal = zeros_below(u->kid ^ m->to->kid);
		equal = equal > 16 ? 16 : equal;
		if (equal >= 2 && equal >= m->width &&
		    in_step(m->stream, x, equal, grace_ns))
			return true;
	}
	return false;
}

/* Is a third sender out of step with this one? Then each moves on its own, for
   all that is known. */
static bool
others_apart(const struct sf_checks *k, const struct sf_stream *s,
    const struct move *m, unsigned width)
{
	for (const struct sf_stream *x = k->result.model->streams; x != NULL;
	     x = x->next)
		if (x->keys != NULL && !sf_same_sender(k, x, m->stream) &&
		    !sf_same_sender(k, x, s) &&
		    !in_step(m->stream, x, width, k->options.drift_grace_ns))
			return true;
	return false;
}

/* It stays, and nothing tells whether it should have gone. */
static void
not_followed(struct sf_checks *k, const struct sf_stream *s,
    const struct sf_key_use *u, const struct move *m)
{
	struct sf_finding *f =
	    sf_failed(k, SFK012, s->id, 1, m->to->first, u->last);

	if (f->lag_ns >= u->last.time_ns - m->at_ns)
		return;
	f->lag_ns = u->last.time_ns - m->at_ns;
	f->kid = u->kid;
	f->new_kid = m->to->kid;
	f->other_stream = m->stream->id;
}

/*
 * Does the stream stay behind the move? Its use of the old epoch goes on past
 * the grace time. KIDs of 5.1 move each on its own: without a scheme that says
 * otherwise a second sender has to have made the same move at the time, or this
 * one has to make it later and nothing may show that the two move apart.
 */
static const struct sf_key_use *
left_behind(
    struct sf_checks *k, const struct sf_stream *s, const struct move *m)
{
	const struct sf_key_use *u = sf_key_use_at(s, m->at_ns);
	int64_t grace_ns = k->options.drift_grace_ns;
	unsigned all, gone;

	if (u == NULL || u->frames < STEADY ||
	    u->last.time_ns < m->at_ns + grace_ns ||
	    !of_one_epoch(u->kid, m->from->kid, m, 2))
		return NULL;
	if (sf_same_sender(k, s, m->stream))
		return u;
	if (k->options.scheme == SF_KID_SENDER)
		return NULL;
	count_movers(k, m, &all, &gone);
	if (gone * 2 < all)
		return NULL;
	if (k->options.scheme == SF_KID_MLS ||
	    (gone > 1 && (u->kid == m->from->kid || moved_together(k, s, m))))
		return u;
	if (followed(u, m) && !others_apart(k, s, m, field_of(m, u)) &&
	    !move_apart(m->stream, s, field_of(m, u), grace_ns))
		return u;
	sf_cannot_tell(k, SFK001);
	if (u->next == NULL)
		not_followed(k, s, u, m);
	return NULL;
}

/* ---- what the capture shows of a common epoch ------------------------------ */

static unsigned
common_bits(
    const struct sf_checks *k, const struct move *m, const struct sf_stream *s)
{
	const struct sf_key_use *u = sf_key_use_at(s, m->at_ns);
	unsigned behind, there, bits;

	if (u == NULL || u->kid == m->from->kid || u->kid == m->to->kid)
		return 0;
	behind = zeros_below(u->kid ^ m->from->kid);
	there = zeros_below(u->kid ^ m->to->kid);
	bits = behind > there ? behind : there;
	bits = bits > 16 ? 16 : bits;
	if (bits < 2 || bits < m->width ||
	    move_apart(m->stream, s, bits, k->options.drift_grace_ns) ||
	    (!in_step(m->stream, s, bits, k->options.drift_grace_ns) &&
		others_apart(k, s, m, bits)))
		return 0;
	/* one of them has to follow the other */
	if (behind >= there && !followed(u, m))
		return 0;
	return bits;
}

unsigned
sf_evident_epoch_bits(const struct sf_checks *k, const struct sf_timeline *t)
{
	unsigned least = 0;

	for (unsigned i = 0; i < t->n_lines; i++)
		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL && !t->lines[i].copy; u = u->next) {
			struct move m;

			if (!move_at(&m, t->lines[i].stream, u))
				continue;
			for (unsigned j = 0; j < t->n_lines; j++) {
				unsigned bits =
				    t->lines[j].sender == t->lines[i].sender
					? 0
					: common_bits(
					      k, &m, t->lines[j].stream);

				if (bits != 0 && (least == 0 || bits < least))
					least = bits;
			}
		}
	return least;
}

bool
sf_share_kids(const struct sf_timeline *t)
{
	for (unsigned i = 0; i < t->n_lines; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct sf_key_use *u = t->lines[i].stream->keys;

			if (t->lines[i].sender == t->lines[j].sender)
				continue;
			for (; u != NULL; u = u->next)
				if (came_to(t->lines[j].stream, u->kid,
					UINT64_MAX) >= 0)
					return true;
		}
	return false;
}

/* ---- the rule --------------------------------------------------------------- */

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

void
sf_judge_drift(struct sf_checks *k, const struct sf_stream *s)
{
	struct move m;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (move_at(&m, s, u))
			judge_move(k, &m);
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
