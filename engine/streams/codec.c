#include "engine/streams/parts.h"

#define HABIT_RED 63 /* Chromium's payload type for RED audio */

size_t
sf_track_held_units(struct sf_streams *s, const struct sf_track *t,
    struct sf_unit units[SF_HELD_UNITS])
{
	size_t n = 0;

	for (uint32_t at = t->held; at != 0 && n < SF_HELD_UNITS;
	     at = sf_held_at(s, at)->next)
		if (sf_held_at(s, at)->unit.pt == t->main_pt)
			units[n++] = sf_held_at(s, at)->unit;
	return n;
}

/* By what the packets hold. Where their first octet is the header of video RED,
   it may read as that of a codec: what agrees further is right. Or as that of a
   header, which counts. */
static void
guess_format(struct sf_streams *s, struct sf_track *t)
{
	struct sf_unit units[SF_HELD_UNITS];
	size_t n = sf_track_held_units(s, t, units);
	struct sf_guess whole = sf_depay_guess(units, n), inside;
	uint8_t block_pt;

	t->pub.codec = whole.codec;
	if (whole.descriptor)
		t->framing = SF_FRAMING_DESCRIPTOR;
	if (whole.descriptor || whole.codec == SF_CODEC_OPUS)
		return;
	inside = sf_red_guess(units, n, &block_pt);
	if (inside.votes <= whole.votes || sf_track_begins_with_headers(s, t))
		return;
	t->pub.codec = inside.codec;
	t->red = SF_RED_VIDEO;
	t->block_pt = block_pt;
}

/* RFC 3551 6 */
enum sf_codec
sf_codec_of_static(uint8_t pt)
{
	if (pt == 0)
		return SF_CODEC_PCMU;
	if (pt == 8)
		return SF_CODEC_PCMA;
	return pt == 9 ? SF_CODEC_G722 : SF_CODEC_UNKNOWN;
}

static void
guess_codec(struct sf_streams *s, struct sf_track *t)
{
	t->pub.codec = sf_codec_of_static(t->main_pt);
	if (t->pub.codec != SF_CODEC_UNKNOWN) {
		t->pub.codec_from = SF_FROM_STATIC_PT;
		return;
	}
	guess_format(s, t);
	if (t->pub.codec == SF_CODEC_OPUS && t->main_pt == HABIT_RED)
		t->pub.codec = SF_CODEC_RED;
	if (t->pub.codec == SF_CODEC_UNKNOWN && s->codecs != NULL)
		t->pub.codec = (enum sf_codec)s->codecs[t->main_pt & 127];
	if (t->pub.codec != SF_CODEC_UNKNOWN)
		t->pub.codec_from = SF_FROM_PAYLOAD;
}

/* The head of a recording names a codec. Where the packets are of another one,
   and cannot be of that, they are believed. */
static void
doubt_head(struct sf_streams *s, struct sf_track *t)
{
	struct sf_unit units[SF_HELD_UNITS];
	size_t n = sf_track_held_units(s, t, units);
	enum sf_codec is = sf_codec_of_static(t->main_pt);

	if (t->pub.codec_from != SF_FROM_RECORDING ||
	    sf_depay_may_be(units, n, t->pub.codec))
		return;
	if (is == SF_CODEC_UNKNOWN)
		is = sf_depay_guess(units, n).codec;
	if (is == SF_CODEC_UNKNOWN || is == t->pub.codec)
		return;
	t->pub.head_codec = t->pub.codec;
	t->pub.codec = SF_CODEC_UNKNOWN;
	t->pub.codec_from = SF_FROM_NOTHING;
	t->pub.kind = SF_KIND_UNKNOWN;
	t->pub.clock = 0;
}

static void
name_kind(struct sf_stream *p, bool several_packets)
{
	bool repair = p->codec == SF_CODEC_RTX || p->codec == SF_CODEC_ULPFEC ||
		      p->codec == SF_CODEC_FLEXFEC;

	if (p->kind != SF_KIND_UNKNOWN && !repair)
		return;
	if (repair)
		p->kind = SF_KIND_REPAIR;
	else if (p->codec >= SF_CODEC_VP8 && p->codec <= SF_CODEC_AV1)
		p->kind = SF_KIND_VIDEO;
	else if (p->codec != SF_CODEC_UNKNOWN && p->codec != SF_CODEC_OTHER)
		p->kind = SF_KIND_AUDIO;
	else if (several_packets)
		p->kind = SF_KIND_VIDEO;
}

static bool
shares_timestamps(struct sf_streams *s, const struct sf_track *t)
{
	uint32_t last = 0;
	bool have = false;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		uint32_t ts = sf_held_at(s, at)->unit.timestamp;

		if (sf_held_at(s, at)->unit.pt != t->main_pt)
			continue;
		if (have && ts == last)
			return true;
		last = ts;
		have = true;
	}
	return false;
}

/* Audio has one frame a packet whichever way; what is in front of the header is
   found with the frames. */
static void
find_framing(struct sf_streams *s, struct sf_track *t)
{
	enum sf_framing found;

	if (t->pub.codec >= SF_CODEC_RTX && !t->unlisted)
		return;
	found = t->proof.found ? t->framing : sf_track_framing(s, t);
	if (found == SF_FRAMING_PACKET && t->pub.kind != SF_KIND_VIDEO &&
	    t->pub.codec != SF_CODEC_UNKNOWN &&
	    (t->pub.codec < SF_CODEC_VP8 || t->pub.codec > SF_CODEC_AV1))
		return;
	if (t->framing == SF_FRAMING_CODEC)
		t->framing = found;
	if (t->framing == SF_FRAMING_PACKET) {
		if (!t->proof.found || shares_timestamps(s, t))
			t->pub.placed = SF_PLACED_PACKET;
		if (t->pub.codec_from == SF_FROM_PAYLOAD)
			t->pub.codec = SF_CODEC_UNKNOWN;
	}
	if (t->framing == SF_FRAMING_RAW)
		t->pub.placed = SF_PLACED_RAW;
	if (t->framing == SF_FRAMING_DESCRIPTOR)
		t->pub.payload = &t->lane->depay.facts;
}

/* Of the packets held: does each have a header of its own? */
static bool
are_slices(struct sf_streams *s, struct sf_track *t)
{
	struct sf_slices maybe = { 0 };

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		sf_depay_look(&maybe, t->pub.codec, &sf_held_at(s, at)->unit);
	/* one short header shows too little, but a key may tell */
	return maybe.on || (maybe.bits > 0 && sf_proof_slices(s, t));
}

void
sf_track_find_codec(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track *of;

	t->main_pt = sf_track_main_pt(s, t);
	of = sf_repair_find(s, t);
	if (of == NULL)
		of = sf_inferred_repaired(s, t);
	sf_track_apply_sdp(s, t);
	doubt_head(s, t);
	t->unlisted = t->pub.codec == SF_CODEC_OTHER && of == NULL &&
		      !sf_track_is_beside(s, t);
	if (of != NULL) {
		t->pub.codec = SF_CODEC_RTX;
		t->repaired = of;
		t->pub.codec_from = SF_FROM_PAYLOAD;
	} else if (sf_track_is_flexfec(s, t)) {
		t->pub.codec_from = t->pub.codec_from == SF_FROM_SDP
					? SF_FROM_SDP
					: SF_FROM_PAYLOAD;
		t->pub.codec = SF_CODEC_FLEXFEC;
	} else if (t->pub.codec == SF_CODEC_UNKNOWN) {
		guess_codec(s, t);
	} else if (t->unlisted && t->pub.kind == SF_KIND_VIDEO) {
		t->pub.codec = SF_CODEC_UNKNOWN; /* joined by timestamps */
		t->pub.codec_from = SF_FROM_NOTHING;
	} else if (t->pub.codec != SF_CODEC_RTX) {
		struct sf_unit units[SF_HELD_UNITS];

		if (sf_depay_guess(units, sf_track_held_units(s, t, units))
			.descriptor)
			t->framing = SF_FRAMING_DESCRIPTOR;
	}
	sf_proof_apply(t);
	if (t->red == SF_RED_NOT)
		find_framing(s, t);
	if (t->red == SF_RED_NOT && t->framing == SF_FRAMING_CODEC &&
	    !t->proof.found)
		t->slices.on = are_slices(s, t);
	name_kind(&t->pub, shares_timestamps(s, t));
	sf_boundaries_look_for(s, t, t->pub.codec);
	sf_red_look_into(s, t);
	t->plain_format = t->red == SF_RED_NOT &&
			  (t->pub.codec != SF_CODEC_OTHER || t->unlisted) &&
			  t->pub.kind != SF_KIND_REPAIR;
}
