#include "parsers/net/null.h"

#include "parsers/base/cursor.h"

static uint32_t
swapped(uint32_t v)
{
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

enum sf_status
sf_null_parse(struct sf_null *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_null l = { 0 };

	*d = (struct sf_diag){ 0 };
	l.family = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "address family", "LINKTYPE_NULL");
	l.big = l.family <= 0xffff;
	if (!l.big)
		l.family = swapped(l.family);
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}

enum sf_status
sf_loop_parse(struct sf_loop *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_loop l = { 0 };

	*d = (struct sf_diag){ 0 };
	l.family = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "address family", "LINKTYPE_LOOP");
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}
