#include "engine/depay/rebuild.h"

#include <string.h>

#include "parsers/base/leb128.h"
#include "parsers/media/av1.h"

#define CODES    3 /* start codes inside ciphertext that are looked into */
#define HAS_SIZE 0x02

static unsigned
marks_of(const struct sf_frame *f)
{
	return f->units < SF_FRAME_MARKS ? f->units : SF_FRAME_MARKS;
}

bool
sf_rebuild_worth(const struct sf_frame *f)
{
	return f->units > 0 && (f->foreign || f->codec != SF_CODEC_AV1);
}

/* ---- H.264 and H.265 ------------------------------------------------------ */

/*
 * A start code of three octets leaves as a boundary between units and comes
 * back with four. Each bit of the choice takes one of the last codes for such.
 */
static size_t
short_codes(
    uint8_t *out, const struct sf_frame *f, unsigned choice, size_t header_at)
{
	unsigned n = marks_of(f);
	size_t from = 0, to = 0;

	for (unsigned i = 0; i < CODES && i < n; i++) {
		unsigned bit = CODES - 1 - i;

		if ((choice >> bit & 1) != 0 &&
		    (bit + 1 >= n || f->marks[n - 1 - bit] < header_at))
			return 0;
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned back = n - 1 - i;

		if (back >= CODES || (choice >> back & 1) == 0)
			continue;
		memcpy(out + to, f->octets.p + from, f->marks[i] - from);
		to += f->marks[i] - from;
		from = f->marks[i] + 1;
	}
	memcpy(out + to, f->octets.p + from, f->octets.n - from);
	return to + f->octets.n - from;
}

/* Takes out the 03 of 00 00 03 (ITU-T H.264 7.4.1), from header_at on. */
static size_t
unescape(uint8_t *out, const struct sf_frame *f, size_t header_at)
{
	const uint8_t *p = f->octets.p;
	size_t to = 0, zeros = 0;

	for (size_t i = 0; i < f->octets.n; i++) {
		bool prevents = i >= header_at && zeros >= 2 && p[i] == 3;

		zeros = p[i] == 0 && i >= header_at ? zeros + 1 : 0;
		if (!prevents)
			out[to++] = p[i];
	}
	return to == f->octets.n ? 0 : to;
}

/* ---- AV1 ------------------------------------------------------------------ */

/* The unit with has_size set and the size behind its header. */
static size_t
put_sized(uint8_t *out, struct sf_bytes unit)
{
	size_t head = unit.p[0] & 4 ? 2 : 1, n;

	if (unit.n < head)
		head = unit.n;
	memcpy(out, unit.p, head);
	out[0] |= HAS_SIZE;
	n = head + sf_leb128_put(out + head, unit.n - head);
	memcpy(out + n, unit.p + head, unit.n - head);
	return n + unit.n - head;
}

/* With a size on the last unit too, and with the temporal delimiter that is never
   sent in front, or without. The units before have theirs (av1.c). */
static size_t
with_sizes(uint8_t *out, const struct sf_frame *f, bool last, bool delimiter)
{
	static const uint8_t unit[] = { SF_AV1_DELIMITER << 3 | HAS_SIZE, 0 };
	size_t at = f->marks[marks_of(f) - 1], to = 0;

	if (delimiter) {
		memcpy(out, unit, sizeof(unit));
		to = sizeof(unit);
	}
	if (!last || at >= f->octets.n)
		at = f->octets.n;
	memcpy(out + to, f->octets.p, at);
	to += at;
	if (at < f->octets.n)
		to += put_sized(
		    out + to, sf_bytes(f->octets.p + at, f->octets.n - at));
	return to;
}

size_t
sf_rebuild(uint8_t *out, size_t room, const struct sf_frame *f, unsigned way,
    size_t header_at)
{
	size_t most = f->octets.n + 2 + SF_FRAME_MARKS * (size_t)SF_LEB128_MAX;

	if (most > room || f->units == 0 || way >= SF_REBUILD_WAYS)
		return 0;
	if (f->codec == SF_CODEC_AV1)
		return f->foreign && way < 4 && way != 1 &&
			       f->units <= SF_FRAME_MARKS
			   ? with_sizes(out, f, way % 2 == 0, way >= 2)
			   : 0;
	return way == 0 ? unescape(out, f, header_at)
			: short_codes(out, f, way, header_at);
}
