/*
 * compare_fit.c - do the lengths of frames say that two streams are one? What
 * encryption adds is about as much for every frame.
 */
#include <stdlib.h>

#include "checks/compare_parts.h"

/* What a frame that is decrypted loses: one octet of header and a tag of 32 bits
   at least; header, tag, IV and trailer of any dialect at most. */
#define TAKEN_LEAST 5
#define TAKEN_MOST  64

#define STEADY 20000 /* ns: as even as that, times say nothing */

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

/* Frames that would be one at this distance of timestamps. */
struct sides {
	const struct sf_note *a, *b;
};

static unsigned
sides_at(const struct sf_fit_frames *l, uint32_t off,
    struct sides out[SF_FIT_FRAMES])
{
	unsigned n = 0;

	for (size_t x = 0, y = 0; x < l->na && y < l->nb;) {
		const struct sf_note *a = l->a[x], *b = l->b[y];
		int32_t d = (int32_t)(b->timestamp - off - a->timestamp);

		if (d == 0 && n < SF_FIT_FRAMES && may_be_same(a, b))
			out[n++] = (struct sides){ a, b };
		x += d >= 0;
		y += d <= 0;
	}
	return n;
}

static unsigned
differences(const struct sides *s, unsigned n, int64_t differ[SF_FIT_FRAMES])
{
	for (unsigned i = 0; i < n; i++)
		differ[i] = (int64_t)s[i].b->octets - (int64_t)s[i].a->octets;
	return n;
}

struct sf_fit
sf_fit_at(const struct sf_fit_frames *l, uint32_t off)
{
	struct sides s[SF_FIT_FRAMES];
	int64_t v[SF_FIT_FRAMES];
	unsigned n = differences(s, sides_at(l, off, s), v);
	struct sf_fit f = { .alike = sf_fit_alike(v, n, 4),
		.exactly = sf_fit_alike(v, n, 1) };

	for (unsigned i = 0; i < n; i++) {
		const struct sf_note *a = s[i].a, *b = s[i].b;

		f.counters +=
		    a->has_header && b->has_header && a->kid == b->kid;
		f.decrypted += sf_note_protected(a) && !sf_note_protected(b) &&
			       b->octets + TAKEN_LEAST <= a->octets &&
			       b->octets + TAKEN_MOST >= a->octets;
	}
	return f;
}

static int64_t
median(int64_t *v, unsigned n)
{
	qsort(v, n, sizeof(*v), sf_compare_by_value);
	return n == 0 ? 0 : v[(n - 1) / 2];
}

int64_t
sf_fit_delay(const struct sf_fit_frames *l, uint32_t off)
{
	struct sides s[SF_FIT_FRAMES];
	int64_t v[SF_FIT_FRAMES];
	unsigned n = sides_at(l, off, s);

	for (unsigned i = 0; i < n; i++)
		v[i] = s[i].b->time_ns - s[i].a->time_ns;
	return median(v, n);
}

static int64_t
distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/* Test tones fit at many distances: of those that most frames fit, the one at
   which the timestamps are the same, or else the way is the usual. */
unsigned
sf_fit_best(const struct sf_fit_frames *l, const struct sf_fit_when *when,
    uint32_t *offset)
{
	unsigned most = 0;
	int64_t nearest = 0;

	for (size_t i = 0; i < l->na; i++)
		for (size_t j = 0; j < l->nb && j < 4; j++) {
			uint32_t off = l->b[j]->timestamp - l->a[i]->timestamp;
			int64_t from = distance(
			    l->b[j]->time_ns - l->a[i]->time_ns, when->ns);
			unsigned n;

			if (when->known && from > when->within)
				continue;
			n = sf_fit_at(l, off).alike;
			if (n > most ||
			    (n == most && *offset != 0 &&
				(off == 0 ||
				    (when->known && from < nearest)))) {
				most = n;
				nearest = from;
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
	int64_t differ[SF_FIT_SOURCES * SF_FIT_FRAMES];
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

/* ---- does a way fit, and no other? ------------------------------------------ */

/* Test tones come round: they fit at other distances about as well. */
bool
sf_fit_comes_round(const struct sf_fit_frames *l, uint32_t off)
{
	unsigned most = sf_fit_at(l, off).alike;

	for (size_t i = 0; i < l->na; i++) {
		uint32_t other = l->b[0]->timestamp - l->a[i]->timestamp;

		if (other != off && sf_fit_at(l, other).alike * 10 >= most * 8)
			return true;
	}
	return false;
}

/* How far these are from their middle, half of them. Sorts them. */
static int64_t
scatter(int64_t *v, unsigned n)
{
	int64_t middle = median(v, n);

	for (unsigned i = 0; i < n; i++)
		v[i] = distance(v[i], middle);
	return median(v, n);
}

/* Ticks a second, of those that there are; by the time between two frames. */
static double
clock_of(const struct sf_note *first, const struct sf_note *last, int64_t ns)
{
	static const double clocks[] = { 8000, 16000, 24000, 32000, 44100,
		48000, 90000 };
	double ticks = (int32_t)(last->timestamp - first->timestamp);
	double is = ns <= 0 ? 0 : ticks * 1e9 / (double)ns, best = 0;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (is > clocks[i] * 0.97 && is < clocks[i] * 1.03)
			best = clocks[i];
	return best;
}

/*
 * Frames are sent and come a little early or late. Those of one stream do so
 * together on all its legs; those of two senders do not.
 */
enum sf_fit_along
sf_fit_along(const struct sf_fit_frames *l, uint32_t off,
    const struct sf_note *notes_of_b)
{
	struct sides s[SF_FIT_FRAMES];
	int64_t early[SF_FIT_FRAMES], apart[SF_FIT_FRAMES];
	int64_t known[SF_FIT_FRAMES];
	unsigned n = sides_at(l, off, s);
	int64_t usual;
	double clock;

	for (unsigned i = 0; i < n; i++)
		known[i] = s[i].a->other == 0 || notes_of_b == NULL
			       ? s[i].a->time_ns
			       : notes_of_b[s[i].a->other - 1].time_ns;
	clock =
	    n < 2 ? 0 : clock_of(s[0].a, s[n - 1].a, known[n - 1] - known[0]);
	if (clock < 1)
		return SF_FIT_EVEN;
	for (unsigned i = 0; i < n; i++) {
		double ticks = (int32_t)(s[i].a->timestamp - s[0].a->timestamp);

		early[i] = known[i] - known[0] - (int64_t)(ticks * 1e9 / clock);
		apart[i] = s[i].b->time_ns - known[i];
	}
	usual = scatter(early, n);
	if (usual < STEADY)
		return SF_FIT_EVEN;
	return scatter(apart, n) * 2 < usual ? SF_FIT_ALONG : SF_FIT_APART;
}
