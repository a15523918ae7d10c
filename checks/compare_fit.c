/*
 * compare_fit.c - do the lengths of frames say that two streams are one? What
 * encryption adds is about as much for every frame.
 */
#include <stdlib.h>

#include "checks/compare_parts.h"

int
sf_compare_by_value(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Frames under one key that count on from different numbers are different
   frames, however long they are. */
static bool
may_be_same(const struct sf_note *a, const struct sf_note *b)
{
	return !a->has_header || !b->has_header || a->kid != b->kid ||
	       a->ctr == b->ctr;
}

/* The most of these that are as large, give or take. */
unsigned
sf_fit_alike(int64_t *v, unsigned n, int64_t slack)
{
	unsigned most = 0;

	qsort(v, n, sizeof(*v), sf_compare_by_value);
	for (unsigned i = 0, from = 0; i < n; i++) {
		while (v[i] - v[from] > slack)
			from++;
		most = i + 1 - from > most ? i + 1 - from : most;
	}
	return most;
}

struct sf_fit
sf_fit_at(const struct sf_fit_frames *l, uint32_t off)
{
	int64_t differ[SF_FIT_FRAMES];
	struct sf_fit f = { 0 };
	unsigned n = 0;

	for (size_t x = 0, y = 0; x < l->na && y < l->nb;) {
		const struct sf_note *a = l->a[x], *b = l->b[y];
		int32_t d = (int32_t)(b->timestamp - off - a->timestamp);

		if (d == 0 && may_be_same(a, b)) {
			differ[n++] = (int64_t)b->octets - (int64_t)a->octets;
			f.counters +=
			    a->has_header && b->has_header && a->kid == b->kid;
		}
		x += d >= 0;
		y += d <= 0;
	}
	f.alike = sf_fit_alike(differ, n, 4);
	f.exactly = sf_fit_alike(differ, n, 1);
	return f;
}

/* No frame of the two is equal: the distance at which most fit. */
unsigned
sf_fit_best(const struct sf_fit_frames *l, uint32_t *offset)
{
	unsigned most = 0;

	for (size_t i = 0; i < l->na; i++)
		for (size_t j = 0; j < l->nb && j < 4; j++) {
			uint32_t off = l->b[j]->timestamp - l->a[i]->timestamp;
			unsigned n = sf_fit_at(l, off).alike;

			if (n > most || (n == most && off == 0)) {
				most = n;
				*offset = off;
			}
		}
	return most;
}

/* Do so many fit that it is no chance? Where frames are about as long, lengths
   fit at any distance: five standard deviations over what any two do. */
bool
sf_fit_is_no_chance(const struct sf_fit_frames *l, unsigned fit)
{
	int64_t differ[SF_FIT_FRAMES * SF_FIT_FRAMES];
	unsigned n = 0;
	int64_t any, more;

	for (size_t i = 0; i < l->na; i++)
		for (size_t j = 0; j < l->nb; j++)
			differ[n++] =
			    (int64_t)l->b[j]->octets - (int64_t)l->a[i]->octets;
	any = sf_fit_alike(differ, n, 1);
	more = (int64_t)fit * n - (int64_t)l->nb * any;
	return more > 0 && more * more > 25 * (int64_t)l->nb * any * (n - any);
}
