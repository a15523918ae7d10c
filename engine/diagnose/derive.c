/*
 * derive.c - from a base key to key and salt.
 */
#include "engine/diagnose/derive.h"

/* base = the secret that key and salt are expanded from. */
static bool
extract_secret(struct sf_deriving *r)
{
	const struct sf_crypto *c = r->k->c;
	uint8_t label[32];
	struct sf_put o = sf_put(label, sizeof(label));
	struct sf_bytes salt = sf_nothing();
	struct sf_bytes key = sf_deriving_base(r);

	switch ((enum sf_schedule_rule)r->v->key.schedule) {
	case SF_SCHEDULE_RFC:
	case SF_SCHEDULE_TWICE:
	case SF_SCHEDULE_RAW:
		break;
	case SF_SCHEDULE_EXPAND:
	case SF_SCHEDULE_SALT:
		return true;
	case SF_SCHEDULE_SWAPPED:
		salt = sf_deriving_base(r);
		key = sf_nothing();
		break;
	case SF_SCHEDULE_DRAFT_01:
		salt = sf_text("SFrame10");
		break;
	case SF_SCHEDULE_DRAFT_01_SWAPPED:
		salt = sf_deriving_base(r);
		key = sf_text("SFrame10");
		break;
	case SF_SCHEDULE_DRAFT_02:
		sf_put_text(&o, "SFrame 1.0 Secret ");
		sf_put_uint(&o, r->d->said_kid, 8);
		salt = sf_put_all(&o);
		break;
	}
	if (!c->extract(r->hash, salt, key, r->d->work))
		return false;
	r->d->base_octets = sf_hash_octets(r->hash);
	memcpy(r->d->base, r->d->work, r->d->base_octets);
	if (r->v->key.schedule != SF_SCHEDULE_TWICE)
		return true;
	if (!c->extract(r->hash, sf_nothing(), sf_deriving_base(r), r->d->work))
		return false;
	memcpy(r->d->base, r->d->work, r->d->base_octets);
	return true;
}

static bool
expand_one(struct sf_deriving *r, bool salt, uint8_t *out, size_t n)
{
	const struct sf_crypto *c = r->k->c;
	uint8_t label[64];
	struct sf_put o = sf_put(label, sizeof(label));

	sf_put_label(&o, r, salt);
	if (o.full)
		return false;
	if (r->v->key.schedule != SF_SCHEDULE_SALT)
		return c->expand(
		    r->hash, sf_deriving_base(r), sf_put_all(&o), out, n);
	return c->extract(
		   r->hash, sf_put_all(&o), sf_deriving_base(r), r->d->work) &&
	       c->expand(r->hash, sf_bytes(r->d->work, sf_hash_octets(r->hash)),
		   sf_nothing(), out, n);
}

/* The MAC's key of the drafts: from the cipher's key, by a label of its own. */
static bool
draft_mac_key(struct sf_deriving *r, const char *label, bool swapped, bool tag)
{
	const struct sf_crypto *c = r->k->c;
	const struct sf_suite *s = r->k->suite;
	uint8_t salt[40];
	struct sf_put o = sf_put(salt, sizeof(salt));
	struct sf_bytes key = sf_bytes(r->d->key, s->enc_octets);

	sf_put_text(&o, label);
	if (tag)
		sf_put_uint(&o, s->tag_octets, 8);
	r->d->mac_octets = s->hash_octets;
	return c->extract(r->hash, swapped ? key : sf_put_all(&o),
		   swapped ? sf_put_all(&o) : key, r->d->work) &&
	       c->expand(r->hash, sf_bytes(r->d->work, sf_hash_octets(r->hash)),
		   sf_text("auth"), r->d->mac_key, r->d->mac_octets);
}

static bool
take_mac_key(struct sf_deriving *r)
{
	const struct sf_suite *s = r->k->suite;
	struct sf_bytes mac =
	    sf_bytes(r->d->key + s->enc_octets, s->hash_octets);

	if (s->mode != SF_MODE_CTR)
		return true;
	switch ((enum sf_subkeys_rule)r->v->key.subkeys) {
	case SF_SUBKEYS_RFC:
		break;
	case SF_SUBKEYS_FRONT:
		mac = sf_bytes(r->d->key, s->hash_octets);
		break;
	case SF_SUBKEYS_WHOLE:
		mac = sf_bytes(r->d->key, s->key_octets);
		break;
	case SF_SUBKEYS_CUT:
		if ((size_t)r->v->n >= mac.n)
			return false;
		mac.n = (size_t)r->v->n;
		break;
	case SF_SUBKEYS_DRAFT_00:
		return draft_mac_key(r, "SFrame10 AES CM AEAD", false, false);
	case SF_SUBKEYS_DRAFT_01:
		return draft_mac_key(r, "SFrame10 AES CTR AEAD", false, false);
	case SF_SUBKEYS_DRAFT_02:
		return draft_mac_key(
		    r, "SFrame 1.0 AES CTR AEAD ", false, true);
	case SF_SUBKEYS_DRAFT_00_SWAPPED:
		return draft_mac_key(r, "SFrame10 AES CM AEAD", true, false);
	case SF_SUBKEYS_DRAFT_01_SWAPPED:
		return draft_mac_key(r, "SFrame10 AES CTR AEAD", true, false);
	}
	memcpy(r->d->mac_key, mac.p, mac.n);
	r->d->mac_octets = mac.n;
	return true;
}

/* The salt out of the key, or out of what follows it. */
static bool
salt_of_key(struct sf_deriving *r)
{
	uint8_t both[SF_KEY_MAX + SF_NONCE];
	size_t n = r->k->suite->key_octets;
	bool behind = r->v->key.salt == SF_SALT_KEY_BEHIND;
	bool done = expand_one(r, false, both, n + (behind ? SF_NONCE : 0));

	if (done)
		memcpy(
		    r->d->salt, both + (behind ? n : n - SF_NONCE), SF_NONCE);
	r->k->c->wipe(both, sizeof(both));
	return done;
}

static bool
salt(struct sf_deriving *r)
{
	uint8_t rule = r->v->key.salt;

	r->d->salt_octets = rule == SF_SALT_LENGTH ? (size_t)r->v->n : SF_NONCE;
	return rule == SF_SALT_RFC || rule == SF_SALT_LENGTH
		   ? expand_one(r, true, r->d->salt, r->d->salt_octets)
		   : salt_of_key(r);
}

static bool
schedule(struct sf_deriving *r)
{
	bool raw = r->v->key.schedule == SF_SCHEDULE_RAW;
	size_t n = r->k->suite->key_octets;

	if (raw && r->d->base_octets < n)
		return false;
	if (raw)
		memcpy(r->d->key, r->d->base, n);
	if (raw && r->v->key.labels == SF_LABELS_KEY_TWICE) {
		memcpy(r->d->salt, r->d->key, SF_NONCE);
		r->d->salt_octets = SF_NONCE;
		return take_mac_key(r);
	}
	return extract_secret(r) &&
	       (raw || expand_one(r, false, r->d->key, n)) && salt(r) &&
	       take_mac_key(r);
}

bool
sf_derive(
    struct sf_derived *d, const struct sf_vary *v, const struct sf_key_for *k)
{
	struct sf_deriving r = {
		.v = v, .k = k, .d = d, .hash = k->suite->hash
	};

	if (v->key.hash && v->n == (int)k->suite->hash)
		return false;
	if (v->key.hash)
		r.hash = (enum sf_hash_name)v->n;
	return sf_name_labels(&r) && sf_derive_base(&r) && schedule(&r);
}
