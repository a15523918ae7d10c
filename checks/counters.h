/*
 * counters.h - which counters were used under a key: some ranges, in order.
 * While a counter goes on without gaps that is one range, and exact; when there
 * are more gaps than room, the two ranges with the least between them become
 * one, which then says how many of its counters were used and not which.
 */
#ifndef SF_COUNTERS_H
#define SF_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#define SF_COUNTER_RANGES 16

struct sf_counter_range {
	uint64_t low, high;
	uint64_t n; /* used, of those from low to high; at most all of them */
};

struct sf_counters {
	unsigned n;
	struct sf_counter_range v[SF_COUNTER_RANGES];
};

void sf_counters_add(struct sf_counters *c, uint64_t ctr);

/* A range of before; false when it is not above all that are there. */
bool sf_counters_append(struct sf_counters *c, struct sf_counter_range r);

/* All of from as well. */
void sf_counters_join(struct sf_counters *c, const struct sf_counters *from);

/*
 * Counters that both have for sure. *maybe: ranges touch of which it is not
 * known whether the same counters of them were used.
 */
uint64_t sf_counters_common(
    const struct sf_counters *a, const struct sf_counters *b, bool *maybe);

#endif
