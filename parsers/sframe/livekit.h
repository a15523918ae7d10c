/*
 * livekit.h - trailers that hold the whole IV: LiveKit's and Jitsi's.
 *
 * All are read from the end of a frame; payload is what stands in front. An
 * escape of H.264 or H.265 (03 behind two zeros) must be gone before.
 */
#ifndef SF_SFRAME_LIVEKIT_H
#define SF_SFRAME_LIVEKIT_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* IV of 12, its length, key index: LiveKit, Jitsi since 2021. SF_MALFORMED
   when the length is not 12. */
struct sf_livekit {
	uint32_t ssrc;      /* IV, octets 0 to 3 */
	uint32_t timestamp; /* 4 to 7: of RTP */
	uint32_t count;     /* 8 to 11: LiveKit timestamp - n, Jitsi n */
	uint8_t index;
	struct sf_bytes iv;
	struct sf_bytes payload;
};

enum sf_status sf_livekit_parse(
    struct sf_livekit *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* IV of 12, key index: Jitsi until September 2020. */
struct sf_jitsi_v0 {
	uint32_t ssrc, timestamp, count;
	uint8_t index;
	struct sf_bytes iv;
	struct sf_bytes payload;
};

enum sf_status sf_jitsi_v0_parse(
    struct sf_jitsi_v0 *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Counter of 1 to 8 octets, a signature or none, and an octet of S, length of
   the counter, KID: Jitsi from then to April 2021. */
struct sf_jitsi_ctr {
	uint64_t ctr;
	uint8_t ctr_octets;
	uint8_t kid;               /* 0..15 */
	struct sf_bytes signature; /* 132 octets when S is set, else none */
	struct sf_bytes payload;
};

enum sf_status sf_jitsi_ctr_parse(struct sf_jitsi_ctr *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/* What LiveKit's SFU era clients put behind the encrypted frame, in the clear:
   tagged values, every octet inverted, their length, "LKTS". SF_MALFORMED when
   it does not end so. */
struct sf_lkts {
	struct sf_bytes values;  /* as sent, inverted */
	struct sf_bytes payload; /* the frame in front */
};

enum sf_status sf_lkts_parse(
    struct sf_lkts *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
