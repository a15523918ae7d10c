/*
 * epochs.c - the key epochs that a group moves through together, and how much
 * of its time each stream was on them, behind them, ahead of them.
 */
#include <stdlib.h>

#include "checks/check.h"
#include "checks/timeline.h"

#define STEADY 3    /* frames on a KID before it counts */
#define NEAR   4096 /* uses of KIDs among which a group comes to an epoch */

uint64_t
sf_timeline_value(const struct sf_timeline *t, uint64_t kid)
{
	struct sf_kid_parts p = sf_kid_parts(&t->form, kid);

	/* a sender's generation and step are its own */
	return p.width == 0 || t->form.scheme == SF_KID_SENDER ? kid : p.low;
}

const struct sf_epoch *
sf_timeline_epoch(const struct sf_timeline *t, int64_t ns)
{
	const struct sf_epoch *now = NULL;

	for (unsigned i = 0; i < t->n_epochs; i++)
		if (t->epochs[i].first_ns <= ns)
			now = &t->epochs[i];
	return now;
}

bool
sf_sender_speaks(const struct sf_timeline *t, const struct sf_sender *s)
{
	for (unsigned i = s->first; i < s->first + s->n; i++)
		if (!t->lines[i].copy)
			return true;
	return false;
}

/* ---- who is there -------------------------------------------------------- */

/* A sender comes to a value. */
struct begun {
	int64_t ns;
	uint64_t value;
	uint32_t stream, sender;
};

struct group {
	struct begun *all; /* by time */
	size_t n;
	int64_t *starts, *ends; /* of senders, each by time */
	size_t senders;
	size_t *stamp; /* by sender: the search that counted it last */
};

static int
by_time(const void *left, const void *right)
{
	const struct begun *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->stream < b->stream ? -1 : a->stream > b->stream;
}

static int
by_number(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* How many of the sorted numbers are below v. */
static size_t
below(const int64_t *sorted, size_t n, int64_t v)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (sorted[at] < v)
			low = at + 1;
		else
			high = at;
	}
	return low;
}

static size_t
there_at(const struct group *g, int64_t ns)
{
	return below(g->starts, g->senders, ns + 1) -
	       below(g->ends, g->senders, ns);
}

static void
gather_uses(struct group *g, const struct sf_timeline *t, size_t room)
{
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_track_line *l = &t->lines[i];

		for (const struct sf_key_use *u = l->stream->keys;
		     u != NULL && !l->copy; u = u->next)
			if (u->frames >= STEADY && g->n < room)
				g->all[g->n++] =
				    (struct begun){ u->first.time_ns,
					    sf_timeline_value(t, u->kid),
					    l->stream->id, l->sender };
	}
	qsort(g->all, g->n, sizeof(*g->all), by_time);
}

static void
gather_senders(struct group *g, const struct sf_timeline *t)
{
	for (unsigned i = 0; i < t->n_senders; i++)
		if (sf_sender_speaks(t, &t->senders[i])) {
			g->starts[g->senders] = t->senders[i].first_ns;
			g->ends[g->senders++] = t->senders[i].last_ns;
		}
	qsort(g->starts, g->senders, sizeof(*g->starts), by_number);
	qsort(g->ends, g->senders, sizeof(*g->ends), by_number);
}

static bool
group_init(struct group *g, const struct sf_timeline *t, size_t room)
{
	size_t senders = (size_t)t->n_senders + 1;

	*g = (struct group){ calloc(room + 1, sizeof(*g->all)), 0,
		calloc(senders, sizeof(*g->starts)),
		calloc(senders, sizeof(*g->ends)), 0,
		calloc(senders, sizeof(*g->stamp)) };
	if (g->all == NULL || g->starts == NULL || g->ends == NULL ||
	    g->stamp == NULL)
		return false;
	gather_uses(g, t, room);
	gather_senders(g, t);
	return true;
}

static void
group_wipe(struct group *g)
{
	free(g->all);
	free(g->starts);
	free(g->ends);
	free(g->stamp);
}

/* ---- epochs ---------------------------------------------------------------- */

/* Is the value one that the group has had of late? A value that comes back
   after a full round of its bits is a new epoch. */
static bool
is_known(const struct sf_timeline *t, uint64_t value)
{
	unsigned round = t->form.scheme == SF_KID_MLS ? t->form.epoch_bits
						      : t->form.evident_bits;
	unsigned back = round == 0 || round > 12 ? 4096 : (1u << round) - 1;

	for (unsigned i = t->n_epochs; i-- > 0 && back > 0; back--)
		if (t->epochs[i].value == value)
			return true;
	return false;
}

/*
 * The value is the group's from when half of those who are there have come to
 * it: of two, the first who moves; of more, one alone runs ahead. NULL: it
 * never is.
 */
static const struct begun *
half_came(struct group *g, size_t from)
{
	size_t came = 0;

	for (size_t i = from; i < g->n && i < from + NEAR; i++) {
		const struct begun *b = &g->all[i];

		if (b->value != g->all[from].value ||
		    g->stamp[b->sender - 1] == from + 1)
			continue;
		g->stamp[b->sender - 1] = from + 1;
		came++;
		if (came * 2 >= there_at(g, b->ns))
			return b;
	}
	return NULL;
}

static int
by_first(const void *left, const void *right)
{
	const struct sf_epoch *a = left, *b = right;

	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return a->leader < b->leader ? -1 : a->leader > b->leader;
}

bool
sf_timeline_make_epochs(struct sf_timeline *t)
{
	size_t room = t->n_lines + t->changes;
	struct group g;

	t->n_epochs = 0;
	if (t->epochs == NULL)
		t->epochs = calloc(room + 1, sizeof(*t->epochs));
	if (!group_init(&g, t, room) || t->epochs == NULL) {
		group_wipe(&g);
		return false;
	}
	for (size_t i = 0; i < g.n; i++) {
		const struct begun *b;

		if (is_known(t, g.all[i].value))
			continue;
		b = half_came(&g, i);
		if (b != NULL)
			t->epochs[t->n_epochs++] =
			    (struct sf_epoch){ b->value, b->ns, b->stream,
				    g.all[i].stream, g.all[i].ns };
	}
	group_wipe(&g);
	qsort(t->epochs, t->n_epochs, sizeof(*t->epochs), by_first);
	return true;
}

bool
sf_timeline_has_epoch(const struct sf_timeline *t, uint64_t value)
{
	for (unsigned i = 0; i < t->n_epochs; i++)
		if (t->epochs[i].value == value)
			return true;
	return false;
}

bool
sf_timeline_current(
    const struct sf_timeline *t, uint64_t value, int64_t ns, int64_t grace_ns)
{
	for (unsigned i = 0; i < t->n_epochs; i++)
		if (t->epochs[i].value == value &&
		    t->epochs[i].first_ns <= ns + grace_ns &&
		    (i + 1 == t->n_epochs ||
			t->epochs[i + 1].first_ns + grace_ns >= ns))
			return true;
	return false;
}

/* ---- streams against them --------------------------------------------------- */

/* The latest epoch of the value that had begun by then; n_epochs: none. */
static unsigned
epoch_index(const struct sf_timeline *t, uint64_t value, int64_t by_ns)
{
	for (unsigned i = t->n_epochs; i-- > 0;)
		if (t->epochs[i].value == value &&
		    t->epochs[i].first_ns <= by_ns)
			return i;
	return t->n_epochs;
}

bool
sf_timeline_is_ahead(
    const struct sf_timeline *t, const struct sf_key_use *u, int64_t ns)
{
	return u->frames >= STEADY &&
	       epoch_index(t, sf_timeline_value(t, u->kid), ns) == t->n_epochs;
}

static int64_t
end_of(const struct sf_key_use *u)
{
	return u->next == NULL ? u->last.time_ns : u->next->first.time_ns;
}

/* Time on a KID before it was the group's; all of it, when it never was. */
static void
measure_ahead(const struct sf_timeline *t, struct sf_track_line *l,
    const struct sf_key_use *u, unsigned i)
{
	int64_t until = i == t->n_epochs ? end_of(u) : t->epochs[i].first_ns;
	int64_t early = until - u->first.time_ns;

	if (!sf_timeline_is_ahead(t, u, u->first.time_ns) ||
	    early <= l->ahead_ns)
		return;
	l->ahead_ns = early;
	l->ahead = u;
	l->ahead_alone = i == t->n_epochs;
}

/* One use of a KID against the epochs: how much of it was on time. */
static void
measure_use(const struct sf_timeline *t, struct sf_track_line *l,
    const struct sf_key_use *u, int64_t grace_ns)
{
	int64_t end = end_of(u);
	int64_t length = u->last.time_ns - u->first.time_ns;
	unsigned i =
	    epoch_index(t, sf_timeline_value(t, u->kid), u->last.time_ns);
	int64_t begin, left, late;

	measure_ahead(t, l, u, i);
	if (i == t->n_epochs)
		return;
	begin = t->epochs[i].first_ns > u->first.time_ns ? t->epochs[i].first_ns
							 : u->first.time_ns;
	left = i + 1 < t->n_epochs ? t->epochs[i + 1].first_ns : end;
	if (left > begin)
		l->current_ns += (left < end ? left : end) - begin;
	late = u->last.time_ns - left;
	if (i + 1 == t->n_epochs || late <= 0)
		return;
	if (late > l->behind_ns)
		l->behind_ns = late;
	if (late > grace_ns && length > 0)
		l->retired_frames +=
		    (uint64_t)((double)u->frames * (double)(late - grace_ns) /
			       (double)length);
}

static void
measure_line(
    const struct sf_timeline *t, struct sf_track_line *l, int64_t grace_ns)
{
	l->follows = t->n_epochs > 0;
	for (const struct sf_key_use *u = l->stream->keys; u != NULL;
	     u = u->next)
		measure_use(t, l, u, grace_ns);
	if (l->current_ns > l->present_ns)
		l->current_ns = l->present_ns;
}

/* ---- who was late --------------------------------------------------------- */

static const struct sf_key_use *
leader_use(const struct sf_timeline *t, const struct sf_epoch *e)
{
	for (unsigned i = 0; i < t->n_lines; i++)
		if (t->lines[i].stream->id == e->leader)
			return sf_key_use_at(t->lines[i].stream, e->first_ns);
	return NULL;
}

/* A use of a KID that the group had left, by one who had not gone on: whoever
   returns to it is not late. after: the epoch of the use before; n_epochs: it
   was none, or there was no use. */
static void
note_lag(struct sf_timeline *t, unsigned line, const struct sf_key_use *u,
    unsigned after, int64_t grace_ns)
{
	unsigned i =
	    epoch_index(t, sf_timeline_value(t, u->kid), u->last.time_ns);
	const struct sf_key_use *lead;
	int64_t left;

	if (u->frames < STEADY || i + 1 >= t->n_epochs ||
	    (after != t->n_epochs && after > i))
		return;
	left = t->epochs[i + 1].first_ns;
	if (u->last.time_ns - (u->first.time_ns > left && after == t->n_epochs
				      ? u->first.time_ns
				      : left) <=
	    grace_ns)
		return;
	lead = leader_use(t, &t->epochs[i + 1]);
	if (lead != NULL)
		t->lags[t->n_lags++] = (struct sf_lag){ line, u, lead,
			t->epochs[i + 1].leader, u->last.time_ns - left };
}

static bool
find_lags(struct sf_timeline *t, int64_t grace_ns)
{
	size_t n = 1;

	for (unsigned i = 0; i < t->n_lines; i++)
		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL; u = u->next)
			n++;
	t->lags = calloc(n, sizeof(*t->lags));
	if (t->lags == NULL)
		return false;
	for (unsigned i = 0; i < t->n_lines; i++) {
		unsigned after = t->n_epochs;

		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL; u = u->next) {
			note_lag(t, i, u, after, grace_ns);
			after = epoch_index(
			    t, sf_timeline_value(t, u->kid), u->last.time_ns);
		}
	}
	return true;
}

/* Most of a group are not late. */
static bool
most_are_late(const struct sf_timeline *t)
{
	unsigned late = 0, all = 0;
	uint32_t last = 0;

	for (unsigned i = 0; i < t->n_senders; i++)
		all += sf_sender_speaks(t, &t->senders[i]);
	for (unsigned i = 0; i < t->n_lags; i++) {
		const struct sf_track_line *l = &t->lines[t->lags[i].line];

		late += l->sender != last && !l->copy;
		last = l->sender;
	}
	return late * 2 > all;
}

/* The reading that weighs most may still explain too little. */
static void
doubt_group(struct sf_timeline *t)
{
	if (t->form.scheme == SF_KID_MLS)
		return;
	if (t->n_senders > 1 && most_are_late(t))
		t->group = SF_GROUP_NONE;
	if (t->n_senders < 2 || t->group == SF_GROUP_NONE)
		t->n_lags = 0;
}

bool
sf_timeline_find_epochs(struct sf_timeline *t, const struct sf_checks *k)
{
	int64_t grace_ns = k->options.drift_grace_ns;

	if (!sf_timeline_find_group(t, grace_ns) || !find_lags(t, grace_ns))
		return false;
	doubt_group(t);
	if (t->group != SF_GROUP_EVIDENT) {
		t->n_epochs = 0;
		t->form.evident_bits = t->form.evident_shift = 0;
	}
	for (unsigned i = 0; i < t->n_lines; i++)
		measure_line(t, &t->lines[i], grace_ns);
	return true;
}
