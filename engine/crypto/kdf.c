/*
 * kdf.c - from a base key to an AEAD key and salt, and the ways to a base key.
 */
#include "engine/crypto/kdf.h"

#include <string.h>

/* A label without the NUL that C puts behind it. */
#define LABEL(text) sf_bytes(text, sizeof(text) - 1)

/* v as n octets, big-endian; returns what comes behind. */
static uint8_t *
put(uint8_t *p, uint64_t v, unsigned n)
{
	while (n-- > 0)
		*p++ = (uint8_t)(v >> 8 * n);
	return p;
}

static uint8_t *
put_bytes(uint8_t *p, struct sf_bytes b)
{
	if (b.n != 0)
		memcpy(p, b.p, b.n);
	return p + b.n;
}

/* ---- the key schedule ---------------------------------------------------- */

size_t
sf_kdf_label(uint8_t out[40], bool salt, uint64_t kid, uint16_t suite)
{
	uint8_t *p = out;

	p = put_bytes(p, salt ? LABEL("SFrame 1.0 Secret salt ")
			      : LABEL("SFrame 1.0 Secret key "));
	p = put(p, kid, 8);
	p = put(p, suite, 2);
	return (size_t)(p - out);
}

bool
sf_kdf_schedule(struct sf_schedule *out, const struct sf_crypto *c,
    const struct sf_suite *suite, struct sf_bytes base_key, uint64_t kid)
{
	uint8_t key[40], salt[40];
	size_t n_key = sf_kdf_label(key, false, kid, suite->id);
	size_t n_salt = sf_kdf_label(salt, true, kid, suite->id);
	struct sf_bytes secret = sf_bytes(out->secret, suite->hash_octets);

	memset(out, 0, sizeof(*out));
	/* RFC 9605 4.4.2 */
	if (c->extract(suite->hash, sf_bytes(NULL, 0), base_key, out->secret) &&
	    c->expand(suite->hash, secret, sf_bytes(key, n_key), out->key,
		suite->key_octets) &&
	    c->expand(suite->hash, secret, sf_bytes(salt, n_salt), out->salt,
		sizeof(out->salt)))
		return true;
	c->wipe(out, sizeof(*out));
	return false;
}

void
sf_kdf_nonce(uint8_t out[SF_NONCE], const uint8_t salt[SF_NONCE], uint64_t ctr)
{
	/* RFC 9605 4.4.3, erratum 8321: the CTR as a string of Nn octets */
	uint8_t wide[8] = { (uint8_t)(ctr >> 56), (uint8_t)(ctr >> 48),
		(uint8_t)(ctr >> 40), (uint8_t)(ctr >> 32),
		(uint8_t)(ctr >> 24), (uint8_t)(ctr >> 16), (uint8_t)(ctr >> 8),
		(uint8_t)ctr };
	uint64_t a, b;

	memcpy(&a, wide, 8);
	memcpy(&b, salt + SF_NONCE - 8, 8);
	a ^= b;
	memcpy(out, salt, SF_NONCE - 8);
	memcpy(out + SF_NONCE - 8, &a, 8);
}

/* ---- ways to a base key -------------------------------------------------- */

/* Extract, then expand to Nh. */
static bool
derive(uint8_t out[SF_HASH_MAX], const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes salt, struct sf_bytes ikm, struct sf_bytes label)
{
	uint8_t secret[SF_HASH_MAX];
	size_t n = sf_hash_octets(h);
	bool done = c->extract(h, salt, ikm, secret) &&
		    c->expand(h, sf_bytes(secret, n), label, out, n);

	c->wipe(secret, sizeof(secret));
	if (!done)
		c->wipe(out, SF_HASH_MAX);
	return done;
}

bool
sf_kdf_ratchet(uint8_t out[SF_HASH_MAX], const struct sf_crypto *c,
    const struct sf_suite *suite, struct sf_bytes base_key)
{
	/* RFC 9605 5.1; no blank at the end of this one */
	return derive(out, c, suite->hash, sf_bytes(NULL, 0), base_key,
	    LABEL("SFrame 1.0 Ratchet"));
}

bool
sf_kdf_ratchet_on(uint8_t key[SF_HASH_MAX], const struct sf_crypto *c,
    const struct sf_suite *suite, uint64_t steps)
{
	return c->repeat(suite->hash, LABEL("SFrame 1.0 Ratchet"), steps, key);
}

bool
sf_kdf_per_ssrc(uint8_t out[SF_HASH_MAX], const struct sf_crypto *c,
    const struct sf_suite *suite, struct sf_bytes base_key, uint32_t ssrc)
{
	uint8_t salt[4];

	put(salt, ssrc, sizeof(salt));
	return derive(out, c, suite->hash, sf_bytes(salt, sizeof(salt)),
	    base_key, LABEL("SFrame 1.0 RTP Stream"));
}

/* ExpandWithLabel of RFC 9420 8; label and context are below 64 octets, so
   that each length is one octet on the wire of the KDF. */
static bool
expand_with_label(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes secret, struct sf_bytes label, struct sf_bytes context,
    uint8_t *out, size_t n)
{
	static const char prefix[] = "MLS 1.0 ";
	uint8_t info[2 + 1 + 63 + 1 + SF_HASH_MAX];
	uint8_t *p = put(info, n, 2);

	p = put(p, sizeof(prefix) - 1 + label.n, 1);
	p = put_bytes(p, LABEL(prefix));
	p = put_bytes(p, label);
	/* 64 octets and more take a length of two, 01 in its high bits
	   (RFC 9420 2.1.2): a context is empty or a hash */
	p = context.n < 64 ? put(p, context.n, 1)
			   : put(p, 0x4000 | context.n, 2);
	p = put_bytes(p, context);
	return c->expand(h, secret, sf_bytes(info, (size_t)(p - info)), out, n);
}

bool
sf_kdf_mls_export(uint8_t *out, size_t n, const struct sf_crypto *c,
    enum sf_hash_name mls, struct sf_bytes exporter_secret)
{
	uint8_t secret[SF_HASH_MAX], context[SF_HASH_MAX];
	size_t nh = sf_hash_octets(mls);
	bool done;

	/* RFC 9420 8 and 8.5: DeriveSecret, then "exported" over a hash of
	   the context, which RFC 9605 5.2 leaves empty */
	done =
	    c->digest(mls, sf_bytes(NULL, 0), context) &&
	    expand_with_label(c, mls, exporter_secret,
		LABEL("SFrame 1.0 Base Key"), sf_bytes(NULL, 0), secret, nh) &&
	    expand_with_label(c, mls, sf_bytes(secret, nh), LABEL("exported"),
		sf_bytes(context, nh), out, n);
	c->wipe(secret, sizeof(secret));
	if (!done)
		c->wipe(out, n);
	return done;
}
