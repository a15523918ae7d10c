/*
 * ring.c - keys of other formats: derived as their applications do, ratcheted
 * as far as asked for, wiped at the end.
 *
 * LiveKit: livekit-client e2ee/utils.ts. Jitsi: lib-jitsi-meet crypto-utils.
 * sframe-js: medooze/sframe lib/. DAVE: dave-protocol protocol.md.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/dialect/keyring.h"

#define LIVEKIT_ROUNDS 100000

static struct sf_bytes
text(const char *s)
{
	return sf_bytes(s, strlen(s));
}

/* ---- derivation ----------------------------------------------------------- */

static bool
hkdf(const struct sf_crypto *c, struct sf_bytes salt, struct sf_bytes ikm,
    struct sf_bytes info, uint8_t *out, size_t n)
{
	uint8_t prk[SF_HASH_MAX];
	bool done = c->extract(SF_SHA256, salt, ikm, prk) &&
		    c->expand(SF_SHA256, sf_bytes(prk, 32), info, out, n);

	c->wipe(prk, sizeof(prk));
	return done;
}

/* Keys and ratchet are one function; a passphrase takes the slow one. */
static bool
derive_livekit(const struct sf_crypto *c, const struct sf_key_entry *e,
    struct sf_bytes material, uint8_t *out, size_t n)
{
	static const uint8_t info[128];
	struct sf_bytes salt = text("LKFrameEncryptionKey");

	if (e->n_salt != 0)
		salt = sf_bytes(e->salt, e->n_salt);
	if (e->secret == SF_SECRET_PASSPHRASE)
		return c->pbkdf2(
		    SF_SHA256, material, salt, LIVEKIT_ROUNDS, out, n);
	return hkdf(c, salt, material, sf_bytes(info, sizeof(info)), out, n);
}

static bool
derive_jitsi(const struct sf_crypto *c, const char *salt,
    struct sf_bytes material, uint8_t *out, size_t n)
{
	return hkdf(c, text(salt), material, sf_bytes(NULL, 0), out, n);
}

/* A passphrase of a home-made transform: its hash, mostly. */
static bool
derive_random_iv(const struct sf_crypto *c, const struct sf_ring_entry *e,
    uint8_t out[SF_HASH_MAX])
{
	return c->digest(SF_SHA256, sf_bytes(e->e.octets, e->e.n), out);
}

/* Octets of the AES key at a step; 0 when that failed. */
static size_t
cipher_key(const struct sf_dialect_keys *k, const struct sf_ring_entry *e,
    unsigned step, uint8_t out[SF_HASH_MAX])
{
	struct sf_bytes m = sf_bytes(e->material[step], e->material_n[step]);
	size_t n = e->e.cipher_octets;

	if (e->e.dialect == SF_DIALECT_RANDOM_IV &&
	    e->e.secret == SF_SECRET_PASSPHRASE)
		/* step 0 takes all of the hash, step 1 half of it */
		return derive_random_iv(k->c, e, out) ? (step == 0 ? 32 : 16)
						      : 0;
	if (e->e.secret == SF_SECRET_CIPHER) {
		memcpy(out, m.p, n);
		return n;
	}
	if (e->e.dialect == SF_DIALECT_LIVEKIT)
		return derive_livekit(k->c, &e->e, m, out, n) ? n : 0;
	return derive_jitsi(k->c, "JFrameEncryptionKey", m, out, n) ? n : 0;
}

/* Of all there is to a step's key, behind a label, so that it is the digest of
   nothing else. 0 when the library failed. */
static uint64_t
print_of(const struct sf_dialect_keys *k, struct sf_bytes key)
{
	uint8_t out[SF_HASH_MAX] = { 0 };
	uint64_t v = 0;

	if (k->c->extract(
		SF_SHA256, text("sframe-tool key fingerprint"), key, out)) {
		for (unsigned i = 0; i < 8; i++)
			v = v << 8 | out[i];
		v |= v == 0;
	}
	k->c->wipe(out, sizeof(out));
	return v;
}

static bool
ratchets_as_jitsi(enum sf_dialect d)
{
	return d == SF_DIALECT_JITSI || d == SF_DIALECT_JITSI_CTR;
}

/* Makes the material of a step from that of the one before. */
static bool
ratchet(const struct sf_dialect_keys *k, struct sf_ring_entry *e, unsigned step)
{
	struct sf_bytes m;

	if (step == 0) {
		e->material_n[0] = e->e.n;
		memcpy(e->material[0], e->e.octets, e->e.n);
		return true;
	}
	m = sf_bytes(e->material[step - 1], e->material_n[step - 1]);
	e->material_n[step] = 32;
	if (e->e.dialect == SF_DIALECT_LIVEKIT)
		return derive_livekit(k->c, &e->e, m, e->material[step], 32);
	if (ratchets_as_jitsi(e->e.dialect))
		return derive_jitsi(
		    k->c, "JFrameRatchetKey", m, e->material[step], 32);
	return true;
}

/* ---- keys made ready ------------------------------------------------------ */

static const struct sf_suite *
suite_of(size_t key_octets, uint8_t tag_octets)
{
	static const struct sf_suite dave = { .name = "AES_128_GCM_64",
		.mode = SF_MODE_GCM,
		.hash = SF_SHA256,
		.enc_octets = 16,
		.hash_octets = 32,
		.key_octets = 16,
		.tag_octets = 8 };

	if (tag_octets == 8)
		return &dave;
	return sf_suite_by_id(key_octets == 32 ? 5 : 4);
}

static struct sf_aead *
ready(const struct sf_dialect_keys *k, const struct sf_ring_entry *e,
    unsigned step, uint8_t tag_octets, uint8_t flip)
{
	uint8_t key[SF_HASH_MAX];
	size_t n = cipher_key(k, e, step, key);
	struct sf_aead *a = NULL;

	key[0] ^= flip;
	if (n != 0)
		a = k->c->aead_new(suite_of(n, tag_octets), key);
	k->c->wipe(key, sizeof(key));
	return a;
}

/* Step must be at most one ahead of those made. */
static struct sf_aead *
aead_of(struct sf_dialect_keys *k, struct sf_ring_entry *e, unsigned step,
    uint8_t tag_octets)
{
	if (step >= e->made) {
		if (!ratchet(k, e, step))
			return NULL;
		e->aead[step] = ready(k, e, step, tag_octets, 0);
		e->prints[step] = print_of(
		    k, sf_bytes(e->material[step], e->material_n[step]));
		e->made = step + 1;
	}
	return e->aead[step];
}

static bool
opens(struct sf_dialect_keys *k, struct sf_aead *a,
    const struct sf_sealed_frame *f)
{
	return a != NULL && k->c->open(a, f->nonce, f->aad, sf_bytes(NULL, 0),
				f->ct, NULL) == SF_OPENED;
}

bool
sf_ring_open(struct sf_dialect_keys *k, struct sf_ring_entry *e,
    const struct sf_sealed_frame *f)
{
	unsigned tries = e->in_vain < SF_GIVE_UP ? e->steps : 1;

	for (unsigned i = 0; i < tries; i++) {
		/* the step that opened last comes first, then the others */
		unsigned step = i == 0 ? e->at : i <= e->at ? i - 1 : i;

		for (unsigned s = e->made; s < step; s++)
			(void)aead_of(k, e, s, f->tag_octets);
		if (!opens(k, aead_of(k, e, step, f->tag_octets), f))
			continue;
		e->at = step;
		e->in_vain = 0;
		return true;
	}
	e->in_vain += e->in_vain < SF_GIVE_UP;
	return false;
}

bool
sf_ring_control(struct sf_dialect_keys *k, struct sf_ring_entry *e,
    const struct sf_sealed_frame *f)
{
	struct sf_aead *a = ready(k, e, e->at, f->tag_octets, 1);
	bool opened = opens(k, a, f);

	k->c->aead_free(a);
	return opened;
}

/* The labels of the two formats; Jitsi's browsers made HMAC keys of 64 octets. */
bool
sf_ring_mac(struct sf_dialect_keys *k, struct sf_ring_entry *e, unsigned step)
{
	bool jitsi = e->e.dialect == SF_DIALECT_JITSI_CTR;

	if (e->at_mac == step + 1)
		return true;
	for (; e->made <= step; e->made++) {
		if (!ratchet(k, e, e->made))
			return false;
		e->prints[e->made] = print_of(
		    k, sf_bytes(e->material[e->made], e->material_n[e->made]));
	}
	if (!derive_jitsi(k->c,
		jitsi ? "JFrameAuthenticationKey" : "SFrameAuthenticationKey",
		sf_bytes(e->material[step], e->material_n[step]), e->mac,
		jitsi ? 64 : 32))
		return false;
	e->at_mac = step + 1;
	return true;
}

uint64_t
sf_ring_fingerprint(const struct sf_ring_entry *e)
{
	return e->at < e->made ? e->prints[e->at] : 0;
}

bool
sf_ring_fits(const struct sf_ring_entry *e, enum sf_dialect d, uint64_t kid,
    uint32_t ssrc)
{
	return e->e.dialect == d && (!e->e.has_ssrc || e->e.ssrc == ssrc) &&
	       (e->e.kid == kid || d == SF_DIALECT_RANDOM_IV);
}

bool
sf_dialect_keys_any(
    const struct sf_dialect_keys *k, enum sf_dialect d, uint32_t ssrc)
{
	for (unsigned i = 0; k != NULL && i < k->n; i++)
		if (k->entries[i].e.dialect == d &&
		    (!k->entries[i].e.has_ssrc || k->entries[i].e.ssrc == ssrc))
			return true;
	return false;
}

enum sf_tried
sf_dialect_keys_tried(const struct sf_dialect_keys *k, enum sf_dialect d,
    uint64_t kid, uint32_t ssrc)
{
	if (d == SF_DIALECT_LIVEKIT_GO)
		d = SF_DIALECT_LIVEKIT; /* the keys are the same */
	if (!sf_dialect_keys_any(k, d, ssrc))
		return SF_TRIED_NOT;
	for (unsigned i = 0; i < k->n; i++)
		if (sf_ring_fits(&k->entries[i], d, kid, ssrc))
			return SF_TRIED_FORGED;
	return SF_TRIED_NO_KEY;
}

/* ---- making and ending ---------------------------------------------------- */

static unsigned
steps_of(const struct sf_key_entry *e)
{
	if (e->dialect == SF_DIALECT_RANDOM_IV)
		return e->secret == SF_SECRET_PASSPHRASE ? 2 : 1;
	if (e->secret == SF_SECRET_CIPHER ||
	    e->dialect == SF_DIALECT_SFRAME_JS ||
	    e->dialect == SF_DIALECT_SFRAME_DRAFT)
		return 1;
	return e->window + 1u;
}

/* The key itself, and what tells it from others. */
static bool
prepare(struct sf_dialect_keys *k, struct sf_ring_entry *e)
{
	if (!ratchet(k, e, 0))
		return false;
	e->prints[0] = print_of(k, sf_bytes(e->material[0], e->material_n[0]));
	e->made = 1;
	return true;
}

static bool
set_up(struct sf_dialect_keys *k, struct sf_ring_entry *r,
    const struct sf_key_entry *e, unsigned index)
{
	r->e = *e;
	r->index = index;
	r->steps = steps_of(e);
	r->material = calloc(r->steps, sizeof(*r->material));
	r->material_n = calloc(r->steps, sizeof(*r->material_n));
	r->aead = calloc(r->steps, sizeof(struct sf_aead *));
	r->prints = calloc(r->steps, sizeof(*r->prints));
	if (r->material == NULL || r->material_n == NULL || r->aead == NULL ||
	    r->prints == NULL)
		return false;
	if (e->dialect == SF_DIALECT_SFRAME_DRAFT) {
		r->draft = sf_draft_keys_new(k->c, e);
		return r->draft != NULL && prepare(k, r);
	}
	return e->dialect != SF_DIALECT_SFRAME_JS || sf_ring_mac(k, r, 0);
}

struct sf_dialect_keys *
sf_dialect_keys_new(const struct sf_crypto *c, const struct sf_keyfile *file)
{
	struct sf_dialect_keys *k = calloc(1, sizeof(*k));
	bool done = k != NULL;

	if (!done)
		return NULL;
	k->c = c;
	k->entries = calloc(file->n + 1, sizeof(*k->entries));
	k->scratch = malloc(SF_SCRATCH);
	k->aad = malloc(SF_SCRATCH);
	done = k->entries != NULL && k->scratch != NULL && k->aad != NULL;
	for (unsigned i = 0; done && i < file->n; i++)
		if (file->keys[i].dialect != SF_DIALECT_NONE)
			done =
			    set_up(k, &k->entries[k->n++], &file->keys[i], i);
	if (!done) {
		sf_dialect_keys_free(k);
		k = NULL;
	}
	return k;
}

static void
wipe_entry(const struct sf_crypto *c, struct sf_ring_entry *e)
{
	for (unsigned s = 0; e->aead != NULL && s < e->made; s++)
		c->aead_free(e->aead[s]);
	if (e->material != NULL)
		c->wipe(e->material, e->steps * sizeof(*e->material));
	sf_draft_keys_free(c, e->draft);
	free(e->material);
	free(e->material_n);
	free(e->aead);
	free(e->prints);
	c->wipe(e, sizeof(*e));
}

void
sf_dialect_keys_free(struct sf_dialect_keys *k)
{
	if (k == NULL)
		return;
	for (unsigned i = 0; i < k->n; i++)
		wipe_entry(k->c, &k->entries[i]);
	free(k->entries);
	free(k->scratch);
	free(k->aad);
	free(k);
}
