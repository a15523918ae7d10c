/*
 * packet.h - what goes into the pipeline: one captured packet and its place.
 */
#ifndef SF_PACKET_H
#define SF_PACKET_H

#include "parsers/base/bytes.h"
#include "parsers/net/addr.h"

/* What a time can be, 1950 to 2106: a time and the difference of two others can
   be added. A file that says more gets the nearest. */
#define SF_TIME_LEAST INT64_C(-600000000000000000)
#define SF_TIME_MOST  (INT64_C(1000000000) << 32)

/* Where and when. The number is the one Wireshark shows, the first is 1; of a
   packet that unwrap wrote, the one that it had before. */
struct sf_place {
	uint64_t packet;
	int64_t time_ns; /* since 1970, SF_TIME_LEAST to SF_TIME_MOST */
	uint32_t input;  /* index of the input file, from 0 */
};

enum sf_direction { SF_DIR_UNKNOWN, SF_DIR_IN, SF_DIR_OUT };

#define SF_COMMENT_MAX 512 /* octets of a comment that are kept */

struct sf_packet {
	struct sf_place place;
	uint16_t link_type; /* LINKTYPE_, as in the file */
	enum sf_direction direction;
	size_t wire_octets; /* length on the wire, >= octets.n */
	struct sf_bytes
	    octets; /* as captured; borrowed until the next packet */
	const struct sf_media
	    *media;              /* what the file says of its RTP (model.h);
	                             NULL: nothing */
	struct sf_bytes comment; /* the file's first on this packet, at most
	                             SF_COMMENT_MAX octets of it; borrowed like
	                             octets, and may hold anything */
	bool comment_cut;        /* it was longer */
	const struct sf_carried
	    *carried;            /* unwrap wrote it (model.h); NULL: it did
	                             not. media, when it is of there, is in it */
};

/* What a datagram was wrapped in, and those that cannot be looked into. */
enum sf_via_kind {
	SF_VIA_VXLAN,
	SF_VIA_GENEVE,
	SF_VIA_NSH,
	SF_VIA_GRE,
	SF_VIA_PPTP,
	SF_VIA_ERSPAN,
	SF_VIA_MPLS,
	SF_VIA_PPPOE,
	SF_VIA_GTPU,
	SF_VIA_L2TP,
	SF_VIA_L2TP3,
	SF_VIA_CAPWAP,
	SF_VIA_TZSP,
	SF_VIA_GUE,
	SF_VIA_TEREDO,
	SF_VIA_IP, /* IPv4 or IPv6 in IPv4 or IPv6 */
	SF_VIA_ETHERIP,
	SF_VIA_FRAGMENTS,
	SF_VIA_GSO,
	SF_VIA_TCP,
	SF_VIA_TURN,
	SF_VIA_KINDS
};

enum sf_opaque {
	SF_OPAQUE_ESP,
	SF_OPAQUE_WIREGUARD,
	SF_OPAQUE_MACSEC,
	SF_OPAQUE_WIFI, /* 802.11 data frames under the link's own encryption */
	SF_OPAQUE_L2TP3,  /* what its sessions carry was not found */
	SF_OPAQUE_CAPWAP, /* under DTLS, or in fragments of its own */
	SF_OPAQUES
};

#define SF_VIA_MAX 12

struct sf_via {
	uint8_t n;
	struct {
		uint8_t kind; /* enum sf_via_kind, outermost first */
		uint32_t id;  /* VNI, key, session, label; 0: none */
	} of[SF_VIA_MAX];
};

/* What was seen between two addresses; bits of sf_datagram.beside. */
enum sf_beside { SF_BESIDE_DTLS = 1, SF_BESIDE_STUN = 2 };

/* What stood around a datagram and was taken off; bits of sf_datagram.removed. */
enum sf_removed {
	SF_REMOVED_TUNNEL = 1,    /* VXLAN, GRE, GTP, ... */
	SF_REMOVED_FRAGMENTS = 2, /* put together from IP fragments */
	SF_REMOVED_TURN = 4, /* ChannelData, or Send and Data indications */
	SF_REMOVED_TCP = 8,  /* framing of RFC 4571 and the like */
	SF_REMOVED_SRTP = 16 /* payload is what SRTP or SRTCP protected */
};

/* A transport datagram, the net layers peeled off. */
struct sf_datagram {
	struct sf_addr src, dst;
	struct sf_bytes payload; /* what the capture holds of it */
	size_t wire_octets;      /* payload length as the headers tell it */
	bool cut;          /* payload.n < wire_octets: the capture cut it */
	unsigned removed;  /* of enum sf_removed */
	uint8_t direction; /* enum sf_direction, by a link header; what the
	                             file itself says is in the packet */
	bool sealed;       /* SRTP keys were tried on it, and none fits */
	unsigned records;  /* captured packets that it accounts for: 0 when
	                             another datagram of the packet did already */
	const struct sf_via *via; /* what it came in; NULL: nothing of note */
	unsigned beside;          /* of enum sf_beside: seen before it */
};

#endif
