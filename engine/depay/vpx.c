#include "engine/depay/parts.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"

static bool
read_vp8(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_vp8 v;
	struct sf_diag diag;

	(void)d;
	if (sf_vp8_parse(&v, u->payload, &diag) != SF_OK)
		return false;
	p->slice = v.payload;
	p->taken = v.octets;
	p->start = v.start && v.partition == 0;
	p->end = u->marker;
	p->ends_before = true;
	return true;
}

static bool
read_vp9(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	struct sf_vp9 v;
	struct sf_diag diag;

	(void)d;
	if (sf_vp9_parse(&v, u->payload, &diag) != SF_OK)
		return false;
	p->slice = v.payload;
	p->taken = v.octets;
	p->start = v.begin;
	p->end = v.end;
	p->inter_known = true;
	p->inter = v.inter;
	return true;
}

/* Nothing but timestamp and marker to go by, or a dependency descriptor: that
   tells of each layer of a picture, and ends what it began. */
static bool
read_other(struct sf_part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	p->slice = u->payload;
	if (u->bounded) {
		p->start = u->starts;
		p->end = u->ends;
		return true;
	}
	p->start = sf_depay_turns(d, u) && !sf_depay_is_rest(d, u) &&
		   (!d->any || sf_depay_follows(d, u));
	p->end = u->marker;
	p->ends_before = true;
	return true;
}

const struct sf_depay_format sf_depay_vp8 = { .read = read_vp8,
	.sliced = true };
const struct sf_depay_format sf_depay_vp9 = { .read = read_vp9,
	.sliced = true };
const struct sf_depay_format sf_depay_other = { .read = read_other };
