#include "engine/keys/seen.h"

#include "engine/base/hash.h"

#define NEIGHBOURS 128 /* slots looked at from a pair's own place on */
#define VARIANTS   8   /* different octets remembered of one pair */
#define BLOCK      256 /* slots in a block: a page of 4,096 octets */

static size_t
power_of_two(size_t n)
{
	size_t p = 64;

	while (p * 2 <= n)
		p *= 2;
	return p;
}

static size_t
words(size_t slots)
{
	return slots / BLOCK / 64 + 1;
}

size_t
sf_seen_octets(size_t slots)
{
	size_t n = power_of_two(slots);

	return n * sizeof(struct sf_seen_slot) + words(n) * sizeof(uint64_t);
}

bool
sf_seen_init(struct sf_seen *s, struct sf_arena *a, size_t slots)
{
	size_t n = power_of_two(slots);

	s->slots = sf_arena_take(a, n, sizeof(*s->slots));
	s->touched = sf_arena_take(a, words(n), sizeof(*s->touched));
	s->mask = n - 1;
	s->forgotten = 0;
	return s->slots != NULL && s->touched != NULL;
}

static uint64_t
pair_of(uint64_t kid, uint64_t ctr)
{
	return sf_mix(sf_mix(kid) ^ (ctr + 0x9e3779b97f4a7c15ULL)) | 1;
}

void
sf_seen_prefetch(const struct sf_seen *s, uint64_t kid, uint64_t ctr)
{
	__builtin_prefetch(&s->slots[pair_of(kid, ctr) >> 8 & s->mask]);
}

/*
 * The first touch of a block is a write. A page that is read first is mapped
 * to the system's page of zeros, and the write then costs a second fault and
 * an interruption of every processor that runs the program.
 */
static void
touch(struct sf_seen *s, size_t slot)
{
	uint64_t *word = &s->touched[slot / BLOCK / 64];
	uint64_t bit = (uint64_t)1 << (slot / BLOCK % 64);

	if ((*word & bit) != 0)
		return;
	*word |= bit;
	s->slots[slot].pair = 0; /* as it is: nothing is in this block yet */
}

/* The free slot to fill, or the place of the pair itself when all are taken. */
static void
remember(struct sf_seen *s, size_t home, size_t slot, struct sf_seen_slot use)
{
	if (slot > s->mask) {
		slot = home;
		s->forgotten++;
	}
	touch(s, slot);
	s->slots[slot] = use;
}

enum sf_seen_answer
sf_seen_ask(struct sf_seen *s, uint64_t kid, uint64_t ctr, uint64_t content,
    uint32_t *stream)
{
	uint64_t pair = pair_of(kid, ctr);
	size_t home = (size_t)(pair >> 8) & s->mask;
	size_t room = s->mask + 1;
	struct sf_seen_slot use = { pair, (uint32_t)content, *stream };
	enum sf_seen_answer answer = SF_SEEN_NEW;
	unsigned variants = 0;

	s->crowded = false;
	touch(s, home);
	for (size_t i = 0; i < NEIGHBOURS; i++) {
		struct sf_seen_slot *at = &s->slots[(home + i) & s->mask];

		if (at->pair == 0) {
			room = (home + i) & s->mask;
			break; /* nothing was ever put further on */
		}
		if (at->pair != pair)
			continue;
		if (at->content == use.content) {
			*stream = at->stream;
			return SF_SEEN_SAME;
		}
		if (answer == SF_SEEN_NEW)
			*stream = at->stream;
		answer = SF_SEEN_DIFFERENT;
		s->crowded = ++variants == VARIANTS;
		if (s->crowded)
			return answer; /* a pair that is used all the time */
	}
	remember(s, home, room, use);
	return answer;
}
