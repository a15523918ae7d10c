/*
 * rtcp.h - what RTCP says: which packets there are of it, and of each SSRC
 * whose it is and what receivers ask of it.
 */
#ifndef SF_ENGINE_RTCP_H
#define SF_ENGINE_RTCP_H

#include "engine/streams/streams.h"

/*
 * One datagram. False when it does not end where its lengths say: it is SRTCP,
 * or broken, and says nothing.
 */
bool sf_rtcp_feed(struct sf_streams *s, struct sf_bytes compound);

#endif
