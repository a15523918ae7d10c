/*
 * SRTP against what is published: RFC 3711 B.3, RFC 6188 7 (key derivation),
 * RFC 7714 16 and 17 (GCM), RFC 9335 A (Cryptex). Against another
 * implementation, and in all profiles: tests/srtp.py.
 */
#include "engine/srtp/master.h"
#include "tests/rows.h"

#include <string.h>

static const struct sf_srtp_crypto *const crypto = &sf_srtp_crypto_ossl;

/* clang-format off */
static const struct {
	const char *what, *profile, *key, *salt, *enc, *auth, *session_salt;
} derivations[] = {
	{ "RFC 3711 B.3", "AES_CM_128_HMAC_SHA1_80",
	  "e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6",
	  "c61e7a93744f39ee10734afe3ff7a087",
	  "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
	  "30cbbc08863d8c85d49db34a9ae1" },
	{ "RFC 6188 7.2", "AES_256_CM_HMAC_SHA1_80",
	  "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6",
	  "3b04803de51ee7c96423ab5b78d2",
	  "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
	  "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05",
	  "fa31791685ca444a9e07c6c64e93" },
	{ "RFC 6188 7.4", "AES_192_CM_HMAC_SHA1_80",
	  "73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1",
	  "c8522f3acd4ce86d5add78edbb11",
	  "31874736a8f1143870c26e4857d8a5b2c4a354407faadabb",
	  "355b10973cd95b9eacf4061c7e1a7151e7cfbfcb",
	  "2372b82d639b6d8503a47adc0a6c" },
};

/* Session keys, as RFC 7714 has them; RTP with ROC 0, RTCP with its index. */
static const struct {
	const char *what, *profile, *key, *packet, *plain;
	bool rtcp;
} sessions[] = {
	{ "RFC 7714 16.1", "AEAD_AES_128_GCM", "000102030405060708090a0b0c0d0e0f",
	  "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f"
	  "42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
	  "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120"
	  "696e207061727465732074726573", false },
	{ "RFC 7714 16.2", "AEAD_AES_256_GCM",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3"
	  "b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
	  "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120"
	  "696e207061727465732074726573", false },
	{ "RFC 7714 17.1", "AEAD_AES_128_GCM", "000102030405060708090a0b0c0d0e0f",
	  "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1"
	  "730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
	  "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeef"
	  "deadbeefdeadbeefdeadbeefdeadbeef", true },
	{ "RFC 7714 17.3, not enciphered", "AEAD_AES_128_GCM",
	  "000102030405060708090a0b0c0d0e0f",
	  "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeef"
	  "deadbeefdeadbeefdeadbeefdeadbeef841dd9683dd78ec92ae58790125f62b3000005d4",
	  "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeef"
	  "deadbeefdeadbeefdeadbeefdeadbeef", true },
};

#define CM  "e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6"
#define GCM "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaab"

static const struct {
	const char *what, *profile, *key, *salt, *packet, *plain;
} cryptex[] = {
	{ "RFC 9335 A.1.1", "AES_CM_128_HMAC_SHA1_80", CM,
	  "900f1235decafbadcafebabec0de0001eb92365251c3e036f8de27e9c27ee3e0b4651d9fbc4218a70244522f34a5",
	  "900f1235decafbadcafebabebede000151000200abababababababababababababababab" },
	{ "RFC 9335 A.1.2", "AES_CM_128_HMAC_SHA1_80", CM,
	  "900f1236decafbadcafebabec2de00014ed9cc4e6a712b3096c5ca77339d4204ce0d77396cab69585fbce38194a5",
	  "900f1236decafbadcafebabe1000000105020002abababababababababababababababab" },
	{ "RFC 9335 A.1.3", "AES_CM_128_HMAC_SHA1_80", CM,
	  "920f1238decafbadcafebabe8bb6e12b5cff16ddc0de000192838c8c09e58393e1de3a9a74734d6745671338c3acf11da2df8423bee0",
	  "920f1238decafbadcafebabe0001e2400000b26ebede000151000200abababababababababababababababab" },
	{ "RFC 9335 A.1.6", "AES_CM_128_HMAC_SHA1_80", CM,
	  "920f123bdecafbadcafebabecbf24c124330e1c8c2de0000599dd45bc9d687b603e8b59d771fd38e88b170e0cd31e125eabe",
	  "920f123bdecafbadcafebabe0001e2400000b26e10000000abababababababababababababababab" },
	{ "RFC 9335 A.2.1", "AEAD_AES_128_GCM", GCM,
	  "900f1235decafbadcafebabec0de000139972dc9572c4d99e8fc355de743fb2e94f9d8ff54e72f4193bbc5c74ffab0fa9fa0fbeb",
	  "900f1235decafbadcafebabebede000151000200abababababababababababababababab" },
	{ "RFC 9335 A.2.3", "AEAD_AES_128_GCM", GCM,
	  "920f1238decafbadcafebabe63bbccc4a7f695c4c0de00018ad7c71fac70a80c92866b4c6ba98546ef913586e95ffaaffe956885bb0647a8bc094ac8",
	  "920f1238decafbadcafebabe0001e2400000b26ebede000151000200abababababababababababababababab" },
	{ "RFC 9335 A.2.6", "AEAD_AES_128_GCM", GCM,
	  "920f123bdecafbadcafebabedcb38c9e48bf95f4c2de000061ee432cf920317076613258d3ce4236c06ac429681ad08413512dc98b5207d8",
	  "920f123bdecafbadcafebabe0001e2400000b26e10000000abababababababababababababababab" },
};
/* clang-format on */

static const struct sf_srtp_profile *
profile(const char *name)
{
	const struct sf_srtp_profile *p =
	    sf_srtp_profile_by_name(sf_bytes(name, strlen(name)));

	assert_non_null(p);
	return p;
}

static void
keys_are_derived(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(derivations); i++) {
		const struct sf_srtp_profile *p =
		    profile(derivations[i].profile);
		struct sf_bytes key = hex_octets(derivations[i].key);
		struct sf_bytes salt = hex_octets(derivations[i].salt);
		const char *want[3] = { derivations[i].enc, derivations[i].auth,
			derivations[i].session_salt };
		size_t n[3] = { p->key, SF_SRTP_AUTH, p->salt };
		struct sf_srtp_kdf kdf = sf_srtp_kdf(p, key.p, salt.p);
		uint8_t out[SF_SRTP_KEY];

		for (unsigned l = 0; l < 3; l++) {
			assert_true(sf_srtp_derive(
			    crypto, &kdf, (enum sf_srtp_label)l, out, n[l]));
			expect_octets(
			    derivations[i].what, sf_bytes(out, n[l]), want[l]);
		}
		hex_free(salt);
		hex_free(key);
	}
}

static enum sf_open_status
open_rtp(struct sf_srtp_master *m, struct sf_bytes in, uint32_t roc,
    uint8_t *out, size_t *n)
{
	struct sf_srtp_shape s;

	assert_int_equal(sf_srtp_shape_of(&s, in), SF_OK);
	return sf_srtp_master_rtp(m, &s, roc, out, n);
}

/* One octet wrong anywhere, and nothing comes out. */
static void
expect_no_other(
    const char *what, struct sf_srtp_master *m, struct sf_bytes in, bool rtcp)
{
	struct sf_bytes bent = hex_copy(in.p, in.n);
	uint8_t *p = malloc(in.n);
	size_t n;

	assert_non_null(p);
	for (size_t i = 2; i < in.n; i++) {
		uint8_t *octet = &((uint8_t *)(uintptr_t)bent.p)[i];
		struct sf_srtp_shape s;

		*octet ^= 1;
		if (rtcp)
			EXPECT(what,
			    sf_srtp_master_rtcp(m, bent, p, &n) != SF_OPENED,
			    true);
		else if (sf_srtp_shape_of(&s, bent) == SF_OK)
			EXPECT(what,
			    sf_srtp_master_rtp(m, &s, 0, p, &n) != SF_OPENED,
			    true);
		*octet ^= 1;
	}
	for (size_t cut = 0; cut < in.n; cut++) {
		struct sf_bytes part = hex_copy(in.p, cut);
		struct sf_srtp_shape s;

		if (rtcp)
			EXPECT(what,
			    sf_srtp_master_rtcp(m, part, p, &n) != SF_OPENED,
			    true);
		else if (sf_srtp_shape_of(&s, part) == SF_OK)
			EXPECT(what,
			    sf_srtp_master_rtp(m, &s, 0, p, &n) != SF_OPENED,
			    true);
		hex_free(part);
	}
	free(p);
	hex_free(bent);
}

static void
gcm_opens_what_is_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(sessions); i++) {
		struct sf_bytes key = hex_octets(sessions[i].key);
		struct sf_bytes salt = hex_octets("517569642070726f2071756f");
		struct sf_bytes in = hex_octets(sessions[i].packet);
		struct sf_srtp_master m = { .crypto = crypto,
			.profile = profile(sessions[i].profile) };
		uint8_t out[256];
		size_t n = 0;

		m.rtp = crypto->key_new(m.profile, key.p, NULL);
		m.rtcp = crypto->key_new(m.profile, key.p, NULL);
		memcpy(m.rtp_salt, salt.p, salt.n);
		memcpy(m.rtcp_salt, salt.p, salt.n);
		EXPECT(sessions[i].what,
		    sessions[i].rtcp ? sf_srtp_master_rtcp(&m, in, out, &n)
				     : open_rtp(&m, in, 0, out, &n),
		    SF_OPENED);
		expect_octets(
		    sessions[i].what, sf_bytes(out, n), sessions[i].plain);
		expect_no_other(sessions[i].what, &m, in, sessions[i].rtcp);
		sf_srtp_master_wipe(&m);
		hex_free(in);
		hex_free(salt);
		hex_free(key);
	}
}

static void
cryptex_opens_what_is_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cryptex); i++) {
		struct sf_bytes key = hex_octets(cryptex[i].key);
		struct sf_bytes salt = hex_octets(cryptex[i].salt);
		struct sf_bytes in = hex_octets(cryptex[i].packet);
		struct sf_srtp_master m;
		struct sf_srtp_kdf kdf;
		uint8_t *out = malloc(in.n);
		size_t n = 0;

		assert_non_null(out);
		kdf = sf_srtp_kdf(profile(cryptex[i].profile), key.p, salt.p);
		assert_true(sf_srtp_master_init(
		    &m, crypto, profile(cryptex[i].profile), &kdf));
		EXPECT(
		    cryptex[i].what, open_rtp(&m, in, 0, out, &n), SF_OPENED);
		expect_octets(
		    cryptex[i].what, sf_bytes(out, n), cryptex[i].plain);
		EXPECT(
		    cryptex[i].what, open_rtp(&m, in, 1, out, &n), SF_FORGED);
		expect_no_other(cryptex[i].what, &m, in, false);
		sf_srtp_master_wipe(&m);
		free(out);
		hex_free(in);
		hex_free(salt);
		hex_free(key);
	}
}

static void
profiles_have_many_names(void **state)
{
	/* clang-format off */
	static const struct { const char *name, *is; } rows[] = {
		{ "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80" },
		{ "aes_cm_128_hmac_sha1_32", "AES_CM_128_HMAC_SHA1_32" },
		{ "SRTP_AES128_CM_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80" },
		{ "SRTP_AES128_CM_SHA1_32", "AES_CM_128_HMAC_SHA1_32" },
		{ "SRTP_AEAD_AES_256_GCM", "AEAD_AES_256_GCM" },
		{ "srtp-aead-aes-128-gcm", "AEAD_AES_128_GCM" },
		{ "SRTP_NULL_HMAC_SHA1_80", "NULL_HMAC_SHA1_80" },
		{ "0x0007", "AEAD_AES_128_GCM" },
		{ "8", "AEAD_AES_256_GCM" },
		{ "1", "AES_CM_128_HMAC_SHA1_80" },
		{ "0", NULL }, { "0x", NULL }, { "70000", NULL }, { "", NULL },
		{ "F8_128_HMAC_SHA1_80", NULL }, { "SRTP_", NULL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct sf_srtp_profile *p = sf_srtp_profile_by_name(
		    sf_bytes(rows[i].name, strlen(rows[i].name)));

		EXPECT(rows[i].name, p == NULL, rows[i].is == NULL);
		if (p != NULL)
			assert_string_equal(p->name, rows[i].is);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_derived),
		cmocka_unit_test(gcm_opens_what_is_published),
		cmocka_unit_test(cryptex_opens_what_is_published),
		cmocka_unit_test(profiles_have_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
