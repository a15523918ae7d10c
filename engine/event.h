/*
 * event.h - what comes out of the pipeline while it runs: one event per
 * complete or incomplete frame, in sequence order within a stream. A stream's
 * events come in batches, because a frame is judged with its neighbours.
 */
#ifndef SF_EVENT_H
#define SF_EVENT_H

#include "engine/classify/record.h"
#include "engine/keys/seen.h"
#include "engine/model.h"
#include "parsers/sframe/header.h"

struct sf_frame_event {
	const struct sf_stream *stream;
	struct sf_place first, last;   /* packets of the frame */
	uint64_t number;               /* of the frame in its stream, from 1 */
	uint64_t seq;                  /* extended, of the last packet */
	uint32_t timestamp;
	uint32_t octets;
	uint16_t packets;
	bool copy;                     /* a redundant one, under a KID and CTR that
	                                  something else had */
	bool complete;                 /* else nothing below is set */
	bool hop;                      /* still under SRTP, it seems: what is inside
	                                  cannot be said */
	bool key;                      /* a video key frame, where it can be seen */
	bool blank;                    /* silence or a black picture, as servers
	                                  make them up; in the clear */
	enum sf_state state;
	/* Hash of the frame's length and ends, the tag in it: two ciphertexts that
	   differ have other tags, so this tells them apart. */
	uint64_t content;
	/* an SFrame header belongs to the frame: state VERIFIED, ENCRYPTED, FAILED */
	bool has_header;
	/* the stream runs as SFrame and this frame does not fit: raw holds what
	   stands where the header should be, and nothing else below is set */
	bool misfit;
	bool doubtful;                 /* a packetizer cut the frame: its header may
	                                  have been another */
	enum sf_tried tried;           /* what keys say of it */
	int entry;                     /* of the key file that opened it; else -1 */
	uint64_t fingerprint;          /* of the key that opened it; else 0 */
	uint16_t header_at;            /* octets in front of the header */
	uint16_t packet_at;            /* offset of the header in the captured first
	                                  packet; 0 when not known */
	uint8_t raw[SF_SFRAME_HEADER_MAX]; /* the header as sent */
	uint8_t raw_octets;
	uint64_t kid, ctr;
	uint8_t kid_octets, ctr_octets; /* as in struct sf_sframe_header */
	bool draft;                    /* the header has the layout of the drafts */
	/* the frame is in a format with marks of its own; else NONE. The two
	   below are set for it and for a header. */
	enum sf_dialect dialect;
	bool has_kid, has_ctr;
	bool has_nonce;                /* seen was asked */
	bool rises;                    /* CTR never falls in one KID and source */
	uint32_t source;               /* whose counter it is, in one stream */
	uint32_t modulus;              /* of CTR; 0: none */
	/* was this KID and CTR used before, by the same stream or another? */
	enum sf_seen_answer seen;
	uint32_t seen_stream;          /* id of the stream that used it */
};

/* Takes one event; ctx is the taker's own. */
typedef void sf_frame_sink(void *ctx, const struct sf_frame_event *ev);

#endif
