/*
 * transport.h - from captured packets to the datagrams inside, through links
 * and tunnels (peel.h), fragments, TCP, TURN, and what network drivers join.
 *
 * One captured packet gives no datagram, one, or several; a datagram may have
 * come in several packets. The model counts each captured packet once: the
 * sink counts dg->records of them for what it makes of dg, and the transport
 * counts the packets that gave nothing.
 */
#ifndef SF_TRANSPORT_H
#define SF_TRANSPORT_H

#include "engine/base/limits.h"
#include "engine/transport/fragments.h"
#include "engine/transport/tcp.h"
#include "engine/transport/turn.h"

/* Takes a datagram. pkt is the packet in which it was completed. */
typedef void sf_datagram_sink(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg);

struct sf_transport {
	struct sf_model *model;
	sf_datagram_sink *sink;
	void *ctx;
	struct sf_fragments fragments;
	struct sf_tcp_streams tcp;
	struct sf_turn turn;
};

/* Memory taken from the arena of the run. */
size_t sf_transport_octets(const struct sf_limits *l);
/* t must stay where it is; sink and ctx are set by the caller. */
bool sf_transport_init(struct sf_transport *t, struct sf_arena *a,
    const struct sf_limits *l, struct sf_model *model);

void sf_transport_packet(struct sf_transport *t, const struct sf_packet *pkt);

/* No more packets: what is held back comes out or is counted. */
void sf_transport_finish(struct sf_transport *t);

#endif
