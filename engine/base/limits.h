/*
 * limits.h - every limit of a run, in one struct, each with its reason.
 */
#ifndef SF_LIMITS_H
#define SF_LIMITS_H

#include <stddef.h>

#define SF_DEFAULT_MEMORY ((size_t)64 << 20)

/* To compare takes a note of every frame: an hour of five senders has a million
   on each side. What a shorter call does not need is never touched. */
#define SF_COMPARE_MEMORY ((size_t)512 << 20)

struct sf_limits {
	size_t streams;      /* RTP streams at once: hundreds; a call has tens */
	size_t held;         /* packets waiting for a gap to fill, or for the
	                        codec to be known, over all streams */
	size_t held_octets;  /* of one such packet; a datagram on the Internet
	                        fits, a jumbo frame is passed over and counted */
	size_t frame_octets; /* largest frame put together from packets */
	size_t assemblies;   /* frames in the making at once */
	size_t seen_frames;  /* (KID, CTR) pairs remembered to find reuse */
	size_t key_uses;     /* unbroken uses of a KID, over all streams */
	size_t transport_octets; /* TCP and fragments that wait for the rest; the
	                        least is 512 KiB */
	size_t intervals;    /* runs of frames of one state, over all streams */
};

/* The limits that keep a run within octets of memory; 8 MiB is the least. */
struct sf_limits sf_limits_for(size_t octets);

#endif
