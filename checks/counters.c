#include "checks/counters.h"

#include <string.h>

static bool
is_exact(const struct sf_counter_range *r)
{
	return r->n - 1 == r->high - r->low;
}

static void
take_out(struct sf_counters *c, unsigned at)
{
	c->n--;
	memmove(&c->v[at], &c->v[at + 1], (c->n - at) * sizeof(c->v[0]));
}

/* The range behind this one becomes part of it. Two streams of one sender that
   share a counter have each the gaps of the other: as many counters as there are
   from end to end are all of them. */
static void
join_next(struct sf_counters *c, unsigned at)
{
	struct sf_counter_range *r = &c->v[at], *next = &c->v[at + 1];
	bool exact = is_exact(r) && is_exact(next) &&
		     (next->low <= r->high || next->low - 1 == r->high);
	uint64_t sum =
	    r->n > UINT64_MAX - next->n ? UINT64_MAX : r->n + next->n;

	if (next->low < r->low)
		r->low = next->low;
	if (next->high > r->high)
		r->high = next->high;
	r->n = r->high - r->low;
	if (exact || sum > r->n)
		r->n++;
	else
		r->n = sum;
	take_out(c, at + 1);
}

static void
make_room(struct sf_counters *c)
{
	unsigned best = 0;

	for (unsigned i = 1; i + 1 < c->n; i++)
		if (c->v[i + 1].low - c->v[i].high <
		    c->v[best + 1].low - c->v[best].high)
			best = i;
	join_next(c, best);
}

/* Index of the first range that ends at v or behind it; n: none. */
static unsigned
find(const struct sf_counters *c, uint64_t v)
{
	unsigned i = c->n;

	/* counters rise: it is the last, as a rule */
	while (i > 0 && c->v[i - 1].high >= v)
		i--;
	return i;
}

static void
put_in(struct sf_counters *c, unsigned at, struct sf_counter_range r)
{
	memmove(&c->v[at + 1], &c->v[at], (c->n - at) * sizeof(c->v[0]));
	c->v[at] = r;
	c->n++;
}

void
sf_counters_add(struct sf_counters *c, uint64_t ctr)
{
	unsigned i = find(c, ctr);

	if (i < c->n && c->v[i].low <= ctr) {
		/* within: again, or one that was left out */
		if (c->v[i].n < c->v[i].high - c->v[i].low)
			c->v[i].n++;
		return;
	}
	if (i > 0 && c->v[i - 1].high == ctr - 1) {
		c->v[i - 1].high = ctr;
		c->v[i - 1].n++;
		if (i < c->n && c->v[i].low == ctr + 1)
			join_next(c, i - 1);
		return;
	}
	if (i < c->n && c->v[i].low == ctr + 1) {
		c->v[i].low = ctr;
		c->v[i].n++;
		return;
	}
	if (c->n == SF_COUNTER_RANGES) {
		make_room(c);
		sf_counters_add(c, ctr);
		return;
	}
	put_in(c, i, (struct sf_counter_range){ ctr, ctr, 1 });
}

bool
sf_counters_append(struct sf_counters *c, struct sf_counter_range r)
{
	if (r.low > r.high || r.n == 0 || r.n - 1 > r.high - r.low ||
	    c->n == SF_COUNTER_RANGES ||
	    (c->n > 0 && c->v[c->n - 1].high >= r.low))
		return false;
	c->v[c->n++] = r;
	return true;
}

void
sf_counters_join(struct sf_counters *c, const struct sf_counters *from)
{
	for (unsigned i = 0; i < from->n; i++) {
		struct sf_counter_range r = from->v[i];
		unsigned at;

		if (c->n == SF_COUNTER_RANGES)
			make_room(c);
		at = find(c, r.low);
		put_in(c, at, r);
		if (at > 0 && c->v[at - 1].high == r.low - 1)
			join_next(c, --at);
		while (
		    at + 1 < c->n && (c->v[at + 1].low <= c->v[at].high ||
					 c->v[at + 1].low - 1 == c->v[at].high))
			join_next(c, at);
	}
}

uint64_t
sf_counters_common(
    const struct sf_counters *a, const struct sf_counters *b, bool *maybe)
{
	uint64_t common = 0;
	unsigned i = 0, j = 0;

	*maybe = false;
	while (i < a->n && j < b->n) {
		const struct sf_counter_range *x = &a->v[i], *y = &b->v[j];
		uint64_t low = x->low > y->low ? x->low : y->low;
		uint64_t high = x->high < y->high ? x->high : y->high;

		if (low <= high && is_exact(x) && is_exact(y))
			common += high - low + 1;
		else if (low <= high)
			*maybe = true;
		if (x->high < y->high)
			i++;
		else
			j++;
	}
	return common;
}
