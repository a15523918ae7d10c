#include "parsers/media/opus.h"

#include "parsers/base/cursor.h"

#define REF         "RFC 6716 3.2"
#define MAX_FRAME   1275 /* octets; RFC 6716 3.4, R2 */
#define MAX_SAMPLES 5760 /* 120 ms at 48 kHz; R5 */

/* Samples at 48 kHz of a frame, by configuration (RFC 6716 3.1, table 2). */
static uint16_t
frame_samples(uint8_t config)
{
	static const uint16_t silk[] = { 480, 960, 1920, 2880 };
	static const uint16_t hybrid[] = { 480, 960 };
	static const uint16_t celt[] = { 120, 240, 480, 960 };

	if (config < 12)
		return silk[config & 3];
	if (config < 16)
		return hybrid[config & 1];
	return celt[config & 3];
}

/* The length of a frame, in one octet or two (RFC 6716 3.2.1). */
static size_t
frame_octets(struct sf_cursor *c)
{
	size_t n = sf_u8(c);

	if (n >= 252)
		n += (size_t)sf_u8(c) * 4;
	return n;
}

/* Cuts the padding of a code 3 packet off the end (RFC 6716 3.2.5). */
static void
cut_padding(struct sf_cursor *c)
{
	size_t padding = 0;
	uint8_t n;

	do {
		n = sf_u8(c);
		padding += n == 255 ? 254 : n;
	} while (n == 255);
	if (!sf_ok(c))
		return;
	if (padding > sf_left(c))
		c->missing = padding - sf_left(c);
	else
		c->in.n -= padding;
}

/* What is left is n frames of one length (R2, R3, R6). */
static enum sf_status
equal_frames(struct sf_diag *d, const struct sf_cursor *c, uint8_t n)
{
	if (sf_left(c) % n != 0)
		return sf_stop(
		    d, SF_MALFORMED, c->at, "frames of one length", REF);
	if (sf_left(c) / n > MAX_FRAME)
		return sf_stop(d, SF_MALFORMED, c->at, "frame length", REF);
	return SF_OK;
}

/* What is left is the lengths of all frames but the last, and them (R4, R7). */
static enum sf_status
listed_frames(struct sf_diag *d, struct sf_cursor *c, uint8_t n)
{
	size_t octets = 0;

	for (uint8_t i = 1; i < n; i++)
		octets += frame_octets(c);
	(void)sf_slice(c, octets);
	if (!sf_ok(c))
		return sf_short(d, c, "frames", REF);
	return equal_frames(d, c, 1);
}

/* Code 3: a count octet says how many frames, of what kind (R5 to R7). */
static enum sf_status
counted_frames(struct sf_opus *o, struct sf_cursor *c, struct sf_bytes in,
    struct sf_diag *d)
{
	uint8_t head = sf_u8(c);
	bool has_padding = head & 0x40;
	bool listed = head & 0x80;

	if (!sf_ok(c))
		return sf_short(d, c, "frame count", REF);
	o->frames = head & 0x3f;
	if (o->frames == 0 || o->frames * o->frame_samples > MAX_SAMPLES)
		return sf_stop(d, SF_MALFORMED, c->at - 1, "frame count", REF);
	o->payload = sf_bytes(in.p + c->at, sf_left(c));
	if (has_padding)
		cut_padding(c);
	if (!sf_ok(c))
		return sf_short(d, c, "padding", REF);
	return listed ? listed_frames(d, c, o->frames)
		      : equal_frames(d, c, o->frames);
}

enum sf_status
sf_opus_parse(struct sf_opus *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_opus o = { 0 };
	uint8_t toc = sf_u8(&c);
	enum sf_status st;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "TOC", "RFC 6716 3.1");

	o.config = toc >> 3;
	o.stereo = toc & 4;
	o.code = toc & 3;
	o.frame_samples = frame_samples(o.config);
	o.frames = o.code == 0 ? 1 : 2;
	o.payload = sf_bytes(in.p + c.at, sf_left(&c));
	if (o.code == 3)
		st = counted_frames(&o, &c, in, d);
	else if (o.code == 2)
		st = listed_frames(d, &c, 2);
	else
		st = equal_frames(d, &c, o.frames);
	if (st != SF_OK)
		return st;
	o.samples = (uint32_t)o.frames * o.frame_samples;
	*out = o;
	return SF_OK;
}
