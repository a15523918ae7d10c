/*
 * record.h - what is kept of a frame until it has been judged together with
 * its neighbours: its place, its ends and a hash, not its octets.
 */
#ifndef SF_RECORD_H
#define SF_RECORD_H

#include "engine/model.h"

#define SF_RECORD_HEAD 112 /* octets kept from the front */
#define SF_RECORD_TAIL 40  /* and from the back */

#define SF_FRAME_MARKS 8 /* places kept where a packetizer cut a frame */

/* A frame as the sender's transform saw it. octets is borrowed for one call. */
struct sf_frame {
	struct sf_place first, last; /* packets */
	uint64_t seq;                /* extended, of the last packet */
	uint32_t timestamp;
	uint16_t packets;
	uint16_t packet_at; /* offset of octets in the first packet */
	enum sf_codec codec;
	bool descriptor; /* an SFrame payload descriptor was taken off */
	bool complete;   /* else octets is empty */
	bool cut;        /* incomplete by the snap length */
	bool hop;        /* of a stream under SRTP, as far as was seen */
	bool inter_known, inter; /* the payload descriptor tells (VP9) */
	bool foreign;            /* its units are none of its codec's */
	uint16_t units;          /* NAL units or OBUs, as the packetizer had
	                                them */
	uint32_t marks[SF_FRAME_MARKS]; /* where the first of them begin */
	struct sf_bytes octets;
	uint64_t hash; /* sf_hash_ends() of octets; 0: not known yet */
};

/* What the octets of a frame say when read as its codec. */
enum sf_proof {
	SF_PROOF_NONE, /* not that codec, or nothing was asked */
	SF_PROOF_WEAK, /* parses; so do many random strings (Opus) */
	SF_PROOF_STRONG /* parses; random strings hardly ever do (VP8, VP9, RED) */
};

/* Of an SFrame header. */
enum sf_layout {
	SF_LAYOUT_RFC9605,
	SF_LAYOUT_DRAFT, /* draft-ietf-sframe-enc-00 to -03 */
	SF_LAYOUT_OMARA  /* draft-omara-sframe-00 to -02 */
};

/* What keys say of a frame. */
enum sf_tried {
	SF_TRIED_NOT,    /* no keys, or no header to ask them of */
	SF_TRIED_NO_KEY, /* keys were given, and none for this KID */
	SF_TRIED_FORGED, /* a key was there, the tag does not match */
	SF_TRIED_OPENED
};

#define SF_ASKED_ALL UINT8_MAX

/* A frame that a key opened before it was judged (ahead.h). */
struct sf_early {
	uint32_t ready; /* number of the key; 0: none did */
	uint8_t at;     /* where the header was */
	bool prefix;    /* the clear octets in front were metadata */
};

/* A header in any layout. */
struct sf_run_header {
	uint64_t kid, ctr;
	uint8_t kid_octets, ctr_octets; /* 0: in the config octet */
	uint8_t octets;                 /* of the header */
	uint8_t at;                     /* its offset in the frame */
};

/* A frame outside the run of its stream that is no media of its own. */
enum sf_apart {
	SF_APART_NOT,
	SF_APART_SILENCE,
	SF_APART_INJECTED,
	SF_APART_STRAY,   /* looks like media */
	SF_APART_STRANGER /* looks like nothing known, amid one key's frames */
};

struct sf_record {
	struct sf_place first, last;
	uint64_t seq;
	uint64_t content; /* sf_hash_ends() of the octets */
	uint32_t timestamp;
	uint32_t octets;
	uint16_t packets;
	uint16_t packet_at;
	uint16_t width, height; /* of a clear key frame */
	uint16_t samples;       /* Opus duration at 48 kHz, 0 when not Opus */
	uint8_t core_at;        /* where the codec's own octets begin: behind
	                                RED headers and older blocks */
	uint8_t head_n, tail_n;
	bool complete, cut, descriptor, video, key;
	bool foreign;       /* the packetizer's units are none of the codec */
	bool rebuilt;       /* opened in another way than it came */
	uint32_t last_mark; /* where the last unit begins; 0: one unit */
	bool metadata;      /* LiveKit's clear trailer was behind */
	uint8_t codec;      /* enum sf_codec */
	uint8_t asked_at; /* the place of a header that keys were put to, beside
	                     the usual one; or SF_ASKED_ALL */
	enum sf_proof proof;
	enum sf_look look; /* what proof speaks of */
	float surprise;    /* -ln of the chance that random octets of that
	                                length give this proof; 0 for a weak one */
	/* the judgement */
	enum sf_apart apart;
	enum sf_state state;
	enum sf_layout layout;
	bool decided, has_header;
	bool unfollowed; /* the ratchet to its KID was too long */
	bool proved; /* needs no neighbours: a key opened it, or parts miss */
	struct sf_run_header header; /* when has_header */
	uint8_t dialect; /* enum sf_dialect, by its own marks; or NONE */
	uint8_t way;     /* row of sf_ways by which it was read; with dialect */
	uint8_t way_tried; /* enum sf_tried, by keys of that format */
	uint16_t suite;    /* that opened it */
	enum sf_tried tried;
	struct sf_early early;
	unsigned entry;       /* of the key file that opened it */
	uint64_t fingerprint; /* of the key that opened it; else 0 */
	uint8_t head[SF_RECORD_HEAD];
	/* Behind these 8 octets 133 more: a signature of Jitsi's, and its end. */
	uint8_t signed_tail[8];
	/* The last tail_n octets, in order; without the escapes of H.264 and
	   H.265, and without LiveKit's metadata behind. */
	uint8_t tail[SF_RECORD_TAIL];
};

/* Keeps what is needed of a frame; proof stays NONE. */
void sf_record_of(struct sf_record *out, const struct sf_frame *frame);

/* Asks the frame's octets for a codec's proof: of no use for a frame that an
   SFrame header claims, and so a step of its own. */
void sf_record_prove(struct sf_record *r, const struct sf_frame *frame);

#endif
