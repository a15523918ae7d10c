#include "parsers/file/mjr.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF "janus-gateway record.c"

enum sf_status
sf_mjr_head_parse(
    struct sf_mjr_head *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_bytes magic = sf_slice(&c, 8);
	size_t n = sf_u16(&c);
	struct sf_mjr_head h = { 0 };

	*d = (struct sf_diag){ 0 };
	h.info = sf_slice(&c, n);
	if (in.n >= 8 && memcmp(magic.p, "MEETECHO", 8) == 0)
		h.version = 0;
	else if (in.n >= 8 && memcmp(magic.p, "MJR00001", 8) == 0)
		h.version = 1;
	else if (in.n >= 8 && memcmp(magic.p, "MJR00002", 8) == 0)
		h.version = 2;
	else if (in.n >= 8)
		return sf_stop(d,
		    memcmp(magic.p, "MJR0", 4) == 0 ? SF_UNSUPPORTED
						    : SF_MALFORMED,
		    0, "magic", REF);
	if (!sf_ok(&c))
		return sf_short(d, &c, "recording head", REF);
	if (h.version == 0 &&
	    (n != 5 || (h.info.p[0] != 'a' && h.info.p[0] != 'v')))
		return sf_stop(d, SF_MALFORMED, 8, "medium", REF);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

enum sf_status
sf_mjr_record_parse(
    struct sf_mjr_record *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_bytes magic = sf_slice(&c, 4);
	struct sf_mjr_record r = { .timed = true, .ms = sf_u32(&c) };

	*d = (struct sf_diag){ 0 };
	r.octets = sf_u16(&c);
	if (magic.n == 4 && memcmp(magic.p, "MEET", 4) != 0)
		return sf_stop(d, SF_MALFORMED, 0, "record mark", REF);
	if (!sf_ok(&c))
		return sf_short(d, &c, "record head", REF);
	if (r.ms == 0x4543484f) { /* "ECHO" */
		r.timed = false;
		r.ms = 0;
	}
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}
