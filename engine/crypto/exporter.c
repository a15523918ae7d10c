#include "engine/crypto/exporter.h"

#include <string.h>

#define LABEL  "EXTRACTOR-dtls_srtp"
#define MOST   256
#define RANDOM 32

static size_t
octets_of(enum sf_hash_name h)
{
	return h == SF_SHA256 ? 32 : h == SF_SHA384 ? 48 : 64;
}

/* HKDF-Extract is HMAC (RFC 5869 2.2), and P_hash is made of HMACs. */
static bool
hmac(const struct sf_crypto *c, enum sf_hash_name h, struct sf_bytes key,
    const uint8_t *in, size_t n, uint8_t out[SF_HASH_MAX])
{
	return c->extract(h, key, sf_bytes(in, n), out);
}

bool
sf_exporter_dtls12(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes master_secret, struct sf_bytes client_random,
    struct sf_bytes server_random, uint8_t *out, size_t n)
{
	static const char label[] = LABEL;
	uint8_t block[SF_HASH_MAX + sizeof(label) - 1 + 2 * RANDOM];
	uint8_t a[SF_HASH_MAX], part[SF_HASH_MAX];
	size_t hash = octets_of(h), seed = sizeof(label) - 1 + 2 * RANDOM;
	uint8_t *at = block + hash;
	bool done;

	if (client_random.n != RANDOM || server_random.n != RANDOM || n > MOST)
		return false;
	memcpy(at, label, sizeof(label) - 1);
	memcpy(at + sizeof(label) - 1, client_random.p, RANDOM);
	memcpy(at + sizeof(label) - 1 + RANDOM, server_random.p, RANDOM);
	done = hmac(c, h, master_secret, at, seed, a); /* A(1) */
	for (size_t i = 0; done && i < n; i += hash) {
		size_t left = n - i < hash ? n - i : hash;

		memcpy(block, a, hash);
		done = hmac(c, h, master_secret, block, hash + seed, part) &&
		       hmac(c, h, master_secret, block, hash, a);
		memcpy(out + i, part, left);
	}
	c->wipe(block, sizeof(block));
	c->wipe(a, sizeof(a));
	c->wipe(part, sizeof(part));
	if (!done)
		c->wipe(out, n);
	return done;
}

/* RFC 8446 7.1, "dtls13" in front of the label and no blank behind it. */
static bool
expand_label(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes secret, const char *label, const uint8_t *context,
    uint8_t *out, size_t n)
{
	uint8_t info[2 + 1 + 255 + 1 + SF_HASH_MAX];
	size_t words = 6 + strlen(label), hash = octets_of(h);
	uint8_t *p = info;

	*p++ = (uint8_t)(n >> 8);
	*p++ = (uint8_t)n;
	*p++ = (uint8_t)words;
	memcpy(p, "dtls13", 6);
	memcpy(p + 6, label, words - 6);
	p += words;
	*p++ = (uint8_t)hash;
	memcpy(p, context, hash);
	p += hash;
	return c->expand(h, secret, sf_bytes(info, (size_t)(p - info)), out, n);
}

bool
sf_exporter_dtls13(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes secret, uint8_t *out, size_t n)
{
	uint8_t empty[SF_HASH_MAX], derived[SF_HASH_MAX];
	bool done;

	if (secret.n != octets_of(h) || n > MOST)
		return false;
	done = c->digest(h, sf_bytes(NULL, 0), empty) &&
	       expand_label(c, h, secret, LABEL, empty, derived, secret.n) &&
	       expand_label(c, h, sf_bytes(derived, secret.n), "exporter",
		   empty, out, n);
	c->wipe(derived, sizeof(derived));
	return done;
}
