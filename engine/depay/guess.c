#include "engine/depay/depay.h"

#include "parsers/media/h265.h"
#include "parsers/media/sframe_payload.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"

#define VOTES 4 /* so far neighbours agree, or it is no format */

/* What a packet's descriptor says, in terms that packets can be compared in. */
struct reading {
	bool ok;
	bool beside;     /* nothing of a picture is in it */
	bool start, end; /* of a frame; end only where the format says it */
	bool knows_end;
	bool chained; /* what does not end goes on in the next packet */
	bool has_id;
	uint16_t id; /* of the picture, 7 or 15 bits */
	uint16_t id_mask;
};

static struct reading
read_vp8(const struct sf_unit *u)
{
	struct sf_vp8 v;
	struct sf_diag d;

	if (sf_vp8_parse(&v, u->payload, &d) != SF_OK || v.reserved)
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = v.start && v.partition == 0,
		.has_id = v.has_picture_id,
		.id = v.picture_id,
		.id_mask = v.long_picture_id ? 0x7fff : 0x7f };
}

static struct reading
read_vp9(const struct sf_unit *u)
{
	struct sf_vp9 v;
	struct sf_diag d;

	if (sf_vp9_parse(&v, u->payload, &d) != SF_OK)
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = v.begin && v.sid == 0,
		/* with layers, E ends a layer's frame and not the picture */
		.end = v.end,
		.knows_end = !v.has_layers,
		.has_id = v.has_picture_id,
		.id = v.picture_id,
		.id_mask = v.long_picture_id ? 0x7fff : 0x7f };
}

/* RFC 6184 5.2 to 5.8, packetization modes 0 and 1. Slices in partitions (2 to
   4) are of a profile that nobody sends; so is what ends a sequence. */
static struct reading
read_h264(const struct sf_unit *u)
{
	enum { SLICE = 1, IDR = 5, SEI, FILLER = 12, STAP_A = 24, FU_A = 28 };
	static const uint32_t known = 1 << SLICE | 0x1f << IDR | 1 << FILLER |
				      1 << STAP_A | 1 << FU_A; /* IDR to AUD */
	struct sf_bytes p = u->payload;
	uint8_t type = p.p[0] & 31;
	uint8_t fu = p.n > 1 ? p.p[1] : 0;

	if ((p.p[0] & 0x80) != 0 || (known >> type & 1) == 0)
		return (struct reading){ 0 };
	if (type == FU_A && ((fu & 0x20) != 0 || (fu & 0xc0) == 0xc0))
		return (struct reading){ 0 };
	if (type == STAP_A &&
	    (p.n < 4 || 3 + (size_t)(p.p[1] << 8 | p.p[2]) > p.n))
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.beside = type >= SEI && type <= FILLER,
		.start = type != FU_A || (fu & 0x80) != 0 };
}

/*
 * May a NAL unit of H.265 have that header (ITU-T H.265 7.4.2.2)? Key frames and
 * parameter sets are of the lowest temporal layer, the types 2 to 5 of another;
 * 10 to 15 and 22 to 31 are reserved.
 */
static bool
can_be_unit(const uint8_t unit[2])
{
	enum { TSA = 2, STSA_LAST = 5, RSV = 10, EOB = 37 };
	unsigned type = unit[0] >> 1 & 0x3f;
	bool lowest = (unit[1] & 7) == 1;

	if ((type >= RSV && type < SF_H265_IRAP) ||
	    (type > SF_H265_IRAP_LAST && type < SF_H265_VPS))
		return false;
	if (type >= TSA && type <= STSA_LAST)
		return !lowest;
	return lowest || (type < SF_H265_IRAP || type == SF_H265_PPS ||
			     type == SF_H265_AUD || type > EOB);
}

/* RFC 7798 4.2 to 4.4: layer 0, as browsers send it, and a temporal id. */
static struct reading
read_h265(const struct sf_unit *u)
{
	struct sf_h265 h;
	struct sf_diag d;

	if (sf_h265_parse(&h, u->payload, &d) != SF_OK || h.forbidden ||
	    h.layer != 0 || h.tid == 0 || h.paci ||
	    (h.type > 40 && h.type <= SF_H265_LAST_NAL) ||
	    (h.type != SF_H265_AP && !can_be_unit(h.unit)))
		return (struct reading){ 0 };
	return (struct reading){ .ok = true, .start = h.start };
}

/* AOM, RTP payload format for AV1 v1.0.0, 4.4: Z Y W W N, then zeros. */
static struct reading
read_av1(const struct sf_unit *u)
{
	uint8_t h = u->payload.p[0];

	if ((h & 7) != 0 || (h & 0x88) == 0x88)
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = (h & 0x80) == 0,
		.end = (h & 0x40) == 0,
		.chained = true };
}

static struct reading
read_sframe_payload(const struct sf_unit *u)
{
	struct sf_sframe_payload v;
	struct sf_diag d;

	if (sf_sframe_payload_parse(&v, u->payload, &d) != SF_OK ||
	    v.reserved != 0)
		return (struct reading){ 0 };
	return (struct reading){
		.ok = true, .start = v.start, .end = v.end, .knows_end = true
	};
}

typedef struct reading reader(const struct sf_unit *u);

/* H.264 slices and single NAL units may share a timestamp, each a start. */
static bool
agrees(const struct reading *a, const struct reading *b, bool same_frame,
    bool many_starts)
{
	uint16_t step = (uint16_t)((b->id - a->id) & b->id_mask);

	/* layers of one picture share a timestamp and are frames each */
	if (a->chained)
		return a->end == b->start && (same_frame || b->start);
	if (same_frame && b->start && !many_starts)
		return false;
	if (!same_frame && !b->start)
		return false;
	if (a->knows_end && a->end == same_frame && !many_starts)
		return false;
	if (a->has_id != b->has_id || a->id_mask != b->id_mask)
		return false;
	return !a->has_id || (same_frame ? step == 0 : step >= 1 && step <= 16);
}

/* What it counts for that two neighbours agree. A picture id of 15 bits that went
   on by a step or two does so by chance once in some thousands. */
static size_t
weight(const struct reading *r, bool same_frame)
{
	return r->has_id && r->id_mask > 0x7f && !same_frame ? 3 : 1;
}

/* How far neighbours agree with this format; 0 when they once do not. */
static size_t
votes(const struct sf_unit *u, size_t n, reader *read, bool many_starts)
{
	struct reading last = { 0 };
	size_t agreed = 0, beside = 0;

	for (size_t i = 0; i < n; i++) {
		struct reading r = read(&u[i]);
		bool next = i > 0 && u[i].seq == u[i - 1].seq + 1;
		bool same = next && u[i].timestamp == u[i - 1].timestamp;

		if (!r.ok)
			return 0;
		if (next && !agrees(&last, &r, same, many_starts))
			return 0;
		agreed += next ? weight(&r, same) : 0;
		beside += r.beside;
		last = r;
	}
	return beside < n ? agreed : 0;
}

static bool
has_both(const struct sf_unit *u, size_t n)
{
	bool same = false, other = false;

	for (size_t i = 1; i < n; i++) {
		same |= u[i].timestamp == u[i - 1].timestamp;
		other |= u[i].timestamp != u[i - 1].timestamp;
	}
	return same && other;
}

/* Each packet with a timestamp of its own, whole Opus durations apart. */
static bool
opus_steps(const struct sf_unit *u, size_t n)
{
	size_t steps = 0, fit = 0;

	for (size_t i = 1; i < n; i++) {
		uint32_t step = u[i].timestamp - u[i - 1].timestamp;

		if (u[i].seq != u[i - 1].seq + 1)
			continue;
		steps++;
		fit += step != 0 && step % 120 == 0 && step <= 48000 * 4;
		if (u[i].payload.n > 1500)
			return false;
	}
	return steps > 0 && fit == steps;
}

/* Frames of every 90 kHz clock are multiples of 120 at 25 or 30 a second; an
   audio packet is small and comes often. With RED around it, it is larger: then
   it comes so often as no picture does. */
static bool
audio_sized(const struct sf_unit *u, size_t n)
{
	size_t sum = 0, audio_steps = 0, short_steps = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t step =
		    i == 0 ? 960 : u[i].timestamp - u[i - 1].timestamp;

		sum += u[i].payload.n;
		audio_steps += step == 120 || step == 240 || step == 480 ||
			       step == 960 || step == 1920 || step == 2880;
		short_steps +=
		    step == 120 || step == 240 || step == 480 || step == 960;
	}
	return (sum <= n * 600 || short_steps * 3 > n * 2) &&
	       audio_steps * 2 > n;
}

static const struct {
	reader *read;
	enum sf_codec codec;
	bool many_starts;
} formats[] = {
	/* clang-format off */
	{ read_vp8,  SF_CODEC_VP8,  false },
	{ read_vp9,  SF_CODEC_VP9,  false },
	{ read_h265, SF_CODEC_H265, true  },
	{ read_h264, SF_CODEC_H264, true  },
	{ read_av1,  SF_CODEC_AV1,  false },
	/* clang-format on */
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

bool
sf_depay_reads(const struct sf_unit *u, size_t n, enum sf_codec codec)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].codec == codec)
			return votes(u, n, formats[i].read,
				   formats[i].many_starts) > 0;
	return false;
}

struct sf_guess
sf_depay_guess(const struct sf_unit *u, size_t n)
{
	struct sf_guess best = { .codec = SF_CODEC_UNKNOWN };

	if (n >= 4 && has_both(u, n) &&
	    votes(u, n, read_sframe_payload, false) >= VOTES)
		return (struct sf_guess){ .codec = SF_CODEC_UNKNOWN,
			.descriptor = true };
	if (opus_steps(u, n) && audio_sized(u, n))
		return (struct sf_guess){ .codec = SF_CODEC_OPUS };
	for (size_t i = 0; i < FORMATS; i++) {
		size_t v = votes(u, n, formats[i].read, formats[i].many_starts);

		if (v >= VOTES && v > best.votes)
			best = (struct sf_guess){ .codec = formats[i].codec,
				.votes = v };
	}
	return best;
}

/* One octet a tick of the clock, and as many more in each packet as a cipher
   adds: most steps agree. */
static bool
sample_steps(const struct sf_unit *u, size_t n)
{
	size_t steps = 0, fit = 0;

	for (size_t i = 1; i < n; i++) {
		uint32_t step = u[i].timestamp - u[i - 1].timestamp;

		if (u[i].seq != u[i - 1].seq + 1)
			continue;
		steps++;
		fit += step <= u[i - 1].payload.n &&
		       u[i - 1].payload.n - step <= 96;
	}
	return fit * 2 >= steps;
}

bool
sf_depay_may_be(const struct sf_unit *u, size_t n, enum sf_codec codec)
{
	if (codec >= SF_CODEC_VP8 && codec <= SF_CODEC_AV1)
		return sf_depay_reads(u, n, codec);
	if (codec == SF_CODEC_OPUS || codec == SF_CODEC_RED)
		return opus_steps(u, n);
	return sample_steps(u, n);
}
