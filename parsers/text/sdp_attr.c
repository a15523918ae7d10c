#include "parsers/text/sdp_attr.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF "RFC 8866 5.13"

enum sf_status
sf_sdp_attr_parse(
    struct sf_sdp_attr *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sdp_attr a = { 0 };
	const uint8_t *colon;

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "attribute name", REF);
	}
	colon = memchr(in.p, ':', in.n);
	a.has_value = colon != NULL;
	a.name = sf_slice(&c, a.has_value ? (size_t)(colon - in.p) : in.n);
	if (a.name.n == 0)
		return sf_stop(d, SF_MALFORMED, 0, "attribute name", REF);
	if (a.has_value)
		(void)sf_u8(&c);
	a.payload = sf_rest(&c);
	*out = a;
	return SF_OK;
}
