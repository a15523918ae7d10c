/*
 * opus.h - an Opus packet (RFC 6716 3): the TOC octet and the rules R1 to R7.
 */
#ifndef SF_OPUS_H
#define SF_OPUS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_opus {
	uint8_t config;          /* 0..31 */
	uint8_t code;            /* frame count code, 0..3 */
	bool stereo;
	uint8_t frames;          /* 1..48 */
	uint16_t frame_samples;  /* at 48 kHz: 120..2880 */
	uint32_t samples;        /* frames * frame_samples, <= 5760 */
	struct sf_bytes payload; /* behind the TOC and the frame count octet */
};

/*
 * SF_OK only when every one of the rules R1..R7 of RFC 6716 3.4 holds:
 * at least one octet, no frame over 1275 octets, code 1 even, code 2 lengths
 * fit, code 3 with M >= 1, at most 120 ms, padding and lengths fit.
 * SF_SHORT for an input that ends early, SF_MALFORMED for the rest.
 */
enum sf_status sf_opus_parse(struct sf_opus *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
