/*
 * prove.c - what a frame looks like when its octets are read as its codec, and
 * how seldom random octets look like that.
 */
#include <math.h>
#include <string.h>

#include "engine/classify/record.h"
#include "engine/classify/stats.h"
#include "parsers/media/av1.h"
#include "parsers/media/h264.h"
#include "parsers/media/h265.h"
#include "parsers/media/opus.h"
#include "parsers/media/red.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"

/*
 * -ln of the chance that random octets pass, by what was found. The start
 * codes of VP8 and VP9 are 24 bits. A NAL unit alone passes by its header:
 * the packet format gives it its start code and its end; parameter sets are
 * two more. Sizes of OBUs are the packet format's as well.
 */
#define START_CODE     16.6 /* ln(2^24) */
#define VP9_HEADER     6.8  /* measured: 1.1e-3 of strings of 1.5 kB */
#define H264_UNIT      2.3  /* forbidden bit, a type in use */
#define PROFILE        7.0  /* of 2^24 profiles and levels, those in use */
#define H265_UNIT      5.9  /* the same, layer 0, temporal id */
#define OBU_UNIT       2.0  /* forbidden and reserved bits, a type in use */
#define SEQUENCE       7.0  /* an AV1 sequence header first */
#define RED_BLOCKS     9.0  /* types equal, lengths fit, whole frames apart */
#define MOST_UNITS     4    /* that count */
#define FOUR_CODE      22.1 /* ln(2^32): where the sender wrote it */
#define OBU_SIZES      9.0  /* measured: 1e-4 of strings are a chain of OBUs */
#define ANY_VIDEO      1.6  /* ln(5): formats that were tried */
#define SAMPLES_LEAST  80   /* octets for the test of companded samples */
#define SAMPLES_FRONT  16   /* octets that are somebody's header, perhaps */
#define SAMPLES_BEHIND 32   /* or trailer */

static void
found(struct sf_record *r, enum sf_look look, double surprise)
{
	r->proof = SF_PROOF_STRONG;
	r->look = look;
	r->surprise = (float)surprise;
}

static void
ask_opus(struct sf_record *r, struct sf_bytes in)
{
	struct sf_opus o;
	struct sf_diag d;

	if (sf_opus_parse(&o, in, &d) != SF_OK)
		return;
	r->proof = SF_PROOF_WEAK;
	r->look = SF_LOOK_OPUS;
	r->samples = (uint16_t)o.samples;
}

/* Every block Opus of one payload type, older ones at whole frame distances. */
static bool
red_of_opus(const struct sf_red *red)
{
	struct sf_opus o;
	struct sf_diag d;

	for (unsigned i = 0; i < red->blocks; i++) {
		const struct sf_red_block *b = &red->block[i];

		if (b->pt != red->block[0].pt || b->offset % 120 != 0)
			return false;
		if (b->data.n != 0 && sf_opus_parse(&o, b->data, &d) != SF_OK)
			return false;
	}
	return red->payload.n != 0;
}

/*
 * RED around Opus, or plain Opus. One block alone is one octet in front, and
 * the TOC octets 60 to 7f read as just that: it counts only where the codec is
 * known to be RED. Two blocks with fitting lengths, types and offsets prove a
 * good deal more.
 */
static void
ask_audio(struct sf_record *r, struct sf_bytes in, bool is_red)
{
	struct sf_red red;
	struct sf_diag d;
	size_t at;

	if (sf_red_parse(&red, in, &d) != SF_OK || !red_of_opus(&red) ||
	    red.block[0].pt < 96 || (red.blocks == 1 && !is_red)) {
		ask_opus(r, in);
		return;
	}
	at = (size_t)(red.payload.p - in.p);
	ask_opus(r, red.payload);
	if (at < SF_RECORD_HEAD)
		r->core_at = (uint8_t)at;
	if (red.blocks > 1)
		found(r, SF_LOOK_RED, RED_BLOCKS);
}

/* Companded samples show in every octet: the nibbles are far from even. */
static void
ask_samples(struct sf_record *r, struct sf_bytes in)
{
	double p;

	if (in.n >= SAMPLES_FRONT + SAMPLES_LEAST + SAMPLES_BEHIND)
		in = sf_bytes(in.p + SAMPLES_FRONT,
		    in.n - SAMPLES_FRONT - SAMPLES_BEHIND);
	if (in.n < SAMPLES_LEAST)
		return;
	p = sf_octets_p(in.p, in.n);
	if (p < 1e-3)
		found(r, SF_LOOK_SAMPLES, -log(fmax(p, 1e-30)));
}

/* Frame type, version of 0 to 3, and 19 bits of a size that fits. */
static double
vp8_surprise(const struct sf_vp8_frame *f, size_t octets)
{
	double tag = log(4) + log(524288.0 / (double)octets);

	return f->key ? tag + START_CODE : tag;
}

static void
ask_vp8(struct sf_record *r, struct sf_bytes in)
{
	struct sf_vp8_frame f;
	struct sf_diag d;

	if (sf_vp8_frame_parse(&f, in, &d) != SF_OK)
		return;
	found(r, f.key ? SF_LOOK_VP8_KEY : SF_LOOK_VP8, vp8_surprise(&f, in.n));
	r->width = f.width;
	r->height = f.height;
}

static void
ask_vp9(struct sf_record *r, struct sf_bytes in)
{
	struct sf_vp9_frame f;
	struct sf_diag d;

	if (sf_vp9_frame_parse(&f, in, &d) != SF_OK)
		return;
	found(r, f.key ? SF_LOOK_VP9_KEY : SF_LOOK_VP9,
	    f.key ? VP9_HEADER + START_CODE : VP9_HEADER);
	r->width = f.width;
	r->height = f.height;
}

static double
units_surprise(unsigned units, double each)
{
	return each * (units < MOST_UNITS ? units : MOST_UNITS);
}

/* A sequence parameter set near the front that names a profile and a level in
   use (ITU-T H.264 7.4.2.1.1, annex A). */
static bool
names_profile(const struct sf_record *r)
{
	static const uint8_t profiles[] = { 66, 77, 88, 100, 110, 122, 244 };

	for (size_t i = 0; i + 6 < r->head_n; i++) {
		const uint8_t *p = r->head + i;

		if (p[0] == 0 && p[1] == 0 && p[2] == 1 &&
		    (p[3] & 0x1f) == SF_H264_SPS)
			return memchr(profiles, p[4], sizeof(profiles)) &&
			       (p[5] & 3) == 0 && p[6] >= 9 && p[6] <= 62;
	}
	return false;
}

/* Each walks the whole frame: a slice or a frame must be among its units. */
static void
ask_h264(struct sf_record *r, struct sf_bytes in)
{
	struct sf_h264_frame f;
	struct sf_diag d;

	if (sf_h264_frame_parse(&f, in, &d) == SF_OK && f.slices)
		found(r, f.key ? SF_LOOK_H264_KEY : SF_LOOK_H264,
		    units_surprise(f.units, H264_UNIT) +
			(r->descriptor ? FOUR_CODE : 0) +
			(names_profile(r) ? PROFILE : 0));
}

static void
ask_h265(struct sf_record *r, struct sf_bytes in)
{
	struct sf_h265_frame f;
	struct sf_diag d;

	if (sf_h265_frame_parse(&f, in, &d) == SF_OK && f.slices)
		found(r, f.key ? SF_LOOK_H265_KEY : SF_LOOK_H265,
		    units_surprise(f.units, H265_UNIT) +
			(r->descriptor ? FOUR_CODE : 0));
}

static void
ask_av1(struct sf_record *r, struct sf_bytes in)
{
	struct sf_av1_frame f;
	struct sf_diag d;

	if (sf_av1_frame_parse(&f, in, &d) == SF_OK && f.sized)
		found(r, f.key ? SF_LOOK_AV1_KEY : SF_LOOK_AV1,
		    units_surprise(f.obus, OBU_UNIT) +
			(r->descriptor ? OBU_SIZES : 0) +
			(f.key ? SEQUENCE : 0));
}

/*
 * Behind SFrame payload descriptors all codecs look alike, and SDP may not
 * be at hand: the format that shows most. What is nearly nothing may be any.
 */
static void
ask_any_video(struct sf_record *r, struct sf_bytes in)
{
	static void (*const asks[])(struct sf_record *, struct sf_bytes) = {
		ask_vp8, ask_vp9, ask_h265, ask_h264, ask_av1
	};
	struct sf_record best = { 0 }, one;

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		one = *r;
		asks[i](&one, in);
		if (one.surprise > best.surprise)
			best = one;
	}
	if (best.surprise < 2 * ANY_VIDEO)
		return;
	r->width = best.width;
	r->height = best.height;
	found(r, best.look, best.surprise - ANY_VIDEO);
}

void
sf_record_prove(struct sf_record *r, const struct sf_frame *f)
{
	if (!f->complete)
		return;
	switch (f->codec) {
	case SF_CODEC_VP8:
		ask_vp8(r, f->octets);
		break;
	case SF_CODEC_VP9:
		ask_vp9(r, f->octets);
		break;
	case SF_CODEC_H264:
		ask_h264(r, f->octets);
		break;
	case SF_CODEC_H265:
		ask_h265(r, f->octets);
		break;
	case SF_CODEC_AV1:
		ask_av1(r, f->octets);
		break;
	case SF_CODEC_OPUS:
	case SF_CODEC_RED:
	case SF_CODEC_UNKNOWN:
		if (f->codec == SF_CODEC_UNKNOWN && f->descriptor)
			ask_any_video(r, f->octets);
		if (f->packets == 1 && r->proof == SF_PROOF_NONE)
			ask_audio(r, f->octets, f->codec == SF_CODEC_RED);
		break;
	case SF_CODEC_PCMU:
	case SF_CODEC_PCMA:
	case SF_CODEC_G722:
		ask_samples(r, f->octets);
		break;
	case SF_CODEC_RTX:
	case SF_CODEC_ULPFEC:
	case SF_CODEC_FLEXFEC:
	case SF_CODEC_OTHER:
	case SF_CODECS:
		break;
	}
}
