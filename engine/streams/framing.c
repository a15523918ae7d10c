#include <string.h>

#include "engine/base/hash.h"
#include "engine/classify/runs.h"
#include "engine/streams/parts.h"
#include "parsers/sframe/header.h"

#define RESERVED 0x1f             /* bits of a payload descriptor */
#define START    0x80             /* and the one that begins a frame */
#define MOST     SF_HELD_UNITS /* packets looked at */

/* A packet's octets as if they were a frame. */
void
sf_track_record(struct sf_record *r, const struct sf_unit *u)
{
	struct sf_frame f = {
		.first = u->place,
		.last = u->place,
		.seq = u->seq,
		.timestamp = u->timestamp,
		.packets = 1,
		.complete = !u->cut,
		.octets = u->payload,
		.hash = u->hash,
	};

	sf_record_of(r, &f);
	r->video = true;
}

/*
 * Do the headers of these packets run on, at that place in each? Three of four
 * have to: what stands there by chance does so now and then.
 */
bool
sf_track_runs_on(
    const struct sf_record *recs, size_t n, uint8_t at, double level)
{
	struct sf_placing p = { at, at, SF_LAYOUT_RFC9605, at == 1 };
	struct sf_run_found found;
	struct sf_run_header a, b;
	size_t fit = 0;

	if (n < 4 || !sf_run_search(&found, recs, n, p, level))
		return false;
	for (size_t i = 1; i < n; i++)
		fit += sf_run_header(&a, &recs[i - 1], p) &&
		       sf_run_header(&b, &recs[i], p) &&
		       sf_run_follows(&a, recs[i - 1].last.time_ns, &b,
			   recs[i].last.time_ns);
	return fit * 4 >= (n - 1) * 3;
}

/* Those that begin a timestamp; with one packet a frame, all. */
static size_t
first_of_frames(struct sf_record *out, const struct sf_record *recs, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (i == 0 || recs[i].timestamp != recs[i - 1].timestamp)
			out[k++] = recs[i];
	return k;
}

/*
 * Octets with reserved bits may be a codec's own first ones, in front of a header:
 * fc of Opus in stereo, ef of RED, ff and d5 of silence in G.711. A sender that
 * sets such bits by mistake sets them alike on all packets, and has frames of
 * several, where S and E tell: one packet a frame is audio, as a rule.
 */
static bool
are_of_codec(const struct sf_record *recs, size_t n)
{
	size_t set = 0, alike = 0;
	bool several = false;

	for (size_t i = 0; i < n; i++) {
		set += (recs[i].head[0] & RESERVED) != 0;
		if (i == 0)
			continue;
		alike += ((recs[i].head[0] ^ recs[i - 1].head[0]) & RESERVED) ==
			 0;
		several |= recs[i].timestamp == recs[i - 1].timestamp;
	}
	return (!several && set * 4 >= n) || alike * 2 < n - 1;
}

/*
 * Does every packet begin with an octet that can be a payload descriptor, the
 * reserved bits aside, and those that begin a frame say so? What comes first
 * here, or behind a packet that was lost, need not be the first of its frame;
 * but of all of them a few.
 */
static bool
can_be_descriptors(const struct sf_record *recs, size_t n)
{
	size_t begun = 0, without = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && recs[i].timestamp == recs[i - 1].timestamp)
			continue;
		if (recs[i].head_n < 2)
			return false;
		begun++;
		if (recs[i].head[0] & START)
			continue;
		if (i > 0 && recs[i].seq == recs[i - 1].seq + 1)
			return false;
		without++;
	}
	return without * 4 <= begun && !are_of_codec(recs, n);
}

#define SETTLED 3    /* frames that carry on from one with a descriptor */
#define STEPS   1000 /* of CTR from frame to frame, with loss */

/* Behind the first octet, a header that carries on from the last? */
static bool
goes_on(const struct sf_described *d, struct sf_bytes in)
{
	struct sf_sframe_header h;
	struct sf_diag diag;

	return sf_sframe_header_parse(
		   &h, sf_bytes(in.p + 1, in.n - 1), &diag) == SF_OK &&
	       h.kid == d->kid && h.ctr - d->ctr - 1 < STEPS;
}

static void
note_header(struct sf_described *d, struct sf_bytes in)
{
	struct sf_sframe_header h;
	struct sf_diag diag;

	if (sf_sframe_header_parse(&h, sf_bytes(in.p + 1, in.n - 1), &diag) !=
	    SF_OK)
		return;
	d->known = true;
	d->kid = h.kid;
	d->ctr = h.ctr;
}

/* Is the frame before not at its end? */
static bool
is_open(const struct sf_track *t)
{
	return t->lane->depay.open && !t->described.marked;
}

static bool
is_next(const struct sf_track *t, const struct sf_unit *u)
{
	return sf_depay_expects(&t->lane->depay, u->seq);
}

/* Is it the first packet of a frame, by its timestamp? */
static bool
begins(struct sf_described *d, const struct sf_unit *u)
{
	if (d->any && u->timestamp == d->timestamp)
		return false;
	d->any = true;
	d->timestamp = u->timestamp;
	return true;
}

bool
sf_track_is_start(const struct sf_unit *u)
{
	return u->payload.n > 0 && (u->payload.p[0] & (START | RESERVED)) == START;
}

/* A header of more than one octet: the second octet of every H.265 unit reads as
   one of KID 0 and CTR 1. */
static bool
is_long(struct sf_bytes in)
{
	return in.n > 1 && (in.p[1] & 0x88) != 0;
}

#define NEAR 4096 /* KIDs of one call: they count epochs, steps and senders */
#define NEXT 16   /* and of one sender, now and soon */

/* A header behind the first octet that may come next: of a KID like the last one,
   with a CTR that goes on, or one that begins. */
static bool
can_follow(const struct sf_described *d, struct sf_bytes in, uint64_t near)
{
	struct sf_sframe_header h;
	struct sf_diag diag;

	return sf_sframe_header_parse(
		   &h, sf_bytes(in.p + 1, in.n - 1), &diag) == SF_OK &&
	       h.kid - d->kid + near < 2 * near &&
	       (h.ctr < STEPS || h.ctr - d->ctr < STEPS);
}

/*
 * A frame that is not encrypted has no descriptor: it is sent as its codec has
 * it. Its first packet begins with bits that no descriptor has, or without S
 * though nothing was lost and the frame before has ended, and no header of the
 * stream's is behind them. Behind a loss, a packet may be the rest of a frame:
 * it is as the frame before was. What looks open in front of one may have been
 * none either: it had the marker, or its header did not go on. Amid clear frames
 * two headers in a row have to be the stream's: one is by chance now and then.
 */
static void
look_for_native(
    struct sf_described *d, const struct sf_unit *u, bool open, bool follows)
{
	bool was = d->native;

	d->native = false;
	if (sf_track_is_start(u)) {
		d->doubt = d->known && !can_follow(d, u->payload, NEAR);
		d->native = d->known && was && !follows &&
			    !can_follow(d, u->payload, NEXT);
		d->fits = 0;
		if (!d->native)
			note_header(d, u->payload);
	} else if (d->known) {
		if (!is_long(u->payload) || !goes_on(d, u->payload))
			d->fits = 0;
		else if (d->fits < SETTLED)
			d->fits++;
		d->native = d->fits <= was &&
			    ((u->payload.p[0] & RESERVED) != 0 || was ||
				(follows && (d->doubt || !open)));
	}
}

/*
 * A stream may begin in the clear, before there is a key. No format of video
 * begins a frame with S and four zeros: to VP8, VP9 and AV1 they say that it
 * goes on, to H.264 and H.265 they are forbidden. So a packet has to follow on
 * one that was seen: a capture that begins amid a frame of VP8 begins like that.
 */
static void
look_for_described(struct sf_track *t, const struct sf_unit *u)
{
	struct sf_described *d = &t->described;

	d->native = !sf_track_is_start(u) || !t->lane->depay.any ||
		    !is_next(t, u);
	if (d->native) {
		d->fits = 0;
		return;
	}
	d->fits = d->known && goes_on(d, u->payload) ? d->fits + 1 : 0;
	note_header(d, u->payload);
	if (d->fits < SETTLED)
		return;
	t->framing = SF_FRAMING_DESCRIPTOR;
	t->pub.payload = &t->lane->depay.facts;
}

bool
sf_track_turns_native(const struct sf_track *t, const struct sf_unit *u)
{
	struct sf_described d = t->described;

	if (u->payload.n == 0)
		return false;
	if (begins(&d, u))
		look_for_native(&d, u, is_open(t), is_next(t, u));
	return d.native;
}

enum sf_framing
sf_track_framing_of(
    struct sf_track *t, enum sf_framing framing, const struct sf_unit *u)
{
	bool described = framing == SF_FRAMING_DESCRIPTOR;
	bool open = is_open(t);

	t->described.marked = u->marker;
	/* silence in the clear is a TOC octet, and no descriptor (RFC 6716 3.1) */
	if (u->payload.n < (described ? 1 : 3) ||
	    (t->pub.codec == SF_CODEC_UNKNOWN && !described))
		return framing;
	if (!begins(&t->described, u))
		return t->described.native ? SF_FRAMING_CODEC
					   : SF_FRAMING_DESCRIPTOR;
	if (described)
		look_for_native(&t->described, u, open, is_next(t, u));
	else
		look_for_described(t, u);
	t->described.asked &= t->described.native;
	return t->described.native ? SF_FRAMING_CODEC : SF_FRAMING_DESCRIPTOR;
}

/* Packets that go on with a timestamp: have they headers of their own, that
   follow on those before? Where most frames fit into a packet, the headers of
   all packets run on well enough, and it is these that tell. */
static bool
are_slices(const struct sf_record *recs, size_t n)
{
	struct sf_placing p = { 0, 0, SF_LAYOUT_RFC9605, false };
	struct sf_run_header a, b;
	size_t asked = 0, fit = 0;

	for (size_t i = 1; i < n; i++) {
		if (recs[i].timestamp != recs[i - 1].timestamp ||
		    recs[i].seq != recs[i - 1].seq + 1)
			continue;
		asked++;
		fit += sf_run_header(&a, &recs[i - 1], p) &&
		       sf_run_header(&b, &recs[i], p) &&
		       sf_run_follows(&a, recs[i - 1].last.time_ns, &b,
			   recs[i].last.time_ns);
	}
	return asked > 0 && fit * 2 < asked;
}

/* SDP says VP8 or VP9, and its descriptors are not there: then they are inside of
   what was encrypted, or were left out. */
static bool
is_raw(struct sf_streams *s, const struct sf_track *t)
{
	struct sf_unit units[SF_HELD_UNITS];

	return (t->pub.codec == SF_CODEC_VP8 || t->pub.codec == SF_CODEC_VP9) &&
	       !sf_depay_reads(
		   units, sf_track_held_units(s, t, units), t->pub.codec);
}

static size_t
records_of(
    struct sf_streams *s, const struct sf_track *t, struct sf_record recs[MOST])
{
	size_t n = 0;

	for (uint32_t at = t->held; at != 0 && n < MOST;
	     at = sf_held_at(s, at)->next)
		if (sf_held_at(s, at)->unit.pt == t->main_pt)
			sf_track_record(&recs[n++], &sf_held_at(s, at)->unit);
	return n;
}

bool
sf_track_begins_with_headers(struct sf_streams *s, const struct sf_track *t)
{
	struct sf_record recs[MOST];

	return sf_track_runs_on(recs, records_of(s, t, recs), 0, SF_RUN_SURE);
}

enum sf_framing
sf_track_framing(struct sf_streams *s, const struct sf_track *t)
{
	struct sf_record recs[MOST], firsts[MOST];
	size_t n = records_of(s, t, recs), k;
	bool raw;

	if (n == 0)
		return SF_FRAMING_CODEC;
	if (sf_track_runs_on(recs, n, 0, SF_RUN_SURE))
		return are_slices(recs, n) ? SF_FRAMING_CODEC
					   : SF_FRAMING_PACKET;
	k = first_of_frames(firsts, recs, n);
	/* A KID of one octet, 8 to 15, reads as a config octet, and what is in
	   front of it as a descriptor. */
	raw = is_raw(s, t);
	if (sf_track_runs_on(firsts, k, 0, raw ? SF_RUN_SURE / 2 : SF_RUN_SURE))
		return raw ? SF_FRAMING_RAW : SF_FRAMING_CODEC;
	if (can_be_descriptors(recs, n) &&
	    (sf_track_runs_on(firsts, k, 1, SF_RUN_SURE) ||
		sf_track_runs_on(recs, n, 1, SF_RUN_SURE)))
		return SF_FRAMING_DESCRIPTOR;
	return SF_FRAMING_CODEC;
}
