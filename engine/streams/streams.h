/*
 * streams.h - RTP streams: found, kept apart, and put in sequence order.
 *
 * A stream is an SSRC between two addresses. It is believed once five packets
 * show sequence numbers near each other; until then its packets are held. One
 * that changes its addresses under way (ICE) stays one stream; the same SSRC
 * seen at a second point with the same sequence numbers is a second leg.
 */
#ifndef SF_STREAMS_H
#define SF_STREAMS_H

#include "engine/base/limits.h"
#include "engine/classify/classify.h"
#include "engine/depay/depay.h"
#include "engine/keys/handoff.h"
#include "engine/sdp/sdp.h"
#include "engine/streams/exposure.h"
#include "parsers/rtp/rtp.h"

#define SF_RED_SEEN    16 /* frames remembered against their redundant copies */
#define SF_SEEN_WINDOW 512 /* packets of a stream remembered by number */

/* A packet that waits. octets follows in the slot, limits.held_octets of it. */
struct sf_held {
	struct sf_unit unit; /* payload points at the slot's own octets */
	uint32_t next;       /* index + 1; 0 ends the list */
};

struct sf_held_pool {
	struct sf_held *slots;
	uint8_t *octets;
	size_t each;
	uint32_t free_list; /* index + 1 */
	uint64_t refused;   /* too large, or no slot */
};

/* Redundant copies of a stream's frames that are not what was sent: judged by
   themselves, and listed nowhere. */
struct sf_copies {
	struct sf_stream pub;
	struct sf_depay depay; /* of packets that FEC holds */
	struct sf_classifier classifier;
};

/* What a believed stream needs beyond its counters. */
struct sf_lane {
	struct {
		uint32_t seq, hash, timestamp;
	} seen[SF_SEEN_WINDOW];
	struct {
		uint32_t timestamp, hash; /* hash 0: free */
	} red_seen[SF_RED_SEEN];
	unsigned red_next;
	/* The thread that judges writes here; all else is the reader's. Its
	   records are many more than it uses at a time, and so keep it a line
	   of the cache away. */
	struct sf_classifier classifier;
	struct sf_depay depay;
	struct sf_copies *copies; /* NULL: none differed */
	struct sf_fec *fec;       /* NULL: no FEC packet protects it */
	struct sf_exposure exposure;
	struct sf_feedback feedback;
};

struct sf_track_key {
	struct sf_addr src, dst;
	uint32_t ssrc, input; /* input: and SF_TRACK_SEALED */
};

/* What SRTP keys did not open is kept apart from what they did. */
#define SF_TRACK_SEALED 0x80000000u

static inline bool
sf_track_is_sealed(const struct sf_track_key *k)
{
	return (k->input & SF_TRACK_SEALED) != 0;
}

#define SF_TRACK_NAMES                                                         \
	4 /* addresses that a stream may change between early on */

/* RED (RFC 2198) around what a stream sends. */
enum sf_red_around {
	SF_RED_NOT,   /* none, or encrypted with the frame */
	SF_RED_VIDEO, /* one block: media, or ULPFEC */
	SF_RED_BLOCKS /* of audio, each a ciphertext */
};

/*
 * Frame boundaries out of dependency descriptors: in which header extension
 * they are, as SDP says or as they have shown themselves to be.
 */
/* Layers, as the structure in front of a key frame has them. */
struct sf_layers {
	uint8_t id; /* of the extension; 0: none */
	uint8_t spatial, temporal;
};

#define SF_LAYERS 3 /* extensions that hold what may be such a structure */

struct sf_boundaries {
	uint8_t id;           /* 0: not known */
	uint8_t tried;        /* while it is looked for: the id in question, */
	uint8_t misses;       /* packets that did not fit, */
	uint8_t fits, frames; /* packets in a row that fit, frames they begin */
	bool wanted;          /* look for it */
	bool any, ended; /* of the packet before: there was one; ends a frame */
	uint16_t seq, number;
	uint32_t timestamp;
	struct sf_layers layers[SF_LAYERS];
};

#define SF_WORDS    6  /* header extensions that hold a word, of one stream */
#define SF_WORD_MAX 16 /* octets: RFC 8852 3 */

struct sf_word {
	uint8_t id, octets, packets;
	char text[SF_WORD_MAX];
};

/* Header extensions whose octets are a word, and the same in every packet. */
struct sf_words {
	struct sf_word rows[SF_WORDS];
	unsigned n;
	bool grouped;       /* with the streams beside it, at the end */
	uint64_t spoilt[4]; /* by id: something else was there */
};

/* Of a stream of video, or behind SFrame payload descriptors: the frame under
   way. */
struct sf_described {
	bool any, native; /* native: it has none, and is as the codec has it */
	bool known;       /* the header of the last that has one */
	bool doubt;       /* that header did not go on, nor began a key */
	bool marked;      /* the last packet had the marker */
	bool asked;       /* what codec those without one are, since then */
	uint64_t kid, ctr;
	uint8_t fits; /* frames in a row that carry on from it */
	uint32_t timestamp;
};

/* How frames lie in the packets of a stream, when keys opened some. */
struct sf_proven {
	bool found;
	enum sf_codec codec; /* UNKNOWN: no matter */
	enum sf_framing framing;
};

struct sf_track {
	struct sf_stream pub;
	struct sf_words words;
	struct sf_track_key name_keys[SF_TRACK_NAMES];
	unsigned n_names;
	struct sf_lane *lane;   /* NULL on probation */
	uint64_t highest, next; /* extended sequence numbers */
	uint64_t first_seq, unique;
	uint64_t records; /* captured packets accounted for */
	uint64_t recent;  /* on probation: bit n is highest - n, seen */
	uint64_t jump;    /* what a restart would begin with; 0: none */
	uint32_t aside;   /* the packet before that; index + 1 */
	uint32_t held;    /* list in sequence order; index + 1 */
	unsigned n_held;
	unsigned spared; /* n_held when last spared from eviction */
	bool started, refused;
	bool unsealed; /* keys have taken SRTP off its packets */
	struct sf_boundaries boundaries;
	bool unlisted;     /* SDP names a codec that is none of ours */
	bool plain_format; /* main_pt's packets are what codec says */
	enum sf_framing framing;
	struct sf_described described;
	enum sf_codec native; /* of frames amid these that have none */
	struct sf_slices slices;
	struct sf_proven proof;
	enum sf_red_around red;
	uint8_t main_pt, block_pt;
	struct {
		uint8_t pt;
		enum sf_codec codec;
	} formats[SF_STREAM_PTS]; /* of other payload types, as they come */
	unsigned n_formats;
	uint32_t event_timestamp;     /* of the last telephone event */
	enum sf_direction direction;  /* of the first packet */
	struct sf_media media;        /* when pub.recorded */
	struct sf_track *repaired;    /* what a repair stream repairs */
	struct {                      /* on probation: what it may repair */
		struct sf_track *of;  /* may be gone since */
		uint32_t ssrc;        /* and was this one */
		unsigned fits, asked; /* packets, as they came */
		unsigned copies;     /* octet for octet, or put back */
	} early;
	struct sf_track *older, *newer; /* on probation, by first packet */
	struct sf_track *next_free;
};

/* Hash chain: addresses and SSRC to track. A moved stream has several. */
struct sf_track_name {
	struct sf_track_key key;
	uint32_t track; /* index */
	uint32_t next;  /* index + 1 */
};

/* What is known of a pair of addresses, whichever way round. */
struct sf_path {
	struct sf_addr a, b;
	bool used, dtls, stun, rtcp, srtcp, media;
};

/* What RTCP says of an SSRC. */
struct sf_naming {
	uint32_t ssrc;
	bool used, bye;
	unsigned reports; /* sender reports */
	uint32_t sent;    /* packets, by the last of them */
	bool described;   /* an SDES chunk of its own was there */
	struct sf_feedback feedback;
	char cname[SF_TEXT_MAX];
};

struct sf_streams {
	struct sf_model *model;
	struct sf_classify_run *run;
	const uint8_t *codecs; /* by payload type; see pipeline.h */
	const struct sf_sdp *sdp;
	struct sf_handoff
	    *handoff; /* NULL: frames are judged where they come up */
	struct sf_track *tracks;
	size_t n_tracks, cap;
	struct sf_track *free_tracks;
	struct sf_track *oldest, *newest; /* on probation */
	unsigned proofs;                  /* of these, put to the keys */
	struct sf_lane *lanes;
	size_t lanes_used, lanes_cap;
	struct sf_copies *copies;
	size_t copies_used, copies_cap;
	struct sf_fec *fecs;
	size_t fecs_used, fecs_cap;
	uint8_t *stash; /* SF_STASH octets for each lane */
	struct sf_track_name *names;
	size_t names_cap;
	uint32_t free_names;
	uint32_t *buckets;
	size_t bucket_mask;
	struct sf_path *paths;
	struct sf_naming *namings;
	size_t paths_mask, namings_mask;
	struct sf_held_pool held;
	struct sf_depay_pool depay;
	struct sf_stream *last_stream;
};

size_t sf_streams_octets(const struct sf_limits *l);
bool sf_streams_init(
    struct sf_streams *s, struct sf_arena *a, const struct sf_limits *l);

/* The facts of a pair of addresses; a slot is taken for it if there is none. */
struct sf_path *sf_streams_path(
    struct sf_streams *s, const struct sf_addr *a, const struct sf_addr *b);

/* What RTCP said of an SSRC: all zero when nothing. */
const struct sf_naming *sf_streams_named(
    const struct sf_streams *s, uint32_t ssrc);
/* The same, to add to it; a slot is taken for it if there is none. */
struct sf_naming *sf_streams_naming(struct sf_streams *s, uint32_t ssrc);

/* One RTP packet. */
void sf_streams_feed(struct sf_streams *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, const struct sf_rtp *rtp);

/* No more packets: streams get names and protection. */
void sf_streams_finish(struct sf_streams *s);

#endif
