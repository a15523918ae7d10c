#include "engine/streams/parts.h"

#include <string.h>

struct sf_held *
sf_held_at(struct sf_streams *s, uint32_t index)
{
	return &s->held.slots[index - 1];
}

void
sf_held_free(struct sf_streams *s, struct sf_track *t)
{
	uint32_t at = t->held;

	t->held = sf_held_at(s, at)->next;
	sf_held_at(s, at)->next = s->held.free_list;
	s->held.free_list = at;
	t->n_held--;
}

/* A copy in a slot of no list; 0 when there is none. */
static uint32_t
keep(struct sf_streams *s, const struct sf_unit *u)
{
	uint32_t at = s->held.free_list;
	size_t n = u->payload.n < s->held.each ? u->payload.n : s->held.each;
	size_t ext = n + u->ext_octets <= s->held.each ? u->ext_octets : 0;
	struct sf_held *h;
	uint8_t *to;

	if (at == 0 || n < u->payload.n)
		sf_streams_limit(s, SF_LIMIT_HELD, u->place);
	if (at == 0)
		return 0;
	h = sf_held_at(s, at);
	s->held.free_list = h->next;
	h->unit = *u;
	h->unit.cut |= n < u->payload.n; /* too large to keep whole */
	h->unit.ext_octets = (uint16_t)ext;
	to = s->held.octets + (at - 1) * s->held.each;
	memcpy(to, u->payload.p - ext, ext + n);
	h->unit.payload = sf_bytes(to + ext, n);
	return at;
}

/* Keeps a copy in its place by sequence number; false when there is no slot. */
bool
sf_held_add(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	uint32_t at = keep(s, u), *link = &t->held;

	if (at == 0)
		return false;
	while (*link != 0 && sf_held_at(s, *link)->unit.seq < u->seq)
		link = &sf_held_at(s, *link)->next;
	sf_held_at(s, at)->next = *link;
	*link = at;
	t->n_held++;
	return true;
}

void
sf_held_aside(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	sf_held_drop_aside(s, t);
	t->aside = keep(s, u);
}

void
sf_held_drop_aside(struct sf_streams *s, struct sf_track *t)
{
	if (t->aside == 0)
		return;
	sf_held_at(s, t->aside)->next = s->held.free_list;
	s->held.free_list = t->aside;
	t->aside = 0;
}
