/*
 * group.c - do the senders move through one key epoch together?
 *
 * Nothing in a frame says so: under RFC 9605 5.2 they do, under 5.1 each ratchets
 * on its own. What tells is that they come to a new value at the same time. A
 * reading of the KIDs (which bits are the epoch) is weighed by how likely that
 * would be by chance; who is late then has to be outweighed by who is not. With
 * two senders, one of them late, nothing can be: a short delay is believed to be
 * one, for that is what a group with a fault in it looks like.
 */
#include <stdlib.h>

#include "checks/check.h"
#include "checks/timeline.h"

#define STEADY     3 /* frames on a KID before it counts */
#define LEAST_BITS 2 /* of an epoch field */
#define MOST_BITS  16
#define MOST_INDEX 32         /* bits of a sender's index below the epoch */
#define WORK       (1u << 22) /* senders times epochs that are weighed */

#define NEAR_S   0.05        /* between two senders who do the same at once */
#define OWN_KIDS 8           /* below, senders may each count their own */
#define FAULT    10.0        /* how much less likely a fault is than none */
#define BELIEVED 0.6         /* odds of chance against a group */
#define APART    0.01        /* likewise, of two with delays as no fault has */
#define LATE_NS  15000000000 /* two senders: a delay that is believed */

struct arrival {
	uint32_t sender;
	uint64_t value;
	int64_t ns;
};

/* What there is for and against a reading. */
struct weight {
	double chance; /* how likely all this would be by chance */
	unsigned senders, offenders;
	unsigned late, other; /* faults: late; early, alone, stale, stuck */
	int64_t most_late_ns, least_late_ns;
	unsigned shared; /* values that two senders came to */
	unsigned stale;  /* came to the call with a KID that another had left */
};

struct scale {
	const struct sf_timeline *t;
	struct arrival *all; /* by sender, value, time */
	size_t n;
	int64_t *on_time;       /* of one epoch */
	bool *offends, *missed; /* by sender */
	int64_t grace_ns;
};

/* ---- arrivals ---------------------------------------------------------------- */

static int
by_sender_value(const void *left, const void *right)
{
	const struct arrival *a = left, *b = right;

	if (a->sender != b->sender)
		return a->sender < b->sender ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

static void
gather(struct scale *s)
{
	s->n = 0;
	for (unsigned i = 0; i < s->t->n_lines; i++) {
		const struct sf_track_line *l = &s->t->lines[i];

		for (const struct sf_key_use *u = l->stream->keys;
		     u != NULL && !l->copy; u = u->next)
			if (u->frames >= STEADY)
				s->all[s->n++] = (struct arrival){ l->sender,
					sf_timeline_value(s->t, u->kid),
					u->first.time_ns };
	}
	qsort(s->all, s->n, sizeof(*s->all), by_sender_value);
}

/* The first arrival of a sender at a value or above, as the row is sorted. */
static size_t
row_of(const struct scale *s, uint32_t sender, uint64_t value)
{
	struct arrival key = { sender, value, INT64_MIN };
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (by_sender_value(&s->all[at], &key) < 0)
			low = at + 1;
		else
			high = at;
	}
	return low;
}

static int64_t
distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* When the sender came to the value, the time next to ns; NULL: never. */
static const struct arrival *
arrival_at(const struct scale *s, uint32_t sender, uint64_t value, int64_t ns)
{
	const struct arrival *best = NULL;

	for (size_t i = row_of(s, sender, value);
	     i < s->n && s->all[i].sender == sender && s->all[i].value == value;
	     i++)
		if (best == NULL ||
		    distance(s->all[i].ns, ns) < distance(best->ns, ns))
			best = &s->all[i];
	return best;
}

/* How often a sender changes its key, per second that it is there. */
static double
pace(const struct scale *s, const struct sf_sender *x)
{
	size_t from = row_of(s, x->id, 0), to = row_of(s, x->id + 1, 0);
	double seconds = (double)(x->last_ns - x->first_ns) / 1e9;
	size_t changes = to - from > 1 ? to - from - 1 : 1;

	return (double)changes / (seconds > 1 ? seconds : 1);
}

/* ---- for and against ----------------------------------------------------------- */

static void
charge(struct scale *s, struct weight *w, uint32_t sender, unsigned *kind)
{
	++*kind;
	w->chance = w->chance > 1e280 ? w->chance : w->chance * FAULT;
	w->offenders += !s->offends[sender - 1];
	s->offends[sender - 1] = true;
}

static void
credit(struct weight *w, double gap_s, double pace)
{
	double p = 2 * (gap_s + NEAR_S) * pace;

	w->chance *= p < 1 ? p : 1;
	if (w->chance < 1e-280)
		w->chance = 1e-280;
}

/* One sender at the start of one epoch. True: it was on time. */
static bool
weigh_sender(struct scale *s, struct weight *w, const struct sf_epoch *e,
    const struct sf_sender *x, int64_t *came_ns)
{
	const struct arrival *a = arrival_at(s, x->id, e->value, e->first_ns);
	int64_t late;

	if (a == NULL) {
		if (!s->missed[x->id - 1] &&
		    x->last_ns > e->first_ns + s->grace_ns)
			charge(s, w, x->id, &w->other);
		s->missed[x->id - 1] = true;
		return false;
	}
	s->missed[x->id - 1] = false;
	late = a->ns - e->first_ns;
	*came_ns = a->ns;
	if (late > s->grace_ns) {
		charge(s, w, x->id, &w->late);
		if (late > w->most_late_ns)
			w->most_late_ns = late;
		if (late < w->least_late_ns)
			w->least_late_ns = late;
	} else if (late < -s->grace_ns) {
		charge(s, w, x->id, &w->other);
	} else {
		return true;
	}
	return false;
}

static int
by_number(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* An epoch that began while others were there already. */
static void
weigh_epoch(struct scale *s, struct weight *w, const struct sf_epoch *e)
{
	double fastest = 0;
	size_t n = 0;
	unsigned came = 0;

	for (unsigned i = 0; i < s->t->n_senders; i++) {
		const struct sf_sender *x = &s->t->senders[i];
		int64_t ns = 0;

		if (!sf_sender_speaks(s->t, x) ||
		    e->first_ns <= x->first_ns + s->grace_ns ||
		    e->first_ns > x->last_ns)
			continue;
		if (weigh_sender(s, w, e, x, &ns)) {
			double p = pace(s, x);

			s->on_time[n++] = ns;
			fastest = p > fastest ? p : fastest;
		}
		came += ns != 0;
	}
	w->shared += came > 1;
	qsort(s->on_time, n, sizeof(*s->on_time), by_number);
	for (size_t i = 1; i < n; i++)
		credit(w, (double)(s->on_time[i] - s->on_time[i - 1]) / 1e9,
		    fastest);
}

/* The KID itself of another sender, all of it: senders with keys of their own
   have not the same ones, unless they count from zero. */
static bool
is_whole_kid(const struct sf_timeline *t, uint64_t value)
{
	return t->form.evident_bits == 0 && t->form.evident_shift == 0 &&
	       value >= OWN_KIDS;
}

/* Had all others left that KID by then? One may have gone back to it. */
static bool
is_left(const struct sf_timeline *t, const struct arrival *a)
{
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_track_line *l = &t->lines[i];

		for (const struct sf_key_use *u = l->stream->keys;
		     u != NULL && l->sender != a->sender; u = u->next)
			if (u->kid == a->value && u->last.time_ns >= a->ns)
				return false;
	}
	return true;
}

/* Who comes late to the call begins on the key of the group; and nobody goes
   where nobody follows. */
static void
weigh_start(struct scale *s, struct weight *w, const struct sf_sender *x)
{
	size_t to = row_of(s, x->id + 1, 0);
	const struct arrival *first = NULL;
	bool alone = false;

	for (size_t i = row_of(s, x->id, 0); i < to; i++) {
		const struct arrival *a = &s->all[i];

		if (first == NULL || a->ns < first->ns)
			first = a;
		alone |= !sf_timeline_has_epoch(s->t, a->value);
	}
	if (first == NULL)
		return;
	w->senders++;
	if (!alone &&
	    sf_timeline_current(s->t, first->value, first->ns, s->grace_ns))
		return;
	w->stale +=
	    !alone && is_whole_kid(s->t, first->value) && is_left(s->t, first);
	charge(s, w, x->id, &w->other);
}

static struct weight
weigh(struct scale *s)
{
	struct weight w = { .chance = 1, .least_late_ns = INT64_MAX };

	gather(s);
	for (unsigned i = 0; i < s->t->n_senders; i++)
		s->offends[i] = s->missed[i] = false;
	for (unsigned i = 0; i < s->t->n_senders; i++)
		if (sf_sender_speaks(s->t, &s->t->senders[i]))
			weigh_start(s, &w, &s->t->senders[i]);
	for (unsigned i = 0; i < s->t->n_epochs; i++)
		weigh_epoch(s, &w, &s->t->epochs[i]);
	return w;
}

/* Two senders, and one of them is late, by a delay that a fault may have; the
   same each time, for two who each keep their own time drift apart. */
static bool
looks_late(const struct weight *w, int64_t grace_ns)
{
	return w->senders == 2 && w->other == 0 && w->late > 0 &&
	       w->most_late_ns <= LATE_NS &&
	       w->most_late_ns - w->least_late_ns <= grace_ns;
}

/* Two senders, and one came on a KID that the other had left: both have that
   key, and so they are a group. */
static bool
came_stale(const struct weight *w)
{
	return w->senders == 2 && w->stale == 1 && w->offenders == 1;
}

/* Of two, one is late now and then, by more or by less, or for long: so are two who
   each ratchet on their own, and come to some keys together by chance. */
static double
odds_wanted(const struct weight *w, int64_t grace_ns)
{
	bool apart = w->late > 0 &&
		     (w->most_late_ns > LATE_NS ||
			 w->most_late_ns - w->least_late_ns > grace_ns);

	return w->senders == 2 && apart ? APART : BELIEVED;
}

static enum sf_group
verdict(const struct weight *w, int64_t grace_ns)
{
	/* nobody moves; or nobody comes to where another is */
	if (w->shared == 0 && (w->senders != 2 || w->other == 0))
		return SF_GROUP_NONE;
	if (w->offenders * 2 > w->senders)
		return SF_GROUP_NONE;
	return w->chance <= odds_wanted(w, grace_ns) ||
		       looks_late(w, grace_ns) || came_stale(w)
		   ? SF_GROUP_EVIDENT
		   : SF_GROUP_UNSURE;
}

/* ---- readings --------------------------------------------------------------------- */

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

struct readings {
	uint64_t low, high; /* by width of the epoch; of what is below it */
	bool whole;         /* senders have KIDs in common */
};

/* Two KIDs of two senders: of one epoch in which readings? */
static void
compare(struct readings *r, uint64_t a, uint64_t b)
{
	unsigned low = zeros_below(a ^ b), high = bit_length(a ^ b);

	if (a == b) {
		r->whole = true;
		return;
	}
	if (low >= LEAST_BITS)
		r->low |= (uint64_t)1 << (low > MOST_BITS ? MOST_BITS : low);
	if (high <= MOST_INDEX)
		r->high |= (uint64_t)1 << high;
}

static void
compare_lines(struct readings *r, const struct sf_track_line *a,
    const struct sf_track_line *b)
{
	for (const struct sf_key_use *u = b->stream->keys; u != NULL;
	     u = u->next)
		compare(r, a->stream->keys->kid, u->kid);
	for (const struct sf_key_use *u = a->stream->keys; u != NULL;
	     u = u->next)
		compare(r, b->stream->keys->kid, u->kid);
}

static struct readings
find_readings(const struct sf_timeline *t)
{
	const struct sf_track_line *last = NULL;
	struct readings r = { 0 };

	for (unsigned i = 0; i < t->n_lines; i++) {
		if (t->lines[i].copy)
			continue;
		if (last != NULL && last->sender != t->lines[i].sender)
			compare_lines(&r, last, &t->lines[i]);
		last = &t->lines[i];
	}
	return r;
}

/* ---- the best of them -------------------------------------------------------------- */

/* Does a reading hide many changes? Then its epochs are several in one. */
static bool
is_coarse(const struct sf_timeline *t)
{
	uint64_t hidden = 0;

	for (unsigned i = 0; i < t->n_lines; i++)
		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u->next != NULL && !t->lines[i].copy; u = u->next)
			hidden += u->kid != u->next->kid &&
				  sf_timeline_value(t, u->kid) ==
				      sf_timeline_value(t, u->next->kid);
	return hidden * 4 > t->changes;
}

struct best {
	enum sf_group group;
	double chance;
	unsigned bits, shift;
	bool any;
};

static bool
try(struct sf_timeline *t, struct scale *s, struct best *best, unsigned bits,
    unsigned shift)
{
	struct weight w;
	enum sf_group g;

	t->form.evident_bits = bits;
	t->form.evident_shift = shift;
	if (is_coarse(t))
		return true;
	if (!sf_timeline_make_epochs(t))
		return false;
	if ((uint64_t)t->n_epochs * t->n_senders > WORK)
		return true;
	w = weigh(s);
	g = verdict(&w, s->grace_ns);
	if (best->any &&
	    (g < best->group || (g == best->group && w.chance >= best->chance)))
		return true;
	*best = (struct best){ g, w.chance, bits, shift, true };
	return true;
}

static bool
try_all(struct sf_timeline *t, struct scale *s, struct best *best)
{
	struct readings r = find_readings(t);
	bool ok = !r.whole || try(t, s, best, 0, 0);

	for (unsigned i = MOST_BITS; i >= LEAST_BITS && ok; i--)
		if (r.low >> i & 1)
			ok = try(t, s, best, i, 0);
	for (unsigned i = 1; i <= MOST_INDEX && ok; i++)
		if (r.high >> i & 1)
			ok = try(t, s, best, 0, i);
	return ok;
}

static bool
read_kids(struct sf_timeline *t, int64_t grace_ns)
{
	size_t room = t->n_lines + t->changes + 1;
	struct scale s = { t, calloc(room, sizeof(*s.all)), 0,
		calloc((size_t)t->n_senders + 1, sizeof(*s.on_time)),
		calloc((size_t)t->n_senders + 1, sizeof(*s.offends)),
		calloc((size_t)t->n_senders + 1, sizeof(*s.missed)), grace_ns };
	struct best best = { 0 };
	bool ok = s.all != NULL && s.on_time != NULL && s.offends != NULL &&
		  s.missed != NULL && try_all(t, &s, &best);

	free(s.all);
	free(s.on_time);
	free(s.offends);
	free(s.missed);
	t->group = best.group;
	t->form.evident_bits = best.bits;
	t->form.evident_shift = best.shift;
	return ok;
}

bool
sf_timeline_find_group(struct sf_timeline *t, int64_t grace_ns)
{
	bool ok = true;

	t->group = SF_GROUP_EVIDENT;
	if (t->form.scheme == SF_KID_SENDER && t->n_senders != 1)
		t->group = SF_GROUP_NONE;
	else if (t->form.scheme != SF_KID_MLS && t->n_senders != 1)
		ok = read_kids(t, grace_ns);
	if (ok && t->group != SF_GROUP_NONE)
		return sf_timeline_make_epochs(t);
	t->n_epochs = 0;
	return ok;
}
