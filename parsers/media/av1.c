#include "parsers/media/av1.h"

#include "parsers/base/leb128.h"

#define RTP_REF "AV1 RTP 4.4"
#define OBU_REF "AV1 5.3"

enum sf_status
sf_av1_parse(struct sf_av1 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	uint8_t h = sf_u8(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "aggregation header", RTP_REF);
	*out = (struct sf_av1){
		.continues = h & 0x80,
		.unfinished = h & 0x40,
		.count = h >> 4 & 3,
		.sequence = h & 0x08,
		.reserved = h & 7,
		.payload = sf_rest(&c),
	};
	return SF_OK;
}

enum sf_status
sf_av1_element_parse(
    struct sf_av1_element *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_av1_element e;
	uint8_t octets;
	bool bad;
	uint64_t n = sf_leb128(&c, &octets, &bad);

	*d = (struct sf_diag){ 0 };
	if (bad)
		return sf_stop(d, SF_MALFORMED, 0, "element size", RTP_REF);
	e.data = sf_slice(&c, n);
	if (!sf_ok(&c))
		return sf_short(d, &c, "element", RTP_REF);
	e.payload = sf_rest(&c);
	*out = e;
	return SF_OK;
}

static void
read_extension(struct sf_av1_obu *o, uint8_t ext)
{
	o->tid = ext >> 5;
	o->sid = ext >> 3 & 3;
	o->reserved = (uint8_t)(o->reserved | (ext & 7) << 1);
}

enum sf_status
sf_av1_obu_parse(struct sf_av1_obu *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_av1_obu o = { 0 };
	uint8_t head = sf_u8(&c);
	uint64_t n = 0;
	bool bad = false;

	*d = (struct sf_diag){ 0 };
	o.forbidden = head & 0x80;
	o.type = head >> 3 & 15;
	o.has_extension = head & 4;
	o.has_size = head & 2;
	o.reserved = head & 1;
	if (o.has_extension)
		read_extension(&o, sf_u8(&c));
	if (o.has_size)
		n = sf_leb128(&c, &o.size_octets, &bad);
	if (bad)
		return sf_stop(
		    d, SF_MALFORMED, 1U + o.has_extension, "obu_size", OBU_REF);
	o.octets = (uint8_t)c.at;
	o.data = o.has_size ? sf_slice(&c, n) : sf_rest(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "OBU", OBU_REF);
	o.payload = sf_rest(&c);
	*out = o;
	return SF_OK;
}

static bool
can_be(const struct sf_av1_obu *o)
{
	return !o->forbidden && o->reserved == 0 &&
	       ((o->type >= SF_AV1_SEQUENCE && o->type <= SF_AV1_TILE_LIST) ||
		   o->type == SF_AV1_PADDING);
}

enum sf_status
sf_av1_frame_parse(
    struct sf_av1_frame *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_av1_frame f = { .sized = true, .payload = sf_bytes(NULL, 0) };
	bool header = false, whole = false;
	struct sf_bytes rest = in;
	struct sf_av1_obu o;

	*d = (struct sf_diag){ 0 };
	/* Every turn takes an octet at least. */
	do {
		size_t at = (size_t)(rest.p - in.p);

		if (sf_av1_obu_parse(&o, rest, d) != SF_OK) {
			d->at += at;
			return d->status;
		}
		if (!can_be(&o))
			return sf_stop(
			    d, SF_MALFORMED, at, "OBU header", OBU_REF);
		f.first = f.obus++ == 0 ? o.type : f.first;
		f.sized &= o.has_size;
		f.key |= o.type == SF_AV1_SEQUENCE;
		header |= o.type == SF_AV1_FRAME_HEADER;
		/* A header alone can show a frame that is there already. */
		whole |= o.type == SF_AV1_FRAME ||
			 (o.type == SF_AV1_TILE_GROUP && header) ||
			 (o.type == SF_AV1_FRAME_HEADER && o.data.n <= 2);
		f.payload = o.data;
		rest = o.payload;
	} while (rest.n != 0);
	if (!whole)
		return sf_stop(d, SF_MALFORMED, in.n, "frame", "AV1 7.5");
	*out = f;
	return SF_OK;
}
