/*
 * turn.h - what TURN relays (RFC 8656): ChannelData, Send and Data indications
 * opened, channels named by the peer they were bound to.
 */
#ifndef SF_TURN_H
#define SF_TURN_H

#include "engine/base/arena.h"
#include "engine/packet.h"

struct sf_turn_binding {
	struct sf_addr client, server, peer;
	uint16_t channel; /* 0: free */
};

struct sf_turn {
	struct sf_turn_binding *bindings;
};

size_t sf_turn_octets(void);
bool sf_turn_init(struct sf_turn *t, struct sf_arena *a);

/*
 * True when dg relays a datagram, which goes to *out: between client and peer,
 * or, when the capture did not see the channel being bound, between the two
 * addresses of dg. Also remembers what dg binds. *out may be dg.
 */
bool sf_turn_open(
    struct sf_turn *t, struct sf_datagram *out, const struct sf_datagram *dg);

#endif
