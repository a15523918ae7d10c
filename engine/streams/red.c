/*
 * red.c - frames inside RED (RFC 2198), and the copies that it carries. Where the
 * blocks are ciphertexts each, each is a frame; where RED is inside, it is a codec.
 */
#include "engine/base/hash.h"
#include "engine/classify/runs.h"
#include "engine/dialect/search.h"
#include "engine/streams/parts.h"
#include "parsers/media/red.h"

#define RED_HEAD(n) (4 * ((n) - 1) + 1) /* octets in front of n blocks */
/* Evidence of a run in blocks of RED: to look into clear ones does no harm. */
#define LIKELY 8

static struct sf_unit
part_of(const struct sf_unit *u, struct sf_bytes data)
{
	size_t into = (size_t)(data.p - u->payload.p);
	struct sf_unit part = *u;

	part.payload = data;
	part.hash = sf_hash_ends(data);
	part.packet_at =
	    u->packet_at == 0 ? 0 : (uint16_t)(u->packet_at + into);
	return part;
}

void
sf_red_take_video(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_red red;
	struct sf_diag d;
	struct sf_unit part;
	enum sf_codec codec;

	if (sf_red_parse(&red, u->payload, &d) != SF_OK) {
		sf_track_judge(s, t, t->pub.codec, t->framing, u);
		return;
	}
	part = part_of(u, red.payload);
	part.pt = red.block[red.blocks - 1].pt;
	codec = part.pt == u->pt ? t->pub.codec : sf_track_format(s, t, &part);
	if (t->block_pt != 0 && part.pt != t->block_pt)
		codec = SF_CODEC_ULPFEC; /* nobody says so, but what else */
	if (sf_codec_is_frameless(codec)) {
		sf_track_pass(s, t, codec, &part, u);
	} else
		sf_track_judge(s, t, codec, t->framing, &part);
}

enum sent { SENT_NOT, SENT_SAME, SENT_OTHER };

/* Was a frame with that timestamp seen, and these octets? */
static enum sent
sent_before(const struct sf_lane *l, const struct sf_unit *part)
{
	enum sent what = SENT_NOT;

	for (unsigned i = 0; i < SF_RED_SEEN; i++) {
		if (l->red_seen[i].hash == 0 ||
		    l->red_seen[i].timestamp != part->timestamp)
			continue;
		if (l->red_seen[i].hash == ((uint32_t)part->hash | 1))
			return SENT_SAME;
		what = SENT_OTHER;
	}
	return what;
}

static void
remember_block(struct sf_lane *l, const struct sf_unit *part)
{
	unsigned at = l->red_next++ % SF_RED_SEEN;

	l->red_seen[at].timestamp = part->timestamp;
	l->red_seen[at].hash = (uint32_t)part->hash | 1;
}

static enum sf_codec
codec_of_blocks(const struct sf_track *t)
{
	static const enum sf_codec fixed[] = {
		[0] = SF_CODEC_PCMU, [8] = SF_CODEC_PCMA, [9] = SF_CODEC_G722
	};

	return t->block_pt < sizeof(fixed) / sizeof(fixed[0]) &&
		       fixed[t->block_pt] != SF_CODEC_UNKNOWN
		   ? fixed[t->block_pt]
		   : SF_CODEC_OPUS;
}

/*
 * An older block, so many before the last: a copy, the frame of a packet that
 * was lost, or other octets than were sent before. Where copies differ from
 * what was sent, nobody can tell what a lost packet was.
 */
static void
take_older(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u,
    const struct sf_red_block *b, unsigned before)
{
	struct sf_unit part = part_of(u, b->data);
	enum sent sent;

	part.timestamp = u->timestamp - b->offset;
	sent = sent_before(t->lane, &part);
	t->pub.evidence.copies += sent == SENT_SAME && b->data.n != 0;
	if (b->data.n == 0 || sent == SENT_SAME)
		return;
	if (sent == SENT_NOT && sf_depay_expects(&t->lane->depay, u->seq))
		return; /* from before the capture began */
	remember_block(t->lane, &part);
	if (sent == SENT_OTHER) {
		part.seq -= before;
		sf_copies_judge(s, t, codec_of_blocks(t), &part);
	} else if (t->lane->copies == NULL) {
		sf_track_judge(s, t, codec_of_blocks(t), t->framing, &part);
	}
}

void
sf_red_take_blocks(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_red red;
	struct sf_diag d;
	struct sf_unit part;

	if (sf_red_parse(&red, u->payload, &d) != SF_OK ||
	    red.block[red.blocks - 1].pt != t->block_pt) {
		sf_track_judge(s, t, SF_CODEC_RED, t->framing, u);
		return;
	}
	for (unsigned i = 0; i + 1 < red.blocks; i++)
		take_older(s, t, u, &red.block[i], red.blocks - 1 - i);
	part = part_of(u, red.payload);
	remember_block(t->lane, &part);
	sf_track_judge(s, t, codec_of_blocks(t), t->framing, &part);
}

/*
 * Where SDP lists the stream's payload type, it lists those of its blocks too: 8,
 * which is PCMA's, is the first octet of many headers of the drafts.
 */
static bool
can_be_block(struct sf_streams *s, const struct sf_track *t, uint8_t pt)
{
	uint32_t ssrc = t->pub.ssrc;

	return (pt >= 96 || pt == 0 || pt == 8 || pt == 9) &&
	       (sf_track_sdp_codec(s->sdp, ssrc, pt) != SF_CODEC_UNKNOWN ||
		   sf_track_sdp_codec(s->sdp, ssrc, t->main_pt) ==
		       SF_CODEC_UNKNOWN);
}

static void
record_block(struct sf_record *r, const struct sf_unit *part)
{
	sf_track_record(r, part);
	r->video = false;
	r->codec = SF_CODEC_OPUS;
}

#define COUNTS 4 /* octets of CTR; more frames nobody sends */

/* Do the packets themselves, from their first octet on? 79 is a block of type
   121, or KID 7 and two octets of CTR. */
static bool
packets_run(struct sf_streams *s, const struct sf_track *t)
{
	static const struct sf_placing front = { 0, 0, SF_LAYOUT_RFC9605,
		false };
	struct sf_record recs[2 * SF_SETTLED];
	struct sf_run_header h;
	size_t n = 0;

	for (uint32_t at = t->held; at != 0 && n < 2 * SF_SETTLED;
	     at = sf_held_at(s, at)->next)
		record_block(&recs[n++], &sf_held_at(s, at)->unit);
	return sf_track_runs_on(recs, n, 0, LIKELY) &&
	       sf_run_header(&h, &recs[n - 1], front) && h.ctr_octets <= COUNTS;
}

/*
 * Do the primary blocks of the packets held run on as SFrame frames do, or
 * have they the marks of another format? Then the blocks are encrypted, and
 * RED is around them. One block alone is one octet in front, and there are
 * formats that leave one in the clear.
 */
static bool
blocks_run(struct sf_streams *s, const struct sf_track *t, uint8_t *block_pt)
{
	struct sf_record recs[2 * SF_SETTLED];
	struct sf_way_found way;
	struct sf_red red;
	struct sf_diag d;
	bool several = false;
	size_t n = 0, older = 0;

	for (uint32_t at = t->held; at != 0 && n < 2 * SF_SETTLED;
	     at = sf_held_at(s, at)->next) {
		const struct sf_unit *u = &sf_held_at(s, at)->unit;
		struct sf_unit part;

		if (sf_red_parse(&red, u->payload, &d) != SF_OK)
			return false;
		part = part_of(u, red.payload);
		older += u->payload.n - red.payload.n - RED_HEAD(red.blocks);
		if (n > 0 && red.block[red.blocks - 1].pt != *block_pt)
			return false;
		*block_pt = red.block[red.blocks - 1].pt;
		several |= red.blocks > 1;
		record_block(&recs[n++], &part);
	}
	/* A header of SFrame may read as one of RED, with nothing in it. */
	if (several && older == 0)
		return false;
	return n > 0 && can_be_block(s, t, *block_pt) &&
	       (several || !packets_run(s, t)) &&
	       (sf_track_runs_on(recs, n, 0, LIKELY) ||
		   (several && sf_way_search(&way, recs, n)));
}

/* The format inside of video RED, by what most packets hold. */
static void
look_into_video(struct sf_streams *s, struct sf_track *t)
{
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		const struct sf_unit *u = &sf_held_at(s, at)->unit;
		enum sf_codec inner = sf_track_sdp_codec(
		    s->sdp, t->pub.ssrc, u->payload.p[0] & 0x7f);

		if (inner != SF_CODEC_UNKNOWN && !sf_codec_is_frameless(inner)) {
			t->pub.codec = inner;
			return;
		}
	}
}

#define COUNTED 16 /* octets of a payload that a counter is looked for in */

/* Does one of the first octets go on by one from packet to packet? KID 3 and CTR
   of SFrame over packets are then what read as a block and slices of H.264; KID 7
   and a CTR of eight octets as a block and AV1. */
static bool
counts_packets(const struct sf_unit *units, size_t n)
{
	for (size_t k = 1; k <= COUNTED; k++) {
		size_t asked = 0, fit = 0;

		for (size_t i = 1; i < n; i++) {
			struct sf_bytes a = units[i - 1].payload,
					b = units[i].payload;
			uint64_t packets = units[i].seq - units[i - 1].seq;

			if (a.n <= k || b.n <= k || packets >= UINT8_MAX)
				continue;
			asked++;
			fit += (uint8_t)(b.p[k] - a.p[k]) == packets;
		}
		if (asked >= SF_SETTLED / 2 && fit * 10 >= asked * 9)
			return true;
	}
	return false;
}

struct sf_guess
sf_red_guess(struct sf_unit *units, size_t n, uint8_t *block_pt)
{
	unsigned counts[128] = { 0 };
	uint8_t most = 0;
	size_t media = 0;
	static const struct sf_guess none = { .codec = SF_CODEC_UNKNOWN };
	struct sf_guess inside;

	for (size_t i = 0; i < n; i++) {
		uint8_t pt = units[i].payload.p[0];

		if (units[i].payload.n < 2 || pt < 35 || pt >= 128)
			return none;
		if (++counts[pt] > counts[most])
			most = pt;
	}
	for (size_t i = 0; i < n; i++)
		if (units[i].payload.p[0] == most) {
			struct sf_unit part = part_of(&units[i],
			    sf_bytes(units[i].payload.p + 1,
				units[i].payload.n - 1));

			/* what stands between has a number too */
			part.seq -= i - media;
			units[media++] = part;
		}
	if (media < SF_SETTLED / 2 || media * 2 <= n)
		return none;
	inside = sf_depay_guess(units, media);
	/* VP8 and VP9 count pictures, which may be packets */
	if (inside.votes == 0 ||
	    (inside.codec != SF_CODEC_VP8 && inside.codec != SF_CODEC_VP9 &&
		counts_packets(units, media)))
		return none;
	*block_pt = most;
	return inside;
}

void
sf_red_look_into(struct sf_streams *s, struct sf_track *t)
{
	if (t->pub.codec != SF_CODEC_RED)
		return;
	if (t->pub.kind == SF_KIND_VIDEO) {
		look_into_video(s, t);
		t->red = SF_RED_VIDEO;
	} else if (blocks_run(s, t, &t->block_pt)) {
		t->red = SF_RED_BLOCKS;
	}
}

/*
 * RED that begins under way, around what has been sent without: all its blocks
 * are of the payload type of before. That the octets of a ciphertext should be
 * read so, with lengths that fit, is out of the question: its counter would be
 * of eight octets.
 */
bool
sf_red_wraps_main(const struct sf_track *t, const struct sf_unit *u)
{
	struct sf_red red;
	struct sf_diag d;

	if (t->red != SF_RED_NOT || t->pub.kind != SF_KIND_AUDIO ||
	    t->framing != SF_FRAMING_CODEC || t->main_pt < 96 ||
	    sf_red_parse(&red, u->payload, &d) != SF_OK)
		return false;
	for (unsigned i = 0; i < red.blocks; i++)
		if (red.block[i].pt != t->main_pt)
			return false;
	return true;
}

bool
sf_red_begins(struct sf_track *t, const struct sf_unit *u)
{
	if (u->pt == t->main_pt || !sf_red_wraps_main(t, u))
		return false;
	t->block_pt = t->main_pt;
	return true;
}
