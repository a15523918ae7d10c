/*
 * compare_rows.c - the rows of a comparison: which stream of A was seen in which
 * of B, and which of several A's a stream of B showed at some time.
 */
#include <stdlib.h>

#include "checks/compare_parts.h"

/* ---- rows ------------------------------------------------------------------ */

static uint32_t
votes(const struct sf_compare_work *w, uint32_t a_id, uint32_t b_id)
{
	size_t nb = w->b->model->n_streams;

	return w->votes == NULL ? w->map[b_id - 1] == a_id
				: w->votes[(a_id - 1) * nb + b_id - 1];
}

/* The stream of B that has most of A's frames first; the others have copies. */
static uint32_t
main_of(const struct sf_compare_work *w, uint32_t a_id)
{
	uint32_t most = 0, best = 0;

	for (uint32_t b = 1; b <= w->b->model->n_streams; b++) {
		uint32_t n = votes(w, a_id, b);

		if (!sf_compare_media(w->b_streams[b - 1]) ||
		    !sf_compare_carries(w, a_id, b))
			continue;
		if (best == 0 || n > most) {
			most = n;
			best = b;
		}
	}
	return best;
}

static void
add_row(struct sf_compare_work *w, uint32_t a_id, uint32_t b_id)
{
	struct sf_compared *r = &w->out->rows[w->out->n_rows++];

	if (a_id != 0)
		r->a = w->a_streams[a_id - 1];
	if (b_id != 0)
		r->b = w->b_streams[b_id - 1];
	r->copy = a_id != 0 && b_id != 0 && main_of(w, a_id) != b_id;
	r->second = a_id != 0 && b_id != 0 && w->map[b_id - 1] != a_id;
	if (a_id != 0 && !r->copy)
		w->row_of_a[a_id - 1] = w->out->n_rows;
	if (b_id != 0 && !r->second)
		w->row_of_b[b_id - 1] = w->out->n_rows;
}

static uint32_t
id_of(const struct sf_stream *s)
{
	return sf_compare_media(s) ? s->id : 0;
}

/* Both, in the order of B; then what A has alone, and B. */
static void
add_rows(struct sf_compare_work *w)
{
	uint32_t na = w->a->model->n_streams, nb = w->b->model->n_streams;

	for (uint32_t b = 1; b <= nb; b++)
		for (uint32_t a = 1; a <= na && id_of(w->b_streams[b - 1]); a++)
			if (id_of(w->a_streams[a - 1]) != 0 &&
			    sf_compare_carries(w, a, b))
				add_row(w, a, b);
	for (uint32_t a = 1; a <= na; a++)
		if (id_of(w->a_streams[a - 1]) != 0 && w->row_of_a[a - 1] == 0)
			add_row(w, a, 0);
	for (uint32_t b = 1; b <= nb; b++)
		if (id_of(w->b_streams[b - 1]) != 0 && w->row_of_b[b - 1] == 0)
			add_row(w, 0, b);
}

bool
sf_compare_rows(struct sf_compare_work *w)
{
	uint32_t na = w->a->model->n_streams, nb = w->b->model->n_streams;
	size_t n = (size_t)na + nb + 1;

	for (uint32_t b = 1; b <= nb; b++)
		for (uint32_t a = 1; a <= na; a++)
			n += sf_compare_carries(w, a, b);
	w->out->rows = calloc(n, sizeof(*w->out->rows));
	if (w->out->rows == NULL)
		return false;
	add_rows(w);
	return true;
}

/* ---- which stream was shown when ------------------------------------------- */

static int
by_time(const void *left, const void *right)
{
	const struct sf_turn *x = left, *y = right;

	if (x->b_id != y->b_id)
		return x->b_id < y->b_id ? -1 : 1;
	return x->a_ns < y->a_ns ? -1 : x->a_ns > y->a_ns;
}

bool
sf_turns_init(struct sf_turns *s, const struct sf_compare_work *w)
{
	*s = (struct sf_turns){ .frames = calloc(
				    w->b->n + 1, sizeof(*s->frames)) };
	if (s->frames == NULL)
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		const struct sf_note *a =
		    b->other == 0 || b->again ? NULL
					      : &w->a->notes[b->other - 1];

		if (a != NULL)
			s->frames[s->n++] = (struct sf_turn){ b->stream,
				a->stream, a->time_ns };
	}
	qsort(s->frames, s->n, sizeof(*s->frames), by_time);
	return true;
}

bool
sf_turns_other(
    const struct sf_turns *s, const struct sf_note *a, uint32_t b_id)
{
	const struct sf_turn want = { b_id, 0, a->time_ns };
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (by_time(&s->frames[at], &want) < 0)
			low = at + 1;
		else
			high = at;
	}
	for (unsigned side = 0; side < 2; side++) {
		const struct sf_turn *f =
		    side == 0 ? (low > 0 ? &s->frames[low - 1] : NULL)
			      : (low < s->n ? &s->frames[low] : NULL);

		if (f != NULL && f->b_id == b_id && f->a_id != a->stream)
			return true;
	}
	return false;
}

void
sf_turns_wipe(struct sf_turns *s)
{
	free(s->frames);
	s->frames = NULL;
}
