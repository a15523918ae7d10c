/*
 * order.h - puts frames that come in batches, stream by stream, into the order
 * of their packets.
 *
 * A heap of a fixed number of frames: the earliest leaves when there is no
 * room for one more. A frame is out of order in what leaves only when it comes
 * later than that many others.
 */
#ifndef SF_ORDER_H
#define SF_ORDER_H

#include "engine/event.h"

struct sf_order;

/* NULL when there is not enough memory. room is in frames, 1 at least. */
struct sf_order *sf_order_new(size_t room, sf_frame_sink *sink, void *ctx);

/* An sf_frame_sink; ctx is a struct sf_order. The event is copied. */
void sf_order_frame(void *ctx, const struct sf_frame_event *ev);

void sf_order_flush(struct sf_order *o);
void sf_order_free(struct sf_order *o); /* NULL is fine */

/* Octets that one frame of room takes. */
extern const size_t sf_order_octets;

#endif
