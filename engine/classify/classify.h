/*
 * classify.h - what each frame of a stream is, and so the stream.
 *
 * Frames are kept, a hundred or so, until they can be judged together: a run of
 * headers shows SFrame, a codec's structure with a body that is not uniform
 * shows plaintext, and neither alone is said of one frame.
 */
#ifndef SF_CLASSIFY_H
#define SF_CLASSIFY_H

#include "engine/classify/clear.h"
#include "engine/classify/runs.h"
#include "engine/classify/stats.h"
#include "engine/dialect/way.h"
#include "engine/event.h"
#include "engine/keys/opener.h"

#define SF_BLOCK 128 /* frames kept */

/* Takes a frame as it was put together, its octets borrowed for the call. */
typedef void sf_frame_tap(
    void *ctx, const struct sf_stream *stream, const struct sf_frame *frame);

/* What the streams of a run share. */
struct sf_classify_run {
	struct sf_model *model;
	struct sf_seen seen;
	struct sf_unlock unlock;
	uint8_t *scratch; /* for one frame, with keys; else NULL */
	size_t scratch_octets;
	sf_frame_sink *sink;
	void *sink_ctx;
	sf_frame_tap *tap; /* NULL when nobody wants octets */
	void *tap_ctx;
	bool whole_hash; /* content is a hash of all octets */
	struct sf_key_use *key_uses;
	size_t key_uses_used, key_uses_cap;
	struct sf_interval *intervals;
	size_t intervals_used, intervals_cap;
};

#define SF_BARE_OCTETS 12
#define SF_BARE_BITS   (8 * SF_BARE_OCTETS)

/* Bodies in the clear behind headers: how often each of their first bits is 1. */
struct sf_bare {
	unsigned n; /* bodies; 0: the last ones were uniform */
	uint8_t have[SF_BARE_OCTETS]; /* bodies that are as long */
	uint8_t ones[SF_BARE_BITS];
};

#define SF_LAST_OCTETS 7

/* The last octets of all frames that begin as Opus does (heads.c). */
struct sf_long_tails {
	uint16_t n;           /* frames counted, while there is room */
	uint8_t small, again; /* frames that are short; repeated ones, */
	uint8_t brief, silk;  /* of short duration, not of CELT: a few */
	uint32_t content;     /* of the last */
	uint16_t nibbles[2 * SF_LAST_OCTETS][16];
	uint16_t last[256];
};

/* What a frame that is judged belonged to. */
struct sf_behind {
	bool has_header;
	enum sf_dialect dialect;
	uint64_t kid, ctr; /* when has_header */
};

/* One stream's frames in the making. All zero with pub set is ready to use. */
struct sf_classifier {
	struct sf_stream *pub;
	/* of a repair stream whose packets differ from what they repeat, and of
	   redundant copies that do: the codec and the frames of that */
	enum sf_codec codec;
	const struct sf_classifier *original;
	bool copies;     /* no frames of a stream's own: only reuse is told */
	uint64_t number; /* frames emitted */
	bool running;    /* a run of headers is under way */
	bool hop;        /* the last frame was under SRTP, it seems */
	struct sf_placing placing;
	bool baseline; /* H.264: its last SPS says so */
	bool key_unsure; /* where key frames have it is a guess */
	struct sf_run_header last; /* of the run */
	int64_t last_ns;
	uint64_t last_seq;
	double pace; /* CTR's step from packet to packet, of late */
	uint64_t round; /* CTRs that start over all the time, as bits; or 0 */
	bool ending; /* no more frames come */
	const struct sf_way *way; /* format with marks of its own, or NULL */
	struct sf_sight sight;    /* of its last frame */
	uint64_t in_way;          /* frames in such formats, kept ones too */
	uint64_t way_frames;      /* of them those that are out */
	uint64_t way_opened;      /* and a key opened */
	uint64_t way_marked;  /* and begin as VP9 does, where they should not */
	int clear, clear_key; /* octets at their heads; of key frames */
	bool clear_seen;      /* clear is known */
	struct sf_behind behind; /* the last complete frame that went */
	bool open;               /* frames kept that nothing was said of */
	struct sf_bare bare;     /* of the last frames that were so */
	uint32_t middle_frames;
	union { /* of a stream with headers, and of one without */
		uint32_t middle[256]; /* octets in the middle of frames */
		struct sf_long_tails tails;
	};
	enum sf_clear before; /* what the frames before were, when not a run */
	uint64_t kinds[SF_CLEAR_UNSURE + 1]; /* frames outside runs, by what */
	uint64_t foreign;  /* frames of AV1 that are none, of all complete ones */
	bool cut_in_units; /* and the packetizer cut some: where the header was,
	                      it took off what it read as sizes */
	uint64_t run_frames, run_descriptor, run_prefixed;
	uint8_t prefix; /* octets in front of the header of a frame */
	uint64_t run_layout[3];         /* of run_frames, by layout */
	const struct sf_unlock *unlock; /* NULL when there are no keys */
	struct sf_opener opener;
	struct sf_dialect_opener way_opener;
	unsigned rebuilt_in_vain;
	struct sf_key_use *use;
	uint64_t use_seq; /* of the last frame under a KID */
	/* Frames under a nonce of another stream: with its ciphertext, with another. */
	uint64_t same, other;
	uint32_t without,
	    without_packets; /* frames since then, their packets */
	struct sf_interval *interval;
	unsigned n, n_proved; /* of the n kept, those that nothing more can be
	                         said of: a key opened them, or parts miss */
	struct sf_record recs[SF_BLOCK];
};

/* One more frame, in sequence order. */
void sf_classify_frame(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_frame *frame);

/* The same with its record, which sf_record_of() made before. */
void sf_classify_record(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_frame *frame, const struct sf_record *record);

/* No more frames: all are judged, and pub gets its protection. */
void sf_classify_finish(struct sf_classifier *c, struct sf_classify_run *run);

#endif
