/*
 * The AEADs of RFC 9605 4.5 against published vectors, and against frames
 * that were touched.
 */
#include "engine/crypto/kdf.h"
#include "tests/noise.h"
#include "tests/vectors.h"

#include <string.h>

static const struct sf_crypto *const crypto = &sf_crypto_ossl;

#define ROOM 8192

/* Everything one call of seal or open takes. */
struct call {
	const struct sf_suite *suite;
	struct sf_bytes key, nonce, aad1, aad2, pt, ct;
};

/* Seals and opens as the row says, and with the AAD in one part or in two. */
static void
check_call(const char *what, const struct call *c)
{
	struct sf_aead *a = crypto->aead_new(c->suite, c->key.p);
	uint8_t out[ROOM];
	struct sf_bytes whole;
	uint8_t both[ROOM];

	assert_non_null(a);
	EXPECT(what, c->key.n, c->suite->key_octets);
	EXPECT(what, c->ct.n, c->pt.n + c->suite->tag_octets);
	memcpy(both, c->aad1.p, c->aad1.n);
	memcpy(both + c->aad1.n, c->aad2.p, c->aad2.n);
	whole = sf_bytes(both, c->aad1.n + c->aad2.n);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(
		    crypto->seal(a, c->nonce.p, c->aad1, c->aad2, c->pt, out));
		EXPECT(what, memcmp(out, c->ct.p, c->ct.n), 0);
		EXPECT(what,
		    crypto->open(a, c->nonce.p, c->aad1, c->aad2, c->ct, out),
		    SF_OPENED);
		EXPECT(what, memcmp(out, c->pt.p, c->pt.n), 0);
		EXPECT(what,
		    crypto->open(
			a, c->nonce.p, whole, sf_bytes(NULL, 0), c->ct, NULL),
		    SF_OPENED);
	}
	crypto->aead_free(a);
}

static unsigned
check_aead_group(const char *path, const char *group)
{
	struct vectors v;
	unsigned n = 0;

	vectors_open(&v, path);
	for (const struct cJSON *row = vectors_group(&v, group); row != NULL;
	     row = sf_json_next(row), n++) {
		struct call c = {
			.suite = sf_suite_by_id(
			    (uint16_t)vector_number(&v, row, "cipher_suite")),
			.key = vector_octets(row, "key"),
			.nonce = vector_octets(row, "nonce"),
			.aad1 = vector_octets(row, "aad"),
			.aad2 = sf_bytes(NULL, 0),
			.pt = vector_octets(row, "pt"),
			.ct = vector_octets(row, "ct"),
		};

		assert_non_null(c.suite);
		check_call(vector_text(row, "ct"), &c);
		hex_free(c.key);
		hex_free(c.nonce);
		hex_free(c.aad1);
		hex_free(c.pt);
		hex_free(c.ct);
	}
	vectors_close(&v);
	return n;
}

static void
aeads_are_as_published(void **state)
{
	(void)state;
	assert_int_equal(check_aead_group(VECTORS, "aes_ctr_hmac"), 3);
	assert_int_equal(check_aead_group(VECTORS, "aes_256_ctr_hmac"), 3);
}

/* The whole of RFC 9605 4.4.3: the header is in the ciphertext. */
static unsigned
check_sframe_group(const char *path, const char *group)
{
	struct vectors v;
	unsigned n = 0;

	vectors_open(&v, path);
	for (const struct cJSON *row = vectors_group(&v, group); row != NULL;
	     row = sf_json_next(row), n++) {
		struct sf_bytes ct = vector_octets(row, "ct");
		struct sf_bytes aad = vector_octets(row, "aad");
		struct call c = {
			.suite = sf_suite_by_id(
			    (uint16_t)vector_number(&v, row, "cipher_suite")),
			.key = vector_octets(row, "sframe_key"),
			.nonce = vector_octets(row, "nonce"),
			.aad2 = vector_octets(row, "metadata"),
			.pt = vector_octets(row, "pt"),
		};
		size_t header = aad.n - c.aad2.n;

		assert_non_null(c.suite);
		c.aad1 = sf_bytes(ct.p, header);
		c.ct = sf_bytes(ct.p + header, ct.n - header);
		check_call(vector_text(row, "ct"), &c);
		hex_free(c.key);
		hex_free(c.nonce);
		hex_free(c.aad2);
		hex_free(c.pt);
		hex_free(ct);
		hex_free(aad);
	}
	vectors_close(&v);
	return n;
}

static void
frames_are_as_published(void **state)
{
	(void)state;
	assert_int_equal(check_sframe_group(VECTORS, "sframe"), 5);
	assert_int_equal(
	    check_sframe_group(VECTORS_AES256, "sframe_aes_256_ctr_hmac"), 3);
}

/* RFC 9605 4.3 lets a receiver take a padded header: then its octets as they
   came are what is authenticated. Computed apart from this program. */
static void
padded_headers_authenticate_as_received(void **state)
{
	struct sf_bytes base = hex_octets("000102030405060708090a0b0c0d0e0f");
	struct sf_bytes frame = hex_octets("aa000123004567"
					   "bb56212f080d3bc1f79146394085c42d"
					   "8f9f927b85");
	struct sf_bytes minimal = hex_octets("9901234567");
	const struct sf_suite *suite = sf_suite_by_id(4);
	struct sf_bytes header = sf_bytes(frame.p, 7);
	struct sf_bytes ct = sf_bytes(frame.p + 7, frame.n - 7);
	struct sf_schedule s;
	struct sf_aead *a;
	uint8_t nonce[SF_NONCE], pt[64];

	(void)state;
	assert_true(sf_kdf_schedule(&s, crypto, suite, base, 0x123));
	sf_kdf_nonce(nonce, s.salt, 0x4567);
	a = crypto->aead_new(suite, s.key);
	assert_non_null(a);
	assert_int_equal(
	    crypto->open(a, nonce, header, sf_bytes(NULL, 0), ct, pt),
	    SF_OPENED);
	expect_octets("hello", sf_bytes(pt, 5), "68656c6c6f");
	assert_int_equal(
	    crypto->open(a, nonce, minimal, sf_bytes(NULL, 0), ct, pt),
	    SF_FORGED);
	crypto->aead_free(a);
	hex_free(base);
	hex_free(frame);
	hex_free(minimal);
}

/* ---- touched ------------------------------------------------------------- */

struct sealed {
	struct sf_aead *a;
	const struct sf_suite *suite;
	uint8_t nonce[SF_NONCE], aad1[5], aad2[7];
	uint8_t pt[48], ct[48 + SF_TAG_MAX];
	size_t n; /* of ct */
};

static void
seal_noise(struct sealed *s, uint16_t id, size_t octets)
{
	uint64_t seed = 0x9605u + id;
	uint8_t key[SF_KEY_MAX];

	s->suite = sf_suite_by_id(id);
	noise_fill(key, sizeof(key), &seed);
	noise_fill(s->nonce, sizeof(s->nonce), &seed);
	noise_fill(s->aad1, sizeof(s->aad1), &seed);
	noise_fill(s->aad2, sizeof(s->aad2), &seed);
	noise_fill(s->pt, sizeof(s->pt), &seed);
	s->a = crypto->aead_new(s->suite, key);
	assert_non_null(s->a);
	s->n = octets + s->suite->tag_octets;
	assert_true(
	    crypto->seal(s->a, s->nonce, sf_bytes(s->aad1, sizeof(s->aad1)),
		sf_bytes(s->aad2, sizeof(s->aad2)), sf_bytes(s->pt, octets),
		s->ct));
}

static enum sf_open_status
open_sealed(struct sealed *s, size_t n, uint8_t *pt)
{
	struct sf_bytes ct = hex_copy(s->ct, n);
	enum sf_open_status st =
	    crypto->open(s->a, s->nonce, sf_bytes(s->aad1, sizeof(s->aad1)),
		sf_bytes(s->aad2, sizeof(s->aad2)), ct, pt);

	hex_free(ct);
	return st;
}

/* It must not open, and what was deciphered must be gone. */
static void
expect_forged(struct sealed *s)
{
	static const uint8_t zeros[48];
	size_t n = s->n - s->suite->tag_octets;
	uint8_t pt[48];

	memset(pt, 0xee, sizeof(pt));
	EXPECT(s->suite->name, open_sealed(s, s->n, pt), SF_FORGED);
	EXPECT(s->suite->name, memcmp(pt, zeros, n), 0);
	EXPECT(s->suite->name, open_sealed(s, s->n, NULL), SF_FORGED);
}

static void
flip_all(struct sealed *s, uint8_t *p, size_t n)
{
	for (size_t bit = 0; bit < 8 * n; bit++) {
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		expect_forged(s);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void
one_bit_is_enough(void **state)
{
	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		struct sealed s = { 0 };
		uint8_t pt[48];

		seal_noise(&s, id, sizeof(s.pt));
		flip_all(&s, s.ct, s.n);
		flip_all(&s, s.aad1, sizeof(s.aad1));
		flip_all(&s, s.aad2, sizeof(s.aad2));
		flip_all(&s, s.nonce, sizeof(s.nonce));
		/* and the key is none the worse for all these */
		EXPECT(s.suite->name, open_sealed(&s, s.n, pt), SF_OPENED);
		EXPECT(s.suite->name, memcmp(pt, s.pt, sizeof(pt)), 0);
		crypto->aead_free(s.a);
	}
}

/* Cut anywhere it fails; below the tag it says so. */
static void
cut_frames_fail(void **state)
{
	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		struct sealed s = { 0 };
		uint8_t pt[48];

		seal_noise(&s, id, sizeof(s.pt));
		for (size_t n = 0; n < s.n; n++)
			EXPECT(s.suite->name, open_sealed(&s, n, pt),
			    n < s.suite->tag_octets ? SF_TOO_SHORT : SF_FORGED);
		crypto->aead_free(s.a);
	}
}

/* RFC 9605 4.2: empty plaintexts are fine; long ones go in pieces when only
   the tag is asked for. */
static void
any_length_opens(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4095, 4096, 4097,
		8000 };
	uint64_t seed = 1;
	uint8_t key[SF_KEY_MAX], nonce[SF_NONCE];
	uint8_t pt[ROOM], back[ROOM], ct[ROOM + SF_TAG_MAX];
	struct sf_bytes none = sf_bytes(NULL, 0);

	(void)state;
	noise_fill(key, sizeof(key), &seed);
	noise_fill(nonce, sizeof(nonce), &seed);
	noise_fill(pt, sizeof(pt), &seed);
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *suite = sf_suite_by_id(id);
		struct sf_aead *a = crypto->aead_new(suite, key);

		assert_non_null(a);
		for (size_t i = 0; i < LENGTH(sizes); i++) {
			struct sf_bytes all =
			    sf_bytes(ct, sizes[i] + suite->tag_octets);

			assert_true(crypto->seal(
			    a, nonce, none, none, sf_bytes(pt, sizes[i]), ct));
			EXPECT(suite->name,
			    crypto->open(a, nonce, none, none, all, back),
			    SF_OPENED);
			EXPECT(suite->name, memcmp(back, pt, sizes[i]), 0);
			EXPECT(suite->name,
			    crypto->open(a, nonce, none, none, all, NULL),
			    SF_OPENED);
			ct[sizes[i] / 2] ^= 4;
			EXPECT(suite->name,
			    crypto->open(a, nonce, none, none, all, NULL),
			    SF_FORGED);
		}
		crypto->aead_free(a);
	}
	crypto->aead_free(NULL);
}

/*
 * A key that has been used says what a fresh one says: nonces that begin alike
 * and not, seals in between, frames that fail.
 */
static void
use_leaves_no_trace(void **state)
{
	uint8_t key[SF_KEY_MAX], pt[48], back[48], ct[48 + SF_TAG_MAX];
	struct sf_bytes none = sf_bytes(NULL, 0);

	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *suite = sf_suite_by_id(id);
		uint64_t seed = id;
		struct sf_aead *used;

		noise_fill(key, sizeof(key), &seed);
		used = crypto->aead_new(suite, key);
		assert_non_null(used);
		for (unsigned turn = 0; turn < 2000; turn++) {
			uint8_t nonce[SF_NONCE] = { 0 };
			struct sf_bytes all =
			    sf_bytes(ct, sizeof(pt) + suite->tag_octets);
			struct sf_aead *fresh = crypto->aead_new(suite, key);
			bool forge = noise_next(&seed) % 3 == 0;

			assert_non_null(fresh);
			noise_fill(pt, sizeof(pt), &seed);
			noise_fill(nonce + 4, SF_NONCE - 4, &seed);
			nonce[noise_next(&seed) % 4] =
			    (uint8_t)(noise_next(&seed) % 2);
			assert_true(crypto->seal(
			    noise_next(&seed) % 5 == 0 ? used : fresh, nonce,
			    none, none, sf_bytes(pt, sizeof(pt)), ct));
			ct[noise_next(&seed) % all.n] ^= forge;
			EXPECT(suite->name,
			    crypto->open(used, nonce, none, none, all, back),
			    forge ? SF_FORGED : SF_OPENED);
			EXPECT(suite->name,
			    forge || memcmp(back, pt, sizeof(pt)) == 0, true);
			crypto->aead_free(fresh);
		}
		crypto->aead_free(used);
	}
}

static void
small_services(void **state)
{
	uint8_t a[4] = { 1, 2, 3, 4 };
	static const uint8_t zeros[4];
	uint8_t hash[SF_HASH_MAX];

	(void)state;
	assert_true(crypto->equal(a, a, sizeof(a)));
	assert_false(crypto->equal(a, zeros, sizeof(a)));
	assert_true(crypto->equal(a, zeros, 0));
	crypto->wipe(a, sizeof(a));
	assert_memory_equal(a, zeros, sizeof(a));
	/* FIPS 180-4, of nothing */
	assert_true(crypto->digest(SF_SHA256, sf_bytes(NULL, 0), hash));
	expect_octets("SHA-256", sf_bytes(hash, 32),
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	assert_true(crypto->digest(SF_SHA384, sf_bytes(NULL, 0), hash));
	expect_octets("SHA-384", sf_bytes(hash, 4), "38b060a7");
	assert_true(crypto->digest(SF_SHA512, sf_bytes(NULL, 0), hash));
	expect_octets("SHA-512", sf_bytes(hash, 4), "cf83e135");
	assert_non_null(crypto->version);
}

/* RFC 5869 A.1 and A.3: with a salt, and without. */
static void
hkdf_is_as_published(void **state)
{
	struct sf_bytes ikm = hex_octets("0b*22");
	struct sf_bytes salt = hex_octets("000102030405060708090a0b0c");
	struct sf_bytes info = hex_octets("f0f1f2f3f4f5f6f7f8f9");
	uint8_t prk[SF_HASH_MAX], okm[42];

	(void)state;
	assert_true(crypto->extract(SF_SHA256, salt, ikm, prk));
	assert_true(crypto->expand(
	    SF_SHA256, sf_bytes(prk, 32), info, okm, sizeof(okm)));
	expect_octets("A.1", sf_bytes(okm, sizeof(okm)),
	    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
	    "34007208d5b887185865");
	assert_true(crypto->extract(SF_SHA256, sf_bytes(NULL, 0), ikm, prk));
	assert_true(crypto->expand(
	    SF_SHA256, sf_bytes(prk, 32), sf_bytes(NULL, 0), okm, sizeof(okm)));
	expect_octets("A.3", sf_bytes(okm, sizeof(okm)),
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8");
	hex_free(ikm);
	hex_free(salt);
	hex_free(info);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aeads_are_as_published),
		cmocka_unit_test(frames_are_as_published),
		cmocka_unit_test(padded_headers_authenticate_as_received),
		cmocka_unit_test(one_bit_is_enough),
		cmocka_unit_test(cut_frames_fail),
		cmocka_unit_test(any_length_opens),
		cmocka_unit_test(use_leaves_no_trace),
		cmocka_unit_test(small_services),
		cmocka_unit_test(hkdf_is_as_published),
	};

	return cmocka_run_group_tests_name("aead", tests, NULL, NULL);
}
