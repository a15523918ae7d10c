#include "parsers/file/rtpdump.h"

#include <string.h>

#include "parsers/base/cursor.h"
#include "parsers/text/scan.h"

#define REF   "rtptools rtpdump(1)"
#define MAGIC "#!rtpplay1.0 "

/* "10.2.2.2/2000" and nothing behind it. */
static bool
read_where(struct sf_rtpdump_head *h)
{
	uint32_t v;
	size_t at = 0;
	unsigned n;

	for (unsigned i = 0; i < 4; i++) {
		n = sf_scan_digits(h->where, at);
		if (n == 0 || n > 3 ||
		    !sf_scan_number(h->where, at, n, 255, &v) ||
		    sf_scan_at(h->where, at + n) != (i < 3 ? '.' : '/'))
			return false;
		h->to[i] = (uint8_t)v;
		at += n + 1;
	}
	n = sf_scan_digits(h->where, at);
	if (n == 0 || n > 5 || at + n != h->where.n ||
	    !sf_scan_number(h->where, at, n, UINT16_MAX, &v))
		return false;
	h->to_port = (uint16_t)v;
	return true;
}

enum sf_status
sf_rtpdump_head_parse(
    struct sf_rtpdump_head *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_bytes magic = sf_slice(&c, sizeof(MAGIC) - 1);
	size_t most = sf_left(&c), n;
	struct sf_rtpdump_head h = { 0 };
	const uint8_t *end;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "first line", REF);
	if (memcmp(magic.p, MAGIC, magic.n) != 0)
		return sf_stop(d, SF_MALFORMED, 0, "first line", REF);
	if (most > SF_RTPDUMP_HEAD_MOST - 16 - magic.n)
		most = SF_RTPDUMP_HEAD_MOST - 16 - magic.n;
	end = memchr(in.p + c.at, '\n', most);
	if (end == NULL && most == SF_RTPDUMP_HEAD_MOST - 16 - magic.n)
		return sf_stop(d, SF_MALFORMED, c.at, "address", REF);
	n = end == NULL ? most : (size_t)(end - in.p) - c.at;
	h.where = sf_slice(&c, n);
	(void)sf_u8(&c);
	h.seconds = sf_u32(&c);
	h.microseconds = sf_u32(&c);
	for (unsigned i = 0; i < 4; i++)
		h.from[i] = sf_u8(&c);
	h.from_port = sf_u16(&c);
	(void)sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "file head", REF);
	h.has_to = read_where(&h);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

enum sf_status
sf_rtpdump_record_parse(
    struct sf_rtpdump_record *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtpdump_record r = { .octets = sf_u16(&c) };

	*d = (struct sf_diag){ 0 };
	r.original = sf_u16(&c);
	r.ms = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "record head", REF);
	if (r.octets < SF_RTPDUMP_RECORD_OCTETS)
		return sf_stop(d, SF_MALFORMED, 0, "record length", REF);
	r.octets = (uint16_t)(r.octets - SF_RTPDUMP_RECORD_OCTETS);
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}
