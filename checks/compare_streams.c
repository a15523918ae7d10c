/*
 * compare_streams.c - which stream of B carries which of A, and how far apart
 * their clocks are.
 */
#include <stdlib.h>

#include "checks/compare_parts.h"

#define SECOND ((int64_t)1000000000)
#define VOTERS 48 /* frames that vote on a timestamp offset */

/* ---- the clocks ---------------------------------------------------------------------------- */

static int
by_value(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

bool
sf_compare_delays(struct sf_compare_work *w)
{
	struct sf_comparison *out = w->out;
	int64_t *d = calloc(w->b->n + 1, sizeof(*d));
	size_t n = 0;

	if (d == NULL)
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];

		if (b->other != 0)
			d[n++] = b->time_ns - w->a->notes[b->other - 1].time_ns;
	}
	if (n > 0) {
		qsort(d, n, sizeof(*d), by_value);
		out->has_offset = true;
		out->offset_ns = d[(n - 1) / 2];
		out->delay_p95_ns = d[(n * 95 + 99) / 100 - 1] - out->offset_ns;
		out->delay_most_ns = d[n - 1] - out->offset_ns;
	}
	free(d);
	return true;
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

/* The first frames of a stream that nothing was found for. */
static size_t
first_left(const struct sf_side *s, uint32_t stream, const struct sf_note **out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < VOTERS; i++)
		if (s->notes[i].stream == stream && sf_note_left(&s->notes[i]))
			out[n++] = &s->notes[i];
	return n;
}

/* Pairs at one distance of timestamps whose lengths differ by the same, about:
   encryption adds as much to every frame. */
static unsigned
score_offset(const struct sf_note **a, size_t na, const struct sf_note **b,
    size_t nb, uint32_t off)
{
	int64_t differ[VOTERS];
	unsigned n = 0, most = 0;

	for (size_t x = 0, y = 0; x < na && y < nb;) {
		int32_t d = (int32_t)(b[y]->timestamp - off - a[x]->timestamp);

		if (d == 0)
			differ[n++] =
			    (int64_t)b[y]->octets - (int64_t)a[x]->octets;
		x += d >= 0;
		y += d <= 0;
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned same = 0;

		for (unsigned j = 0; j < n; j++)
			same += differ[j] - differ[i] <= 2 &&
				differ[i] - differ[j] <= 2;
		most = same > most ? same : most;
	}
	return most;
}

/* No frame of the two is equal: the distance at which most fit. */
static unsigned
best_offset(const struct sf_note **a, size_t na, const struct sf_note **b,
    size_t nb, uint32_t *offset)
{
	unsigned most = 0;

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb && j < 4; j++) {
			uint32_t off = b[j]->timestamp - a[i]->timestamp;
			unsigned n = score_offset(a, na, b, nb, off);

			if (n > most || (n == most && off == 0)) {
				most = n;
				*offset = off;
			}
		}
	return most;
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

static void
map_by_time(struct sf_compare_work *w, uint32_t b_id)
{
	const struct sf_note *a[VOTERS], *b[VOTERS];
	const struct sf_stream *to = w->b_streams[b_id - 1];
	size_t nb = first_left(w->b, b_id, b);
	unsigned most = 0;

	for (const struct sf_stream *s = w->a->model->streams;
	     nb >= 8 && s != NULL; s = s->next) {
		uint32_t off = 0;
		size_t na;
		unsigned n;

		if (!sf_compare_media(s) || is_mapped(w, s->id) ||
		    !may_be_one(w, s, to))
			continue;
		na = first_left(w->a, s->id, a);
		n = best_offset(a, na, b, nb, &off);
		if (n * 10 > nb * 6 && n > most) {
			most = n;
			w->map[b_id - 1] = s->id;
			w->offset[b_id - 1] = off;
		}
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
}
