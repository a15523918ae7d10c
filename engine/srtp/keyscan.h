/*
 * keyscan.h - handshakes read ahead of the media that their keys are for: a
 * ServerHello may stand in a capture behind packets that it has the keys of,
 * because it came late, over TCP, or again in the middle of a call.
 *
 * Packets go through a transport of their own, and of what is inside only DTLS
 * is looked at.
 */
#ifndef SF_KEYSCAN_H
#define SF_KEYSCAN_H

#include "engine/base/limits.h"
#include "engine/srtp/dtls.h"

struct sf_keyscan;

/* dtls is borrowed. NULL without memory. */
struct sf_keyscan *sf_keyscan_new(
    struct sf_dtls *dtls, const struct sf_limits *limits);
void sf_keyscan_free(struct sf_keyscan *s); /* NULL is fine */

void sf_keyscan_packet(struct sf_keyscan *s, const struct sf_packet *pkt);

/* No more packets of this run. */
void sf_keyscan_finish(struct sf_keyscan *s);

#endif
