#include "parsers/file/carried.h"

#include "parsers/base/cursor.h"

#define REF "sframe-tool unwrap 1"

static bool
is_ours(struct sf_cursor *c)
{
	return sf_u32(c) == SF_CARRIED_MAGIC;
}

enum sf_status
sf_carried_packet_parse(
    struct sf_carried_packet *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_carried_packet p = { 0 };
	bool ours = is_ours(&c);

	*d = (struct sf_diag){ 0 };
	p.packet = sf_uint(&c, 8);
	p.records = sf_u32(&c);
	p.removed = sf_u8(&c);
	p.beside = sf_u8(&c);
	p.has_media = sf_u8(&c) != 0;
	p.kind = sf_u8(&c);
	p.codec = sf_u8(&c);
	p.clock = sf_u32(&c);
	p.red_pt = sf_u8(&c);
	p.ext_mid = sf_u8(&c);
	p.ext_rid = sf_u8(&c);
	p.declared_e2ee = sf_u8(&c);
	p.vias = sf_slice(&c, (size_t)sf_u8(&c) * SF_CARRIED_VIA);
	if (!sf_ok(&c))
		return sf_short(d, &c, "packet", REF);
	if (!ours)
		return sf_stop(d, SF_UNSUPPORTED, 0, "magic", REF);
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}

enum sf_status
sf_carried_counts_parse(
    struct sf_carried_counts *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_carried_counts t = { 0 };
	bool ours = is_ours(&c);

	*d = (struct sf_diag){ 0 };
	t.n = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "counts", REF);
	if (!ours)
		return sf_stop(d, SF_UNSUPPORTED, 0, "magic", REF);
	if (t.n > in.n)
		return sf_stop(d, SF_MALFORMED, 4, "number of counts", REF);
	t.values = sf_slice(&c, (size_t)t.n * 8);
	if (!sf_ok(&c))
		return sf_short(d, &c, "counts", REF);
	t.payload = sf_rest(&c);
	*out = t;
	return SF_OK;
}
