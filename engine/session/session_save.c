/*
 * session_save.c - counters that outlive a process: RFC 9605 9.1.
 *
 * A state is the suite in two octets and a row for each sending key: KID, next
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

uint8_t *
sf_session_save(struct sf_session *s, size_t *n)
{
	uint8_t *out = malloc(2 + s->n_keys * ROW), *p = out;

	if (out == NULL)
		return NULL;
	put(p, s->suite->id, 2);
	p += 2;
	for (size_t i = 0; i < s->n_slots; i++) {
		struct sf_session_key *k = s->slots[i];

		if (k == NULL || k->use != SF_USE_SEND)
			continue;
		k->reserved = k->next > UINT64_MAX - SF_SESSION_RESERVE
				  ? UINT64_MAX
				  : k->next + SF_SESSION_RESERVE;
		put(p, k->kid, 8);
		put(p + 8, k->reserved, 8);
		p[16] = k->spent;
		if (!mark_of(s, k, p + 17)) {
			free(out);
			return NULL;
		}
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
	if (n > SF_SESSION_KEYS)
		return SF_SAID_LIMIT;
	if (s->n_keys > 0 || s->saved != NULL)
		return SF_SAID_USAGE;
	s->saved = calloc(n + 1, sizeof(*s->saved));
	if (s->saved == NULL)
		return SF_SAID_FAILED;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = state.p + 2 + i * ROW;

		s->saved[i].kid = get(p, 8);
		s->saved[i].next = get(p + 8, 8);
		s->saved[i].spent = p[16];
		memcpy(s->saved[i].mark, p + 17, SF_SESSION_MARK);
	}
	s->n_saved = n;
	return SF_SAID_OK;
}

bool
sf_session_resume(struct sf_session *s, struct sf_session_key *k)
{
	uint8_t mark[SF_SESSION_MARK];

	if (s->n_saved == 0 || k->use != SF_USE_SEND)
		return true;
	if (!mark_of(s, k, mark))
		return false;
	for (size_t i = 0; i < s->n_saved; i++) {
		const struct sf_session_saved *was = &s->saved[i];

		if (was->kid != k->kid ||
		    memcmp(was->mark, mark, sizeof(mark)) != 0)
			continue;
		k->next = was->next;
		k->spent = was->spent != 0;
	}
	return true;
}
