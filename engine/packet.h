/*
 * packet.h - what goes into the pipeline: one captured packet and its place.
 */
#ifndef SF_PACKET_H
#define SF_PACKET_H

#include "parsers/base/bytes.h"
#include "parsers/net/addr.h"

/* Where and when. The number is the one Wireshark shows: the first is 1. */
struct sf_place {
	uint64_t packet;
	int64_t time_ns;  /* since 1970 */
	uint32_t input;   /* index of the input file, from 0 */
};

enum sf_direction { SF_DIR_UNKNOWN, SF_DIR_IN, SF_DIR_OUT };

struct sf_packet {
	struct sf_place place;
	uint16_t link_type;       /* LINKTYPE_, as in the file */
	enum sf_direction direction;
	size_t wire_octets;       /* length on the wire, >= octets.n */
	struct sf_bytes octets;   /* as captured; borrowed until the next packet */
};

/* A transport datagram, the net layers peeled off. */
struct sf_datagram {
	struct sf_addr src, dst;
	struct sf_bytes payload;  /* what the capture holds of it */
	size_t wire_octets;       /* payload length as the headers tell it */
	bool cut;                 /* payload.n < wire_octets: the capture cut it */
	unsigned records;         /* captured packets that it accounts for: 0 when
	                             another datagram of the packet did already */
};

#endif
