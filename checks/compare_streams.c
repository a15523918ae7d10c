/*
 * compare_streams.c - which stream of B carries which of A, and how far apart
 * their clocks are.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/compare_parts.h"

#define SECOND ((int64_t)1000000000)
#define LEAST    8             /* frames that vote on a timestamp offset */
#define APART    (2 * SECOND)  /* from the usual way, at most */
#define TOGETHER (SECOND / 10) /* likewise, of legs of one stream */

/* A drift is looked for between quarters of so many frames, so far apart, and is
   one when it makes so much of a difference; one in a hundred is no clock. */
#define DRIFT_FRAMES 100
#define DRIFT_NS     (60 * SECOND)
#define DRIFT_LEAST  ((int64_t)5000000)

/* ---- the clocks ---------------------------------------------------------------------------- */

struct delay {
	int64_t a_ns, ns;
};

static int
by_a_time(const void *left, const void *right)
{
	const struct delay *a = left, *b = right;

	return a->a_ns < b->a_ns ? -1 : a->a_ns > b->a_ns;
}

/* Of delays in the order of time; sorted is room for as many. */
static int64_t
median(const struct delay *d, size_t n, int64_t *sorted)
{
	for (size_t i = 0; i < n; i++)
		sorted[i] = d[i].ns;
	qsort(sorted, n, sizeof(*sorted), sf_compare_by_value);
	return sorted[(n - 1) / 2];
}

int64_t
sf_compare_offset_at(const struct sf_comparison *c, int64_t a_ns)
{
	return c->offset_ns +
	       (int64_t)(c->drift * (double)(a_ns - c->middle_ns));
}

/* The medians of the first quarter and of the last, where they are so far apart
   that the way alone does not make the difference. */
static void
find_drift(
    struct sf_comparison *out, const struct delay *d, size_t n, int64_t *sorted)
{
	size_t part = n / 4;
	int64_t apart, grown;

	if (part < DRIFT_FRAMES)
		return;
	apart = d[n - 1 - part / 2].a_ns - d[part / 2].a_ns;
	grown = median(d + n - part, part, sorted) - median(d, part, sorted);
	if (apart < DRIFT_NS || grown > apart / 100 || -grown > apart / 100 ||
	    (grown < DRIFT_LEAST && -grown < DRIFT_LEAST))
		return;
	out->drift = (double)grown / (double)apart;
}

static void
sum_delays(
    struct sf_comparison *out, struct delay *d, size_t n, int64_t *sorted)
{
	if (n == 0)
		return;
	qsort(d, n, sizeof(*d), by_a_time);
	out->has_offset = true;
	out->middle_ns = d[n / 2].a_ns;
	out->offset_ns = median(d, n, sorted);
	out->drift = 0;
	find_drift(out, d, n, sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = d[i].ns - sf_compare_offset_at(out, d[i].a_ns);
	qsort(sorted, n, sizeof(*sorted), sf_compare_by_value);
	out->delay_p95_ns = sorted[(n * 95 + 99) / 100 - 1];
	out->delay_most_ns = sorted[n - 1];
}

bool
sf_compare_delays(struct sf_compare_work *w)
{
	struct delay *d = calloc(w->b->n + 1, sizeof(*d));
	int64_t *sorted = calloc(w->b->n + 1, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; d != NULL && i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		int64_t at =
		    b->other == 0 ? 0 : w->a->notes[b->other - 1].time_ns;

		if (b->other != 0)
			d[n++] = (struct delay){ at, b->time_ns - at };
	}
	if (d != NULL && sorted != NULL)
		sum_delays(w->out, d, n, sorted);
	free(d);
	free(sorted);
	return d != NULL && sorted != NULL;
}

/* ---- which stream is which --------------------------------------------------------- */

static uint32_t
offset_of_matches(const struct sf_compare_work *w, uint32_t a_id, uint32_t b_id)
{
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		const struct sf_note *a =
		    b->other == 0 ? NULL : &w->a->notes[b->other - 1];

		if (a != NULL && b->stream == b_id && a->stream == a_id)
			return b->timestamp - a->timestamp;
	}
	return 0;
}

static void
map_by_votes(struct sf_compare_work *w)
{
	size_t na = w->a->model->n_streams, nb = w->b->model->n_streams;

	for (uint32_t b = 0; w->votes != NULL && b < nb; b++) {
		uint32_t most = 0;

		for (uint32_t a = 0; a < na; a++)
			if (w->votes[a * nb + b] > most) {
				most = w->votes[a * nb + b];
				w->map[b] = a + 1;
			}
		if (w->map[b] != 0 && w->map[b] != w->offset_of[b])
			w->offset[b] = offset_of_matches(w, w->map[b], b + 1);
	}
}

/* Frames of a stream that can be one of the other side: the first ones, from a
   time on. */
static size_t
frames_from(const struct sf_side *s, uint32_t stream, int64_t from_ns,
    bool (*wanted)(const struct sf_note *), const struct sf_note **out,
    size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < room; i++)
		if (s->notes[i].stream == stream &&
		    s->notes[i].time_ns >= from_ns && wanted(&s->notes[i]))
			out[n++] = &s->notes[i];
	return n;
}

static bool
is_seen(const struct sf_note *n)
{
	return sf_note_whole(n) && !n->hop;
}

/* Could the two be one stream, by their names and by the clock? */
static bool
may_be_one(const struct sf_compare_work *w, const struct sf_stream *a,
    const struct sf_stream *b)
{
	int64_t apart = b->first.time_ns - a->first.time_ns;
	int64_t shift = w->out->has_offset ? w->out->offset_ns : 0;
	int64_t most = w->out->has_offset ? 2 * SECOND : 60 * SECOND;

	if (a->kind != b->kind && a->kind != SF_KIND_UNKNOWN &&
	    b->kind != SF_KIND_UNKNOWN)
		return false;
	/* one of the two captures may have begun later */
	return a->ssrc == b->ssrc ||
	       (apart - shift < most && shift - apart < most) ||
	       (w->out->has_offset &&
		   a->first.time_ns + shift < b->last.time_ns &&
		   b->first.time_ns < a->last.time_ns + shift);
}

static bool
is_mapped(const struct sf_compare_work *w, uint32_t a_id)
{
	for (uint32_t b = 0; b < w->b->model->n_streams; b++)
		if (w->map[b] == a_id)
			return true;
	return false;
}

/* Where other streams say that it is one call, counters say enough. */
static bool
are_one(const struct sf_compare_work *w, const struct sf_fit_frames *l,
    const struct sf_fit *f)
{
	return (w->out->has_offset && f->counters * 10 > l->nb * 6) ||
	       sf_fit_is_no_chance(l, f->exactly);
}

/* By how much later than at A frames of this stream come to B. */
static struct sf_fit_when
when_of(const struct sf_compare_work *w, uint32_t a_id, int64_t b_ns)
{
	const struct sf_comparison *c = w->out;

	if (c->has_offset)
		return (struct sf_fit_when){ true,
			sf_compare_offset_at(c, b_ns - c->offset_ns), APART };
	for (uint32_t b = 0; b < w->b->model->n_streams; b++)
		if (w->map[b] == a_id && w->by_time[b])
			return (struct sf_fit_when){ true, w->delay[b], APART };
	return (struct sf_fit_when){ 0 };
}

/* Does a receiver get the stream already, by another one between the same two
   addresses? */
static bool
is_there_already(
    const struct sf_compare_work *w, uint32_t a_id, const struct sf_stream *b)
{
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (s != b && sf_compare_media(s) &&
		    sf_compare_carries(w, a_id, s->id) &&
		    memcmp(&s->src, &b->src, sizeof(s->src)) == 0 &&
		    memcmp(&s->dst, &b->dst, sizeof(s->dst)) == 0)
			return true;
	return false;
}

/*
 * For a second receiver, decrypted, with timestamps of its own. Another sender
 * may be in the clear and play the same test tone, so lengths alone do not tell:
 * the frames come when those of the first come, and to another address; and where
 * it may be a tone, they are late together. To the address of the first a server
 * forwards other senders too, as it gets round to it: there each has to be early or
 * late as it was at A.
 */
static bool
is_decrypted_leg(const struct sf_compare_work *w, const struct sf_fit_frames *l,
    const struct sf_fit *f, uint32_t a_id, const struct sf_stream *b,
    uint32_t off)
{
	struct sf_fit_when when = when_of(w, a_id, l->b[0]->time_ns);
	int64_t later = sf_fit_delay(l, off) - when.ns;
	bool there = is_there_already(w, a_id, b);
	enum sf_fit_along along =
	    sf_fit_along(l, off, there ? NULL : w->b->notes);

	return f->decrypted * 10 > l->nb * 6 && when.known &&
	       later < TOGETHER && -later < TOGETHER &&
	       sf_fit_is_no_chance(l, f->exactly) &&
	       (there ? along == SF_FIT_ALONG
		      : along != SF_FIT_APART || !sf_fit_comes_round(l, off));
}

/* For a second receiver: the counters, or the very timestamps, of A or of the
   first. Lengths say nothing: another sender may play the same test tone. */
static bool
is_second_leg(const struct sf_compare_work *w, const struct sf_fit_frames *l,
    const struct sf_fit *f, uint32_t a_id, uint32_t off)
{
	if (f->counters * 10 > l->nb * 6 || off == 0)
		return true;
	for (uint32_t b = 0; b < w->b->model->n_streams; b++)
		if (w->map[b] == a_id && w->offset[b] == off)
			return true;
	return false;
}

/* Offers that fit are those that most frames fit. */
static bool
is_believed(const struct sf_compare_work *w, const struct sf_fit_frames *l,
    const struct sf_stream *a, const struct sf_stream *b, uint32_t off)
{
	struct sf_fit f = sf_fit_at(l, off);

	if (a->ssrc == b->ssrc && off == 0)
		return true;
	if (is_mapped(w, a->id))
		return is_second_leg(w, l, &f, a->id, off) ||
		       is_decrypted_leg(w, l, &f, a->id, b, off);
	return are_one(w, l, &f);
}

/* A stream of A that one of B may be, and how many frames say so. */
struct offer {
	uint32_t a_id, offset;
	unsigned fit;
	int64_t delay;
};

/* Of frames of A that were there when those of B were, or else of the first. */
static void
consider(struct offer *best, const struct sf_compare_work *w,
    struct sf_fit_frames *l, const struct sf_stream *a,
    const struct sf_stream *b, const struct sf_fit_when *when)
{
	int64_t from = when->known ? l->b[0]->time_ns - when->ns - when->within
				   : INT64_MIN;
	uint32_t off = 0;
	unsigned n;

	l->na = frames_from(w->a, a->id, from, is_seen, l->a,
	    when->known ? SF_FIT_SOURCES : SF_FIT_FRAMES);
	n = sf_fit_best(l, when, &off);
	if (n * 10 > l->nb * 6 && n > best->fit && is_believed(w, l, a, b, off))
		*best = (struct offer){ a->id, off, n, sf_fit_delay(l, off) };
}

static bool
is_decrypted(const struct sf_stream *a, const struct sf_stream *b)
{
	return b->protection == SF_PROT_PLAINTEXT &&
	       (a->protection == SF_PROT_VERIFIED ||
		   a->protection == SF_PROT_CONSISTENT ||
		   a->protection == SF_PROT_PARTLY_CLEAR ||
		   a->protection == SF_PROT_OTHER_DIALECT);
}

static void
consider_all(struct offer *best, const struct sf_compare_work *w,
    struct sf_fit_frames *l, const struct sf_stream *a,
    const struct sf_stream *b)
{
	struct sf_fit_when when = when_of(w, a->id, l->b[0]->time_ns);
	struct sf_fit_when near = { when.known, when.ns, TOGETHER };

	if (when.known)
		consider(best, w, l, a, b, &near);
	consider(best, w, l, a, b, &when);
	/* The clocks may agree, and A have begun long before. Two senders with
	   one test tone are as near: what was decrypted alone is looked for. */
	near = (struct sf_fit_when){ true, 0, APART };
	if (!when.known && is_decrypted(a, b))
		consider(best, w, l, a, b, &near);
}

static void
map_by_time(struct sf_compare_work *w, uint32_t b_id)
{
	const struct sf_stream *to = w->b_streams[b_id - 1];
	struct offer best = { 0 };
	struct sf_fit_frames l;

	l.nb = frames_from(
	    w->b, b_id, INT64_MIN, sf_note_left, l.b, SF_FIT_FRAMES);
	for (const struct sf_stream *s = w->a->model->streams;
	     l.nb >= LEAST && s != NULL; s = s->next)
		if (sf_compare_media(s) && may_be_one(w, s, to) &&
		    !sf_compare_barred(w, s->id, b_id))
			consider_all(&best, w, &l, s, to);
	w->map[b_id - 1] = best.a_id;
	w->offset[b_id - 1] = best.offset;
	w->delay[b_id - 1] = best.delay;
	w->by_time[b_id - 1] = best.a_id != 0;
}

/* A repair stream is where the stream that it repairs is. */
static void
map_repair(struct sf_compare_work *w, const struct sf_stream *s)
{
	if (s->kind != SF_KIND_REPAIR || s->repairs == 0)
		return;
	w->map[s->id - 1] = w->map[s->repairs - 1];
	w->offset[s->id - 1] = w->offset[s->repairs - 1];
}

static bool
has_kind(const struct sf_model *m, enum sf_kind kind)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (s->kind == kind && s->frames >= LEAST)
			return true;
	return false;
}

bool
sf_compare_in_both(const struct sf_compare_work *w, enum sf_kind kind)
{
	return has_kind(w->a->model, kind) && has_kind(w->b->model, kind);
}

/* Is a stream of the kind in both that was found again, or in one at most? */
static bool
kind_agrees(const struct sf_compare_work *w, enum sf_kind kind)
{
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (s->kind == kind && w->map[s->id - 1] != 0)
			return true;
	return !sf_compare_in_both(w, kind);
}

/* No frame is equal, and lengths say that one kind of media is of one call and
   the other is not: then they say nothing. Test tones are as long in each. */
static void
drop_contradicted(struct sf_compare_work *w)
{
	if (w->out->has_offset ||
	    (kind_agrees(w, SF_KIND_AUDIO) && kind_agrees(w, SF_KIND_VIDEO)))
		return;
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next) {
		uint32_t a = w->map[s->id - 1];

		if (a != 0 && (w->a_streams[a - 1]->ssrc != s->ssrc ||
				  w->offset[s->id - 1] != 0))
			w->map[s->id - 1] = 0;
	}
}

void
sf_compare_streams(struct sf_compare_work *w)
{
	map_by_votes(w);
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (sf_compare_media(s) && w->map[s->id - 1] == 0)
			map_by_time(w, s->id);
	drop_contradicted(w);
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		map_repair(w, s);
}

bool
sf_compare_carries(
    const struct sf_compare_work *w, uint32_t a_id, uint32_t b_id)
{
	size_t nb = w->b->model->n_streams;

	return w->map[b_id - 1] == a_id ||
	       (w->votes != NULL && w->votes[(a_id - 1) * nb + b_id - 1] > 0);
}

bool
sf_compare_differs_at_a(const struct sf_compare_work *w, uint32_t a_id)
{
	for (const struct sf_stream *s = w->a->model->streams; s != NULL;
	     s = s->next)
		if (s->kind == SF_KIND_REPAIR && s->repairs == a_id &&
		    s->evidence.conflicts > 0)
			return true;
	return false;
}

/* ---- which stream of A a frame is of ---------------------------------------- */

static void
note_source(struct sf_compare_work *w, struct sf_note *b)
{
	struct sf_source *now = &w->now[b->stream - 1];
	const struct sf_note *a =
	    b->other == 0 ? NULL : &w->a->notes[b->other - 1];

	if (a != NULL)
		*now = (struct sf_source){ a->stream,
			b->timestamp - a->timestamp };
	b->from = now->stream;
	b->shift = now->shift;
}

void
sf_compare_sources(struct sf_compare_work *w, bool forward)
{
	for (uint32_t i = 0; i < w->b->model->n_streams; i++)
		w->now[i] = (struct sf_source){ w->map[i], w->offset[i] };
	/* what is found last on the way back is where a stream begins */
	for (size_t i = w->b->n; i-- > 0;)
		note_source(w, &w->b->notes[i]);
	for (size_t i = 0; forward && i < w->b->n; i++)
		note_source(w, &w->b->notes[i]);
}
