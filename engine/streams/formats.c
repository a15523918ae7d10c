#include "engine/streams/parts.h"
#include "parsers/rtp/flexfec.h"

#define HABIT_RED    63 /* Chromium's payload type for RED audio */
#define CN           13 /* comfort noise (RFC 3389), by RFC 3551 6 */
#define EVENT        4  /* octets of a telephone-event (RFC 4733 2.3) */
#define EVENTS       16 /* keys of a telephone */
#define NEVER_SFRAME 4  /* octets: the shortest header and tag are 5 */
#define NOISE_MOST   11 /* octets of comfort noise */

/* ---- payload types -------------------------------------------------------- */

/* The payload type that most packets have: now and then one is of another
   format, and it may be the first. */
uint8_t
sf_track_main_pt(struct sf_streams *s, const struct sf_track *t)
{
	unsigned counts[SF_STREAM_PTS] = { 0 }, best = 0;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		for (unsigned i = 0; i < t->pub.n_pts; i++)
			counts[i] +=
			    t->pub.pts[i] == sf_held_at(s, at)->unit.pt;
	for (unsigned i = 1; i < t->pub.n_pts; i++)
		if (counts[i] > counts[best])
			best = i;
	return t->pub.pts[best];
}

static bool
is_event(struct sf_bytes in)
{
	return in.n == EVENT && in.p[0] < EVENTS && (in.p[1] & 0x40) == 0;
}

/* What a payload type beside the main one holds; UNKNOWN: nobody says. */
static enum sf_codec
format_of(
    struct sf_streams *s, const struct sf_track *t, const struct sf_unit *u)
{
	enum sf_codec named = sf_track_sdp_codec(s->sdp, t->pub.ssrc, u->pt);

	if (named != SF_CODEC_UNKNOWN)
		return named;
	if (u->pt == CN ||
	    (t->pub.kind != SF_KIND_VIDEO && is_event(u->payload)))
		return SF_CODEC_OTHER;
	if (u->pt == HABIT_RED && t->pub.codec == SF_CODEC_OPUS)
		return SF_CODEC_RED;
	return sf_codec_of_static(u->pt);
}

static bool
find_format(const struct sf_track *t, uint8_t pt, enum sf_codec *codec)
{
	for (unsigned i = 0; i < t->n_formats; i++)
		if (t->formats[i].pt == pt) {
			*codec = t->formats[i].codec;
			return true;
		}
	return false;
}

bool
sf_track_knows_format(
    struct sf_streams *s, const struct sf_track *t, const struct sf_unit *u)
{
	enum sf_codec codec;

	return t->n_formats == SF_STREAM_PTS || find_format(t, u->pt, &codec) ||
	       format_of(s, t, u) != SF_CODEC_UNKNOWN;
}

void
sf_track_name_format(struct sf_track *t, uint8_t pt, enum sf_codec codec)
{
	enum sf_codec before;

	if (t->n_formats == SF_STREAM_PTS || find_format(t, pt, &before))
		return;
	t->formats[t->n_formats].pt = pt;
	t->formats[t->n_formats++].codec = codec;
}

enum sf_codec
sf_track_format(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	enum sf_codec codec;

	if (find_format(t, u->pt, &codec))
		return codec;
	codec = format_of(s, t, u);
	if (codec == SF_CODEC_UNKNOWN)
		codec = t->pub.codec;
	sf_track_name_format(t, u->pt, codec);
	return codec;
}

/* RFC 3389 3: a level, and coefficients that few send. Under a payload type that
   may be something else, it has to be too short to be encrypted. */
static bool
is_noise(const struct sf_unit *u)
{
	size_t most = u->pt == CN ? NOISE_MOST : NEVER_SFRAME;

	return u->payload.n > 0 && u->payload.n <= most &&
	       (u->payload.p[0] & 0x80) == 0;
}

static void
note_aside(
    struct sf_aside *a, const struct sf_unit *u, enum sf_look look, bool more)
{
	struct sf_shown *shown = &a->shown;

	if (a->frames == 0) {
		a->first = u->place;
		shown->look = look;
		shown->n = (uint8_t)(u->payload.n < SF_SHOWN ? u->payload.n
							     : SF_SHOWN);
		memcpy(shown->octets, u->payload.p, shown->n);
		shown->at = u->packet_at;
		shown->place = u->place;
	}
	a->frames += more;
	a->last = u->place;
}

/* Too short for any header and tag: what is said so is said in the clear. One
   event is sent in several packets, under one timestamp. */
static void
note_beside(struct sf_track *t, const struct sf_unit *u)
{
	struct sf_stream *p = &t->pub;

	if (is_event(u->payload)) {
		note_aside(&p->events, u, SF_LOOK_EVENT,
		    p->events.frames == 0 ||
			u->timestamp != t->event_timestamp);
		t->event_timestamp = u->timestamp;
	} else if (is_noise(u)) {
		note_aside(&p->noise, u, SF_LOOK_NOISE, true);
	}
}

bool
sf_codec_is_frameless(enum sf_codec c)
{
	return c == SF_CODEC_OTHER || c == SF_CODEC_ULPFEC ||
	       c == SF_CODEC_FLEXFEC;
}

/* Repair octets and events are no frames; they take a sequence number. */
void
sf_track_pass(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    const struct sf_unit *repair, const struct sf_unit *u)
{
	struct sf_unit none = *u;

	if (codec == SF_CODEC_ULPFEC || codec == SF_CODEC_FLEXFEC)
		sf_fec_unit(s, t, codec, repair);
	none.payload = sf_bytes(NULL, 0);
	sf_track_judge(s, t, t->pub.codec, t->framing, &none);
}

bool
sf_track_is_beside(struct sf_streams *s, const struct sf_track *t)
{
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		if (sf_held_at(s, at)->unit.payload.n > NOISE_MOST)
			return false;
	return true;
}

bool
sf_track_is_flexfec(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track *of = NULL;
	struct sf_flexfec f;
	struct sf_diag d;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		struct sf_track_key k;

		if (sf_flexfec_parse(&f, sf_held_at(s, at)->unit.payload, &d) !=
		    SF_OK)
			return false;
		k = sf_track_key_of(f.ssrc);
		of = sf_track_find(s, &k);
		if (of == NULL || of == t)
			return false;
	}
	if (of != NULL)
		t->repaired = of;
	return of != NULL;
}

void
sf_track_other(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	enum sf_codec codec =
	    u->pt == t->main_pt ? t->pub.codec : sf_track_format(s, t, u);

	if (codec != t->pub.codec && !sf_codec_is_frameless(codec))
		t->pub.more_codecs |= 1U << codec;
	if ((t->red == SF_RED_VIDEO && u->pt == t->main_pt) ||
	    (codec == SF_CODEC_RED && t->pub.kind == SF_KIND_VIDEO))
		sf_red_take_video(s, t, u);
	else if (codec == SF_CODEC_RED &&
		 (t->red == SF_RED_BLOCKS || sf_red_begins(t, u)))
		sf_red_take_blocks(s, t, u);
	else if (sf_codec_is_frameless(codec)) {
		if (codec == SF_CODEC_OTHER)
			note_beside(t, u);
		sf_track_pass(s, t, codec, u, u);
	} else
		sf_track_judge(s, t, codec, t->framing, u);
}
