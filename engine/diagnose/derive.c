#include "engine/diagnose/vary.h"
#include "engine/keys/keys.h"

#include <inttypes.h>
#include <stdio.h>

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

/* What a derivation is about, handed from step to step. */
struct run {
	const struct sf_vary *v;
	const struct sf_key_for *k;
	struct sf_derived *d;
	enum sf_hash_name hash;
};

/* Lengths in octets that somebody may have taken for the right one. */
static const size_t lengths[] = { 12, 16, 24, 32, 48, 64, 96, 128 };

static struct sf_bytes
base(const struct run *r)
{
	return sf_bytes(r->d->base, r->d->base_octets);
}

static struct sf_bytes
text(const char *s)
{
	return sf_bytes(s, strlen(s));
}

static struct sf_bytes
nothing(void)
{
	return sf_bytes(NULL, 0);
}

/* The length that number n stands for; 0 when it stands for none. */
static size_t
length(int n)
{
	return n < 0 || (size_t)n >= LENGTH(lengths) ? 0 : lengths[n];
}

/* base = Expand(Extract(salt, base), info, n) */
static bool
renew(struct run *r, struct sf_bytes salt, struct sf_bytes info, size_t n)
{
	const struct sf_crypto *c = r->k->c;
	uint8_t *prk = r->d->work;

	if (!c->extract(r->hash, salt, base(r), prk) ||
	    !c->expand(r->hash, sf_bytes(prk, sf_hash_octets(r->hash)), info,
		r->d->base, n))
		return false;
	r->d->base_octets = n;
	return true;
}

/* base = Expand(base, info, n) */
static bool
expand(struct run *r, struct sf_bytes info, size_t n)
{
	if (!r->k->c->expand(r->hash, base(r), info, r->d->work, n))
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
start(struct run *r)
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
    struct run *r, const char *label, struct sf_bytes context, size_t n)
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
export_octets(const struct run *r)
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
export_base(struct run *r)
{
	const char *label = export_label(r->v);
	enum sf_hash_name own = r->hash;
	uint8_t hashed[SF_HASH_MAX];
	struct sf_bytes context = nothing();
	size_t n = export_octets(r);
	bool ok;

	r->hash = r->k->entry->mls_hash;
	if (r->v->key.export == SF_EXPORT_HASH)
		r->hash = (enum sf_hash_name)r->v->n;
	if (!r->k->c->digest(r->hash, nothing(), hashed))
		return false;
	if (r->v->key.export != SF_EXPORT_CONTEXT)
		context = sf_bytes(hashed, sf_hash_octets(r->hash));
	ok = n != 0 &&
	     expand_with_label(r, label, nothing(), sf_hash_octets(r->hash)) &&
	     expand_with_label(r, "exported", context, n);
	r->hash = own;
	return ok;
}

/* The base key of one sender: n says with which length, index and width. */
static bool
sender_base(struct run *r)
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
		return text("SFrame 1.0 RTP Stream");
	/* The last with the zero octet that ends it. */
	return sf_bytes(texts[n], strlen(texts[n]) + (n == LENGTH(texts) - 1));
}

static bool
ssrc_base(struct run *r)
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
wants_ssrc(const struct run *r)
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
ratchet_draft(struct run *r)
{
	const struct sf_suite *s = r->k->suite;
	size_t n = r->v->n & 1 ? s->key_octets : s->enc_octets;
	uint8_t *prk = r->d->work;

	if (r->v->n == 4)
		return renew(r, text("SFrame 1.0 Ratchet"), nothing(),
		    sf_hash_octets(r->hash));
	if (r->v->n < 2)
		return renew(r, text("SFrame10 ratchet"), nothing(), n);
	r->d->base_octets =
	    r->k->c->extract(r->hash, base(r), text("SFrame10 ratchet"), prk)
		? sf_hash_octets(r->hash)
		: 0;
	memcpy(r->d->base, prk, r->d->base_octets);
	return r->d->base_octets != 0 && expand(r, nothing(), n);
}

static bool
ratchet_once(struct run *r)
{
	static const char *const texts[] = { "Sframe 1.0 Ratchet",
		"SFrame 1.0 ratchet", "sframe 1.0 ratchet",
		"SFRAME 1.0 RATCHET", "SFrame 1.0 Ratchet ",
		"SFrame 1.0 Ratchet" };
	struct sf_bytes label = text("SFrame 1.0 Ratchet");
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
	return n != 0 && renew(r, nothing(), label, n);
}

static bool
ratchet(struct run *r)
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

/* ---- labels: RFC 9605 4.4.2 ----------------------------------------------- */

static const struct label_text {
	const char *key, *salt;
	uint8_t behind, last; /* octets behind the text, and behind all: zeros
	                         or, at the end, blanks */
	uint8_t octet;
} label_texts[] = {
	{ "Sframe 1.0 Secret key ", "Sframe 1.0 Secret salt ", 0, 0, 0 },
	{ "sframe 1.0 secret key ", "sframe 1.0 secret salt ", 0, 0, 0 },
	{ "SFRAME 1.0 SECRET KEY ", "SFRAME 1.0 SECRET SALT ", 0, 0, 0 },
	{ "SFrame 1.0 secret key ", "SFrame 1.0 secret salt ", 0, 0, 0 },
	{ "SFrame 1.0 Secret Key ", "SFrame 1.0 Secret Salt ", 0, 0, 0 },
	{ "SFrame 1.0 Secret key", "SFrame 1.0 Secret salt", 0, 0, 0 },
	{ "SFrame 1.0 Secret key  ", "SFrame 1.0 Secret salt  ", 0, 0, 0 },
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 0, 1, ' ' },
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 1, 0, 0 },
	{ "SFrame 1.0 Secret key", "SFrame 1.0 Secret salt", 1, 0, 0 },
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 0, 1, 0 },
	/* RFC 9605 */
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 0, 0, 0 },
};

static const struct label_text *
label_text(const struct sf_vary *v)
{
	size_t last = LENGTH(label_texts) - 1;
	bool other = v->key.text && (size_t)v->n < last;

	return &label_texts[other ? (size_t)v->n : last];
}

static void
put_label_text(struct sf_put *o, const struct sf_vary *v, bool salt)
{
	const struct label_text *t = label_text(v);

	if (v->key.labels == SF_LABELS_SWAPPED)
		salt = !salt;
	else if (v->key.labels != SF_LABELS_RFC)
		salt = v->key.labels == SF_LABELS_SALT_TWICE;
	sf_put_text(o, salt ? t->salt : t->key);
	sf_put_uint(o, 0, t->behind);
}

static size_t
octets_for(uint64_t v)
{
	size_t n = 1;

	while (v >>= 8)
		n++;
	return n;
}

static uint64_t
shifted(uint64_t v, unsigned bits)
{
	return bits < 64 ? v >> bits : 0;
}

static uint64_t
low(uint64_t v, unsigned bits)
{
	return bits < 64 ? v & (((uint64_t)1 << bits) - 1) : v;
}

/* Another KID that the labels may name: the first key's, none, a part. */
static uint64_t
other_kid(const struct sf_key_for *k, int n)
{
	const struct sf_keyfile *f = k->file;
	bool mls = f->scheme == SF_SCHEME_MLS;
	unsigned bits = mls ? f->epoch_bits : f->ratchet_bits;

	switch (n) {
	case 0:
		return mls ? k->entry->epoch : k->entry->kid;
	case 1:
		return shifted(k->kid, bits);
	case 2:
		return low(k->kid, bits);
	case 3:
		return low(shifted(k->kid, bits), mls ? f->sender_bits : 0);
	default:
		return 0;
	}
}

static void
put_kid(struct sf_put *o, const struct run *r)
{
	uint64_t kid = r->d->said_kid;
	char digits[24];

	switch ((enum sf_kid_rule)r->v->key.kid) {
	case SF_KID_WIDTH:
		sf_put_uint(o, kid, (size_t)r->v->n);
		return;
	case SF_KID_LITTLE:
		sf_put_little(o, kid, 8);
		return;
	case SF_KID_LITTLE_SHORT:
		sf_put_little(o, kid, octets_for(kid));
		return;
	case SF_KID_DECIMAL:
		snprintf(digits, sizeof(digits), "%" PRIu64, kid);
		sf_put_text(o, digits);
		return;
	case SF_KID_HEX:
		snprintf(digits, sizeof(digits), "%" PRIx64, kid);
		sf_put_text(o, digits);
		return;
	case SF_KID_RFC:
	case SF_KID_OTHER:
		break;
	}
	sf_put_uint(o, kid, 8);
}

static void
put_suite(struct sf_put *o, const struct run *r)
{
	uint16_t suite = r->d->said_suite;

	if (r->v->key.suite == SF_SUITE_WIDTH)
		sf_put_uint(o, suite, (size_t)r->v->n);
	else if (r->v->key.suite == SF_SUITE_LITTLE)
		sf_put_little(o, suite, 2);
	else
		sf_put_uint(o, suite, 2);
}

static void
put_label(struct sf_put *o, const struct run *r, bool salt)
{
	const struct sf_vary_key *key = &r->v->key;
	const struct label_text *t = label_text(r->v);

	if (key->schedule == SF_SCHEDULE_DRAFT_01 ||
	    key->schedule == SF_SCHEDULE_DRAFT_01_SWAPPED ||
	    key->schedule == SF_SCHEDULE_DRAFT_02) {
		sf_put_text(o, salt ? "salt" : "key");
		return;
	}
	put_label_text(o, r->v, salt);
	if (key->suite_first)
		put_suite(o, r);
	put_kid(o, r);
	if (!key->suite_first)
		put_suite(o, r);
	sf_put_uint(o, t->octet, t->last);
}

/* ---- key and salt --------------------------------------------------------- */

/* base = the secret that key and salt are expanded from. */
static bool
extract_secret(struct run *r)
{
	const struct sf_crypto *c = r->k->c;
	uint8_t label[32];
	struct sf_put o = sf_put(label, sizeof(label));
	struct sf_bytes salt = nothing();
	struct sf_bytes key = base(r);

	switch ((enum sf_schedule_rule)r->v->key.schedule) {
	case SF_SCHEDULE_RFC:
	case SF_SCHEDULE_TWICE:
	case SF_SCHEDULE_RAW:
		break;
	case SF_SCHEDULE_EXPAND:
	case SF_SCHEDULE_SALT:
		return true;
	case SF_SCHEDULE_SWAPPED:
		salt = base(r);
		key = nothing();
		break;
	case SF_SCHEDULE_DRAFT_01:
		salt = text("SFrame10");
		break;
	case SF_SCHEDULE_DRAFT_01_SWAPPED:
		salt = base(r);
		key = text("SFrame10");
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
	if (!c->extract(r->hash, nothing(), base(r), r->d->work))
		return false;
	memcpy(r->d->base, r->d->work, r->d->base_octets);
	return true;
}

static bool
expand_one(struct run *r, bool salt, uint8_t *out, size_t n)
{
	const struct sf_crypto *c = r->k->c;
	uint8_t label[64];
	struct sf_put o = sf_put(label, sizeof(label));

	put_label(&o, r, salt);
	if (o.full)
		return false;
	if (r->v->key.schedule != SF_SCHEDULE_SALT)
		return c->expand(r->hash, base(r), sf_put_all(&o), out, n);
	return c->extract(r->hash, sf_put_all(&o), base(r), r->d->work) &&
	       c->expand(r->hash, sf_bytes(r->d->work, sf_hash_octets(r->hash)),
		   nothing(), out, n);
}

/* The MAC's key of the drafts: from the cipher's key, by a label of its own. */
static bool
draft_mac_key(struct run *r, const char *label, bool swapped, bool tag)
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
		   text("auth"), r->d->mac_key, r->d->mac_octets);
}

static bool
take_mac_key(struct run *r)
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
salt_of_key(struct run *r)
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
salt(struct run *r)
{
	return r->v->key.salt == SF_SALT_RFC
		   ? expand_one(r, true, r->d->salt, SF_NONCE)
		   : salt_of_key(r);
}

static bool
schedule(struct run *r)
{
	bool raw = r->v->key.schedule == SF_SCHEDULE_RAW;
	size_t n = r->k->suite->key_octets;

	if (raw && r->d->base_octets < n)
		return false;
	if (raw)
		memcpy(r->d->key, r->d->base, n);
	if (raw && r->v->key.labels == SF_LABELS_KEY_TWICE) {
		memcpy(r->d->salt, r->d->key, SF_NONCE);
		return take_mac_key(r);
	}
	return extract_secret(r) &&
	       (raw || expand_one(r, false, r->d->key, n)) && salt(r) &&
	       take_mac_key(r);
}

/* What the labels name; false when v would name what RFC 9605 does. */
static bool
name_labels(struct run *r)
{
	const struct sf_vary *v = r->v;
	uint64_t kid = r->k->kid;

	r->d->said_kid = kid;
	r->d->said_suite = r->k->suite->id;
	if (v->key.kid == SF_KID_OTHER) {
		r->d->said_kid = other_kid(r->k, v->n);
		return r->d->said_kid != kid;
	}
	if (v->key.kid == SF_KID_WIDTH && v->n != 0)
		return octets_for(kid) <= (size_t)v->n;
	if (v->key.suite == SF_SUITE_NUMBER) {
		r->d->said_suite = (uint16_t)v->n;
		return v->n != r->k->suite->id;
	}
	return true;
}

static bool
base_key(struct run *r)
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

bool
sf_derive(
    struct sf_derived *d, const struct sf_vary *v, const struct sf_key_for *k)
{
	struct run r = { .v = v, .k = k, .d = d, .hash = k->suite->hash };

	if (v->key.hash && v->n == (int)k->suite->hash)
		return false;
	if (v->key.hash)
		r.hash = (enum sf_hash_name)v->n;
	return name_labels(&r) && base_key(&r) && schedule(&r);
}
