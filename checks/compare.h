/*
 * compare.h - one call seen at two points, A and then B: which frames came
 * through as they were, which were altered, lost, added, or in the clear on
 * one side alone.
 */
#ifndef SF_COMPARE_H
#define SF_COMPARE_H

#include "checks/result.h"
#include "engine/diagnose/alter.h"
#include "engine/event.h"

/* What is kept of a frame of one side. */
struct sf_note {
	uint64_t content; /* hash of all octets */
	uint64_t kid, ctr;
	uint64_t packet; /* first packet */
	uint64_t seq;    /* extended, of its last packet */
	int64_t time_ns;
	uint32_t number; /* of the frame in its stream */
	uint32_t stream; /* id */
	uint32_t timestamp;
	uint32_t octets;
	uint32_t next;  /* in its chain; index + 1 */
	uint32_t other; /* its counterpart; index + 1 */
	uint32_t from; /* of B: id of the stream of A that its stream is then */
	uint32_t shift; /* of B: its timestamp less that of A, then */
	uint16_t header_at;
	uint16_t packets;
	uint8_t state; /* enum sf_state */
	bool has_header : 1, complete : 1, spare : 1;
	bool blank : 1; /* as servers make them up */
	bool hop : 1;   /* under SRTP: not the frame, only that it is equal */
	bool again : 1; /* of B: its counterpart came as it was, too */
	bool said : 1;  /* blank, and what the sender said all the same */
};

struct sf_side {
	struct sf_note *notes;
	size_t n, room;
	uint64_t left_out; /* frames that there was no room for */
	uint64_t incomplete;
	const struct sf_model *model; /* of the finished run */
};

/* An sf_frame_sink; ctx is a struct sf_side. Events need the hash of all
   octets. */
void sf_side_frame(void *ctx, const struct sf_frame_event *ev);

/* Where frames of a kind begin and end; packet is 0 when there is none. */
struct sf_extent {
	struct sf_place first, last;
};

/* Frames whose places are kept: those of A are dropped, the others of B. */
enum sf_compare_kind {
	SF_EXTENT_ALTERED,
	SF_EXTENT_DECRYPTED,
	SF_EXTENT_ENCRYPTED,
	SF_EXTENT_INJECTED,
	SF_EXTENT_DROPPED,
	SF_EXTENT_RTX, /* packets; for who reads B once more to say */
	SF_EXTENTS     /* none of them */
};

/* A stream at A and what became of it at B; either may be missing. */
struct sf_compared {
	const struct sf_stream *a, *b;
	bool copy;          /* b is for one more receiver: what differs counts */
	bool second;        /* b shows another stream more often */
	uint64_t frames;    /* complete at A; at B where there is no a */
	uint64_t same;      /* octet for octet */
	uint64_t altered;   /* of these, one of the next two or neither */
	uint64_t plaintext; /* protected at A, in the clear at B */
	uint64_t encrypted; /* the other way round */
	uint64_t dropped;   /* seen at A, not at B, while B was seen */
	uint64_t damaged;   /* incomplete at B */
	uint64_t outside;   /* before B began or after it ended */
	uint64_t unselected; /* B's stream was another one of A just then */
	uint64_t repeated;  /* came again at B */
	uint64_t doubled;   /* RTP packets, under one number more than at A */
	uint64_t injected;  /* seen at B, never at A */
	uint64_t made_up;   /* likewise, blank: of an SFU for a muted track */
	uint64_t missing;   /* likewise, but A lacks packets at that place */
	uint64_t reordered;
	uint64_t clear; /* of the same: not protected */
	uint64_t hop;   /* of the same: still under SRTP */
	/* By RTX, RED or FEC, beside what came as it was: frames with other
	   octets, frames in the clear, and packets that differ from those
	   they repeat. */
	uint64_t again, again_clear, rtx_differs;
	uint64_t all_altered, all_clear; /* with those that came as well */
	struct sf_extent at[SF_EXTENTS];
};

#define SF_ALTERED_SHOWN 32

/* An altered frame: its notes, and what was done where octets were read. */
struct sf_altered_frame {
	uint32_t row; /* of sf_comparison.rows */
	struct sf_note a, b;
	bool known; /* how is filled in */
	struct sf_altered how;
};

#define SF_RTX_SHOWN 8

/* An RTX packet of B that is not the packet of B that it repeats. */
struct sf_rtx_example {
	uint32_t row; /* of sf_comparison.rows */
	uint64_t original, packet;
	int64_t time_ns;    /* of the second */
	uint16_t seq;       /* of the first */
	uint32_t octets[2]; /* of their payloads; RTX without its own two */
	struct sf_altered how;
};

enum sf_compare_verdict { SF_UNTOUCHED, SF_TOUCHED, SF_NO_COMMON };

struct sf_compare_finding {
	enum sf_finding_id rule;
	enum sf_severity severity;
	uint64_t count;
	bool packets; /* are counted, not frames */
	uint32_t row; /* the first that has it */
	enum sf_compare_kind kind;
	struct sf_extent at; /* over all rows; when that is known */
};

struct sf_comparison {
	struct sf_compared *rows;
	unsigned n_rows;
	uint64_t matched; /* frames of A with a counterpart at B */
	uint64_t same, altered, plaintext, encrypted, dropped, damaged, outside,
	    unselected, repeated, doubled, injected, made_up, missing,
	    reordered, copies, clear, hop, again, again_clear, rtx_differs;
	uint64_t not_forwarded; /* streams of A of which B has nothing */
	uint64_t unknown,
	    in_unknown;         /* streams of B of which A has nothing, and
	                                 the injected frames that are in them */
	uint64_t srtp[2];       /* streams of A and of B still under SRTP */
	bool has_offset;
	int64_t offset_ns; /* median of time at B minus time at A */
	int64_t middle_ns; /* the time at A that it is of */
	double drift; /* of that, by which it grows; 0: too short to tell */
	int64_t delay_p95_ns, delay_most_ns; /* over both */
	struct sf_altered_frame shown[SF_ALTERED_SHOWN];
	unsigned n_shown;
	struct sf_rtx_example rtx_shown[SF_RTX_SHOWN];
	unsigned n_rtx_shown;
	enum sf_compare_verdict verdict;
	struct sf_compare_finding findings[9];
	unsigned n_findings;
	uint64_t doubted; /* frames that are equal at both points, where nothing
	                     else says that it is one call */
	bool partial; /* frames were left out */
};

/*
 * Compares. Both sides keep their notes. False when there is not enough
 * memory. The result is to be freed by sf_comparison_free().
 */
bool sf_compare(
    struct sf_comparison *out, struct sf_side *a, struct sf_side *b);

void sf_comparison_free(struct sf_comparison *c);

/* "untouched", "altered", "inconclusive"; static */
const char *sf_compare_verdict_name(enum sf_compare_verdict v);

#endif
