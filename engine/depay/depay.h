/*
 * depay.h - RTP payloads to frames, as the sender's transform saw them.
 *
 * Opus and other audio: one packet, one frame. VP8 (RFC 7741) and VP9 (RFC
 * 9628): the descriptor taken off, slices joined. H.264 (RFC 6184, modes 0 to
 * 2) and H.265 (RFC 7798): NAL units behind start codes of four octets. AV1
 * (AOM): OBUs, with their sizes where they are OBUs. SFrame payload descriptors
 * (draft-ietf-avtcore-rtp-sframe-02): joined from S to E. Any other video: all
 * payloads of one timestamp up to the marker, as they are.
 */
#ifndef SF_DEPAY_H
#define SF_DEPAY_H

#include "engine/base/arena.h"
#include "engine/classify/record.h"
#include "parsers/sframe/header.h"

/* One packet of a stream, in sequence order. */
struct sf_unit {
	struct sf_place place;
	uint64_t seq; /* extended */
	uint32_t timestamp;
	uint16_t packet_at; /* offset of the payload in the captured packet */
	uint8_t pt;
	uint16_t front; /* octets of CSRC list and header extension */
	uint16_t ext_octets; /* of the header extension, right in front of the
	                        payload; 0: none, or not there */
	bool marker, cut;
	bool spent;        /* put back into the stream that missed it */
	bool bad_padding;  /* the P bit is set, and the count does not fit */
	bool bounded;      /* a dependency descriptor tells: */
	bool starts, ends; /* of a frame */
	bool numbered;     /* don is its decoding order number */
	uint16_t don;      /* of H.264 in interleaved mode */
	bool ext_known;    /* ext_ids was filled in */
	uint16_t ext_ids;  /* of its header extension: a bit each, of 16 */
	uint32_t csrc;     /* hash of the CSRC list; 0: none */
	uint64_t hash;     /* of the payload's ends: sf_hash_ends() */
	bool hop;          /* of a stream under SRTP, as far as was seen */
	struct sf_bytes payload; /* empty: padding only */
};

/* Buffers in which frames of several packets are joined. */
struct sf_depay_pool {
	uint8_t *octets;
	size_t each; /* octets of one buffer */
	size_t n;
	uint32_t *free_list; /* indices of free buffers */
	size_t n_free;
	uint64_t too_large, none_free; /* frames given up */
};

bool sf_depay_pool_init(
    struct sf_depay_pool *p, struct sf_arena *a, size_t n, size_t each);

/* Where the sender's octets are in the packets. */
enum sf_framing {
	SF_FRAMING_CODEC,      /* as the codec's payload format has it */
	SF_FRAMING_DESCRIPTOR, /* behind SFrame payload descriptors */
	SF_FRAMING_PACKET,     /* each packet is an SFrame ciphertext */
	SF_FRAMING_SLICE,      /* the same behind the codec's descriptor */
	SF_FRAMING_RAW         /* cut anywhere, and nothing in front */
};

/* The packet before, where descriptors are read. */
struct sf_fragment {
	bool any, open, packetized, reserved, ext_known;
	uint8_t pt;
	unsigned fragments; /* of its frame, up to this one */
	unsigned wholes;    /* packets in a row with one timestamp, each a large
	                       ciphertext of its own */
	uint16_t ext_ids;
	uint32_t timestamp, csrc;
};

/*
 * Decoding order numbers of H.264 in interleaved mode (RFC 6184 5.5), where all
 * packets of a frame tell them.
 */
struct sf_numbers {
	bool told; /* of the open frame */
	bool disordered, gaps;
	bool any;        /* highest is set */
	bool has_before; /* what came before the frame was not lost, and before
	                    is the highest of it */
	uint16_t highest, before;
	uint16_t next, last;
	uint16_t units[SF_FRAME_MARKS]; /* of those at frame.marks */
};

/* Of VP8 and VP9: has each packet a header of its own behind its descriptor? */
struct sf_slices {
	bool on;        /* they have, so far */
	bool missed;    /* a packet that goes on had none */
	bool native;    /* nor has the frame under way */
	uint8_t bits;   /* what headers in a row count for, up to "on" */
	uint8_t misses; /* packets in a row, while on */
	uint8_t head_n; /* the packet before: where a header would be */
	uint8_t head[SF_SFRAME_HEADER_MAX];
	uint64_t seq;
};

/* The frame that a stream is in the middle of. All zero is none. */
struct sf_depay_format;

struct sf_depay {
	const struct sf_depay_format *format; /* of the last packet */
	bool open, broken;
	bool in_unit; /* a NAL unit or OBU goes on in the next packet */
	bool whole;   /* AV1: nothing goes on, and it may be all of a frame */
	bool donl; /* H.265: SDP says that decoding order numbers are there */
	bool any;  /* a packet came ... */
	uint64_t expected; /* ... and this number should be next */
	unsigned marked;   /* frames that ended in a marker ... */
	unsigned unmarked; /* ... and that another one ended */
	struct sf_numbers numbers;
	struct sf_slices
	    *slices; /* NULL: frames are joined, whatever is in them */
	struct sf_fragment fragment;
	struct sf_payload_facts facts;
	uint32_t buffer; /* index + 1; 0: none taken */
	size_t octets;
	uint64_t next_seq; /* of the packet that would carry on */
	uint64_t lost_ts;  /* timestamp + 1 of a frame counted as incomplete */
	struct sf_frame frame;
};

/* Is this the number that should be next, or the first of all? */
static inline bool
sf_depay_expects(const struct sf_depay *d, uint64_t seq)
{
	return !d->any || seq == d->expected;
}

typedef void sf_depay_sink(void *ctx, const struct sf_frame *f);

/*
 * One packet. Calls sink for each frame that it completes, and for each frame
 * that turns out to be incomplete.
 */
void sf_depay_unit(struct sf_depay *d, struct sf_depay_pool *pool,
    enum sf_codec codec, enum sf_framing framing, const struct sf_unit *u,
    sf_depay_sink *sink, void *ctx);

/* No more packets: a frame still open is incomplete. */
void sf_depay_finish(struct sf_depay *d, struct sf_depay_pool *pool,
    sf_depay_sink *sink, void *ctx);

/* One packet of VP8 or VP9 that is held: what its header says is noted. */
void sf_depay_look(
    struct sf_slices *s, enum sf_codec codec, const struct sf_unit *u);

/* codec: UNKNOWN when none fits throughout. votes: how far neighbours agree with
   a video codec, to be compared; 0 for every other. descriptor: all begin with
   an SFrame payload descriptor. */
struct sf_guess {
	enum sf_codec codec;
	size_t votes;
	bool descriptor;
};

/*
 * Which payload format n packets in sequence order speak, when nobody says:
 * VP8, VP9, H.264, H.265 or AV1 by their descriptors against timestamps and
 * markers, or Opus by its timestamps.
 */
struct sf_guess sf_depay_guess(const struct sf_unit *units, size_t n);

/* Do they speak that codec's, VP8's or another of video? */
bool sf_depay_reads(const struct sf_unit *units, size_t n, enum sf_codec codec);

/* May these packets be of a codec that somebody names? Of one whose packets have
   no mark: always. */
bool sf_depay_may_be(
    const struct sf_unit *units, size_t n, enum sf_codec codec);

#endif
