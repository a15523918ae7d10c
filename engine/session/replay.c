#include "engine/session/replay.h"

#include <string.h>

static uint64_t
bit(uint64_t ctr)
{
	return UINT64_C(1) << (ctr & 63);
}

static uint64_t *
word(struct sf_replay *r, uint64_t ctr)
{
	return &r->bits[ctr % SF_REPLAY_MAX / 64];
}

bool
sf_replay_fresh(const struct sf_replay *r, uint64_t ctr)
{
	if (r->width == 0 || !r->any || ctr > r->top)
		return true;
	if (r->top - ctr >= r->width)
		return false;
	return (r->bits[ctr % SF_REPLAY_MAX / 64] & bit(ctr)) == 0;
}

/* Counters between the old and the new top have not been seen. */
static void
move_up(struct sf_replay *r, uint64_t ctr)
{
	if (!r->any || ctr - r->top >= SF_REPLAY_MAX) {
		memset(r->bits, 0, sizeof(r->bits));
	} else {
		for (uint64_t c = r->top + 1; c < ctr; c++)
			*word(r, c) &= ~bit(c);
	}
	r->top = ctr;
	r->any = true;
}

void
sf_replay_seen(struct sf_replay *r, uint64_t ctr)
{
	if (r->width == 0)
		return;
	if (!r->any || ctr > r->top)
		move_up(r, ctr);
	*word(r, ctr) |= bit(ctr);
}
