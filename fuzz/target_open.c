/*
 * target_open.c - frames to sf_keys_open() and sf_keys_control(), with the
 * AEADs of the product and with one that says yes to everything: no fuzzer
 * forges a tag, and without that the code behind one stays dark. What is there
 * to be reached: candidates of every scheme, ratchets that move, suites that
 * settle, tables that are full.
 *
 * Input: an octet of scheme and options, then frames: an octet of length, an
 * octet of SSRC, and the octets of header, ciphertext and tag.
 */
#include "engine/keys/keys.h"
#include "fuzz/fuzz.h"
#include "parsers/sframe/header.h"

#include <string.h>

#define FRAMES 64 /* of one input */
#define REAL   8  /* with the real AEADs: each key is some allocations */

/* ---- an AEAD that says yes ----------------------------------------------- */

struct sf_aead {
	size_t tag;
};

static struct sf_aead *
yes_new(const struct sf_suite *suite, const uint8_t *key)
{
	struct sf_aead *a = malloc(sizeof(*a));

	(void)key;
	if (a != NULL)
		a->tag = suite->tag_octets;
	return a;
}

static void
yes_free(struct sf_aead *a)
{
	free(a);
}

static enum sf_open_status
yes_open(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)nonce;
	(void)aad1;
	(void)aad2;
	if (ct.n < a->tag)
		return SF_TOO_SHORT;
	/* not quite always, so that other keys get their turn */
	if (ct.n > 0 && ct.p[ct.n - 1] == 0xff)
		return SF_FORGED;
	if (pt != NULL && ct.n > a->tag)
		memcpy(pt, ct.p, ct.n - a->tag);
	return SF_OPENED;
}

/* ---- derivations that cost nothing ----------------------------------------
 *
 * What is derived does not matter here, and OpenSSL takes some ten allocations
 * for each, hundreds an input: a fuzzer did a few dozen inputs a second.
 */

static bool
yes_extract(enum sf_hash_name h, struct sf_bytes salt, struct sf_bytes ikm,
    uint8_t out[SF_HASH_MAX])
{
	(void)h;
	(void)salt;
	memset(out, ikm.n == 0 ? 0 : ikm.p[0], SF_HASH_MAX);
	return true;
}

static bool
yes_expand(enum sf_hash_name h, struct sf_bytes prk, struct sf_bytes info,
    uint8_t *out, size_t n)
{
	(void)h;
	(void)info;
	memset(out, prk.p[0], n);
	return true;
}

static bool
yes_repeat(enum sf_hash_name h, struct sf_bytes info, uint64_t times,
    uint8_t key[SF_HASH_MAX])
{
	(void)h;
	(void)info;
	(void)times;
	memset(key, key[0], SF_HASH_MAX);
	return true;
}

static bool
yes_digest(enum sf_hash_name h, struct sf_bytes in, uint8_t out[SF_HASH_MAX])
{
	uint64_t v = 0;

	(void)h;
	for (size_t i = 0; i < in.n; i++)
		v = (v ^ in.p[i]) * UINT64_C(0x100000001b3);
	memset(out, 0, SF_HASH_MAX);
	memcpy(out, &v, sizeof(v));
	return true;
}

/* ---- keys ---------------------------------------------------------------- */

static void
fill_entry(struct sf_key_entry *e, unsigned i, uint8_t how)
{
	e->kid = i < 4 ? i : (uint64_t)i << 60;
	e->suite = how & 0x20 ? 0 : (uint16_t)(1 + i % SF_SUITES);
	e->has_ssrc = i == 2;
	e->ssrc = e->has_ssrc ? 2 : 0;
	e->dialect = SF_DIALECT_NONE;
	e->exporter = false;
	e->epoch = 0;
	e->n = 1 + i;
	memset(e->octets, (int)i + 1, e->n);
}

/* Six keys; with MLS three epochs whose low bits are equal, and an exporter. */
static void
fill_keyfile(struct sf_keyfile *k, uint8_t how)
{
	static const unsigned ratchets[] = { 0, 1, 4, 63 };

	k->scheme = (enum sf_key_scheme)(how % 3);
	k->ratchet_bits = ratchets[how >> 2 & 3];
	k->per_ssrc_keys = (how & 0x10) != 0;
	k->epoch_bits = 2;
	k->sender_bits = 4;
	k->n_metadata = how & 0x40 ? 3 : 0;
	k->n = 6;
	for (unsigned i = 0; i < k->n; i++) {
		fill_entry(&k->keys[i], i, how);
		if (k->scheme != SF_SCHEME_MLS)
			continue;
		k->keys[i].kid = 0;
		k->keys[i].epoch = i < 3 ? 4 * i : i;
		k->keys[i].exporter = i == 5;
	}
}

/* ---- frames -------------------------------------------------------------- */

static bool
all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* With the real AEADs: a frame does not open, unless by chance. */
static void
feed(struct sf_keys *k, bool yes, struct sf_bytes frame, uint32_t ssrc)
{
	struct sf_sframe_header h;
	struct sf_diag d;
	struct sf_opened o;
	uint8_t *pt;
	bool has;

	if (sf_sframe_header_parse(&h, frame, &d) != SF_OK)
		return;
	pt = calloc(1, h.payload.n + 1);
	FUZZ_CHECK(pt != NULL);
	has = sf_keys_has(k, h.kid, ssrc);
	o = sf_keys_open(k, h.kid, h.ctr, ssrc, h.aad, h.payload, pt);
	FUZZ_CHECK(!o.known || has);
	if (o.status == SF_OPENED) {
		const struct sf_suite *suite = sf_suite_by_id(o.suite);

		FUZZ_CHECK(yes || suite->tag_octets == 4);
		FUZZ_CHECK(o.known && o.entry < 6 && suite != NULL);
		FUZZ_CHECK(suite->tag_octets <= h.payload.n);
		FUZZ_CHECK(sf_keys_has(k, h.kid, ssrc));
		o = sf_keys_open(k, h.kid, h.ctr, ssrc, h.aad, h.payload, NULL);
		FUZZ_CHECK(o.status == SF_OPENED);
	} else {
		FUZZ_CHECK(o.status != SF_CRYPTO_FAILED);
		FUZZ_CHECK(all_zero(pt, h.payload.n));
	}
	FUZZ_CHECK(pt[h.payload.n] == 0);
	/* a changed key opens nothing but what opens anyway */
	FUZZ_CHECK(sf_keys_control(k, h.kid, h.ctr, ssrc, h.aad, h.payload) ==
		   (yes && o.status == SF_OPENED));
	free(pt);
}

static void
feed_all(const struct sf_crypto *c, bool yes, const uint8_t *data, size_t size)
{
	static struct sf_keyfile file; /* large, and mostly unused */
	struct sf_keys *k;

	fill_keyfile(&file, data[0]);
	k = sf_keys_new(c, &file);
	FUZZ_CHECK(k != NULL);
	data++;
	size--;
	for (unsigned i = 0; i < (yes ? FRAMES : REAL) && size >= 2; i++) {
		size_t n = data[0] < size - 2 ? data[0] : size - 2;
		uint32_t ssrc = data[1];
		uint8_t *exact = malloc(n == 0 ? 1 : n);

		FUZZ_CHECK(exact != NULL);
		memcpy(exact, data + 2, n);
		feed(k, yes, sf_bytes(exact, n), ssrc);
		free(exact);
		data += 2 + n;
		size -= 2 + n;
	}
	sf_keys_free(k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_crypto cheap = sf_crypto_ossl, yes;

	if (size == 0)
		return 0;
	cheap.extract = yes_extract;
	cheap.expand = yes_expand;
	cheap.repeat = yes_repeat;
	cheap.digest = yes_digest;
	yes = cheap;
	yes.aead_new = yes_new;
	yes.aead_free = yes_free;
	yes.open = yes_open;
	feed_all(&yes, true, data, size);
	if (data[0] & 0x80)
		feed_all(&cheap, false, data, size);
	return 0;
}
