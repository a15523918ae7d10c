/*
 * rtcp.h - what RTCP says: which packets there are of it, and of each SSRC
 * whose it is and what receivers ask of it.
 */
#ifndef SF_ENGINE_RTCP_H
#define SF_ENGINE_RTCP_H

#include "engine/streams/streams.h"
#include "parsers/rtp/rtcp.h"

/*
 * One datagram. False when it does not end where its lengths say: it is SRTCP,
 * or broken, and says nothing.
 */
bool sf_rtcp_feed(struct sf_streams *s, struct sf_bytes compound);

/* Does it end where its lengths say, and is all of it RTCP? */
bool sf_rtcp_ends_exactly(struct sf_bytes compound);

/* What one packet of a compound is. */
enum sf_rtcp_kind sf_rtcp_kind_of(const struct sf_rtcp *r);

#endif
