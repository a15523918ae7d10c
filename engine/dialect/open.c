/* open.c - which key, and how many octets in the clear: each is tried until one
   opened, then only that. */
#include <string.h>

#include "engine/base/hash.h"
#include "engine/dialect/keyring.h"
#include "parsers/sframe/livekit.h"

#define SCANS    50 /* frames of a stream on which more than one way is tried */
#define LATER_SCANS 16 /* of those behind them, one in so many */
#define CONTROLS 4

/* How each format is taken apart. */
static const struct opening {
	enum sf_dialect dialect; /* of the key */
	enum sf_dialect way;     /* how the frame reads */
	sf_seal_split *split;
} openings[] = {
	/* clang-format off */
	{ SF_DIALECT_LIVEKIT,   SF_DIALECT_LIVEKIT,    sf_split_livekit },
	{ SF_DIALECT_LIVEKIT,   SF_DIALECT_LIVEKIT_GO, sf_split_livekit },
	{ SF_DIALECT_JITSI,     SF_DIALECT_JITSI,      sf_split_livekit },
	{ SF_DIALECT_JITSI_V0,  SF_DIALECT_JITSI_V0,   sf_split_jitsi_v0 },
	{ SF_DIALECT_STREAM,    SF_DIALECT_STREAM,     sf_split_stream },
	{ SF_DIALECT_DAVE,      SF_DIALECT_DAVE,       sf_split_dave },
	{ SF_DIALECT_RANDOM_IV, SF_DIALECT_RANDOM_IV,  sf_split_random_iv },
	{ SF_DIALECT_RANDOM_IV, SF_DIALECT_RANDOM_IV,  sf_split_random_iv_head },
	/* clang-format on */
};

#define OPENINGS (sizeof(openings) / sizeof(openings[0]))

struct attempt {
	struct sf_dialect_opener *o;
	struct sf_dialect_keys *k;
	struct sf_record *r;
	struct sf_bytes frame;
	uint32_t ssrc;
	bool scan;
	unsigned codes; /* enum sf_codes */
};

static void
settle(struct attempt *t, size_t clear)
{
	if (t->r->key) {
		t->o->settled_key = true;
		t->o->clear_key = (int16_t)clear;
	} else {
		t->o->settled = true;
		t->o->clear = (int16_t)clear;
	}
	t->r->header.at = clear < UINT8_MAX ? (uint8_t)clear : UINT8_MAX;
}

/* One number of octets in the clear, every key that may be meant. */
static bool
try_clear(struct attempt *t, const struct opening *op, uint64_t kid,
    size_t clear, bool *known)
{
	struct sf_sealed_frame f;

	if (!op->split(&f, t->k, t->r, t->frame, clear))
		return false;
	sf_seal_codes(&f, t->k, (enum sf_codes)t->codes);
	for (unsigned i = 0; i < t->k->n; i++) {
		struct sf_ring_entry *e = &t->k->entries[i];

		if (!sf_ring_fits(e, op->dialect, kid, t->ssrc))
			continue;
		*known = true;
		if (!sf_ring_open(t->k, e, &f))
			continue;
		t->r->entry = e->index;
		t->r->fingerprint = sf_ring_fingerprint(e);
		if (t->o->controls < CONTROLS) {
			t->o->controls++;
			t->o->controls_opened += sf_ring_control(t->k, e, &f);
		}
		settle(t, clear);
		return true;
	}
	return false;
}

static bool
is_nal(const struct sf_record *r)
{
	return r->codec == SF_CODEC_H264 || r->codec == SF_CODEC_H265;
}

/*
 * H.264 and H.265: clear up to the first slice. Some senders keep that number
 * in eight bits, and some authenticate start codes of three octets, where a
 * packetizer gives four.
 */
static bool
try_nal(struct attempt *t, const struct opening *op, uint64_t kid, bool *known)
{
	int16_t n =
	    sf_way_clear_to_slice(t->frame, t->r->codec == SF_CODEC_H265);

	if (op->dialect == SF_DIALECT_DAVE)
		n = 0;
	if (n < 0)
		return false;
	for (t->codes = SF_CODES_FOUR; t->codes <= SF_CODES_THREE; t->codes++)
		if (try_clear(t, op, kid, (size_t)n, known))
			return true;
	t->codes = SF_CODES_FOUR;
	return n > UINT8_MAX &&
	       try_clear(t, op, kid, (size_t)(n & UINT8_MAX), known);
}

/* The place that opened the last frame or that the format says, then others. */
static bool
try_opening(struct attempt *t, const struct opening *op,
    const struct sf_sight *s, bool *known)
{
	static const uint8_t others[] = { 0, 1, 3, 10, 5 };
	bool settled = t->r->key ? t->o->settled_key : t->o->settled;
	int16_t first = t->r->key ? t->o->clear_key : t->o->clear, usual;

	if (!settled || op->dialect == SF_DIALECT_DAVE || s->clear > 10)
		first = s->clear;
	if (is_nal(t->r) && try_nal(t, op, s->kid, known))
		return true;
	if (is_nal(t->r) && s->behind)
		return false;
	if (first >= 0 && try_clear(t, op, s->kid, (size_t)first, known))
		return true;
	/* a sender may have begun in the clear, for longer than all is tried */
	usual = settled ? first : sf_way_clear(t->r);
	if (usual > 0 && usual != first &&
	    try_clear(t, op, s->kid, (size_t)usual, known))
		return true;
	for (size_t i = 0; t->scan && i < sizeof(others); i++)
		if (others[i] != first &&
		    try_clear(t, op, s->kid, others[i], known))
			return true;
	return false;
}

/* ---- Jitsi of 2020 -------------------------------------------------------- */

/* HMAC over all of the frame, with zeros where its 4 octets (audio) or 10 and,
   between counter and last octet, the signature stand. */
static bool
jitsi_mac_fits(struct attempt *t, struct sf_ring_entry *e, unsigned step)
{
	static const uint8_t zeros[132];
	size_t tag = t->r->video ? 10 : 4;
	uint8_t mac[SF_HASH_MAX];
	struct sf_jitsi_ctr j;
	struct sf_bytes part[5];
	struct sf_diag d;

	if (sf_jitsi_ctr_parse(&j, t->frame, &d) != SF_OK ||
	    j.payload.n < tag || !sf_ring_mac(t->k, e, step))
		return false;
	part[0] = sf_bytes(t->frame.p, j.payload.n - tag);
	part[1] = sf_bytes(zeros, tag);
	part[2] = sf_bytes(t->frame.p + j.payload.n, j.ctr_octets);
	part[3] = sf_bytes(zeros, j.signature.n);
	part[4] = sf_bytes(t->frame.p + t->frame.n - 1, 1);
	return t->k->c->mac(SF_SHA256, sf_bytes(e->mac, 64), part, 5, mac) &&
	       t->k->c->equal(mac, part[0].p + part[0].n, tag);
}

/* The step that opened last, then the others. */
static bool
try_steps(struct attempt *t, struct sf_ring_entry *e)
{
	unsigned tries = e->in_vain < SF_GIVE_UP ? e->steps : 1;
	unsigned last = e->at;

	for (unsigned i = 0; i < tries; i++) {
		unsigned step = i == 0 ? last : i <= last ? i - 1 : i;

		if (!jitsi_mac_fits(t, e, step))
			continue;
		e->at = step;
		e->in_vain = 0;
		return true;
	}
	e->in_vain += e->in_vain < SF_GIVE_UP;
	return false;
}

static bool
try_jitsi_ctr(struct attempt *t, const struct sf_sight *s, bool *known)
{
	for (unsigned i = 0; i < t->k->n; i++) {
		struct sf_ring_entry *e = &t->k->entries[i];

		if (!sf_ring_fits(e, SF_DIALECT_JITSI_CTR, s->kid, t->ssrc))
			continue;
		*known = true;
		if (!try_steps(t, e))
			continue;
		t->r->entry = e->index;
		t->r->fingerprint = sf_ring_fingerprint(e);
		t->r->header.at = s->clear > 0 ? (uint8_t)s->clear : 0;
		return true;
	}
	return false;
}

static bool
open_jitsi_ctr(
    struct attempt *t, struct sf_dialect_opened *out, bool *read, bool *known)
{
	const struct sf_way *way = sf_way_of(SF_DIALECT_JITSI_CTR);

	if (!sf_dialect_keys_any(t->k, SF_DIALECT_JITSI_CTR, t->ssrc) ||
	    !way->read(&out->sight, t->r))
		return false;
	*read = true;
	if (!try_jitsi_ctr(t, &out->sight, known))
		return false;
	out->way = way;
	return true;
}

/* ---- old headers ---------------------------------------------------------- */

/* HMAC over header and ciphertext: 4 octets of it with audio, 10 with video. */
static bool
mac_fits(struct attempt *t, const struct sf_ring_entry *e, size_t at)
{
	size_t tag = t->r->video ? 10 : 4;
	uint8_t mac[SF_HASH_MAX];
	struct sf_bytes part;

	if (t->frame.n < at + tag)
		return false;
	part = sf_bytes(t->frame.p + at, t->frame.n - at - tag);
	return t->k->c->mac(SF_SHA256, sf_bytes(e->mac, 32), &part, 1, mac) &&
	       t->k->c->equal(mac, t->frame.p + t->frame.n - tag, tag);
}

static bool
try_old(struct attempt *t, struct sf_placing p, bool *known)
{
	bool omara = p.layout == SF_LAYOUT_OMARA;
	struct sf_run_header h;

	if (!sf_run_header_alone(&h, t->r, p))
		return false;
	for (unsigned i = 0; i < t->k->n; i++) {
		struct sf_ring_entry *e = &t->k->entries[i];

		if (!sf_ring_fits(e,
			omara ? SF_DIALECT_SFRAME_JS : SF_DIALECT_SFRAME_DRAFT,
			h.kid, t->ssrc))
			continue;
		*known = true;
		if (omara ? !mac_fits(t, e, h.at)
			  : !sf_draft_open(t->k->c, e->draft, &h, t->frame))
			continue;
		t->r->header = h;
		t->r->entry = e->index;
		t->r->fingerprint = sf_ring_fingerprint(e);
		return true;
	}
	return false;
}

/* In front, or behind the octets of VP8 or Opus that are left there. */
static bool
open_old(struct attempt *t, enum sf_dialect d, struct sf_dialect_opened *out,
    bool *read, bool *known)
{
	static const struct old_place {
		enum sf_dialect dialect;
		bool video, audio;
		struct sf_placing placing;
	} places[] = {
		{ SF_DIALECT_SFRAME_JS, true, true,
		    { 0, 0, SF_LAYOUT_OMARA, false } },
		{ SF_DIALECT_SFRAME_JS, true, false,
		    { 3, 10, SF_LAYOUT_OMARA, false } },
		{ SF_DIALECT_SFRAME_DRAFT, true, true,
		    { 0, 0, SF_LAYOUT_DRAFT, false } },
		{ SF_DIALECT_SFRAME_DRAFT, true, false,
		    { 3, 10, SF_LAYOUT_DRAFT, false } },
		{ SF_DIALECT_SFRAME_DRAFT, false, true,
		    { 1, 1, SF_LAYOUT_DRAFT, false } },
	};

	if (!sf_dialect_keys_any(t->k, d, t->ssrc))
		return false;
	*read = true;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].dialect == d &&
		    (t->r->video ? places[i].video : places[i].audio) &&
		    try_old(t, places[i].placing, known)) {
			out->placing = places[i].placing;
			return true;
		}
	return false;
}

/* ---- a frame -------------------------------------------------------------- */

static bool
open_as(struct attempt *t, const struct opening *op,
    struct sf_dialect_opened *out, bool *read, bool *known)
{
	const struct sf_way *way = sf_way_of(op->way);

	if (!sf_dialect_keys_any(t->k, op->dialect, t->ssrc) ||
	    !way->read(&out->sight, t->r))
		return false;
	*read = true;
	if (!try_opening(t, op, &out->sight, known))
		return false;
	out->way = way;
	/* what was tried may not be what the format says */
	(void)way->read(&out->sight, t->r);
	return true;
}

struct sf_dialect_opened
sf_dialect_open(struct sf_dialect_opener *o, struct sf_dialect_keys *k,
    struct sf_record *r, struct sf_bytes frame, uint32_t ssrc)
{
	struct attempt t = { o, k, r, frame, ssrc,
		o->scans < SCANS || o->scans % LATER_SCANS == 0,
		SF_CODES_FOUR };
	struct sf_dialect_opened out = { .tried = SF_TRIED_OPENED };
	bool read = false, known = false;

	for (size_t i = 0; i < OPENINGS; i++)
		if (open_as(&t, &openings[i], &out, &read, &known))
			return out;
	if (open_jitsi_ctr(&t, &out, &read, &known))
		return out;
	out.way = NULL;
	if (open_old(&t, SF_DIALECT_SFRAME_JS, &out, &read, &known) ||
	    open_old(&t, SF_DIALECT_SFRAME_DRAFT, &out, &read, &known))
		return out;
	o->scans += read;
	out.tried = SF_TRIED_NOT;
	if (read)
		out.tried = known ? SF_TRIED_FORGED : SF_TRIED_NO_KEY;
	return out;
}
