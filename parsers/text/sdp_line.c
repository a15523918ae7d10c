#include "parsers/text/sdp_line.h"

#include <string.h>

#include "parsers/base/cursor.h"

enum sf_status
sf_sdp_line_parse(
    struct sf_sdp_line *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sdp_line l = { 0 };
	const uint8_t *end;

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "line", "RFC 8866 5");
	}
	end = memchr(in.p, '\n', in.n);
	l.value = sf_slice(&c, end == NULL ? in.n : (size_t)(end - in.p));
	if (end != NULL)
		(void)sf_u8(&c);
	l.payload = sf_rest(&c);
	if (l.value.n != 0 && l.value.p[l.value.n - 1] == '\r')
		l.value.n--;
	if (l.value.n >= 2 && l.value.p[1] == '=' && l.value.p[0] >= 'a' &&
	    l.value.p[0] <= 'z') {
		l.type = (char)l.value.p[0];
		l.value = sf_bytes(l.value.p + 2, l.value.n - 2);
	}
	*out = l;
	return SF_OK;
}
