/*
 * announce.h - a session announcement (RFC 2974) for each address that RTP goes
 * to, so that Wireshark takes what is sent there for RTP by itself: it does
 * not guess at UDP, and believes SDP.
 */
#ifndef SF_ANNOUNCE_H
#define SF_ANNOUNCE_H

#include "engine/capture/wrap.h"

#define SF_ANNOUNCED 2048 /* addresses; a power of 2 */

#define SF_ANNOUNCEMENT 512 /* octets of one, the headers included */

struct sf_announced {
	struct sf_addr of[SF_ANNOUNCED]; /* family 0: free */
	unsigned n;
	bool full; /* some address is not announced */
};

/* Is there to be an announcement in front of a packet from src to dst? Then it
   is in out, as a frame of Ethernet, and its length is returned; else 0. */
size_t sf_announce(struct sf_announced *a, const struct sf_addr *src,
    const struct sf_addr *dst, uint8_t out[SF_ANNOUNCEMENT]);

#endif
