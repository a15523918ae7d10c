/*
 * iv.c - formats with the whole IV behind the frame: LiveKit and Jitsi.
 *
 * IV: SSRC, RTP timestamp, and n (Jitsi) or the timestamp less n (LiveKit); n
 * counts the frames of an SSRC modulo 65535, from a random start.
 */
#include "engine/dialect/way.h"

#include "engine/base/hash.h"
#include "parsers/sframe/livekit.h"

#define COUNTS 65535u
#define RING   16 /* key indices of the default ring */
#define TAG    16

/* Room for the codec head, a tag and the trailer. */
static bool
has_room(const struct sf_sight *s, const struct sf_record *r)
{
	size_t head = s->clear > 0 ? (size_t)s->clear : 0;

	return r->octets >= head + TAG + s->octets;
}

static struct sf_sight
sight_of(const struct sf_record *r, struct sf_bytes iv, uint8_t index)
{
	return (struct sf_sight){ .kid = index,
		.nonce = sf_hash(iv),
		.rtp = r->timestamp,
		.clear = sf_way_clear(r),
		.behind = true,
		.has_kid = true,
		.has_nonce = true };
}

static bool
structured(struct sf_sight *s, uint32_t ssrc, uint32_t timestamp, uint32_t n)
{
	s->source = ssrc;
	s->stamp = timestamp;
	s->ctr = n;
	s->modulus = COUNTS;
	s->has_ctr = true;
	s->rises = true;
	return n < COUNTS;
}

static bool
read_trailer(
    struct sf_livekit *t, struct sf_sight *out, const struct sf_record *r)
{
	struct sf_diag d;

	if (sf_livekit_parse(t, sf_way_tail(r), &d) != SF_OK)
		return false;
	*out = sight_of(r, t->iv, t->index);
	out->octets = 14;
	return has_room(out, r);
}

bool
sf_read_livekit(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_livekit t;

	return read_trailer(&t, out, r) &&
	       structured(out, t.ssrc, t.timestamp, t.timestamp - t.count);
}

bool
sf_read_jitsi(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_livekit t;

	return read_trailer(&t, out, r) && t.index < RING &&
	       structured(out, t.ssrc, t.timestamp, t.count);
}

/* All of the IV random: nothing but two octets to go by. A key ring may have
   256 places, so that each index is one. */
bool
sf_read_livekit_go(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_livekit t;

	return read_trailer(&t, out, r);
}

bool
sf_read_jitsi_v0(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_jitsi_v0 t;
	struct sf_diag d;

	if (sf_jitsi_v0_parse(&t, sf_way_tail(r), &d) != SF_OK ||
	    t.index >= RING)
		return false;
	*out = sight_of(r, t.iv, t.index);
	out->octets = 13;
	return has_room(out, r) &&
	       structured(out, t.ssrc, t.timestamp, t.count);
}

/* Nothing shows it: only frames that a key opened are asked. They say where
   the IV stands. */
bool
sf_read_random_iv(struct sf_sight *out, const struct sf_record *r)
{
	size_t at = r->header.at;

	if (at + 12u > r->head_n)
		return false;
	*out = sight_of(r, sf_bytes(r->head + at, 12), 0);
	out->clear = (int16_t)at;
	out->octets = 12;
	out->behind = false;
	out->has_kid = false;
	return true;
}

/* The same source, its timestamp as far on as that of the packets, a count a
   little higher: 32, 32 and 5 bits. */
double
sf_follow_iv(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	if (a->source != b->source || b->stamp - a->stamp != b->rtp - a->rtp)
		return 0;
	return step >= 1 && step <= 2000 ? 69 : 0;
}

double
sf_follow_kid(const struct sf_sight *a, const struct sf_sight *b)
{
	return a->kid == b->kid && a->nonce != b->nonce ? 8 : 0;
}
