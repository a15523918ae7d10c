/*
 * draft.c - frames of the drafts of SFrame with a header of R, LEN, X, K, sealed
 * with AES-GCM: draft-omara-sframe-03 and draft-ietf-sframe-enc-00 to -03, whose
 * key schedules differ, and secure-frame-ts, which puts an HMAC behind the tag.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/dialect/keyring.h"

#define TAG      16
#define HMAC     16 /* behind the tag, with secure-frame-ts */
#define LABEL    40 /* octets, with a KID */
#define VARIANTS 6

/* How a draft comes from the base key to key and salt. */
static const struct schedule {
	const char *extract;      /* salt of HKDF-Extract */
	const char *key, *salt;   /* labels of HKDF-Expand */
	bool kid_first, kid_last; /* behind the salt of Extract; the labels */
} schedules[] = {
	/* omara-03, ietf-00 and -01 */
	{ "SFrame10", "key", "salt", false, false },
	{ "SFrame 1.0 Secret ", "key", "salt", true, false }, /* ietf-02 */
	/* ietf-03 */
	{ "", "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", false,
	    true },
};

struct sf_draft_keys {
	struct {
		struct sf_aead *aead;
		uint8_t salt[SF_NONCE];
	} variants[VARIANTS]; /* schedules, each with both sizes of key */
	unsigned at;          /* that opened the last frame */
};

/* A label, with the KID in 8 octets behind it where that is asked for. */
static struct sf_bytes
label(uint8_t room[LABEL], const char *text, bool with_kid, uint64_t kid)
{
	size_t n = strlen(text);

	memcpy(room, text, n);
	for (unsigned i = 0; with_kid && i < 8; i++)
		room[n++] = (uint8_t)(kid >> (56 - 8 * i));
	return sf_bytes(room, n);
}

static struct sf_aead *
derive(const struct sf_crypto *c, const struct sf_key_entry *e,
    const struct schedule *s, const struct sf_suite *suite,
    uint8_t salt[SF_NONCE])
{
	uint8_t prk[SF_HASH_MAX], key[SF_HASH_MAX], room[LABEL];
	size_t n = suite->hash_octets;
	struct sf_aead *a = NULL;

	if (c->extract(suite->hash,
		label(room, s->extract, s->kid_first, e->kid),
		sf_bytes(e->octets, e->n), prk) &&
	    c->expand(suite->hash, sf_bytes(prk, n),
		label(room, s->key, s->kid_last, e->kid), key,
		suite->key_octets) &&
	    c->expand(suite->hash, sf_bytes(prk, n),
		label(room, s->salt, s->kid_last, e->kid), salt, SF_NONCE))
		a = c->aead_new(suite, key);
	c->wipe(prk, sizeof(prk));
	c->wipe(key, sizeof(key));
	return a;
}

struct sf_draft_keys *
sf_draft_keys_new(const struct sf_crypto *c, const struct sf_key_entry *e)
{
	struct sf_draft_keys *d = calloc(1, sizeof(*d));

	for (unsigned i = 0; d != NULL && i < VARIANTS; i++)
		d->variants[i].aead = derive(c, e, &schedules[i / 2],
		    sf_suite_by_id(i % 2 == 0 ? 4 : 5), d->variants[i].salt);
	return d;
}

void
sf_draft_keys_free(const struct sf_crypto *c, struct sf_draft_keys *d)
{
	if (d == NULL)
		return;
	for (unsigned i = 0; i < VARIANTS; i++)
		c->aead_free(d->variants[i].aead);
	c->wipe(d, sizeof(*d));
	free(d);
}

static bool
opens(const struct sf_crypto *c, const struct sf_draft_keys *d, unsigned i,
    const struct sf_run_header *h, struct sf_bytes header, struct sf_bytes ct)
{
	uint8_t nonce[SF_NONCE];

	if (d->variants[i].aead == NULL)
		return false;
	memcpy(nonce, d->variants[i].salt, SF_NONCE);
	for (unsigned k = 0; k < 8; k++)
		nonce[SF_NONCE - 1 - k] ^= (uint8_t)(h->ctr >> 8 * k);
	return c->open(d->variants[i].aead, nonce, header, sf_bytes(NULL, 0),
		   ct, NULL) == SF_OPENED;
}

bool
sf_draft_open(const struct sf_crypto *c, struct sf_draft_keys *d,
    const struct sf_run_header *h, struct sf_bytes frame)
{
	size_t at = (size_t)h->at + h->octets;
	struct sf_bytes header, ct;

	if (d == NULL || frame.n < at + TAG)
		return false;
	header = sf_bytes(frame.p + h->at, h->octets);
	ct = sf_bytes(frame.p + at, frame.n - at);
	for (unsigned k = 0; k < VARIANTS; k++) {
		/* the one that opened last comes first */
		unsigned i = k == 0 ? d->at : k <= d->at ? k - 1 : k;

		if (!opens(c, d, i, h, header, ct) &&
		    (ct.n < TAG + HMAC || !opens(c, d, i, h, header,
					      sf_bytes(ct.p, ct.n - HMAC))))
			continue;
		d->at = i;
		return true;
	}
	return false;
}
