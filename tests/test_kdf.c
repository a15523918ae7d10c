/*
 * Labels, secrets, keys and salts of the published vectors; the ratchet, MLS
 * and per-SSRC derivations, and what some implementations make of them.
 */
#include "engine/crypto/kdf.h"
#include "tests/vectors.h"

#include <string.h>

static const struct sf_crypto *const crypto = &sf_crypto_ossl;

static const char counting[] = "000102030405060708090a0b0c0d0e0f";

/* ---- suites -------------------------------------------------------------- */

static void
suites_are_consistent(void **state)
{
	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *s = sf_suite_by_id(id);

		assert_non_null(s);
		EXPECT(s->name, s->id, id);
		EXPECT(s->name, s->key_octets,
		    s->enc_octets +
			(s->mode == SF_MODE_CTR ? s->hash_octets : 0));
		EXPECT(s->name, s->hash_octets, s->hash == SF_SHA256 ? 32 : 64);
		EXPECT(s->name, s->key_octets <= SF_KEY_MAX, true);
		EXPECT(s->name, s->tag_octets <= SF_TAG_MAX, true);
		assert_ptr_equal(sf_suite_by_name(s->name), s);
	}
	assert_null(sf_suite_by_id(0));
	assert_null(sf_suite_by_id(9));
	assert_null(sf_suite_by_id(0xf001));
}

static void
suites_have_names(void **state)
{
	static const struct {
		const char *name;
		uint16_t id; /* 0: none */
	} rows[] = {
		/* clang-format off */
		{ "aes_256_gcm_sha512_128",  5 },
		{ "AES_128_CTR_HMAC_SHA256_32", 3 },
		{ "4",                       4 },
		{ "0x0004",                  4 },
		{ "0X8",                     8 },
		{ "0004",                    4 },
		{ "0",                       0 },
		{ "9",                       0 },
		{ "10",                      0 },
		{ "0x",                      0 },
		{ "",                        0 },
		{ " 4",                      0 },
		{ "4 ",                      0 },
		{ "-4",                      0 },
		{ "0x10004",                 0 },
		{ "AES_128_GCM_SHA256",      0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct sf_suite *s = sf_suite_by_name(rows[i].name);

		EXPECT(rows[i].name, s == NULL ? 0 : s->id, rows[i].id);
	}
}

/* ---- the schedule -------------------------------------------------------- */

static void
check_schedule(const struct vectors *v, const struct cJSON *row)
{
	const char *what = vector_text(row, "ct");
	uint64_t kid = vector_number(v, row, "kid");
	const struct sf_suite *suite =
	    sf_suite_by_id((uint16_t)vector_number(v, row, "cipher_suite"));
	struct sf_bytes base = vector_octets(row, "base_key");
	uint8_t label[40], nonce[SF_NONCE];
	struct sf_schedule s;

	assert_non_null(suite);
	expect_octets(what,
	    sf_bytes(label, sf_kdf_label(label, false, kid, suite->id)),
	    vector_text(row, "sframe_key_label"));
	expect_octets(what,
	    sf_bytes(label, sf_kdf_label(label, true, kid, suite->id)),
	    vector_text(row, "sframe_salt_label"));
	assert_true(sf_kdf_schedule(&s, crypto, suite, base, kid));
	expect_octets(what, sf_bytes(s.secret, suite->hash_octets),
	    vector_text(row, "sframe_secret"));
	expect_octets(what, sf_bytes(s.key, suite->key_octets),
	    vector_text(row, "sframe_key"));
	expect_octets(what, sf_bytes(s.salt, sizeof(s.salt)),
	    vector_text(row, "sframe_salt"));
	sf_kdf_nonce(nonce, s.salt, vector_number(v, row, "ctr"));
	expect_octets(
	    what, sf_bytes(nonce, sizeof(nonce)), vector_text(row, "nonce"));
	hex_free(base);
}

static void
check_group(const char *path, const char *group, unsigned count)
{
	struct vectors v;
	unsigned n = 0;

	vectors_open(&v, path);
	for (const struct cJSON *row = vectors_group(&v, group); row != NULL;
	     row = sf_json_next(row), n++)
		check_schedule(&v, row);
	vectors_close(&v);
	EXPECT(group, n, count);
}

static void
schedules_are_as_published(void **state)
{
	(void)state;
	check_group(VECTORS, "sframe", 5);
	check_group(VECTORS_AES256, "sframe_aes_256_ctr_hmac", 3);
}

static void
counters_fill_the_low_octets(void **state)
{
	static const uint8_t salt[SF_NONCE] = { 0xff, 0, 0xff, 0, 1, 2, 3, 4, 5,
		6, 7, 8 };
	uint8_t nonce[SF_NONCE];

	(void)state;
	sf_kdf_nonce(nonce, salt, 0);
	assert_memory_equal(nonce, salt, SF_NONCE);
	sf_kdf_nonce(nonce, salt, UINT64_MAX);
	expect_octets(
	    "all ones", sf_bytes(nonce, SF_NONCE), "ff00ff00 fefdfcfbfaf9f8f7");
	sf_kdf_nonce(nonce, salt, UINT64_C(0x0102030405060708));
	expect_octets(
	    "zeros", sf_bytes(nonce, SF_NONCE), "ff00ff00 0000000000000000");
}

/* ---- ways to a base key -------------------------------------------------- */

static bool
equals(const uint8_t *got, size_t n, const char *hex)
{
	struct sf_bytes want = hex_octets(hex);
	bool same = want.n == n && memcmp(got, want.p, n) == 0;

	hex_free(want);
	return same;
}

/* RFC 9605 5.1. No document has vectors: values computed apart from this
   program. The wrong ones have a small f, and a blank at the end. */
static void
ratchets(void **state)
{
	static const char *const wrong[] = {
		"70e152821adde8263cb2b382de27c5f81ddf5040e239ef1e282b40ae83baf1"
		"ad",
		"020d33b728212d994e8392bdb9e72ccfdd157b3e27efa51ebe86db8f693ffe"
		"27",
	};
	struct sf_bytes base = hex_octets(counting);
	uint8_t out[SF_HASH_MAX];

	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *s = sf_suite_by_id(id);

		assert_true(sf_kdf_ratchet(out, crypto, s, base));
		expect_octets(s->name, sf_bytes(out, s->hash_octets),
		    s->hash == SF_SHA256 ? "fb75d8d5782da6c6cbf18ac43eca5da9"
					   "e47f7e6ac7926a78e486226bd2af0f87"
					 : "895fe5603750295ccbe0d5ed9745617b"
					   "46e9cf9b428179b8f29f3147492bb08f"
					   "aa190560720ee0e4570760b64e7d5931"
					   "120c391b7c7becc429ea35a9d07475aa");
		for (size_t i = 0; i < LENGTH(wrong); i++)
			assert_false(equals(out, s->hash_octets, wrong[i]));
	}
	hex_free(base);
}

/* Many steps at once are as many single ones. */
static void
ratchets_on(void **state)
{
	static const uint64_t jumps[] = { 0, 1, 2, 31, 1000 };

	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *s = sf_suite_by_id(id);
		uint8_t at_once[SF_HASH_MAX] = { 1, 2, 3 };
		uint8_t one[SF_HASH_MAX] = { 1, 2, 3 };

		for (size_t i = 0; i < LENGTH(jumps); i++) {
			assert_true(
			    sf_kdf_ratchet_on(at_once, crypto, s, jumps[i]));
			for (uint64_t n = 0; n < jumps[i]; n++) {
				uint8_t next[SF_HASH_MAX];

				assert_true(sf_kdf_ratchet(next, crypto, s,
				    sf_bytes(one, s->hash_octets)));
				memcpy(one, next, s->hash_octets);
			}
			assert_memory_equal(at_once, one, s->hash_octets);
		}
	}
}

/* RFC 9605 5.2 with RFC 9420 8.5; no vectors either. */
static void
exports_from_mls(void **state)
{
	struct sf_bytes secret = hex_octets(
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
	uint8_t out[SF_KEY_MAX];

	(void)state;
	assert_true(sf_kdf_mls_export(out, 16, crypto, SF_SHA256, secret));
	expect_octets(
	    "16", sf_bytes(out, 16), "3812be3b9d814b4a4443f7496abecede");
	assert_true(sf_kdf_mls_export(out, 32, crypto, SF_SHA256, secret));
	expect_octets("32", sf_bytes(out, 32),
	    "c28b86f8e1e8294176b8f0fe012f7b3e"
	    "f7730da6eac2d6ad2b13d9bd41b63ad3");
	assert_true(sf_kdf_mls_export(out, 48, crypto, SF_SHA384, secret));
	expect_octets("SHA-384", sf_bytes(out, 48),
	    "013208586b097b41df3d5e15e83201c894f98ff6758f39d6"
	    "e7b6608d769369789d7e23773cda32a2cf5b8dd1cf93fadd");
	/* a context of 64 octets, whose length takes two */
	assert_true(sf_kdf_mls_export(out, 96, crypto, SF_SHA512, secret));
	expect_octets("SHA-512", sf_bytes(out, 96),
	    "a2b27a81f15bfd05c1a014f2f25127d504628facf095754c"
	    "a543bfa6461417fa1cd0093407f8959962b893df691773f2"
	    "42c1dd47fe24d80f3be1339518b5b8bb297c888a43fd5a00"
	    "5e6898d72c1d61b1266f16524b2de9248e0f98c8fd310fb2");
	hex_free(secret);
}

static void
derives_for_each_ssrc(void **state)
{
	struct vectors v;
	unsigned n = 0;

	(void)state;
	vectors_open(&v, VECTORS_PER_SSRC);
	for (const struct cJSON *row =
		 vectors_group(&v, "sframe_per_ssrc_key_derivation");
	     row != NULL; row = sf_json_next(row), n++) {
		const struct sf_suite *s = sf_suite_by_id(
		    (uint16_t)vector_number(&v, row, "cipher_suite"));
		struct sf_bytes base = vector_octets(row, "base_key");
		uint8_t out[SF_HASH_MAX];

		assert_non_null(s);
		assert_true(sf_kdf_per_ssrc(out, crypto, s, base,
		    (uint32_t)vector_number(&v, row, "ssrc_a")));
		expect_octets(s->name, sf_bytes(out, s->hash_octets),
		    vector_text(row, "stream_key_a"));
		assert_true(sf_kdf_per_ssrc(out, crypto, s, base,
		    (uint32_t)vector_number(&v, row, "ssrc_b")));
		expect_octets(s->name, sf_bytes(out, s->hash_octets),
		    vector_text(row, "stream_key_b"));
		hex_free(base);
	}
	vectors_close(&v);
	assert_int_equal(n, 8);
}

/* ---- when the library fails ---------------------------------------------- */

static bool
fail_expand(enum sf_hash_name h, struct sf_bytes prk, struct sf_bytes info,
    uint8_t *out, size_t n)
{
	(void)h;
	(void)prk;
	(void)info;
	memset(out, 0xaa, n);
	return false;
}

static void
failures_leave_nothing(void **state)
{
	struct sf_crypto broken = sf_crypto_ossl;
	struct sf_bytes base = hex_octets(counting);
	const struct sf_suite *suite = sf_suite_by_id(4);
	static const uint8_t zeros[SF_HASH_MAX];
	static const struct sf_schedule none;
	uint8_t out[SF_HASH_MAX];
	struct sf_schedule s;

	(void)state;
	broken.expand = fail_expand;
	memset(&s, 0x55, sizeof(s));
	assert_false(sf_kdf_schedule(&s, &broken, suite, base, 1));
	assert_memory_equal(&s, &none, sizeof(s));
	memset(out, 0x55, sizeof(out));
	assert_false(sf_kdf_ratchet(out, &broken, suite, base));
	assert_memory_equal(out, zeros, sizeof(out));
	memset(out, 0x55, sizeof(out));
	assert_false(sf_kdf_per_ssrc(out, &broken, suite, base, 7));
	assert_memory_equal(out, zeros, sizeof(out));
	memset(out, 0x55, sizeof(out));
	assert_false(
	    sf_kdf_mls_export(out, sizeof(out), &broken, SF_SHA256, base));
	assert_memory_equal(out, zeros, sizeof(out));
	hex_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_are_consistent),
		cmocka_unit_test(suites_have_names),
		cmocka_unit_test(schedules_are_as_published),
		cmocka_unit_test(counters_fill_the_low_octets),
		cmocka_unit_test(ratchets),
		cmocka_unit_test(ratchets_on),
		cmocka_unit_test(exports_from_mls),
		cmocka_unit_test(derives_for_each_ssrc),
		cmocka_unit_test(failures_leave_nothing),
	};

	return cmocka_run_group_tests_name("kdf", tests, NULL, NULL);
}
