#include "parsers/media/vp8.h"

#include "parsers/base/cursor.h"

#define REF       "RFC 7741 4.2"
#define FRAME_REF "RFC 6386 9.1"

enum sf_status
sf_vp8_parse(struct sf_vp8 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_vp8 v = { 0 };
	uint8_t first = sf_u8(&c);
	uint8_t ext = 0;
	uint8_t layer;

	*d = (struct sf_diag){ 0 };
	if (first & 0x80)
		ext = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "descriptor", REF);

	v.extended = first & 0x80;
	v.start = first & 0x10;
	v.partition = first & 0x07;
	v.reserved = (first & 0x48) != 0 || (ext & 0x0f) != 0;
	v.has_picture_id = ext & 0x80;
	v.has_tl0 = ext & 0x40;
	v.has_tid = ext & 0x20;
	v.has_keyidx = ext & 0x10;
	if (v.has_picture_id) {
		v.picture_id = sf_u8(&c);
		v.long_picture_id = v.picture_id & 0x80;
		v.picture_id &= 0x7f;
		if (v.long_picture_id)
			v.picture_id =
			    (uint16_t)(v.picture_id << 8 | sf_u8(&c));
	}
	if (v.has_tl0)
		v.tl0 = sf_u8(&c);
	if (v.has_tid || v.has_keyidx) {
		layer = sf_u8(&c);
		v.tid = v.has_tid ? layer >> 6 : 0;
		v.keyidx = v.has_keyidx ? layer & 0x1f : 0;
	}
	if (!sf_ok(&c))
		return sf_short(d, &c, "descriptor", REF);
	v.octets = (uint8_t)c.at;
	v.payload = sf_rest(&c);
	*out = v;
	return SF_OK;
}

/* A 16-bit number, low octet first. */
static uint16_t
u16_low_first(struct sf_cursor *c)
{
	uint16_t v = sf_u16(c);

	return (uint16_t)(v >> 8 | v << 8);
}

enum sf_status
sf_vp8_frame_parse(
    struct sf_vp8_frame *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_vp8_frame f = { 0 };
	uint32_t tag = u16_low_first(&c);
	uint32_t start_code;

	*d = (struct sf_diag){ 0 };
	tag |= (uint32_t)sf_u8(&c) << 16;
	if (!sf_ok(&c))
		return sf_short(d, &c, "frame tag", FRAME_REF);

	f.key = !(tag & 1);
	f.version = tag >> 1 & 7;
	f.show = tag & 0x10;
	f.first_partition = tag >> 5;
	if (f.version > 3)
		return sf_stop(d, SF_MALFORMED, 0, "version", FRAME_REF);
	if (f.first_partition == 0)
		return sf_stop(
		    d, SF_MALFORMED, 0, "first partition size", FRAME_REF);
	if (f.key) {
		start_code = (uint32_t)sf_uint(&c, 3);
		if (sf_ok(&c) && start_code != 0x9d012a)
			return sf_stop(
			    d, SF_MALFORMED, 3, "start code", FRAME_REF);
		f.width = u16_low_first(&c) & 0x3fff;
		f.height = u16_low_first(&c) & 0x3fff;
		if (!sf_ok(&c))
			return sf_short(d, &c, "key frame header", FRAME_REF);
		if (f.width == 0 || f.height == 0)
			return sf_stop(
			    d, SF_MALFORMED, 6, "dimensions", FRAME_REF);
	}
	f.payload = sf_bytes(in.p + c.at, sf_left(&c));
	(void)sf_slice(&c, f.first_partition);
	if (!sf_ok(&c))
		return sf_short(d, &c, "first partition", FRAME_REF);
	*out = f;
	return SF_OK;
}
