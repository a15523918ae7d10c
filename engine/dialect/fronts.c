/* fronts.c - formats that are told by what stands in front: Wire, Sora, MLS
   messages, Telegram. */
#include "engine/dialect/way.h"

#include "engine/base/hash.h"
#include "parsers/sframe/fronts.h"

/* Octets of a frame id of Wire's, which starts at random in 32 bits. */
#define BARE_LEAST 3

static struct sf_bytes
head_from(const struct sf_record *r, size_t at)
{
	return at >= r->head_n
		   ? sf_bytes(NULL, 0)
		   : sf_bytes(r->head + at, (size_t)(r->head_n - at));
}

/* Audio and video have IVs of their own under one key. */
static bool
read_wire(struct sf_sight *out, const struct sf_record *r, bool extended)
{
	struct sf_wire h;
	struct sf_diag d;

	if (sf_wire_parse(&h, sf_way_head(r), &d) != SF_OK ||
	    h.has_ssrc != extended || r->octets < h.aad.n + 16 ||
	    (!extended && h.frame_octets < BARE_LEAST))
		return false;
	*out = (struct sf_sight){ .kid = h.kid,
		.ctr = h.frame,
		.nonce = sf_mix(h.frame ^ (uint64_t)r->video << 63),
		.steady = sf_mix(h.ssrc),
		.source = h.ssrc,
		.rtp = r->timestamp,
		.octets = (uint8_t)h.aad.n,
		.has_kid = true,
		.has_ctr = true,
		.has_nonce = true,
		.rises = true };
	return true;
}

bool
sf_read_wire(struct sf_sight *out, const struct sf_record *r)
{
	return read_wire(out, r, true);
}

/* Without the extension: a zero, then a header of the drafts. */
bool
sf_read_wire_bare(struct sf_sight *out, const struct sf_record *r)
{
	return read_wire(out, r, false);
}

double
sf_follow_wire(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	/* a frame id used again is one of the format, too */
	return a->steady == b->steady && step <= 64 ? 40 : 0;
}

/* The frame id goes on, in as many octets, whatever the key does. */
double
sf_follow_wire_bare(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	return step >= 1 && step <= 64 ? 8 * BARE_LEAST - 6 + 8 : 0;
}

bool
sf_read_sora(struct sf_sight *out, const struct sf_record *r)
{
	int16_t rule = sf_way_clear(r);
	uint8_t places[] = { rule >= 0 && rule <= 10 ? (uint8_t)rule : 1, 1, 3,
		10 };
	struct sf_sora h;
	struct sf_diag d;

	/* octets of a picture may look like a longer header */
	for (size_t i = 0; i < sizeof(places); i++) {
		size_t at = places[i];

		if (sf_sora_parse(&h, head_from(r, at), &d) != SF_OK)
			continue;
		*out = (struct sf_sight){ .kid = h.kid,
			.ctr = h.ctr,
			.steady = sf_hash(h.connection),
			.rtp = r->timestamp,
			.clear = (int16_t)at,
			.octets = (uint8_t)(r->head_n - at - h.payload.n),
			.has_kid = true,
			.has_ctr = true,
			.has_nonce = true,
			.rises = true };
		out->source = (uint32_t)out->steady;
		out->nonce = sf_mix(out->steady ^ h.ctr);
		return true;
	}
	return false;
}

bool
sf_read_mls(struct sf_sight *out, const struct sf_record *r)
{
	static const uint8_t places[] = { 1, 10 };
	struct sf_mls_private m;
	struct sf_diag d;

	for (size_t i = 0; i < sizeof(places); i++) {
		size_t at = places[i];

		if (sf_mls_private_parse(&m, head_from(r, at), &d) != SF_OK)
			continue;
		*out = (struct sf_sight){ .kid = m.epoch,
			.steady = sf_hash(m.group),
			.rtp = r->timestamp,
			.clear = (int16_t)at,
			.octets = (uint8_t)(r->head_n - at - m.payload.n),
			.has_kid = true };
		return true;
	}
	return false;
}

static uint64_t
first_eight(struct sf_bytes b)
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8 && i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

/* The hash of the epoch names its key: its first octets stand for the KID. */
bool
sf_read_telegram(struct sf_sight *out, const struct sf_record *r)
{
	struct sf_bytes tail = sf_way_tail(r);
	const uint8_t *end = tail.p + tail.n;
	struct sf_telegram h;
	struct sf_diag d;

	if (tail.n < 4 || end[-1] != 0 || end[-2] != 0 || end[-3] != 0 ||
	    sf_telegram_parse(&h, head_from(r, end[-4]), &d) != SF_OK)
		return false;
	*out = (struct sf_sight){ .kid = first_eight(h.hash),
		.steady = sf_hash(h.hash),
		.rtp = r->timestamp,
		.clear = end[-4],
		.octets = 36,
		.has_kid = true };
	return true;
}
