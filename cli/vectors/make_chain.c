/*
 * make_chain.c - the ways to a base key: ratchets, MLS epochs, SSRCs.
 */
#include <string.h>

#include "cli/vectors/make.h"

#define BASE_KEY 32

static struct sf_bytes
hash_of(const struct sf_make *m, const uint8_t *p)
{
	return sf_bytes(p, m->suite->hash_octets);
}

static void
extract(struct sf_make *m, struct sf_bytes salt, struct sf_bytes ikm,
    uint8_t out[SF_HASH_MAX])
{
	if (!m->crypto->extract(m->suite->hash, salt, ikm, out))
		m->broken = true;
}

static void
expand(struct sf_make *m, enum sf_hash_name hash, struct sf_bytes prk,
    struct sf_bytes info, uint8_t *out, size_t n)
{
	if (!m->crypto->expand(hash, prk, info, out, n))
		m->broken = true;
}

static struct sf_bytes
text(const char *s)
{
	return sf_bytes(s, strlen(s));
}

/* ---- ratchets: RFC 9605 5.1 ---------------------------------------------- */

/* Every so many steps from the first are shown. */
static const struct chain_row {
	const char *comment;
	unsigned bits;
	uint64_t generation;
	uint16_t first, last, every;
} chains[] = {
	{ "Twenty steps: with four bits the KID wraps after the sixteenth", 4,
	    0, 0, 20, 1 },
	{ "Without ratchet bits the KID is the generation", 0, 5, 0, 3, 1 },
	{ "With one bit the KID wraps at every other step", 1, 3, 0, 5, 1 },
	{ "Steps that nobody saw are caught up with", 8, 1, 0, 255, 85 },
	{ "The step field wraps behind 255", 8, 2, 254, 258, 1 },
	{ "The step of a receiver who joined late", 4, 7, 37, 40, 1 },
	{ "The greatest generation of eight bits of steps", 8, UINT64_MAX >> 8,
	    0, 2, 1 },
	{ "Only one bit is left for generations", 63, 1, 0, 2, 1 },
	{ "The greatest generation without ratchet bits", 0, UINT64_MAX, 0, 1,
	    1 },
};

/* From one key of a chain to the next. */
typedef void ratchet(
    struct sf_make *m, uint8_t key[SF_HASH_MAX], size_t *n, unsigned i);

static void
ratchet_right(
    struct sf_make *m, uint8_t key[SF_HASH_MAX], size_t *n, unsigned i)
{
	uint8_t next[SF_HASH_MAX];

	(void)i;
	if (!sf_kdf_ratchet(next, m->crypto, m->suite, sf_bytes(key, *n)))
		m->broken = true;
	*n = m->suite->hash_octets;
	memcpy(key, next, *n);
}

/* Labels; no extract; a key as long as the nonce, or as the key of the AEAD. */
static void
ratchet_wrong(
    struct sf_make *m, uint8_t key[SF_HASH_MAX], size_t *n, unsigned i)
{
	static const char *const labels[] = { "Sframe 1.0 Ratchet",
		"SFrame 1.0 Ratchet ", "SFrame 1.0 ratchet",
		"SFrame 1.0 Ratchet", "SFrame 1.0 Ratchet",
		"SFrame 1.0 Ratchet" };
	uint8_t prk[SF_HASH_MAX] = { 0 };
	struct sf_bytes secret = hash_of(m, prk);
	size_t length = i == 4   ? SF_NONCE
			: i == 5 ? (size_t)m->suite->hash_octets / 2
				 : (size_t)m->suite->hash_octets;

	if (i == 3) {
		memcpy(prk, key, *n);
		secret.n = *n;
	} else {
		extract(m, sf_bytes(NULL, 0), sf_bytes(key, *n), prk);
	}
	expand(m, m->suite->hash, secret, text(labels[i]), key, length);
	*n = length;
}

static void
put_step(struct sf_make *m, uint64_t step, uint64_t kid, const uint8_t *key,
    size_t n)
{
	sf_emit_open(&m->e, NULL, '{');
	sf_emit_u64(&m->e, "step", step);
	sf_emit_u64(&m->e, "kid", kid);
	sf_emit_hex(&m->e, "baseKey", sf_bytes(key, n));
	sf_emit_close(&m->e, '{');
}

static uint64_t
ratchet_kid(const struct chain_row *r, uint64_t step)
{
	return (r->bits == 0 ? r->generation : r->generation << r->bits) +
	       (step & ((UINT64_C(1) << r->bits) - 1));
}

static void
put_chain(struct sf_make *m, const struct sf_make_test *t,
    const struct chain_row *r, ratchet *next, unsigned i,
    uint64_t (*kid_of)(const struct chain_row *r, uint64_t step))
{
	uint8_t key[SF_HASH_MAX];
	size_t n = BASE_KEY;

	sf_make_random(m, key, n);
	sf_make_test_open(m, t);
	sf_emit_count(&m->e, "ratchetBits", r->bits);
	sf_emit_u64(&m->e, "generation", r->generation);
	sf_emit_open(&m->e, "steps", '[');
	for (uint64_t step = r->first; step <= r->last; step++) {
		if (step != r->first)
			next(m, key, &n, i);
		if ((step - r->first) % r->every == 0)
			put_step(m, step, kid_of(r, step), key, n);
	}
	sf_emit_close(&m->e, '[');
	sf_make_test_close(m, t);
}

/* The step as it is, the generation beside it; the step in the high bits; one
   bit less. */
static uint64_t
kid_whole(const struct chain_row *r, uint64_t step)
{
	return (r->generation << r->bits) + step;
}

static uint64_t
kid_turned(const struct chain_row *r, uint64_t step)
{
	return (step << r->bits) + r->generation;
}

static uint64_t
kid_narrow(const struct chain_row *r, uint64_t step)
{
	return (r->generation << (r->bits - 1)) +
	       (step & ((UINT64_C(1) << (r->bits - 1)) - 1));
}

static uint64_t
kid_behind(const struct chain_row *r, uint64_t step)
{
	return ratchet_kid(r, step == 0 ? 0 : step - 1);
}

static const struct {
	const char *comment;
	uint64_t (*kid_of)(const struct chain_row *r, uint64_t step);
} wrong_kids[] = {
	{ "The step does not wrap and runs into the generation", kid_whole },
	{ "Step and generation have changed places", kid_turned },
	{ "The step field is one bit short", kid_narrow },
	{ "The KID is one step behind the key", kid_behind },
};

static const char *const wrong_ratchets[] = {
	"The label begins with Sframe",
	"The label ends with a blank",
	"The label says ratchet and not Ratchet",
	"The key is expanded without an extract",
	"The next key is as long as a nonce",
	"The next key is half as long as it should be",
};

static void
ratchet_group(struct sf_make *m)
{
	static const struct chain_row short_chain = { "", 4, 7, 0, 3, 1 };
	static const struct chain_row long_chain = { "", 4, 7, 14, 18, 1 };

	sf_make_group_open(m, SF_VECTOR_RATCHET, NULL, 0);
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		const struct sf_make_test t = { .family = "rt-step",
			.comment = chains[i].comment,
			.rfc = "5.1",
			.requirements = "SK-05 SK-06 SK-09" };

		put_chain(m, &t, &chains[i], ratchet_right, 0, ratchet_kid);
	}
	for (unsigned i = 0; i < 6; i++) {
		const struct sf_make_test t = { "rt-label", wrong_ratchets[i],
			"5.1", "SK-05", SF_VECTOR_INVALID, 0,
			SF_FLAG_WRONG_RATCHET, 0 };

		put_chain(m, &t, &short_chain, ratchet_wrong, i, ratchet_kid);
	}
	for (unsigned i = 0; i < 4; i++) {
		const struct sf_make_test t = { "rt-kid", wrong_kids[i].comment,
			"5.1", "SK-06", SF_VECTOR_INVALID, 0, SF_FLAG_WRONG_KID,
			0 };

		put_chain(
		    m, &t, &long_chain, ratchet_right, 0, wrong_kids[i].kid_of);
	}
	sf_make_group_close(m);
}

void
sf_make_ratchet(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_RATCHET, ratchet_group);
}

/* ---- MLS: RFC 9605 5.2 --------------------------------------------------- */

#define EPOCHS 4
#define FRAMES 9

struct mls_frame {
	uint64_t context, sender, epoch;
};

static const struct mls_row {
	const char *comment;
	unsigned epoch_bits, sender_bits;
	enum sf_hash_name hash;
	uint64_t epochs[EPOCHS];
	unsigned n_epochs, n_frames;
	struct mls_frame frames[FRAMES];
} groups[] = {
	{ "The KIDs of figure 9", 4, 6, SF_SHA256, { 14, 15, 16, 17 }, 4, 9,
	    { { 0, 3, 14 }, { 0, 7, 14 }, { 0, 20, 14 }, { 0, 3, 15 },
		{ 0, 5, 15 }, { 2, 2, 16 }, { 3, 2, 16 }, { 0, 33, 17 },
		{ 0, 51, 17 } } },
	{ "One bit each", 1, 1, SF_SHA256, { 0, 1 }, 2, 4,
	    { { 0, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 5, 1, 1 } } },
	{ "Eight bits each, exporter secrets of SHA-384", 8, 8, SF_SHA384,
	    { 255, 256, 257 }, 3, 4,
	    { { 0, 255, 255 }, { 0, 255, 256 }, { 0, 0, 257 },
		{ 1, 128, 257 } } },
	{ "Exporter secrets of SHA-512", 4, 16, SF_SHA512, { 0, UINT64_MAX }, 2,
	    3,
	    { { 0, 65535, 0 }, { 0, 1, UINT64_MAX },
		{ UINT64_C(1) << 43, 2, UINT64_MAX } } },
	{ "No bits are left for contexts", 32, 32, SF_SHA256, { 0xffffffff }, 1,
	    2, { { 0, 0xffffffff, 0xffffffff }, { 0, 0, 0xffffffff } } },
};

/* A wrong way to a base key, or a wrong KID. */
enum mls_mistake {
	RIGHT,
	LENGTH_HASH,
	LENGTH_LABEL,
	CASE_LABEL,
	CONTEXT_EPOCH,
	NO_DERIVE,
	PER_SENDER,
	EVICTED,
	KID_TURNED,
	NO_EPOCH,
	SENDER_RANGE
};

/* RFC 9420 8: HKDF-Expand over length, "MLS 1.0 " label, context. */
static void
expand_with_label(struct sf_make *m, enum sf_hash_name hash,
    struct sf_bytes secret, struct sf_bytes label, struct sf_bytes context,
    uint8_t *out, size_t n)
{
	static const char prefix[] = "MLS 1.0 ";
	uint8_t info[160];
	size_t at = 2;

	sf_make_be(info, n, 2);
	info[at++] = (uint8_t)(8 + label.n);
	memcpy(info + at, prefix, 8);
	memcpy(info + at + 8, label.p, label.n);
	at += 8 + label.n;
	/* RFC 9420 2.1.2: a length below 64 is one octet, else two */
	if (context.n >= 64)
		info[at++] = 0x40;
	info[at++] = (uint8_t)context.n;
	memcpy(info + at, context.p, context.n);
	expand(m, hash, secret, sf_bytes(info, at + context.n), out, n);
}

static size_t
octets_of(enum sf_hash_name hash)
{
	return hash == SF_SHA256 ? 32 : hash == SF_SHA384 ? 48 : 64;
}

/* The export of RFC 9420 8.5 with a mistake in it. */
static void
export_wrong(struct sf_make *m, enum sf_hash_name hash, struct sf_bytes secret,
    enum mls_mistake wrong, uint8_t key[SF_KEY_MAX])
{
	size_t nh = octets_of(hash), nk = m->suite->key_octets;
	struct sf_bytes label =
	    text(wrong == CASE_LABEL ? "Sframe 1.0 Base Key"
				     : "SFrame 1.0 Base Key");
	uint8_t derived[SF_HASH_MAX], context[SF_HASH_MAX];
	struct sf_bytes over = text(wrong == CONTEXT_EPOCH ? "\x0e" : "");

	if (!m->crypto->digest(hash, over, context))
		m->broken = true;
	expand_with_label(
	    m, hash, secret, label, sf_bytes(NULL, 0), derived, nh);
	if (wrong == NO_DERIVE)
		memcpy(derived, secret.p, nh);
	memset(key, 0, SF_KEY_MAX);
	expand_with_label(m, hash, sf_bytes(derived, nh),
	    text(wrong == LENGTH_LABEL ? "exporter" : "exported"),
	    sf_bytes(context, nh), key,
	    wrong == LENGTH_HASH ? (nk == 32 ? 16 : 32) : nk);
}

struct epoch {
	uint64_t number;
	uint8_t secret[SF_HASH_MAX], key[SF_KEY_MAX];
};

static void
make_epoch(struct sf_make *m, enum sf_hash_name hash, enum mls_mistake wrong,
    struct epoch *e)
{
	struct sf_bytes secret = sf_bytes(e->secret, octets_of(hash));

	sf_make_random(m, e->secret, secret.n);
	if (wrong >= LENGTH_HASH && wrong <= NO_DERIVE)
		export_wrong(m, hash, secret, wrong, e->key);
	else if (!sf_kdf_mls_export(
		     e->key, m->suite->key_octets, m->crypto, hash, secret))
		m->broken = true;
}

static void
put_epoch(struct sf_make *m, enum sf_hash_name hash, const struct epoch *e)
{
	static const char *const hashes[] = { "SHA256", "SHA384", "SHA512" };

	sf_emit_open(&m->e, NULL, '{');
	sf_emit_u64(&m->e, "epoch", e->number);
	sf_emit_string(&m->e, "mlsHash", hashes[hash]);
	sf_emit_hex(
	    &m->e, "exporterSecret", sf_bytes(e->secret, octets_of(hash)));
	sf_emit_hex(&m->e, "baseKey", sf_bytes(e->key, m->suite->key_octets));
	sf_emit_close(&m->e, '{');
}

static uint64_t
low(uint64_t v, unsigned bits)
{
	return bits >= 64 ? v : v & ((UINT64_C(1) << bits) - 1);
}

static uint64_t
mls_kid(
    const struct mls_row *r, const struct mls_frame *f, enum mls_mistake wrong)
{
	unsigned e = r->epoch_bits, s = r->sender_bits;
	uint64_t context = e + s >= 64 ? 0 : f->context << (e + s);

	if (wrong == KID_TURNED)
		return context + (low(f->epoch, e) << s) + f->sender;
	return context + (f->sender << e) + low(f->epoch, e);
}

/* The base key of one sender, as before draft-ietf-sframe-enc-02. */
static void
sender_key(struct sf_make *m, const struct epoch *e, uint64_t sender,
    uint8_t key[SF_KEY_MAX])
{
	uint8_t index[8];

	sf_make_be(index, sender, 8);
	expand(m, m->suite->hash, sf_bytes(e->key, m->suite->key_octets),
	    sf_bytes(index, 8), key, m->suite->key_octets);
}

static void
put_mls_frame(struct sf_make *m, const struct mls_row *r,
    const struct mls_frame *want, const struct epoch *e, enum mls_mistake wrong,
    uint64_t ctr)
{
	uint8_t key[SF_KEY_MAX];
	struct sf_make_frame f;

	memcpy(key, e->key, sizeof(key));
	if (wrong == PER_SENDER)
		sender_key(m, e, want->sender, key);
	sf_make_frame_init(m, &f, sf_bytes(key, m->suite->key_octets),
	    mls_kid(r, want, wrong), ctr, 4, 24);
	sf_make_frame_seal(m, &f, NULL, 0);
	sf_emit_open(&m->e, NULL, '{');
	sf_emit_u64(&m->e, "epoch", want->epoch);
	sf_emit_u64(&m->e, "sender", want->sender);
	sf_emit_u64(&m->e, "context", want->context);
	if (wrong != RIGHT) {
		sf_emit_u64(&m->e, "kid", f.kid);
		sf_emit_u64(&m->e, "ctr", f.ctr);
	}
	sf_make_put_frame(m, &f, wrong == RIGHT);
	sf_emit_close(&m->e, '{');
}

static void
put_mls(struct sf_make *m, const struct sf_make_test *t,
    const struct mls_row *r, enum mls_mistake wrong)
{
	struct epoch epochs[EPOCHS];
	unsigned hidden = wrong == NO_EPOCH ? 1 : 0;

	sf_make_test_open(m, t);
	sf_emit_count(&m->e, "epochBits", r->epoch_bits);
	sf_emit_count(&m->e, "senderBits", r->sender_bits);
	sf_emit_open(&m->e, "epochs", '[');
	for (unsigned i = 0; i < r->n_epochs; i++) {
		epochs[i].number = r->epochs[i];
		make_epoch(m, r->hash, wrong, &epochs[i]);
		if (i >= hidden)
			put_epoch(m, r->hash, &epochs[i]);
	}
	sf_emit_close(&m->e, '[');
	sf_emit_open(&m->e, "frames", '[');
	for (unsigned i = 0; i < r->n_frames; i++)
		for (unsigned k = 0; k < r->n_epochs; k++)
			if (epochs[k].number == r->frames[i].epoch)
				put_mls_frame(m, r, &r->frames[i], &epochs[k],
				    wrong, i * 100);
	sf_emit_close(&m->e, '[');
	sf_make_test_close(m, t);
}

static const struct {
	const char *family, *comment;
	enum mls_mistake wrong;
	enum sf_make_flag flag;
} mls_mistakes[] = {
	{ "ml-export", "The export has the length of something else",
	    LENGTH_HASH, SF_FLAG_WRONG_EXPORT },
	{ "ml-export", "The second label of the export is exporter",
	    LENGTH_LABEL, SF_FLAG_WRONG_EXPORT },
	{ "ml-export", "The first label of the export begins with Sframe",
	    CASE_LABEL, SF_FLAG_WRONG_EXPORT },
	{ "ml-export", "The context of the export is not empty", CONTEXT_EPOCH,
	    SF_FLAG_WRONG_EXPORT },
	{ "ml-export", "The exporter secret is expanded in one step", NO_DERIVE,
	    SF_FLAG_WRONG_EXPORT },
	{ "ml-persender", "Each sender has a base key of its own", PER_SENDER,
	    SF_FLAG_PER_SENDER_KEY },
	{ "ml-evict", "A later epoch has the same low bits", EVICTED,
	    SF_FLAG_EVICTED_EPOCH },
	{ "ml-kid", "Sender and epoch have changed places in the KID",
	    KID_TURNED, SF_FLAG_WRONG_KID },
	{ "ml-epoch", "There is no key for the epoch", NO_EPOCH,
	    SF_FLAG_UNKNOWN_KID },
	{ "ml-range", "The sender does not fit into its bits", SENDER_RANGE,
	    SF_FLAG_WRONG_KID },
};

static void
mls_group(struct sf_make *m)
{
	static const struct mls_row usual = { "", 4, 6, SF_SHA256, { 14, 15 },
		2, 1, { { 0, 3, 14 } } };
	static const struct mls_row evicted = { "", 4, 6, SF_SHA256, { 14, 30 },
		2, 1, { { 0, 3, 14 } } };
	static const struct mls_row range = { "", 4, 6, SF_SHA256, { 14, 15 },
		2, 1, { { 0, 64, 14 } } };

	sf_make_group_open(m, SF_VECTOR_MLS, NULL, 0);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		const struct sf_make_test t = { .family = "ml-frame",
			.comment = groups[i].comment,
			.rfc = "5.2",
			.requirements = "MLS-01 MLS-02 MLS-03" };

		put_mls(m, &t, &groups[i], RIGHT);
	}
	for (size_t i = 0; i < sizeof(mls_mistakes) / sizeof(mls_mistakes[0]);
	     i++) {
		enum mls_mistake wrong = mls_mistakes[i].wrong;
		const struct sf_make_test t = { mls_mistakes[i].family,
			mls_mistakes[i].comment, "5.2", "MLS-01 MLS-03 MLS-05",
			SF_VECTOR_INVALID, 0, mls_mistakes[i].flag, 0 };

		put_mls(m, &t,
		    wrong == EVICTED        ? &evicted
		    : wrong == SENDER_RANGE ? &range
					    : &usual,
		    wrong);
	}
	sf_make_group_close(m);
}

void
sf_make_mls(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_MLS, mls_group);
}

/* ---- SSRCs: draft-ietf-avtcore-rtp-sframe 7 ------------------------------ */

#define STREAM_LABEL "SFrame 1.0 RTP Stream"

static void
stream_key(struct sf_make *m, struct sf_bytes base_key, uint32_t ssrc,
    uint8_t out[SF_HASH_MAX])
{
	if (!sf_kdf_per_ssrc(out, m->crypto, m->suite, base_key, ssrc))
		m->broken = true;
}

/* Little-endian SSRC; salt and input swapped; another label; a blank behind
   it; the SSRC as the info; no step at all. */
static void
stream_key_wrong(struct sf_make *m, struct sf_bytes base_key, uint32_t ssrc,
    unsigned i, uint8_t out[SF_HASH_MAX])
{
	static const char *const labels[] = { STREAM_LABEL, STREAM_LABEL,
		"Sframe 1.0 RTP Stream", STREAM_LABEL " " };
	uint8_t salt[4], prk[SF_HASH_MAX];
	struct sf_bytes of_ssrc = sf_bytes(salt, sizeof(salt));

	sf_make_be(salt, ssrc, 4);
	if (i == 0)
		for (unsigned k = 0; k < 4; k++)
			salt[k] = (uint8_t)(ssrc >> 8 * k);
	if (i == 1)
		extract(m, base_key, of_ssrc, prk);
	else
		extract(m, i == 4 ? sf_bytes(NULL, 0) : of_ssrc, base_key, prk);
	expand(m, m->suite->hash, hash_of(m, prk),
	    i == 4 ? of_ssrc : text(labels[i]), out, m->suite->hash_octets);
}

static void
put_ssrc_head(struct sf_make *m, uint32_t ssrc, struct sf_bytes base_key)
{
	sf_emit_count(&m->e, "ssrc", ssrc);
	sf_emit_hex(&m->e, "baseKey", base_key);
}

static void
put_ssrc(struct sf_make *m, const struct sf_make_test *t, uint32_t ssrc,
    struct sf_bytes base_key)
{
	uint8_t key[SF_HASH_MAX];
	struct sf_make_frame f;

	stream_key(m, base_key, ssrc, key);
	sf_make_frame_init(m, &f, hash_of(m, key), 0x100, ssrc % 1000, 0, 24);
	sf_make_frame_seal(m, &f, NULL, 0);
	sf_make_test_open(m, t);
	put_ssrc_head(m, ssrc, base_key);
	sf_emit_hex(&m->e, "streamKey", hash_of(m, key));
	sf_make_put_frame(m, &f, true);
	sf_make_test_close(m, t);
}

/* A stream key that is not that of the SSRC. */
static void
put_ssrc_key_wrong(
    struct sf_make *m, uint32_t ssrc, struct sf_bytes base_key, unsigned i)
{
	static const char *const comments[] = { "The SSRC is little-endian",
		"SSRC and base key have changed places",
		"The label begins with Sframe", "The label ends with a blank",
		"The SSRC is the info of the expand" };
	const struct sf_make_test t = { "dx-ssrc-key", comments[i], "7",
		"KDF-02", SF_VECTOR_INVALID, 0, SF_FLAG_WRONG_STREAM_KEY, 0 };
	uint8_t key[SF_HASH_MAX];

	stream_key_wrong(m, base_key, ssrc, i, key);
	sf_make_test_open(m, &t);
	put_ssrc_head(m, ssrc, base_key);
	sf_emit_hex(&m->e, "streamKey", hash_of(m, key));
	sf_make_test_close(m, &t);
}

/* A frame of another SSRC, or one whose sender left the step out. */
static void
put_ssrc_swap(
    struct sf_make *m, uint32_t ssrc, struct sf_bytes base_key, bool left_out)
{
	const struct sf_make_test t = { "dx-ssrc-swap",
		left_out ? "The sender left the step out"
			 : "The frame is of another SSRC",
		"7", "KEY-06", SF_VECTOR_INVALID, 0, SF_FLAG_WRONG_SSRC, 0 };
	uint8_t key[SF_HASH_MAX];
	struct sf_make_frame f;

	stream_key(m, base_key, ssrc ^ 1, key);
	sf_make_frame_init(
	    m, &f, left_out ? base_key : hash_of(m, key), 0x100, 7, 0, 24);
	sf_make_frame_seal(m, &f, NULL, 0);
	sf_make_test_open(m, &t);
	put_ssrc_head(m, ssrc, base_key);
	sf_make_put_frame(m, &f, false);
	sf_make_test_close(m, &t);
}

static void
per_ssrc_group(struct sf_make *m)
{
	static const uint32_t ssrcs[] = { 0, 1, 0x12345678, 0x80000000,
		0x98765432, 0xffffffff };
	static const struct sf_make_test t = { .family = "dx-ssrc",
		.comment = "The key of an SSRC, and a frame under it",
		.rfc = "7",
		.requirements = "KDF-01 KDF-02" };
	uint8_t base[BASE_KEY];
	struct sf_bytes base_key = sf_bytes(base, sizeof(base));

	sf_make_random(m, base, sizeof(base));
	sf_make_group_open(m, SF_VECTOR_PER_SSRC, NULL, 0);
	for (size_t i = 0; i < sizeof(ssrcs) / sizeof(ssrcs[0]); i++)
		put_ssrc(m, &t, ssrcs[i], base_key);
	for (unsigned i = 0; i < 5; i++)
		put_ssrc_key_wrong(m, 0x12345678, base_key, i);
	put_ssrc_swap(m, 0x12345678, base_key, false);
	put_ssrc_swap(m, 0x12345678, base_key, true);
	sf_make_group_close(m);
}

void
sf_make_per_ssrc(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_PER_SSRC, per_ssrc_group);
}
