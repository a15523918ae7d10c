/*
 * rtp_join.h - the receiving side of draft-ietf-avtcore-rtp-sframe-02, 5.2: RTP
 * packets of one stream, in order, to the SFrame frames that they carry.
 */
#ifndef SF_RTP_JOIN_H
#define SF_RTP_JOIN_H

#include "parsers/base/bytes.h"

/* A run of packets under way. All zero is none. */
struct sf_rtp_join {
	bool open, packetized;
	uint8_t pt;
	uint16_t seq; /* of the last packet */
	uint8_t *out; /* room for all payloads there are */
	size_t n;
};

/* One packet more; true when it ends a frame, which is then the n octets of out.
   A run with a gap, of mixed T or of mixed payload types is dropped. */
bool sf_rtp_join_feed(struct sf_rtp_join *j, struct sf_bytes packet);

#endif
