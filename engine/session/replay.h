/*
 * replay.h - a sliding window over CTR, as RFC 9605 9.3 allows and RFC 3711
 * 3.3.2 describes, with CTR as its index.
 *
 * Asking changes nothing. What was seen is said after a tag has verified, so
 * that a forged counter cannot move the window.
 */
#ifndef SF_REPLAY_H
#define SF_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#define SF_REPLAY_MAX 1024 /* counters, the widest window there is */

/* All zero with a width is ready to use; width 0 lets everything through. */
struct sf_replay {
	uint32_t width;                    /* counters, at most SF_REPLAY_MAX */
	bool any;                          /* one has been seen */
	uint64_t top;                      /* the highest */
	uint64_t bits[SF_REPLAY_MAX / 64]; /* of CTR modulo SF_REPLAY_MAX */
};

/* False for a counter that was seen, or is too old to know. */
bool sf_replay_fresh(const struct sf_replay *r, uint64_t ctr);

/* Only of a counter that is fresh. */
void sf_replay_seen(struct sf_replay *r, uint64_t ctr);

#endif
