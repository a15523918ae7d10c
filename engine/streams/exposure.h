/*
 * exposure.h - what the packets of a stream tell beside the media: which
 * header extensions, which sizes, which pauses. Facts, whatever protects the
 * frames; a check judges them.
 */
#ifndef SF_EXPOSURE_H
#define SF_EXPOSURE_H

#include "parsers/rtp/rtp.h"

#include <stdbool.h>

/* Header extensions that tell something about the media. */
enum sf_ext_what {
	SF_EXT_UNKNOWN,
	SF_EXT_AUDIO_LEVEL,  /* RFC 6464 */
	SF_EXT_MIXER_LEVEL,  /* RFC 6465 */
	SF_EXT_PICTURE,      /* corruption-detection: samples of the picture */
	SF_EXT_LAYERS,       /* dependency descriptor, layers allocation */
	SF_EXT_CAPTURE_TIME, /* abs-capture-time */
	SF_EXT_DEVICE,       /* orientation, content type, colour space */
	SF_EXT_WHATS
};

/* What the URI of an a=extmap names (RFC 8285 5). */
enum sf_ext_what sf_ext_named(struct sf_bytes uri);

#define SF_EXT_IDS 16 /* ids of the one-octet form, and as many of the other */
#define SF_LENGTHS 256

/* One id in one stream. */
struct sf_ext_seen {
	uint32_t packets;
	uint8_t least, most; /* octets */
	uint16_t no_time;    /* of eight octets or sixteen: that did not go on
	                        from the one before, as a clock does */
	uint64_t values;     /* of one octet: bit v >> 2 & 63; of eight or
	                        sixteen: the first eight of the last */
};

/* All zero is ready for use. */
struct sf_exposure {
	uint8_t what[SF_EXT_IDS]; /* enum sf_ext_what, as SDP says */
	bool told;                /* SDP was asked */
	uint64_t packets;
	uint32_t looked; /* packets whose extensions were read */
	struct sf_ext_seen ext[SF_EXT_IDS];
	/* sizes of audio: packets by length, and of those the loud ones where
	   the level is known */
	uint8_t level_id; /* 0: none found */
	uint32_t lengths[SF_LENGTHS], levelled[SF_LENGTHS], loud[SF_LENGTHS];
	uint32_t sized, sized_levels, changes;
	uint16_t last_length;
	/* layers that the codec's payload descriptor names: bit id */
	uint8_t spatial, temporal;
	uint32_t structures; /* VP9's list of layers and their sizes */
	/* pauses: consecutive numbers, a timestamp far ahead */
	uint32_t pauses;
	uint32_t longest; /* in media clock ticks */
	uint32_t last_timestamp;
	uint16_t last_seq;
};

/* One packet of the stream. audio: its sizes are counted as well. clock is in
   Hz, 0 when it is not known. */
void sf_exposure_packet(struct sf_exposure *x, const struct sf_rtp *rtp,
    bool audio, uint32_t clock);

/* The payload descriptor of a packet of VP8 or VP9. */
void sf_exposure_descriptor(
    struct sf_exposure *x, bool vp9, struct sf_bytes payload);

/* The id that carries the audio level, by SDP or else by its shape: one octet
   in most packets, with many values. 0: none. */
unsigned sf_exposure_level_id(const struct sf_exposure *x);

/* True when an extension was in the packets of which nobody says what it is. */
bool sf_exposure_unknown(const struct sf_exposure *x);

/* True when an extension of this kind was in the packets: by SDP, or, of capture
   times, by its shape. */
bool sf_exposure_has(
    const struct sf_exposure *x, enum sf_ext_what what, unsigned least_octets);

/* Bits for each packet that the length tells about loud or quiet (mutual
   information); below 0 when there is no level to compare with. */
double sf_exposure_told(const struct sf_exposure *x);
/* Bits for each packet that lengths could tell at most (entropy). */
double sf_exposure_entropy(const struct sf_exposure *x);

#endif
