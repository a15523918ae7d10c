/*
 * counters.c - formats with a plain counter in front: gbp-sframe's own
 * header, and home-made ones with key epoch and frame counter before the IV.
 * A counter in front is also what SFrame has, in any layout and behind any
 * codec's octets: what reads as one of those is none of these.
 */
#include "engine/dialect/way.h"

#include "engine/base/hash.h"
#include "engine/classify/runs.h"

#define NEAR  64        /* steps of a counter that other streams share */
#define MOST  0x8000000 /* of a counter in 4 octets: above stand headers */
#define TAG   16
#define IV    12
#define FRONT 5 /* octets before it */

static uint64_t
number_at(const struct sf_record *r, size_t at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | r->head[at + i];
	return v;
}

/* Does a header of SFrame, at so many octets, end there? In front also one of its
   drafts. */
static bool
ends_a_header(const struct sf_record *r, uint8_t at, size_t end)
{
	struct sf_run_header h;

	for (unsigned l = 0; l < (at == 0 ? 3 : 1); l++) {
		struct sf_placing p = { at, at, (enum sf_layout)l, false };

		if (sf_run_header_alone(&h, r, p) && at + h.octets == end)
			return true;
	}
	return false;
}

static struct sf_sight
sight_of(const struct sf_record *r, uint64_t kid, uint64_t ctr, size_t octets)
{
	return (struct sf_sight){ .kid = kid,
		.ctr = ctr,
		.nonce = sf_mix(sf_mix(ctr) + 0xf207),
		.rtp = r->timestamp,
		.octets = (uint8_t)octets,
		.has_kid = true,
		.has_ctr = true,
		.has_nonce = true,
		.rises = true };
}

/* 0, 3 bits of KID octets less one, 4 bits of CTR octets less one; both numbers
   as short as can be. */
bool
sf_read_gbp(struct sf_sight *out, const struct sf_record *r)
{
	uint8_t first = r->head_n > 0 ? r->head[0] : 0xff;
	size_t kid_n = (size_t)(first >> 4 & 7) + 1;
	size_t ctr_n = (size_t)(first & 15) + 1;

	if (first >= 0x80 || ctr_n > 8 || r->head_n < 1 + kid_n + ctr_n ||
	    r->octets < 1 + kid_n + ctr_n + TAG ||
	    (kid_n > 1 && r->head[1] == 0) ||
	    (ctr_n > 1 && r->head[1 + kid_n] == 0) ||
	    ends_a_header(r, 0, 1 + kid_n + ctr_n) ||
	    ends_a_header(r, 1, 1 + kid_n + ctr_n))
		return false;
	*out = sight_of(r, number_at(r, 1, kid_n),
	    number_at(r, 1 + kid_n, ctr_n), 1 + kid_n + ctr_n);
	out->steady = kid_n;
	return true;
}

/* The KID stays, and the counter goes on in as many octets or one more. */
double
sf_follow_gbp(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	if (a->kid != b->kid || a->steady != b->steady || step == 0 ||
	    step > NEAR || b->octets < a->octets || b->octets > a->octets + 1)
		return 0;
	return 8.0 * b->octets - 6;
}

/* An octet of key epoch, 4 of counter, an IV. */
bool
sf_read_counted_iv(struct sf_sight *out, const struct sf_record *r)
{
	uint64_t ctr;

	if (r->head_n < FRONT + IV || r->octets < FRONT + IV + TAG)
		return false;
	ctr = number_at(r, 1, 4);
	if (ctr >= MOST || ends_a_header(r, 0, FRONT) ||
	    ends_a_header(r, 1, FRONT))
		return false;
	*out = sight_of(r, r->head[0], ctr, FRONT + IV);
	out->nonce =
	    sf_mix(number_at(r, FRONT, 8)) ^ number_at(r, FRONT + 8, 4);
	return true;
}

double
sf_follow_counted_iv(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);
	bool next = b->kid == (a->kid + 1) % 256;

	if (a->kid == b->kid)
		return step >= 1 && step <= NEAR ? 26 : 0;
	/* another epoch: the counter goes on, or over */
	return next && (b->ctr < NEAR || (step >= 1 && step <= NEAR)) ? 20 : 0;
}
