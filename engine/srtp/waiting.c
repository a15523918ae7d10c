#include "engine/srtp/waiting.h"

#include <stdalign.h>
#include <string.h>

#include "engine/model.h"

/* One packet; what it was, when it says that, its octets and its comment
   follow. */
struct waiter {
	size_t octets; /* of all of it */
	struct sf_packet pkt;
};

#define ALIGN alignof(max_align_t)

static size_t
carried_octets(const struct sf_packet *pkt)
{
	return pkt->carried == NULL ? 0 : sizeof(*pkt->carried);
}

static size_t
octets_for(const struct sf_packet *pkt)
{
	size_t n = sizeof(struct waiter) + carried_octets(pkt) + pkt->octets.n +
		   pkt->comment.n;

	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

/* Where so many octets in a row are free; false when nowhere. */
static bool
place_for(struct sf_waiting *w, size_t octets)
{
	if (w->n == 0)
		w->head = w->tail = 0;
	if (w->n > 0 && w->tail <= w->head)
		return w->head - w->tail >= octets;
	if (w->size - w->tail >= octets)
		return true;
	if (w->n == 0 || w->head < octets)
		return false;
	w->wrap = w->tail;
	w->tail = 0;
	return true;
}

static struct sf_bytes
copied(uint8_t *to, struct sf_bytes from)
{
	if (from.n != 0)
		memcpy(to, from.p, from.n);
	return sf_bytes(to, from.n);
}

bool
sf_waiting_put(struct sf_waiting *w, const struct sf_packet *pkt)
{
	struct waiter x = { octets_for(pkt), *pkt };
	uint8_t *to;

	if (!place_for(w, x.octets))
		return false;
	to = w->room + w->tail + sizeof(x);
	sf_carried_keep(&x.pkt, (void *)to);
	to += carried_octets(pkt);
	x.pkt.octets = copied(to, pkt->octets);
	x.pkt.comment = copied(to + pkt->octets.n, pkt->comment);
	memcpy(w->room + w->tail, &x, sizeof(x));
	w->tail += x.octets;
	w->n++;
	return true;
}

static const struct waiter *
first(const struct sf_waiting *w)
{
	return (const void *)(w->room + w->head);
}

const struct sf_packet *
sf_waiting_first(const struct sf_waiting *w)
{
	return w->n == 0 ? NULL : &first(w)->pkt;
}

void
sf_waiting_drop(struct sf_waiting *w)
{
	w->head += first(w)->octets;
	w->n--;
	if (w->n > 0 && w->tail <= w->head && w->head == w->wrap)
		w->head = 0;
}
