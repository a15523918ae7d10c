/*
 * order.h - puts frames that come in batches, stream by stream, into the order
 * of their packets, and RTCP between them.
 *
 * A heap of a fixed number of frames: the earliest leaves when there is no
 * room for one more. A frame is out of order in what leaves only when it comes
 * later than that many others.
 */
#ifndef SF_ORDER_H
#define SF_ORDER_H

#include "engine/event.h"
#include "report/rtcp.h"

struct sf_order;

/* Takes one datagram of RTCP; ctx as that of the sink of frames. */
typedef void sf_compound_sink(void *ctx, const struct sf_compound *c);

/* NULL when there is not enough memory. room is in frames, 1 at least. */
struct sf_order *sf_order_new(size_t room, sf_frame_sink *sink, void *ctx);

/* An sf_frame_sink; ctx is a struct sf_order. The event is copied. */
void sf_order_frame(void *ctx, const struct sf_frame_event *ev);

/*
 * Room for RTCP, in octets, and who takes it; false when there is not enough
 * memory. Without it there is no RTCP to be put in.
 */
bool sf_order_with_rtcp(
    struct sf_order *o, size_t octets, sf_compound_sink *sink) SF_MUST_USE;

/* One datagram, copied; they come in the order of their packets. */
void sf_order_rtcp(struct sf_order *o, const struct sf_compound *c);

void sf_order_flush(struct sf_order *o);
void sf_order_free(struct sf_order *o); /* NULL is fine */

/* Octets that one frame of room takes. */
extern const size_t sf_order_octets;

#endif
