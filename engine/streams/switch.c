/*
 * switch.c - a payload type that comes up under way and that nobody names: its
 * format is judged as a stream's is, by packets that wait until there are enough
 * of them. Likewise frames without a descriptor amid frames that have one.
 */
#include "engine/streams/parts.h"
#include "parsers/rtp/ulpfec.h"

#define WAIT_MOST 64 /* packets, with those of other types between them */
#define FEW       8  /* are taken for what came before */
#define FEC_LEAST 2
#define FEC_BACK  128 /* numbers from a FEC packet to the first it protects */

static bool
is_video(enum sf_codec c)
{
	return c >= SF_CODEC_VP8 && c <= SF_CODEC_AV1;
}

/* Those held that have the payload type. */
static size_t
units_of(struct sf_streams *s, const struct sf_track *t, uint8_t pt,
    struct sf_unit units[SF_HELD_UNITS])
{
	size_t n = 0;

	for (uint32_t at = t->held; at != 0 && n < SF_HELD_UNITS;
	     at = sf_held_at(s, at)->next)
		if (sf_held_at(s, at)->unit.pt == pt)
			units[n++] = sf_held_at(s, at)->unit;
	return n;
}

static bool
are_red(const struct sf_track *t, const struct sf_unit *u, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sf_red_wraps_main(t, &u[i]))
			return false;
	return n > 0;
}

/* Of audio the format matters little: a packet is a frame. */
static enum sf_codec
audio_of(const struct sf_track *t, const struct sf_unit *u, size_t n)
{
	if (are_red(t, u, n))
		return SF_CODEC_RED;
	if (sf_depay_guess(u, n).codec == SF_CODEC_OPUS)
		return SF_CODEC_OPUS;
	return t->pub.codec;
}

/* Do they protect packets that were sent just before (RFC 5109 7.3)? */
static bool
are_fec(const struct sf_unit *u, size_t n)
{
	struct sf_ulpfec f;
	struct sf_diag d;

	for (size_t i = 0; i < n; i++)
		if (sf_ulpfec_parse(&f, u[i].payload, &d) != SF_OK ||
		    (uint16_t)((uint16_t)u[i].seq - f.base) > FEC_BACK)
			return false;
	return n >= FEC_LEAST;
}

/* Packets of the type of before come between them. */
static bool
take_turns(struct sf_streams *s, const struct sf_track *t, uint8_t pt)
{
	bool begun = false;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		uint8_t is = sf_held_at(s, at)->unit.pt;

		begun |= is == pt;
		if (begun && is == t->main_pt)
			return true;
	}
	return false;
}

/*
 * RED around the packets of before, FEC, another codec. What is none of them and
 * cannot be read as before either: beside the media it holds no frames; in its
 * place, frames that are joined by timestamps.
 */
static enum sf_codec
video_of(struct sf_streams *s, struct sf_track *t, uint8_t of,
    struct sf_unit *u, size_t n)
{
	struct sf_guess whole = sf_depay_guess(u, n), inside;
	uint8_t pt;

	if (are_fec(u, n))
		return SF_CODEC_ULPFEC;
	if (is_video(whole.codec) || n < FEW ||
	    sf_depay_reads(u, n, t->pub.codec))
		whole.codec =
		    is_video(whole.codec) ? whole.codec : t->pub.codec;
	else
		whole.codec =
		    take_turns(s, t, of) ? SF_CODEC_OTHER : SF_CODEC_UNKNOWN;
	inside = sf_red_guess(u, n, &pt);
	if (inside.votes > whole.votes && pt == t->main_pt) {
		t->block_pt = pt;
		return SF_CODEC_RED;
	}
	return whole.codec;
}

/* Those held from here on that have no descriptor, to the first frame that has
   one: then *ended. Behind a loss what looks like one may be the rest of a frame: it
   is as those behind it. */
static size_t
native_units(struct sf_streams *s, const struct sf_track *t,
    struct sf_unit units[SF_HELD_UNITS], bool *ended)
{
	size_t n = 0, sure = 0;
	bool native = false;

	*ended = false;
	for (uint32_t at = t->held; at != 0 && n < SF_HELD_UNITS;
	     at = sf_held_at(s, at)->next) {
		const struct sf_unit *u = &sf_held_at(s, at)->unit;
		bool begins =
		    n == 0 || u->timestamp != units[n - 1].timestamp;

		if (u->pt != t->main_pt || u->payload.n == 0)
			continue;
		if (n > 0 && begins && sf_track_is_start(u)) {
			*ended = u->seq == units[n - 1].seq + 1;
			if (*ended)
				break;
			native = false;
		} else if (begins) {
			native = true;
		}
		units[n++] = *u;
		sure = native ? n : sure;
	}
	return sure;
}

static void
settle_native(struct sf_streams *s, struct sf_track *t)
{
	struct sf_unit units[SF_HELD_UNITS] = { { .seq = 0 } };
	bool ended;
	size_t n = native_units(s, t, units, &ended);
	enum sf_codec codec = sf_depay_guess(units, n).codec;

	if (is_video(codec))
		t->native = codec;
	t->described.asked = true;
}

static bool
native_waits(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_unit units[SF_HELD_UNITS];
	bool ended;

	if (t->framing != SF_FRAMING_DESCRIPTOR ||
	    t->pub.codec != SF_CODEC_UNKNOWN || t->native != SF_CODEC_UNKNOWN ||
	    t->described.asked || !sf_track_turns_native(t, u))
		return false;
	if (t->n_held < WAIT_MOST &&
	    native_units(s, t, units, &ended) < SF_SETTLED && !ended)
		return true;
	settle_native(s, t);
	return false;
}

void
sf_switch_settle(struct sf_streams *s, struct sf_track *t, uint8_t pt)
{
	struct sf_unit units[SF_HELD_UNITS] = { { .seq = 0 } };
	size_t n = units_of(s, t, pt, units);
	enum sf_codec codec;

	if (pt == t->main_pt) {
		if (t->framing == SF_FRAMING_DESCRIPTOR)
			settle_native(s, t);
		return;
	}
	codec = t->pub.kind == SF_KIND_AUDIO ? audio_of(t, units, n)
					     : video_of(s, t, pt, units, n);
	sf_track_name_format(t, pt, codec);
	sf_boundaries_look_for(s, t, codec);
}

bool
sf_switch_waits(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_unit units[SF_HELD_UNITS];

	if (u->pt == t->main_pt)
		return native_waits(s, t, u);
	if (u->payload.n == 0 || u->pt == t->block_pt ||
	    t->pub.kind == SF_KIND_REPAIR || sf_track_knows_format(s, t, u))
		return false;
	if (t->n_held < WAIT_MOST && units_of(s, t, u->pt, units) < SF_SETTLED)
		return true;
	sf_switch_settle(s, t, u->pt);
	return false;
}
