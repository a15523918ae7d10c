/*
 * order.c - a heap of frames, earliest packet first.
 */
#include "cli/order.h"

#include <stdlib.h>

/* What the heap moves about; the events stay where they are. */
struct entry {
	uint64_t packet;
	uint64_t arrival; /* keeps frames of one packet in their order */
	uint32_t input;
	uint32_t slot;
};

struct sf_order {
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

/* Sends the earliest frame and returns the slot that is free now. */
static uint32_t
send_first(struct sf_order *o)
{
	uint32_t slot = o->heap[0].slot;

	o->sink(o->ctx, &o->events[slot]);
	o->heap[0] = o->heap[--o->n];
	sink_down(o);
	return slot;
}

void
sf_order_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct sf_order *o = ctx;
	uint32_t slot = (uint32_t)o->n;

	if (o->n == o->room)
		slot = send_first(o);
	o->events[slot] = *ev;
	o->heap[o->n++] = (struct entry){ ev->last.packet, o->arrivals++,
		ev->last.input, slot };
	rise(o);
}

void
sf_order_flush(struct sf_order *o)
{
	while (o->n > 0)
		send_first(o);
}

void
sf_order_free(struct sf_order *o)
{
	if (o == NULL)
		return;
	free(o->events);
	free(o->heap);
	free(o);
}
