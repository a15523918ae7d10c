/* split.c - a frame taken apart: nonce, what is authenticated, ciphertext. */
#include <string.h>

#include "engine/dialect/keyring.h"
#include "parsers/sframe/livekit.h"
#include "parsers/sframe/trailers.h"

#define TAG 16

/* ---- emulation prevention ------------------------------------------------- */

static bool
is_escaped(const struct sf_record *r)
{
	return r->codec == SF_CODEC_H264 || r->codec == SF_CODEC_H265;
}

/* Octets behind the clear ones without the 03 that stands behind two zeros. */
static struct sf_bytes
unescaped(struct sf_dialect_keys *k, struct sf_bytes in, unsigned zeros)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		if (zeros >= 2 && in.p[i] == 3) {
			zeros = 0;
			continue;
		}
		zeros = in.p[i] == 0 ? zeros + 1 : 0;
		k->scratch[n++] = in.p[i];
	}
	return sf_bytes(k->scratch, n);
}

static unsigned
zeros_before(struct sf_bytes frame, size_t at)
{
	unsigned n = 0;

	while (n < 2 && at > n && frame.p[at - 1 - n] == 0)
		n++;
	return n;
}

/* Start codes of four octets lose one, but for the first where that is said. */
void
sf_seal_codes(
    struct sf_sealed_frame *f, struct sf_dialect_keys *k, enum sf_codes codes)
{
	const uint8_t *p = f->aad.p;
	size_t n = 0;

	if (codes == SF_CODES_FOUR || f->aad.n > SF_SCRATCH)
		return;
	for (size_t i = 0; i < f->aad.n; i++) {
		bool code =
		    f->aad.n - i >= 4 && memcmp(p + i, "\0\0\0\1", 4) == 0;

		if (!code || (codes == SF_CODES_FIRST && i == 0))
			k->aad[n++] = p[i];
	}
	f->aad = sf_bytes(k->aad, n);
}

/* ---- the formats ---------------------------------------------------------- */

/* The octets left clear are authenticated. */
static bool
behind_prefix(struct sf_sealed_frame *out, struct sf_bytes frame, size_t clear,
    struct sf_bytes ct)
{
	out->aad = sf_bytes(frame.p, clear);
	out->ct = ct;
	out->tag_octets = TAG;
	return true;
}

/* Prefix, ciphertext and tag, IV, 0c, index. */
bool
sf_split_livekit(struct sf_sealed_frame *out, struct sf_dialect_keys *k,
    const struct sf_record *r, struct sf_bytes frame, size_t clear)
{
	struct sf_livekit t;
	struct sf_lkts m;
	struct sf_bytes body;
	struct sf_diag d;

	if (r->metadata && sf_lkts_parse(&m, frame, &d) == SF_OK)
		frame = m.payload;
	if (frame.n < clear || frame.n > SF_SCRATCH)
		return false;
	body = sf_bytes(frame.p + clear, frame.n - clear);
	if (is_escaped(r))
		body = unescaped(k, body, 0);
	if (sf_livekit_parse(&t, body, &d) != SF_OK || t.payload.n < TAG)
		return false;
	memcpy(out->nonce, t.iv.p, SF_NONCE);
	return behind_prefix(out, frame, clear, t.payload);
}

/* Prefix, ciphertext and tag, IV, index. */
bool
sf_split_jitsi_v0(struct sf_sealed_frame *out, struct sf_dialect_keys *k,
    const struct sf_record *r, struct sf_bytes frame, size_t clear)
{
	struct sf_jitsi_v0 t;
	struct sf_diag d;

	(void)k;
	(void)r;
	if (frame.n < clear ||
	    sf_jitsi_v0_parse(
		&t, sf_bytes(frame.p + clear, frame.n - clear), &d) != SF_OK ||
	    t.payload.n < TAG)
		return false;
	memcpy(out->nonce, t.iv.p, SF_NONCE);
	return behind_prefix(out, frame, clear, t.payload);
}

/* Prefix, ciphertext and tag, counter, IV prefix, ...; IV is prefix, counter. */
bool
sf_split_stream(struct sf_sealed_frame *out, struct sf_dialect_keys *k,
    const struct sf_record *r, struct sf_bytes frame, size_t clear)
{
	struct sf_stream_e2ee t;
	struct sf_bytes body;
	struct sf_diag d;

	(void)r;
	if (sf_stream_e2ee_parse(&t, frame, &d) != SF_OK || frame.n < clear ||
	    frame.n > SF_SCRATCH)
		return false;
	body = sf_bytes(frame.p + clear, frame.n - clear);
	if (t.escaped)
		body = unescaped(k, body, zeros_before(frame, clear));
	if (sf_stream_e2ee_parse(&t, body, &d) != SF_OK || t.payload.n < TAG)
		return false;
	memcpy(out->nonce, t.prefix.p, 8);
	for (unsigned i = 0; i < 4; i++)
		out->nonce[8 + i] = (uint8_t)(t.counter >> (24 - 8 * i));
	return behind_prefix(out, frame, clear, t.payload);
}

/* What is between the ranges, one piece after the other, and the tag. */
static bool
gather(struct sf_dialect_keys *k, const struct sf_dave *t,
    struct sf_sealed_frame *out)
{
	struct sf_bytes rest = t->ranges;
	struct sf_dave_range r = { .payload = t->ranges };
	size_t at = 0, ct = 0, aad = 0;
	struct sf_diag d;

	while (rest.n > 0) {
		if (sf_dave_range_parse(&r, rest, &d) != SF_OK)
			return false;
		memcpy(k->scratch + ct, t->payload.p + at, r.offset - at);
		ct += r.offset - at;
		memcpy(k->aad + aad, t->payload.p + r.offset, r.octets);
		aad += r.octets;
		at = (size_t)r.offset + r.octets;
		rest = r.payload;
	}
	memcpy(k->scratch + ct, t->payload.p + at, t->payload.n - at);
	ct += t->payload.n - at;
	memcpy(k->scratch + ct, t->tag.p, t->tag.n);
	out->ct = sf_bytes(k->scratch, ct + t->tag.n);
	out->aad = sf_bytes(k->aad, aad);
	return true;
}

bool
sf_split_dave(struct sf_sealed_frame *out, struct sf_dialect_keys *k,
    const struct sf_record *r, struct sf_bytes frame, size_t clear)
{
	struct sf_dave t;
	struct sf_diag d;

	(void)r;
	(void)clear;
	if (frame.n > SF_SCRATCH || sf_dave_parse(&t, frame, &d) != SF_OK ||
	    t.end > t.payload.n || !gather(k, &t, out))
		return false;
	memset(out->nonce, 0, SF_NONCE);
	for (unsigned i = 0; i < 4; i++)
		out->nonce[8 + i] = (uint8_t)(t.nonce >> (8 * i));
	out->tag_octets = 8;
	return true;
}

/* IV, ciphertext and tag; octets in front are not authenticated, mostly. */
bool
sf_split_random_iv(struct sf_sealed_frame *out, struct sf_dialect_keys *k,
    const struct sf_record *r, struct sf_bytes frame, size_t clear)
{
	(void)k;
	(void)r;
	if (frame.n < clear + SF_NONCE + TAG)
		return false;
	memcpy(out->nonce, frame.p + clear, SF_NONCE);
	out->aad = sf_bytes(NULL, 0);
	out->ct =
	    sf_bytes(frame.p + clear + SF_NONCE, frame.n - clear - SF_NONCE);
	out->tag_octets = TAG;
	return true;
}

/* The octets in front are authenticated. */
bool
sf_split_random_iv_head(struct sf_sealed_frame *out, struct sf_dialect_keys *k,
    const struct sf_record *r, struct sf_bytes frame, size_t clear)
{
	if (clear == 0 || !sf_split_random_iv(out, k, r, frame, clear))
		return false;
	out->aad = sf_bytes(frame.p, clear);
	return true;
}
