/* marks.c - formats that end in a mark of their own: Discord's DAVE, Stream
   Video. */
#include "engine/dialect/way.h"

#include "engine/base/hash.h"
#include "parsers/sframe/trailers.h"

#define STEPS 2000 /* of a counter that other streams share */

/* Which octets stay in the clear is on the wire. The key changes with each
   epoch, which is not: the nonce may start over. */
bool
sf_read_dave(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_dave t;
	struct sf_bytes tail = sf_way_tail(r);
	struct sf_diag d;
	size_t octets;

	if (sf_dave_parse(&t, tail, &d) != SF_OK)
		return false;
	octets = tail.n - t.payload.n;
	if (octets > r->octets || t.end > r->octets - octets)
		return false;
	*out = (struct sf_sight){ .kid = t.nonce >> 24,
		.ctr = t.nonce,
		.rtp = r->timestamp,
		.clear = (int16_t)(t.first < INT16_MAX ? t.first : INT16_MAX),
		.octets = (uint8_t)octets,
		.behind = true,
		.has_kid = true,
		.has_ctr = true };
	return true;
}

double
sf_follow_dave(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	return step >= 1 && step <= STEPS ? 18 : 0;
}

bool
sf_read_stream(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_stream_e2ee t;
	struct sf_diag d;

	if (sf_stream_e2ee_parse(&t, sf_way_tail(r), &d) != SF_OK ||
	    r->octets < t.clear + 36u)
		return false;
	*out = (struct sf_sight){ .kid = t.index,
		.ctr = t.counter,
		.steady = sf_hash(t.prefix),
		.rtp = r->timestamp,
		.clear = (int16_t)t.clear,
		.octets = 20,
		.behind = true,
		.has_kid = true,
		.has_ctr = true,
		.has_nonce = true,
		.rises = true };
	out->source = (uint32_t)out->steady;
	out->nonce = sf_mix(out->steady ^ t.counter);
	return true;
}

double
sf_follow_steady(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	if (a->steady != b->steady)
		return 0;
	return !a->has_ctr || (step >= 1 && step <= STEPS) ? 60 : 0;
}
