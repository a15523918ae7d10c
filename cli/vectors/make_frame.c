/*
 * make_frame.c - a frame as its sender makes it, with somebody interfering.
 */
#include <string.h>

#include "cli/vectors/make.h"

void
sf_make_be(uint8_t *out, uint64_t v, size_t n)
{
	for (size_t i = n; i-- > 0; v >>= 8)
		out[i] = (uint8_t)v;
}

size_t
sf_make_header(uint8_t *out, uint64_t kid, unsigned kid_octets, uint64_t ctr,
    unsigned ctr_octets)
{
	uint64_t k = kid_octets == 0 ? kid : 8 + kid_octets - 1;
	uint64_t c = ctr_octets == 0 ? ctr : 8 + ctr_octets - 1;

	/* RFC 9605 4.3: X and K, Y and C */
	out[0] = (uint8_t)(k << 4 | c);
	sf_make_be(out + 1, kid, kid_octets);
	sf_make_be(out + 1 + kid_octets, ctr, ctr_octets);
	return 1 + (size_t)kid_octets + ctr_octets;
}

void
sf_make_reheader(struct sf_make_frame *f, const uint8_t *header, size_t n)
{
	memmove(f->out + n, f->out + f->n_header, f->n_out - f->n_header);
	memcpy(f->out, header, n);
	f->n_out = f->n_out - f->n_header + n;
}

void
sf_make_frame_init(struct sf_make *m, struct sf_make_frame *f,
    struct sf_bytes base_key, uint64_t kid, uint64_t ctr, size_t n_metadata,
    size_t n_pt)
{
	*f = (struct sf_make_frame){ .suite = m->suite,
		.base_key = base_key,
		.kid = kid,
		.ctr = ctr,
		.n_metadata = n_metadata,
		.n_pt = n_pt };
	f->n_header = sf_sframe_header_write(f->header, kid, ctr);
	sf_make_random(m, f->metadata, n_metadata);
	sf_make_random(m, f->pt, n_pt);
}

static void
derive(struct sf_make *m, struct sf_make_frame *f)
{
	if (!sf_kdf_schedule(&f->s, m->crypto, f->suite, f->base_key, f->kid))
		m->broken = true;
}

static void
put_aad_together(struct sf_make_frame *f)
{
	memcpy(f->aad, f->header, f->n_header);
	memcpy(f->aad + f->n_header, f->metadata, f->n_metadata);
	f->n_aad = f->n_header + f->n_metadata;
}

static void
seal(struct sf_make *m, struct sf_make_frame *f)
{
	struct sf_aead *aead = m->crypto->aead_new(f->suite, f->s.key);

	memcpy(f->out, f->header, f->n_header);
	if (aead == NULL || !m->crypto->seal(aead, f->nonce,
				sf_bytes(f->aad, f->n_aad), sf_bytes(NULL, 0),
				sf_bytes(f->pt, f->n_pt), f->out + f->n_header))
		m->broken = true;
	m->crypto->aead_free(aead);
	f->n_out = f->n_header + f->n_pt + f->suite->tag_octets;
}

static void
nothing(struct sf_make *m, struct sf_make_frame *f, enum sf_make_stage stage,
    unsigned i)
{
	(void)m;
	(void)f;
	(void)stage;
	(void)i;
}

void
sf_make_frame_seal(struct sf_make *m, struct sf_make_frame *f,
    sf_make_twist *twist, unsigned i)
{
	if (twist == NULL)
		twist = nothing;
	twist(m, f, SF_STAGE_START, i);
	derive(m, f);
	twist(m, f, SF_STAGE_KEYS, i);
	sf_kdf_nonce(f->nonce, f->s.salt, f->ctr);
	twist(m, f, SF_STAGE_NONCE, i);
	put_aad_together(f);
	twist(m, f, SF_STAGE_AAD, i);
	seal(m, f);
	twist(m, f, SF_STAGE_SENT, i);
}

void
sf_make_put_frame(
    struct sf_make *m, const struct sf_make_frame *f, bool with_pt)
{
	struct sf_emit *e = &m->e;

	if (with_pt) {
		sf_emit_u64(e, "kid", f->kid);
		sf_emit_u64(e, "ctr", f->ctr);
	}
	sf_emit_hex(e, "metadata", sf_bytes(f->metadata, f->n_metadata));
	sf_emit_hex(e, "ct", sf_bytes(f->out, f->n_out));
	if (with_pt)
		sf_emit_hex(e, "pt", sf_bytes(f->pt, f->n_pt));
}

/* ---- mistakes of the key schedule ---------------------------------------- */

struct mistake {
	const char *what, *key, *salt; /* labels */
	bool short_kid, little_kid;    /* KID in the fewest octets; order */
	unsigned suite_octets;
	bool little_suite, no_extract;
};

#define KEY  "SFrame 1.0 Secret key "
#define SALT "SFrame 1.0 Secret salt "

/* clang-format off */
static const struct mistake mistakes[SF_MAKE_KDF_MISTAKES] = {
	{ "the labels begin with Sframe",                       "Sframe 1.0 Secret key ", "Sframe 1.0 Secret salt ", false, false, 2, false, false },
	{ "the labels have no blank in front of the KID",       "SFrame 1.0 Secret key",  "SFrame 1.0 Secret salt",  false, false, 2, false, false },
	{ "the KID in the labels has as few octets as it can",  KEY, SALT, true,  false, 2, false, false },
	{ "the KID in the labels is little-endian",             KEY, SALT, false, true,  2, false, false },
	{ "the labels end without the suite",                   KEY, SALT, false, false, 0, false, false },
	{ "the suite in the labels is little-endian",           KEY, SALT, false, false, 2, true,  false },
	{ "the base key is expanded without an extract",        KEY, SALT, false, false, 2, false, true  },
	{ "the salt is derived under the label of the key",     KEY, KEY,  false, false, 2, false, false },
};
/* clang-format on */

const char *
sf_make_kdf_mistake(unsigned i)
{
	return mistakes[i].what;
}

static void
reverse(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t octet = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = octet;
	}
}

static size_t
mistaken_label(uint8_t out[64], const struct mistake *mi, const char *label,
    uint64_t kid, uint16_t suite)
{
	size_t n = strlen(label);
	size_t kid_octets = mi->short_kid ? sf_sframe_header_octets(kid) : 8;

	memcpy(out, label, n);
	sf_make_be(out + n, kid, kid_octets);
	if (mi->little_kid)
		reverse(out + n, kid_octets);
	n += kid_octets;
	sf_make_be(out + n, suite, mi->suite_octets);
	if (mi->little_suite)
		reverse(out + n, mi->suite_octets);
	return n + mi->suite_octets;
}

void
sf_make_mistaken_keys(struct sf_make *m, const struct sf_suite *suite,
    struct sf_bytes base_key, uint64_t kid, unsigned i, struct sf_schedule *out)
{
	const struct mistake *mi = &mistakes[i];
	uint8_t key[64], salt[64];
	size_t n_key = mistaken_label(key, mi, mi->key, kid, suite->id);
	size_t n_salt = mistaken_label(salt, mi, mi->salt, kid, suite->id);
	struct sf_bytes prk = sf_bytes(out->secret, suite->hash_octets);

	memset(out, 0, sizeof(*out));
	if (mi->no_extract)
		memcpy(out->secret, base_key.p,
		    base_key.n < prk.n ? base_key.n : prk.n);
	else if (!m->crypto->extract(
		     suite->hash, sf_bytes(NULL, 0), base_key, out->secret))
		m->broken = true;
	if (mi->no_extract)
		prk.n = base_key.n < prk.n ? base_key.n : prk.n;
	if (!m->crypto->expand(suite->hash, prk, sf_bytes(key, n_key), out->key,
		suite->key_octets) ||
	    !m->crypto->expand(
		suite->hash, prk, sf_bytes(salt, n_salt), out->salt, SF_NONCE))
		m->broken = true;
}
