/*
 * serve_bare.c - verbs without a context: headers, keys, the AEAD alone, RTP.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/kdf.h"
#include "engine/shim/rtp_join.h"
#include "engine/shim/serve_parts.h"
#include "parsers/sframe/header.h"

static struct sf_answer
do_hdr_enc(struct sf_serve *s)
{
	uint8_t out[SF_SFRAME_HEADER_MAX];
	uint64_t kid, ctr;

	if (!sf_serve_number(s, "kid", &kid) ||
	    !sf_serve_number(s, "ctr", &ctr))
		return sf_serve_bad();
	sf_line_word_hex(&s->reply, "hdr",
	    sf_bytes(out, sf_sframe_header_write(out, kid, ctr)));
	return sf_serve_ok();
}

static struct sf_answer
do_hdr_dec(struct sf_serve *s)
{
	struct sf_sframe_header h;
	struct sf_bytes in;
	struct sf_diag d;

	if (!sf_serve_octets(s, "hdr", s->in, &in))
		return sf_serve_bad();
	if (sf_sframe_header_parse(&h, in, &d) != SF_OK)
		return sf_serve_no("header");
	sf_line_word_number(&s->reply, "kid", h.kid);
	sf_line_word_number(&s->reply, "ctr", h.ctr);
	sf_line_word_number(&s->reply, "len", h.aad.n);
	return sf_serve_ok();
}

static struct sf_answer
do_kdf(struct sf_serve *s)
{
	const struct sf_suite *suite = sf_serve_suite(s);
	struct sf_schedule k;
	struct sf_bytes base;
	uint64_t kid;

	if (!sf_serve_number(s, "kid", &kid) ||
	    !sf_serve_octets(s, "base", s->in, &base))
		return sf_serve_bad();
	if (suite == NULL || base.n == 0)
		return sf_serve_no("param");
	if (!sf_kdf_schedule(&k, s->crypto, suite, base, kid))
		return sf_serve_no("other");
	sf_line_word_hex(
	    &s->reply, "secret", sf_bytes(k.secret, suite->hash_octets));
	sf_line_word_hex(&s->reply, "key", sf_bytes(k.key, suite->key_octets));
	sf_line_word_hex(&s->reply, "salt", sf_bytes(k.salt, SF_NONCE));
	return sf_serve_ok();
}

/* Key and nonce of the bare AEAD; NULL when they cannot be. */
static struct sf_aead *
bare(struct sf_serve *s, uint8_t nonce[SF_NONCE], struct sf_bytes *aad,
    struct sf_answer *a)
{
	const struct sf_suite *suite = sf_serve_suite(s);
	struct sf_bytes key = sf_bytes(NULL, 0), n = key;

	*a = sf_serve_bad();
	if (!sf_serve_octets(s, "key", s->in, &key) ||
	    !sf_serve_octets(s, "nonce", s->more, &n) || suite == NULL)
		return NULL;
	*a = sf_serve_no("param");
	if (key.n != suite->key_octets || n.n != SF_NONCE)
		return NULL;
	memcpy(nonce, n.p, n.n);
	*a = sf_serve_bad();
	if (!sf_serve_octets(s, "aad", s->more, aad))
		return NULL;
	return s->crypto->aead_new(suite, key.p);
}

static struct sf_answer
do_aead_seal(struct sf_serve *s)
{
	uint8_t nonce[SF_NONCE];
	struct sf_bytes aad, pt;
	struct sf_answer a;
	struct sf_aead *k = bare(s, nonce, &aad, &a);
	size_t tag;

	if (k == NULL)
		return a;
	tag = sf_serve_suite(s)->tag_octets;
	a = sf_serve_bad();
	if (sf_serve_octets(s, "pt", s->in, &pt)) {
		a = sf_serve_no("other");
		if (s->crypto->seal(
			k, nonce, aad, sf_bytes(NULL, 0), pt, s->out))
			a = sf_serve_ct(s, SF_SAID_OK, pt.n + tag);
	}
	s->crypto->aead_free(k);
	return a;
}

static struct sf_answer
do_aead_open(struct sf_serve *s)
{
	uint8_t nonce[SF_NONCE];
	struct sf_bytes aad, ct;
	struct sf_answer a;
	struct sf_aead *k = bare(s, nonce, &aad, &a);
	enum sf_open_status st;

	if (k == NULL)
		return a;
	a = sf_serve_bad();
	if (sf_serve_octets(s, "ct", s->in, &ct)) {
		st = s->crypto->open(
		    k, nonce, aad, sf_bytes(NULL, 0), ct, s->out);
		a = st == SF_OPENED      ? sf_serve_ok()
		    : st == SF_TOO_SHORT ? sf_serve_no("short")
		    : st == SF_FORGED    ? sf_serve_no("auth")
					 : sf_serve_no("other");
		if (st == SF_OPENED)
			sf_line_word_hex(&s->reply, "pt",
			    sf_bytes(
				s->out, ct.n - sf_serve_suite(s)->tag_octets));
	}
	s->crypto->aead_free(k);
	return a;
}

/* Base key to base key. */
static struct sf_answer
put_base(struct sf_serve *s, const struct sf_suite *suite, const uint8_t *key,
    bool done)
{
	if (!done)
		return sf_serve_no("other");
	sf_line_word_hex(&s->reply, "base", sf_bytes(key, suite->hash_octets));
	return sf_serve_ok();
}

static struct sf_answer
do_ratchet(struct sf_serve *s)
{
	const struct sf_suite *suite = sf_serve_suite(s);
	uint8_t next[SF_HASH_MAX];
	struct sf_bytes base;

	if (!sf_serve_octets(s, "base", s->in, &base))
		return sf_serve_bad();
	if (suite == NULL || base.n == 0)
		return sf_serve_no("param");
	return put_base(
	    s, suite, next, sf_kdf_ratchet(next, s->crypto, suite, base));
}

static struct sf_answer
do_ssrc_key(struct sf_serve *s)
{
	const struct sf_suite *suite = sf_serve_suite(s);
	uint8_t key[SF_HASH_MAX];
	struct sf_bytes base;
	uint64_t ssrc;

	if (!sf_serve_octets(s, "base", s->in, &base) ||
	    !sf_serve_number(s, "ssrc", &ssrc))
		return sf_serve_bad();
	if (suite == NULL || base.n == 0 || ssrc > UINT32_MAX)
		return sf_serve_no("param");
	return put_base(s, suite, key,
	    sf_kdf_per_ssrc(key, s->crypto, suite, base, (uint32_t)ssrc));
}

static struct sf_answer
do_mls_export(struct sf_serve *s)
{
	static const char *const hashes[] = {
		[SF_SHA256] = "sha256",
		[SF_SHA384] = "sha384",
		[SF_SHA512] = "sha512",
	};
	const struct sf_suite *suite = sf_serve_suite(s);
	struct sf_bytes name, exporter;
	uint8_t out[SF_KEY_MAX];

	if (!sf_shim_value(s->words, "hash", &name) ||
	    !sf_serve_octets(s, "exporter", s->in, &exporter))
		return sf_serve_bad();
	for (unsigned h = 0; suite != NULL && h < 3; h++) {
		if (!sf_shim_is(name, hashes[h]))
			continue;
		if (!sf_kdf_mls_export(out, suite->key_octets, s->crypto,
			(enum sf_hash_name)h, exporter))
			return sf_serve_no("other");
		sf_line_word_hex(
		    &s->reply, "base", sf_bytes(out, suite->key_octets));
		return sf_serve_ok();
	}
	return sf_serve_no("param");
}

/* Packets between commas; "none", or frames between commas. */
static struct sf_answer
do_rtp_join(struct sf_serve *s)
{
	struct sf_rtp_join j = { .out = s->out };
	struct sf_bytes rest;
	bool any = false;

	if (!sf_shim_value(s->words, "packets", &rest))
		return sf_serve_bad();
	sf_line_put(&s->reply, " frames=");
	for (bool more = true; more;) {
		const uint8_t *comma = memchr(rest.p, ',', rest.n);
		struct sf_bytes one = sf_bytes(
		    rest.p, comma == NULL ? rest.n : (size_t)(comma - rest.p));
		size_t n;

		if (!sf_shim_octets(one, s->in, &n))
			return sf_serve_bad();
		more = comma != NULL;
		rest = sf_bytes(rest.p + one.n + more, rest.n - one.n - more);
		if (!sf_rtp_join_feed(&j, sf_bytes(s->in, n)))
			continue;
		if (any)
			sf_line_put(&s->reply, ",");
		sf_line_hex(&s->reply, sf_bytes(j.out, j.n));
		any = true;
	}
	if (!any)
		sf_line_put(&s->reply, "none");
	return sf_serve_ok();
}

static const struct {
	const char *name;
	struct sf_answer (*run)(struct sf_serve *s);
} verbs[] = {
	/* clang-format off */
	{ "hdr-enc",    do_hdr_enc },
	{ "hdr-dec",    do_hdr_dec },
	{ "kdf",        do_kdf },
	{ "aead-seal",  do_aead_seal },
	{ "aead-open",  do_aead_open },
	{ "ratchet",    do_ratchet },
	{ "ssrc-key",   do_ssrc_key },
	{ "mls-export", do_mls_export },
	{ "rtp-join",   do_rtp_join },
	/* clang-format on */
};

struct sf_answer
sf_serve_bare(struct sf_serve *s, struct sf_bytes verb)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (sf_shim_is(verb, verbs[i].name))
			return verbs[i].run(s);
	return (struct sf_answer){ "unsupported", NULL };
}
