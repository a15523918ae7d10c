/*
 * base.c - from the key file to a base key: what it gives, MLS, keys of each
 * SSRC, the ratchet.
 */
#include "engine/diagnose/derive.h"

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

/* Lengths in octets that somebody may have taken for the right one. */
static const size_t lengths[] = { 12, 16, 24, 32, 48, 64, 96, 128 };

/* The length that number n stands for; 0 when it stands for none. */
static size_t
length(int n)
{
	return n < 0 || (size_t)n >= LENGTH(lengths) ? 0 : lengths[n];
}

/* base = Expand(Extract(salt, base), info, n) */
static bool
renew(
    struct sf_deriving *r, struct sf_bytes salt, struct sf_bytes info, size_t n)
{
	const struct sf_crypto *c = r->k->c;
	uint8_t *prk = r->d->work;

	if (!c->extract(r->hash, salt, sf_deriving_base(r), prk) ||
	    !c->expand(r->hash, sf_bytes(prk, sf_hash_octets(r->hash)), info,
		r->d->base, n))
		return false;
	r->d->base_octets = n;
	return true;
}

/* base = Expand(base, info, n) */
static bool
expand(struct sf_deriving *r, struct sf_bytes info, size_t n)
{
	if (!r->k->c->expand(r->hash, sf_deriving_base(r), info, r->d->work, n))
		return false;
	memcpy(r->d->base, r->d->work, n);
	r->d->base_octets = n;
	return true;
}

/* ---- the base key --------------------------------------------------------- */

static void
put_hex(struct sf_put *o, struct sf_bytes b, const char *digits)
{
	for (size_t i = 0; i < b.n; i++) {
		sf_put_u8(o, (uint8_t)digits[b.p[i] >> 4]);
		sf_put_u8(o, (uint8_t)digits[b.p[i] & 15]);
	}
}

static void
put_base64(struct sf_put *o, struct sf_bytes b, const char *last, bool pad)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789";

	for (size_t i = 0; i < b.n; i += 3) {
		size_t have = b.n - i < 3 ? b.n - i : 3;
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (k < have ? b.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			uint32_t six = v >> (18 - 6 * k) & 63;

			if (k <= have)
				sf_put_u8(
				    o, (uint8_t)(six < 62 ? letters[six]
							  : last[six - 62]));
			else if (pad)
				sf_put_u8(o, '=');
		}
	}
}

static bool
start(struct sf_deriving *r)
{
	const struct sf_key_entry *e = r->k->entry;
	struct sf_put o = sf_put(r->d->base, sizeof(r->d->base));
	struct sf_bytes given = sf_bytes(e->octets, e->n);
	size_t n = length(r->v->n);

	switch ((enum sf_base_rule)r->v->key.base) {
	case SF_BASE_GIVEN:
		sf_put_bytes(&o, given);
		break;
	case SF_BASE_HEX:
		put_hex(&o, given, "0123456789abcdef");
		break;
	case SF_BASE_HEX_UPPER:
		put_hex(&o, given, "0123456789ABCDEF");
		break;
	case SF_BASE_64:
		put_base64(&o, given, "+/", true);
		break;
	case SF_BASE_64_BARE:
		put_base64(&o, given, "+/", false);
		break;
	case SF_BASE_64_URL:
		put_base64(&o, given, "-_", false);
		break;
	case SF_BASE_ZEROS:
		if (n <= e->n)
			return false;
		sf_put_bytes(&o, given);
		sf_put_uint(&o, 0, n - e->n);
		break;
	case SF_BASE_ZEROS_FRONT:
		if (n <= e->n)
			return false;
		sf_put_uint(&o, 0, n - e->n);
		sf_put_bytes(&o, given);
		break;
	case SF_BASE_ZERO:
		sf_put_bytes(&o, given);
		sf_put_u8(&o, 0);
		break;
	case SF_BASE_STRING:
		n = sf_until_zero(given).n;
		if (n == 0 || n == e->n)
			return false;
		sf_put_bytes(&o, sf_bytes(e->octets, n));
		break;
	case SF_BASE_FIRST:
		if (n == 0 || n >= e->n)
			return false;
		sf_put_bytes(&o, sf_bytes(e->octets, n));
		break;
	}
	r->d->base_octets = o.n;
	return !o.full;
}

/* ---- MLS: RFC 9605 5.2, RFC 9420 8 and 8.5 -------------------------------- */

/* base = ExpandWithLabel(base, label, context, n) */
static bool
expand_with_label(
    struct sf_deriving *r, const char *label, struct sf_bytes context, size_t n)
{
	uint8_t info[128];
	struct sf_put o = sf_put(info, sizeof(info));

	sf_put_uint(&o, n, 2);
	sf_put_uint(&o, strlen("MLS 1.0 ") + strlen(label), 1);
	sf_put_text(&o, "MLS 1.0 ");
	sf_put_text(&o, label);
	/* RFC 9420 2.1.2: from 64 on a length takes two octets. */
	if (context.n < 64)
		sf_put_uint(&o, context.n, 1);
	else
		sf_put_uint(&o, 0x4000 | context.n, 2);
	sf_put_bytes(&o, context);
	return !o.full && expand(r, sf_put_all(&o), n);
}

static size_t
export_octets(const struct sf_deriving *r)
{
	switch ((enum sf_export_rule)r->v->key.export) {
	case SF_EXPORT_LENGTH:
		return length(r->v->n);
	case SF_EXPORT_NKA:
		return r->k->suite->enc_octets;
	case SF_EXPORT_RFC:
	case SF_EXPORT_HASH:
	case SF_EXPORT_LABEL:
	case SF_EXPORT_CONTEXT:
	case SF_EXPORT_NONE:
		break;
	}
	return r->k->suite->key_octets;
}

static const char *
export_label(const struct sf_vary *v)
{
	static const char *const texts[] = { "SFrame 1.0 Base key",
		"sframe 1.0 base key", "SFrame 1.0 Base Key ", "SFrame 1.0" };
	size_t n = (size_t)v->n;

	if (v->key.export == SF_EXPORT_LABEL && n < LENGTH(texts))
		return texts[n];
	return v->key.old_label ? "SFrame 10 MLS" : "SFrame 1.0 Base Key";
}

static bool
export_base(struct sf_deriving *r)
{
	const char *label = export_label(r->v);
	enum sf_hash_name own = r->hash;
	uint8_t hashed[SF_HASH_MAX];
	struct sf_bytes context = sf_nothing();
	size_t n = export_octets(r);
	bool ok;

	r->hash = r->k->entry->mls_hash;
	if (r->v->key.export == SF_EXPORT_HASH)
		r->hash = (enum sf_hash_name)r->v->n;
	if (!r->k->c->digest(r->hash, sf_nothing(), hashed))
		return false;
	if (r->v->key.export != SF_EXPORT_CONTEXT)
		context = sf_bytes(hashed, sf_hash_octets(r->hash));
	ok = n != 0 &&
	     expand_with_label(
		 r, label, sf_nothing(), sf_hash_octets(r->hash)) &&
	     expand_with_label(r, "exported", context, n);
	r->hash = own;
	return ok;
}

/* The base key of one sender: n says with which length, index and width. */
static bool
sender_base(struct sf_deriving *r)
{
	const struct sf_keyfile *f = r->k->file;
	const size_t most[] = { r->k->suite->key_octets,
		r->k->suite->hash_octets, r->k->suite->enc_octets };
	unsigned n = (unsigned)r->v->n;
	uint64_t index = f->epoch_bits < 64 ? r->k->kid >> f->epoch_bits : 0;
	uint8_t octets[8];
	struct sf_put o = sf_put(octets, sizeof(octets));

	if ((n & 1) == 0 && f->sender_bits < 64)
		index &= ((uint64_t)1 << f->sender_bits) - 1;
	sf_put_uint(&o, index, n & 2 ? 8 : 4);
	return (n >> 2) < LENGTH(most) &&
	       expand(r, sf_put_all(&o), most[n >> 2]);
}

/* ---- keys of each SSRC: draft-ietf-avtcore-rtp-sframe-02 7 ---------------- */

static struct sf_bytes
ssrc_label(const struct sf_vary *v)
{
	static const char *const texts[] = { "Sframe 1.0 RTP Stream",
		"SFrame 1.0 RTP stream", "SFrame 1.0 RTP Stream ",
		"SFrame 1.0 RTP Stream" };
	size_t n = (size_t)v->n;

	if (v->key.ssrc != SF_SSRC_LABEL || n >= LENGTH(texts))
		return sf_text("SFrame 1.0 RTP Stream");
	/* The last with the zero octet that ends it. */
	return sf_bytes(texts[n], strlen(texts[n]) + (n == LENGTH(texts) - 1));
}

static bool
ssrc_base(struct sf_deriving *r)
{
	const struct sf_ssrcs *others = &r->k->others;
	uint32_t ssrc = r->k->ssrc;
	uint8_t salt[4];
	struct sf_put o = sf_put(salt, sizeof(salt));

	if (r->v->key.ssrc == SF_SSRC_OTHER) {
		if ((size_t)r->v->n >= others->n ||
		    others->ssrc[r->v->n] == ssrc)
			return false;
		ssrc = others->ssrc[r->v->n];
	}
	if (r->v->key.ssrc == SF_SSRC_LITTLE)
		sf_put_little(&o, ssrc, 4);
	else
		sf_put_uint(&o, ssrc, 4);
	return renew(
	    r, sf_put_all(&o), ssrc_label(r->v), sf_hash_octets(r->hash));
}

static bool
wants_ssrc(const struct sf_deriving *r)
{
	uint8_t rule = r->v->key.ssrc;

	if (rule == SF_SSRC_SAID)
		return r->k->file->per_ssrc_keys;
	return rule != SF_SSRC_NEVER;
}

/* ---- the ratchet: RFC 9605 5.1 -------------------------------------------- */

/* A mistake is looked for in many forms, each from the first step on. */
#define STEPS_MOST 511

int
sf_ratchet_steps(
    const struct sf_keyfile *file, const struct sf_key_entry *e, uint64_t kid)
{
	uint64_t mask = UINT64_MAX;
	uint64_t steps;

	if (file->scheme != SF_SCHEME_SENDER)
		return 0;
	if (file->ratchet_bits < 64)
		mask = ((uint64_t)1 << file->ratchet_bits) - 1;
	if ((e->kid & ~mask) != (kid & ~mask))
		return -1;
	steps = (kid - e->kid) & mask;
	return steps > STEPS_MOST ? -1 : (int)steps;
}

/* draft-ietf-sframe-enc-00 and -01, read with salt and key in their order in
   RFC 5869 and as meant, and -02. */
static bool
ratchet_draft(struct sf_deriving *r)
{
	const struct sf_suite *s = r->k->suite;
	size_t n = r->v->n & 1 ? s->key_octets : s->enc_octets;
	uint8_t *prk = r->d->work;

	if (r->v->n == 4)
		return renew(r, sf_text("SFrame 1.0 Ratchet"), sf_nothing(),
		    sf_hash_octets(r->hash));
	if (r->v->n < 2)
		return renew(r, sf_text("SFrame10 ratchet"), sf_nothing(), n);
	r->d->base_octets = r->k->c->extract(r->hash, sf_deriving_base(r),
				sf_text("SFrame10 ratchet"), prk)
				? sf_hash_octets(r->hash)
				: 0;
	memcpy(r->d->base, prk, r->d->base_octets);
	return r->d->base_octets != 0 && expand(r, sf_nothing(), n);
}

static bool
ratchet_once(struct sf_deriving *r)
{
	static const char *const texts[] = { "Sframe 1.0 Ratchet",
		"SFrame 1.0 ratchet", "sframe 1.0 ratchet",
		"SFRAME 1.0 RATCHET", "SFrame 1.0 Ratchet ",
		"SFrame 1.0 Ratchet" };
	struct sf_bytes label = sf_text("SFrame 1.0 Ratchet");
	size_t n = sf_hash_octets(r->hash);
	size_t nth = (size_t)r->v->n;

	switch ((enum sf_ratchet_rule)r->v->key.ratchet) {
	case SF_RATCHET_LABEL:
		if (nth >= LENGTH(texts))
			return false;
		label = sf_bytes(texts[nth],
		    strlen(texts[nth]) + (nth == LENGTH(texts) - 1));
		break;
	case SF_RATCHET_LENGTH:
		n = length(r->v->n);
		break;
	case SF_RATCHET_EXPAND:
		return expand(r, label, n);
	case SF_RATCHET_DRAFT:
		return ratchet_draft(r);
	case SF_RATCHET_RFC:
	case SF_RATCHET_OFF:
	case SF_RATCHET_NEVER:
		break;
	}
	return n != 0 && renew(r, sf_nothing(), label, n);
}

static bool
ratchet(struct sf_deriving *r)
{
	int steps = r->v->who == SF_WHO_OTHER_KID
			? 0
			: sf_ratchet_steps(r->k->file, r->k->entry, r->k->kid);

	if (r->v->key.ratchet == SF_RATCHET_NEVER)
		return steps >= 0;
	if (r->v->key.ratchet == SF_RATCHET_OFF)
		steps += steps < 0 ? 0 : r->v->n;
	if (steps < 0)
		return false;
	while (steps-- > 0)
		if (!ratchet_once(r))
			return false;
	return true;
}

/* ---- one after the other -------------------------------------------------- */

bool
sf_derive_base(struct sf_deriving *r)
{
	const struct sf_vary_key *key = &r->v->key;
	bool ssrc = wants_ssrc(r);
	bool last = key->ssrc == SF_SSRC_LAST;

	return start(r) &&
	       (!r->k->entry->exporter || key->export == SF_EXPORT_NONE ||
		   export_base(r)) &&
	       (!key->sender || sender_base(r)) &&
	       (!ssrc || last || ssrc_base(r)) && ratchet(r) &&
	       (!ssrc || !last || ssrc_base(r));
}
