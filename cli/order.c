/*
 * order.c - a heap of frames, earliest packet first, and a queue of RTCP.
 */
#include "cli/order.h"

#include <stdlib.h>
#include <string.h>

/* What the heap moves about; the events stay where they are. */
struct entry {
	uint64_t packet;
	uint64_t arrival; /* keeps frames of one packet in their order */
	uint32_t input;
	uint32_t slot; /* behind the heap: one that is free */
};

/* RTCP, which comes in order: one behind the other, the octets of each behind
   it, and what has left in front is made use of again when room is short. */
struct queue {
	uint8_t *octets;
	size_t room, first, end;
	sf_compound_sink *sink;
};

struct sf_order {
	struct queue rtcp;
	size_t n, room;
	uint64_t arrivals;
	struct entry *heap;
	struct sf_frame_event *events;
	sf_frame_sink *sink;
	void *ctx;
};

const size_t sf_order_octets =
    sizeof(struct entry) + sizeof(struct sf_frame_event);

struct sf_order *
sf_order_new(size_t room, sf_frame_sink *sink, void *ctx)
{
	struct sf_order *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->room = room;
	o->sink = sink;
	o->ctx = ctx;
	o->heap = calloc(room, sizeof(*o->heap));
	o->events = calloc(room, sizeof(*o->events));
	if (o->heap == NULL || o->events == NULL) {
		sf_order_free(o);
		return NULL;
	}
	for (size_t i = 0; i < room; i++)
		o->heap[i].slot = (uint32_t)i;
	return o;
}

static bool
is_before(const struct entry *a, const struct entry *b)
{
	if (a->input != b->input)
		return a->input < b->input;
	if (a->packet != b->packet)
		return a->packet < b->packet;
	return a->arrival < b->arrival;
}

static void
swap(struct entry *a, struct entry *b)
{
	struct entry t = *a;

	*a = *b;
	*b = t;
}

static void
sink_down(struct sf_order *o)
{
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= o->n)
			return;
		if (child + 1 < o->n &&
		    is_before(&o->heap[child + 1], &o->heap[child]))
			child++;
		if (!is_before(&o->heap[child], &o->heap[at]))
			return;
		swap(&o->heap[child], &o->heap[at]);
		at = child;
	}
}

static void
rise(struct sf_order *o)
{
	size_t at = o->n - 1;

	while (at > 0 && is_before(&o->heap[at], &o->heap[(at - 1) / 2])) {
		swap(&o->heap[at], &o->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

/* ---- RTCP ------------------------------------------------------------------ */

/* What a datagram takes in the queue, so that the next is aligned. */
static size_t
queue_octets(size_t payload)
{
	size_t unit = sizeof(struct sf_compound);

	return unit + (payload + unit - 1) / unit * unit;
}

static bool
has_rtcp(const struct sf_order *o)
{
	return o->rtcp.first < o->rtcp.end;
}

static struct sf_compound *
first_rtcp(const struct sf_order *o)
{
	return (struct sf_compound *)(void *)(o->rtcp.octets + o->rtcp.first);
}

static void
send_rtcp(struct sf_order *o)
{
	const struct sf_compound *at = first_rtcp(o);
	struct sf_compound c = *at;

	c.octets.p = (const uint8_t *)(at + 1); /* it may have been moved */
	o->rtcp.first += queue_octets(c.octets.n);
	o->rtcp.sink(o->ctx, &c);
}

static bool
is_later(const struct sf_place *a, const struct entry *b)
{
	return a->input != b->input ? a->input > b->input
				    : a->packet > b->packet;
}

/* ---- frames ---------------------------------------------------------------- */

/* Sends the earliest frame, behind the RTCP in front of it. */
static void
send_first(struct sf_order *o)
{
	uint32_t slot = o->heap[0].slot;

	while (has_rtcp(o) && !is_later(&first_rtcp(o)->place, &o->heap[0]))
		send_rtcp(o);
	o->sink(o->ctx, &o->events[slot]);
	o->heap[0] = o->heap[--o->n];
	o->heap[o->n].slot = slot;
	sink_down(o);
}

void
sf_order_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct sf_order *o = ctx;
	uint32_t slot;

	if (o->n == o->room)
		send_first(o);
	slot = o->heap[o->n].slot;
	o->events[slot] = *ev;
	o->heap[o->n++] = (struct entry){ ev->last.packet, o->arrivals++,
		ev->last.input, slot };
	rise(o);
}

bool
sf_order_with_rtcp(struct sf_order *o, size_t octets, sf_compound_sink *sink)
{
	o->rtcp = (struct queue){
		.octets = malloc(octets), .room = octets, .sink = sink
	};
	return o->rtcp.octets != NULL;
}

/* Moves what waits to the front, or lets go of the first, until n fit in. */
static void
make_room(struct sf_order *o, size_t n)
{
	struct queue *q = &o->rtcp;

	while (q->room - q->end < n) {
		if (q->end - q->first + n <= q->room / 2 || !has_rtcp(o)) {
			memmove(
			    q->octets, q->octets + q->first, q->end - q->first);
			q->end -= q->first;
			q->first = 0;
			continue;
		}
		while (o->n > 0 && is_later(&first_rtcp(o)->place, &o->heap[0]))
			send_first(o);
		send_rtcp(o);
	}
}

void
sf_order_rtcp(struct sf_order *o, const struct sf_compound *c)
{
	size_t n = queue_octets(c->octets.n);
	struct sf_compound *to;

	if (n > o->rtcp.room / 2)
		return;
	make_room(o, n);
	to = (struct sf_compound *)(void *)(o->rtcp.octets + o->rtcp.end);
	*to = *c;
	memcpy(to + 1, c->octets.p, c->octets.n);
	to->octets = sf_bytes(to + 1, c->octets.n);
	o->rtcp.end += n;
}

void
sf_order_flush(struct sf_order *o)
{
	while (o->n > 0)
		send_first(o);
	while (has_rtcp(o))
		send_rtcp(o);
}

void
sf_order_free(struct sf_order *o)
{
	if (o == NULL)
		return;
	free(o->rtcp.octets);
	free(o->events);
	free(o->heap);
	free(o);
}
