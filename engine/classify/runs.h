/*
 * runs.h - do the headers of consecutive frames run on, KID kept and CTR
 * rising, as SFrame's do? One frame proves nothing: 99 of 100 random strings
 * parse as a header. A sequential probability ratio test over the transitions
 * decides (Wald, 1945).
 */
#ifndef SF_RUNS_H
#define SF_RUNS_H

#include "engine/classify/record.h"

/* Where in a frame the header is expected, and in which layout. */
struct sf_placing {
	uint8_t at;      /* octets in front of it; delta frames and audio */
	uint8_t at_key;  /* the same for video key frames */
	enum sf_layout layout;
	bool descriptor; /* the octet in front is an SFrame payload descriptor */
};

/* The header alone, whatever follows it. */
bool sf_run_header_alone(struct sf_run_header *out,
    const struct sf_record *r, struct sf_placing p);

/* False when there is none, or no room for the shortest tag behind it. */
bool sf_run_header(struct sf_run_header *out, const struct sf_record *r,
    struct sf_placing p);

/* Too short for any header and tag: silence or nothing, and no part of a run
   nor a stranger to it. */
bool sf_run_passes_over(const struct sf_record *r);

/* b follows a: the same KID in the same form, CTR a little higher. The times
   are those of their frames. */
bool sf_run_follows(const struct sf_run_header *a, int64_t a_ns,
    const struct sf_run_header *b, int64_t b_ns);

/*
 * Do the packets between two frames explain the step from a to b, or is it only
 * within what may be? An Opus TOC octet reads as KID 0 to 7 with one octet of
 * CTR, and one clear frame in four then lies within reach of the run: where KID
 * and CTR take fewer than two octets, a step that nothing explains says little.
 * pace: of the run so far, CTR's step from one packet to the next.
 */
bool sf_run_explained(const struct sf_run_header *a,
    const struct sf_run_header *b, double packets, double pace);

/* Packets from one frame to another: by their numbers, or as many as the time
   has room for, in which nothing was sent (DTX). */
double sf_run_packets(
    uint64_t a_seq, int64_t a_ns, uint64_t b_seq, int64_t b_ns);

/* Both in as few octets as can be (RFC 9605 4.3). */
bool sf_run_is_minimal(const struct sf_run_header *h);

/* KID and CTR take fewer than two octets. */
static inline bool
sf_run_short_form(const struct sf_run_header *h)
{
	return h->kid_octets + h->ctr_octets < 2;
}

struct sf_run_found {
	size_t start;   /* index of the first record of the run */
	double llr;     /* what the test stood at when it decided */
	double highest; /* the most it ever reached, decided or not */
	double pace;    /* CTR's mean step from one packet to the next */
};

#define SF_RUN_SURE 20.7 /* ln(1e9): both errors at 1e-9 */

/*
 * Looks for a run among the n records. True when the test reaches level; found
 * then tells where the run begins. Incomplete records are passed over.
 */
bool sf_run_search(struct sf_run_found *found, const struct sf_record *recs,
    size_t n, struct sf_placing p, double level);

/*
 * The chance that the headers of other octets run on like this once: a bound
 * for one transition (audio and inline forms are the worst).
 */
double sf_run_chance(const struct sf_run_header *h, bool video);

#endif
