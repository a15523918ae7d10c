/*
 * counts.c - formats with nothing but a count behind the frame: Signal,
 * Threema, WhatsApp, Jitsi of 2020, SRTP twice. One frame says nothing; a
 * row of them does.
 */
#include "engine/dialect/way.h"

#include <math.h>
#include <string.h>

#include "engine/base/hash.h"
#include "parsers/rtp/ohb.h"
#include "parsers/sframe/livekit.h"
#include "parsers/sframe/trailers.h"

#define NEAR 64 /* steps of a counter that other streams share */

static struct sf_sight
counted(const struct sf_record *r, uint64_t kid, uint64_t ctr, size_t octets)
{
	return (struct sf_sight){ .kid = kid,
		.ctr = ctr,
		.nonce = sf_mix(sf_mix(ctr) + 0x5eed),
		.rtp = r->timestamp,
		.clear = 0,
		.octets = (uint8_t)octets,
		.behind = true,
		.has_kid = true,
		.has_ctr = true,
		.has_nonce = true,
		.rises = true };
}

/* Bits for a counter of n bits that went 1 to NEAR on; 0 when it did not. */
static double
bits_of_step(const struct sf_sight *a, const struct sf_sight *b, double n)
{
	uint64_t step = sf_way_step(a, b);

	return step >= 1 && step <= NEAR ? n - 6 : 0;
}

/* Frames that a sender of RingRTC has counted, at most: in front of a tag of the
   same length, a header of SFrame with a counter of its own octets reads as
   more. */
#define RINGRTC_MOST (1U << 27)

bool
sf_read_ringrtc(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_ringrtc t;
	struct sf_diag d;

	if (sf_ringrtc_parse(&t, sf_way_tail(r), &d) != SF_OK ||
	    t.counter >= RINGRTC_MOST)
		return false;
	*out = counted(r, t.ratchet, t.counter, 21);
	return true;
}

/* The ratchet stays, moves on by one, or starts over under a new secret. */
double
sf_follow_ringrtc(const struct sf_sight *a, const struct sf_sight *b)
{
	if (b->kid != a->kid && b->kid != a->kid + 1 && b->kid != 0)
		return 0;
	return bits_of_step(a, b, 32 + 6);
}

bool
sf_read_threema(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_threema t;
	struct sf_diag d;

	if (sf_threema_parse(&t, sf_way_tail(r), &d) != SF_OK)
		return false;
	*out = counted(r, (uint64_t)t.epoch << 8 | t.ratchet, t.number, 6);
	out->clear = r->video ? SF_CLEAR_UNKNOWN : 0;
	return r->octets >= 6 + 16;
}

/* Epoch and ratchet stay, the ratchet moves on, or a new epoch begins with it
   at zero. */
double
sf_follow_threema(const struct sf_sight *a, const struct sf_sight *b)
{
	bool next_epoch = b->kid == (((a->kid >> 8) + 1) << 8 & 0xffff);

	if (b->kid != a->kid && b->kid != a->kid + 1 && !next_epoch)
		return 0;
	return bits_of_step(a, b, 32 + 14);
}

#define SIGNATURE 132 /* octets, between the counter and the last one */

/* With the tail kept, or, where it is signed, with what is kept of what stands in
   front of the signature. */
static bool
read_jitsi_end(struct sf_jitsi_ctr *t, const struct sf_record *r)
{
	struct sf_bytes tail = sf_way_tail(r);
	uint8_t room[sizeof(r->signed_tail) + 1];
	struct sf_diag d;

	if (tail.n == 0 || tail.p[tail.n - 1] < 0x80)
		return sf_jitsi_ctr_parse(t, tail, &d) == SF_OK;
	if (r->octets < sizeof(room) + SIGNATURE)
		return false;
	memcpy(room, r->signed_tail, sizeof(r->signed_tail));
	room[sizeof(room) - 1] = tail.p[tail.n - 1] & 0x7f;
	return sf_jitsi_ctr_parse(t, sf_bytes(room, sizeof(room)), &d) == SF_OK;
}

/* The counter starts over with a key that is ratcheted, under the same index:
   neither reuse nor a step back can be told. */
bool
sf_read_jitsi_ctr(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_bytes tail = sf_way_tail(r);
	struct sf_jitsi_ctr t;
	bool is_signed = tail.n > 0 && tail.p[tail.n - 1] >= 0x80;

	if (!read_jitsi_end(&t, r) ||
	    (t.ctr_octets > 1 && t.ctr >> (8 * (t.ctr_octets - 1)) == 0))
		return false;
	*out = counted(r, t.kid, t.ctr,
	    (size_t)t.ctr_octets + 1 + (is_signed ? SIGNATURE : 0));
	out->clear = sf_way_clear(r);
	out->has_nonce = false;
	out->rises = false;
	return true;
}

/* Another key, or the same ratcheted: the counter starts over. */
static bool
starts_over(const struct sf_sight *b)
{
	return b->ctr < NEAR;
}

double
sf_follow_jitsi_ctr(const struct sf_sight *a, const struct sf_sight *b)
{
	unsigned signed_a = a->octets > SIGNATURE ? SIGNATURE : 0;
	unsigned signed_b = b->octets > SIGNATURE ? SIGNATURE : 0;
	unsigned before = a->octets - signed_a, now = b->octets - signed_b;
	bool next = b->kid == (a->kid + 1) % 16;

	if ((b->kid != a->kid && !next) || signed_a != signed_b)
		return 0;
	/* the octets that a counter takes grow with it, and not else */
	if (now >= before && now <= before + 1 && sf_way_step(a, b) <= NEAR)
		return bits_of_step(a, b, 8.0 * now - next);
	return starts_over(b) ? 5 : 0;
}

bool
sf_read_whatsapp(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_whatsapp t;
	struct sf_diag d;

	if (sf_whatsapp_parse(&t, sf_way_tail(r), &d) != SF_OK ||
	    r->octets < t.octets + 16u)
		return false;
	*out = counted(r, t.kid, t.counter, t.octets);
	out->nonce ^= r->video;
	return true;
}

double
sf_follow_whatsapp(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	if (b->kid == a->kid)
		return step >= 1 && step <= 16 ? 6 : 0;
	/* another key: the counter goes on, or over */
	return b->kid == a->kid + 1 && (step - 1 < 16 || b->ctr < 16) ? 3 : 0;
}

/* Packets that a hop has numbered anew say behind them what they were: audio,
   whose frames are packets. */
bool
sf_read_double(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_ohb o;
	struct sf_diag d;

	if (r->video || sf_ohb_parse(&o, sf_way_tail(r), &d) != SF_OK ||
	    !o.has_seq || r->octets < o.octets + 16u)
		return false;
	*out = counted(r, 0, o.seq, o.octets);
	out->steady = sf_mix((uint64_t)o.has_pt << 8 | o.pt);
	out->modulus = 1 << 16;
	out->has_kid = out->has_nonce = out->rises = false;
	return true;
}

double
sf_follow_double(const struct sf_sight *a, const struct sf_sight *b)
{
	if (a->steady != b->steady || a->octets != b->octets)
		return 0;
	return bits_of_step(a, b, 16 + 4);
}
