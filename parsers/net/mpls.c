#include "parsers/net/mpls.h"

#include "parsers/base/cursor.h"

#define REF    "RFC 3032 2.1"
#define BOTTOM 0x100 /* the S bit of an entry */

enum sf_status
sf_mpls_parse(struct sf_mpls *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_mpls m = { 0 };
	uint32_t entry;

	*d = (struct sf_diag){ 0 };
	do {
		if (m.labels == SF_MPLS_LABELS)
			return sf_stop(d, SF_LIMIT, c.at, "label stack", REF);
		entry = sf_u32(&c);
		if (!sf_ok(&c))
			return sf_short(d, &c, "label stack", REF);
		m.labels++;
		m.bottom = entry >> 12;
	} while (!(entry & BOTTOM));
	m.payload = sf_rest(&c);
	*out = m;
	return SF_OK;
}
