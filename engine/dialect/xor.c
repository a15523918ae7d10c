/*
 * xor.c - the XOR demos. Both end in the same mark; the webrtc samples leave 1
 * octet of audio and 3 or 10 of VP8 in the clear, Janus's page always 10. Which
 * of them it is shows in octets that only Janus leaves: the head of a VP8 delta
 * frame reads as one (RFC 6386 9.3 to 9.6), and no Opus packet that has SILK in
 * it says that it repeats an older one (RFC 6716 4.2.4).
 */
#include "engine/dialect/way.h"

#include "engine/base/hash.h"
#include "parsers/media/opus.h"
#include "parsers/sframe/trailers.h"

#define CLEAR 10 /* octets that Janus leaves */
#define ASKED 16 /* frames, before they say which it is */

static bool
read_mark(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_xor_demo t;
	struct sf_diag d;

	if (sf_xor_demo_parse(&t, sf_way_tail(r), &d) != SF_OK)
		return false;
	*out = (struct sf_sight){ .kid = t.kid,
		.steady = sf_mix(t.kid + 1u),
		.rtp = r->timestamp,
		.octets = 5,
		.behind = true,
		.has_kid = true };
	return true;
}

bool
sf_read_xor(struct sf_sight *out, const struct sf_record *r)
{
	if (!read_mark(out, r))
		return false;
	out->clear = r->codec == SF_CODEC_VP9 ? 3 : sf_way_clear(r);
	return true;
}

bool
sf_read_xor_janus(struct sf_sight *out, const struct sf_record *r)
{
	if (!read_mark(out, r))
		return false;
	out->clear = CLEAR;
	return true;
}

/* ---- VP8 ------------------------------------------------------------------ */

/* The boolean decoder of RFC 6386 7.3 at even odds, over a few octets. */
struct bools {
	const uint8_t *p;
	size_t n, at; /* octets, and of them taken */
	uint32_t value, range;
	unsigned bits; /* shifted out since the last octet */
};

static unsigned
next_bool(struct bools *b)
{
	uint32_t split = 1 + ((b->range - 1) * 128 >> 8);
	bool one = b->value >= split << 8;

	b->value -= one ? split << 8 : 0;
	b->range = one ? b->range - split : split;
	while (b->range < 128) {
		b->value <<= 1;
		b->range <<= 1;
		if (++b->bits == 8) {
			b->bits = 0;
			b->value |= b->at < b->n ? b->p[b->at] : 0;
			b->at++;
		}
	}
	return one;
}

static unsigned
literal(struct bools *b, unsigned bits)
{
	unsigned v = 0;

	while (bits-- > 0)
		v = v << 1 | next_bool(b);
	return v;
}

/* So many values that are there or not. */
static void
skip_values(struct bools *b, unsigned n, unsigned bits)
{
	while (n-- > 0)
		if (next_bool(b))
			(void)literal(b, bits);
}

static void
skip_segments(struct bools *b)
{
	bool map, data;

	if (!next_bool(b))
		return;
	map = next_bool(b);
	data = next_bool(b);
	if (data) {
		(void)next_bool(b); /* absolute or not */
		skip_values(b, 4, 8);
		skip_values(b, 4, 7);
	}
	if (map)
		skip_values(b, 3, 8);
}

enum answer { NO_ANSWER, IN_CLEAR, CHANGED };

/* Real-time encoders use the normal filter and no sharpness. */
static enum answer
ask_vp8(const struct sf_record *r)
{
	struct bools b = { r->head + 3, CLEAR - 3, 2,
		(uint32_t)r->head[3] << 8 | r->head[4], 255, 0 };
	bool simple;
	unsigned sharpness;

	if (r->key || (r->head[0] & 1) == 0)
		return NO_ANSWER;
	skip_segments(&b);
	simple = next_bool(&b);
	(void)literal(&b, 6);
	sharpness = literal(&b, 3);
	if (b.at > b.n) /* it came from octets behind */
		return NO_ANSWER;
	return !simple && sharpness == 0 ? IN_CLEAR : CHANGED;
}

/* ---- Opus ----------------------------------------------------------------- */

/*
 * Frames of 10 and 20 ms with SILK begin with the flag of voice and the one of
 * a repeated frame, which is rare; a letter of the key turns it over. A digit
 * turns the two bits behind them, with which the most frequent of voice and the
 * usual silence become rare ones, and those frequent.
 */
static enum answer
ask_opus(const struct sf_record *r)
{
	static const enum answer quarters[16] = { [0x0] = IN_CLEAR,
		[0x3] = CHANGED,
		[0x9] = CHANGED,
		[0xa] = IN_CLEAR };
	unsigned config = r->head[0] >> 3;

	if (config >= 16 || (config < 12 && config % 4 > 1) ||
	    (r->head[0] & 7) != 0)
		return NO_ANSWER;
	return (r->head[1] & 0x40) != 0 ? CHANGED : quarters[r->head[1] >> 4];
}

bool
sf_xor_is_janus(const struct sf_record *recs, size_t n)
{
	size_t clear = 0, asked = 0;

	for (size_t i = 0; i < n; i++) {
		const struct sf_record *r = &recs[i];
		enum answer a = NO_ANSWER;
		struct sf_sight s;

		if (!r->complete || r->decided || r->head_n < CLEAR + 5 ||
		    !read_mark(&s, r))
			continue;
		if (r->codec == SF_CODEC_VP8)
			a = ask_vp8(r);
		else if (r->codec == SF_CODEC_OPUS)
			a = ask_opus(r);
		asked += a != NO_ANSWER;
		clear += a == IN_CLEAR;
	}
	return asked >= ASKED && clear * 2 > asked;
}
