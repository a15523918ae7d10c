/*
 * session_save.c - counters that outlive their key, and a process: RFC 9605 9.1.
 *
 * A state is the suite in two octets and a row for each sending key that was: KID, next
 * counter, whether there is none, and a mark that only this base key gives.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/session/session_state.h"

#define ROW ((size_t)8 + 8 + 1 + SF_SESSION_MARK)

static void
put(uint8_t *out, uint64_t v, unsigned octets)
{
	while (octets-- > 0) {
		out[octets] = (uint8_t)v;
		v >>= 8;
	}
}

static uint64_t
get(const uint8_t *p, unsigned octets)
{
	uint64_t v = 0;

	while (octets-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* The same for the same base key and KID, and of no use to find them. */
static bool
mark_of(struct sf_session *s, const struct sf_session_key *k,
    uint8_t mark[SF_SESSION_MARK])
{
	static const char label[] = "sframe-tool saved counter";

	return s->crypto->expand(s->suite->hash,
	    sf_bytes(k->print, sizeof(k->print)),
	    sf_bytes(label, sizeof(label) - 1), mark, SF_SESSION_MARK);
}

/* ---- in this process ----------------------------------------------------- */

static bool
grow(struct sf_session *s)
{
	size_t cap = s->counters_cap == 0 ? 16 : 2 * s->counters_cap;
	struct sf_session_counter *more;

	if (s->n_counters < s->counters_cap)
		return true;
	more = realloc(s->counters, cap * sizeof(*more));
	if (more == NULL)
		return false;
	s->counters = more;
	s->counters_cap = cap;
	return true;
}

enum sf_said
sf_session_count(struct sf_session *s, struct sf_session_key *k)
{
	struct sf_session_counter c = { .kid = k->kid };

	if (!mark_of(s, k, c.mark))
		return SF_SAID_FAILED;
	for (size_t i = 0; i < s->n_counters; i++) {
		if (s->counters[i].kid != c.kid ||
		    memcmp(s->counters[i].mark, c.mark, sizeof(c.mark)) != 0)
			continue;
		k->counter = i;
		return SF_SAID_OK;
	}
	if (s->n_counters == SF_SESSION_COUNTERS)
		return SF_SAID_LIMIT;
	if (!grow(s))
		return SF_SAID_FAILED;
	k->counter = s->n_counters++;
	s->counters[k->counter] = c;
	return SF_SAID_OK;
}

void
sf_session_uncount(struct sf_session *s, const struct sf_session_key *k)
{
	const struct sf_session_counter *c = &s->counters[k->counter];

	if (k->counter == s->n_counters - 1 && c->next == 0 && c->reserved == 0)
		s->n_counters--;
}

/* ---- for the next -------------------------------------------------------- */

uint8_t *
sf_session_save(struct sf_session *s, size_t *n)
{
	uint8_t *out = malloc(2 + s->n_counters * ROW), *p = out;

	if (out == NULL)
		return NULL;
	put(p, s->suite->id, 2);
	p += 2;
	for (size_t i = 0; i < s->n_counters; i++) {
		struct sf_session_counter *c = &s->counters[i];

		c->reserved = c->next > UINT64_MAX - SF_SESSION_RESERVE
				  ? UINT64_MAX
				  : c->next + SF_SESSION_RESERVE;
		put(p, c->kid, 8);
		put(p + 8, c->reserved, 8);
		p[16] = c->spent;
		memcpy(p + 17, c->mark, SF_SESSION_MARK);
		p += ROW;
	}
	*n = (size_t)(p - out);
	return out;
}

uint16_t
sf_session_saved_suite(struct sf_bytes state)
{
	return state.n < 2 || (state.n - 2) % ROW != 0
		   ? 0
		   : (uint16_t)get(state.p, 2);
}

enum sf_said
sf_session_load(struct sf_session *s, struct sf_bytes state)
{
	size_t n = state.n < 2 ? 0 : (state.n - 2) / ROW;

	if (sf_session_saved_suite(state) != s->suite->id)
		return SF_SAID_PARAM;
	if (n > SF_SESSION_COUNTERS)
		return SF_SAID_LIMIT;
	if (s->n_keys > 0 || s->counters != NULL)
		return SF_SAID_USAGE;
	s->counters = calloc(n + 1, sizeof(*s->counters));
	if (s->counters == NULL)
		return SF_SAID_FAILED;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = state.p + 2 + i * ROW;

		s->counters[i].kid = get(p, 8);
		s->counters[i].next = get(p + 8, 8);
		s->counters[i].spent = p[16] != 0;
		memcpy(s->counters[i].mark, p + 17, SF_SESSION_MARK);
	}
	s->n_counters = n;
	s->counters_cap = n + 1;
	return SF_SAID_OK;
}
