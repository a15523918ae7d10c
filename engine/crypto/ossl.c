/*
 * ossl.c - the cryptography of the product, on OpenSSL 3.
 *
 * Algorithms are fetched and keys set up once for each key. A frame then costs
 * a new IV and, in the CTR suites, a MAC that starts over with the key it has.
 */
#include "engine/crypto/ossl_parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define SCRATCH 4096 /* octets deciphered at a time when nobody wants them */
#define FIXED   4    /* octets of a nonce that no CTR changes */

/* ---- one AEAD key -------------------------------------------------------- */

struct sf_aead {
	const struct sf_suite *suite;
	EVP_CIPHER_CTX *cipher; /* has the key; gets an IV for each frame */
	EVP_MAC_CTX *mac;       /* CTR suites; has the key, too */
	/* GCM: the last frame was opened and its nonce began with these: only
	   the rest of the next one has to be given */
	bool goes_on;
	uint8_t fixed[FIXED];
	/* Deciphered octets that nobody wants; wiped with a frame that fails,
	   and at the end. */
	uint8_t scratch[SCRATCH];
};

static const char *
cipher_name(const struct sf_suite *suite)
{
	bool large = suite->enc_octets == 32;

	if (suite->mode == SF_MODE_GCM)
		return large ? "AES-256-GCM" : "AES-128-GCM";
	return large ? "AES-256-CTR" : "AES-128-CTR";
}

static bool
set_cipher(struct sf_aead *a, const uint8_t *key)
{
	EVP_CIPHER *cipher =
	    EVP_CIPHER_fetch(NULL, cipher_name(a->suite), NULL);
	bool done = false;

	a->cipher = EVP_CIPHER_CTX_new();
	if (cipher == NULL || a->cipher == NULL)
		goto out;
	done = EVP_CipherInit_ex2(a->cipher, cipher, key, NULL, 1, NULL) == 1;
out:
	EVP_CIPHER_free(cipher); /* the context holds it from here on */
	return done;
}

static bool
set_mac(struct sf_aead *a, const uint8_t *key)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[2] = {
		sf_ossl_name_param(
		    OSSL_MAC_PARAM_DIGEST, sf_ossl_hash_name(a->suite->hash)),
		OSSL_PARAM_construct_end(),
	};
	bool done = false;

	if (mac == NULL)
		goto out;
	a->mac = EVP_MAC_CTX_new(mac);
	done = a->mac != NULL &&
	       EVP_MAC_init(a->mac, key, a->suite->hash_octets, params) == 1;
out:
	EVP_MAC_free(mac);
	return done;
}

static void
ossl_aead_free(struct sf_aead *a)
{
	if (a == NULL)
		return;
	EVP_MAC_CTX_free(a->mac); /* both wipe their keys */
	EVP_CIPHER_CTX_free(a->cipher);
	OPENSSL_cleanse(a, sizeof(*a));
	free(a);
}

static struct sf_aead *
ossl_aead_new(const struct sf_suite *suite, const uint8_t *key)
{
	struct sf_aead *a = calloc(1, sizeof(*a));
	bool done;

	if (a == NULL)
		return NULL;
	a->suite = suite;
	/* RFC 9605 4.5.1: the first Nka octets encipher, the rest is of the
	   MAC; with GCM there is no rest */
	done = set_cipher(a, key) && (suite->mode == SF_MODE_GCM ||
					 set_mac(a, key + suite->enc_octets));
	ERR_clear_error();
	if (!done) {
		ossl_aead_free(a);
		return NULL;
	}
	return a;
}

/* OpenSSL counts the octets of a call in an int. */
static bool
fits(struct sf_bytes a, struct sf_bytes b, struct sf_bytes c)
{
	return a.n <= INT_MAX && b.n <= INT_MAX && c.n <= INT_MAX;
}

/* One call of the cipher; out NULL means that in is only authenticated. */
static bool
update(struct sf_aead *a, uint8_t *out, struct sf_bytes in)
{
	int n = 0;

	return in.n == 0 ||
	       (EVP_CipherUpdate(a->cipher, out, &n, in.p, (int)in.n) == 1 &&
		   n == (int)in.n);
}

/* ---- CTR and HMAC, RFC 9605 4.5.1 ---------------------------------------- */

static uint8_t *
put64(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		*p++ = (uint8_t)(v >> (56 - 8 * i));
	return p;
}

static bool
mac_add(struct sf_aead *a, const uint8_t *p, size_t n)
{
	return n == 0 || EVP_MAC_update(a->mac, p, n) == 1;
}

/* The whole MAC; the tag is its first octets. */
static bool
ctr_mac(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, const uint8_t *ct, size_t n, uint8_t out[SF_HASH_MAX])
{
	uint8_t head[8 + 8 + 8 + SF_NONCE];
	uint8_t *p = put64(head, aad1.n + aad2.n);
	size_t octets = 0;

	p = put64(p, n);
	p = put64(p, a->suite->tag_octets);
	memcpy(p, nonce, SF_NONCE);
	return EVP_MAC_init(a->mac, NULL, 0, NULL) == 1 &&
	       mac_add(a, head, sizeof(head)) && mac_add(a, aad1.p, aad1.n) &&
	       mac_add(a, aad2.p, aad2.n) && mac_add(a, ct, n) &&
	       EVP_MAC_final(a->mac, out, &octets, SF_HASH_MAX) == 1 &&
	       octets == a->suite->hash_octets;
}

/* The same both ways. */
static bool
ctr_cipher(struct sf_aead *a, const uint8_t nonce[SF_NONCE], uint8_t *out,
    struct sf_bytes in)
{
	uint8_t block[SF_NONCE + 4] = { 0 }; /* counts blocks from 0 */

	memcpy(block, nonce, SF_NONCE);
	return EVP_CipherInit_ex2(a->cipher, NULL, NULL, block, 1, NULL) == 1 &&
	       update(a, out, in);
}

static enum sf_open_status
ctr_open(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes body, const uint8_t *tag, uint8_t *pt)
{
	uint8_t mac[SF_HASH_MAX];
	enum sf_open_status st = SF_OPENED;

	if (!ctr_mac(a, nonce, aad1, aad2, body.p, body.n, mac))
		st = SF_CRYPTO_FAILED;
	else if (CRYPTO_memcmp(mac, tag, a->suite->tag_octets) != 0)
		st = SF_FORGED;
	else if (pt != NULL && !ctr_cipher(a, nonce, pt, body))
		st = SF_CRYPTO_FAILED;
	OPENSSL_cleanse(mac, sizeof(mac));
	return st;
}

static bool
ctr_seal(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes pt, uint8_t *out)
{
	uint8_t mac[SF_HASH_MAX];
	bool done = ctr_cipher(a, nonce, out, pt) &&
		    ctr_mac(a, nonce, aad1, aad2, out, pt.n, mac);

	if (done)
		memcpy(out + pt.n, mac, a->suite->tag_octets);
	OPENSSL_cleanse(mac, sizeof(mac));
	return done;
}

/* ---- GCM, RFC 5116 5.1 --------------------------------------------------- */

static bool
gcm_add(struct sf_aead *a, struct sf_bytes aad1, struct sf_bytes aad2)
{
	return update(a, NULL, aad1) && update(a, NULL, aad2);
}

/* Another nonce and tag for the key that is there. */
static bool
gcm_anew(struct sf_aead *a, const uint8_t nonce[SF_NONCE], OSSL_PARAM tag)
{
	OSSL_PARAM params[2] = { tag, OSSL_PARAM_construct_end() };

	a->goes_on = false;
	if (EVP_CipherInit_ex2(a->cipher, NULL, NULL, nonce, 0, params) != 1)
		return false;
	memcpy(a->fixed, nonce, FIXED);
	a->goes_on = EVP_CIPHER_CTX_ctrl(a->cipher, EVP_CTRL_AEAD_SET_IV_FIXED,
			 FIXED, a->fixed) == 1;
	/* which wants the whole nonce again */
	return !a->goes_on ||
	       EVP_CipherInit_ex2(a->cipher, NULL, NULL, nonce, 0, params) == 1;
}

/*
 * The same when it begins as the last one did: what TLS does for each record,
 * and a sixth less work than to set the cipher up again (EVP_EncryptInit(3),
 * "tlsivinv").
 */
static bool
gcm_go_on(struct sf_aead *a, const uint8_t nonce[SF_NONCE], OSSL_PARAM tag)
{
	OSSL_PARAM params[3] = {
		tag,
		sf_ossl_octets_param(OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV,
		    sf_bytes(nonce + FIXED, SF_NONCE - FIXED)),
		OSSL_PARAM_construct_end(),
	};

	return EVP_CIPHER_CTX_set_params(a->cipher, params) == 1;
}

static bool
gcm_start_open(
    struct sf_aead *a, const uint8_t nonce[SF_NONCE], const uint8_t *tag)
{
	OSSL_PARAM expected = sf_ossl_octets_param(
	    OSSL_CIPHER_PARAM_AEAD_TAG, sf_bytes(tag, a->suite->tag_octets));

	if (a->goes_on && memcmp(a->fixed, nonce, FIXED) == 0)
		return gcm_go_on(a, nonce, expected);
	return gcm_anew(a, nonce, expected);
}

/* Deciphers into pt; into scratch, a piece at a time, when that is NULL. */
static bool
gcm_decipher(struct sf_aead *a, struct sf_bytes body, uint8_t *pt)
{
	bool done = true;

	if (pt != NULL)
		return update(a, pt, body);
	while (done && body.n > 0) {
		size_t n = body.n < SCRATCH ? body.n : SCRATCH;

		done = update(a, a->scratch, sf_bytes(body.p, n));
		body = sf_bytes(body.p + n, body.n - n);
	}
	return done;
}

static enum sf_open_status
gcm_open(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes body, const uint8_t *tag, uint8_t *pt)
{
	enum sf_open_status st = SF_CRYPTO_FAILED;
	uint8_t end[16];
	int n = 0;

	if (gcm_start_open(a, nonce, tag) && gcm_add(a, aad1, aad2) &&
	    gcm_decipher(a, body, pt))
		st = EVP_CipherFinal_ex(a->cipher, end, &n) == 1 ? SF_OPENED
								 : SF_FORGED;
	if (st != SF_OPENED && pt == NULL)
		OPENSSL_cleanse(
		    a->scratch, body.n < SCRATCH ? body.n : SCRATCH);
	return st;
}

static bool
gcm_seal(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes pt, uint8_t *out)
{
	uint8_t end[16];
	int n = 0;

	a->goes_on = false;
	return EVP_CipherInit_ex2(a->cipher, NULL, NULL, nonce, 1, NULL) == 1 &&
	       gcm_add(a, aad1, aad2) && update(a, out, pt) &&
	       EVP_CipherFinal_ex(a->cipher, end, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(a->cipher, EVP_CTRL_AEAD_GET_TAG,
		   a->suite->tag_octets, out + pt.n) == 1;
}

/* ---- both ---------------------------------------------------------------- */

static enum sf_open_status
ossl_open(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	size_t tag = a->suite->tag_octets;
	enum sf_open_status st = SF_CRYPTO_FAILED;
	struct sf_bytes body;

	if (ct.n < tag)
		return SF_TOO_SHORT; /* no plaintext, so nothing to wipe */
	body = sf_bytes(ct.p, ct.n - tag);
	if (!fits(aad1, aad2, ct))
		st = SF_CRYPTO_FAILED;
	else if (a->suite->mode == SF_MODE_GCM)
		st = gcm_open(a, nonce, aad1, aad2, body, ct.p + body.n, pt);
	else
		st = ctr_open(a, nonce, aad1, aad2, body, ct.p + body.n, pt);
	if (st != SF_OPENED) {
		ERR_clear_error();
		if (pt != NULL && body.n != 0)
			OPENSSL_cleanse(pt, body.n);
	}
	return st;
}

static bool
ossl_seal(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes pt,
    uint8_t *out)
{
	bool done = false;

	if (fits(aad1, aad2, pt))
		done = a->suite->mode == SF_MODE_GCM
			   ? gcm_seal(a, nonce, aad1, aad2, pt, out)
			   : ctr_seal(a, nonce, aad1, aad2, pt, out);
	if (!done) {
		ERR_clear_error();
		OPENSSL_cleanse(out, pt.n + a->suite->tag_octets);
	}
	return done;
}

static void
ossl_wipe(void *p, size_t n)
{
	if (n != 0)
		OPENSSL_cleanse(p, n);
}

static bool
ossl_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

const struct sf_crypto sf_crypto_ossl = {
	.extract = sf_ossl_extract,
	.expand = sf_ossl_expand,
	.repeat = sf_ossl_repeat,
	.pbkdf2 = sf_ossl_pbkdf2,
	.mac = sf_ossl_mac,
	.digest = sf_ossl_digest,
	.aead_new = ossl_aead_new,
	.aead_free = ossl_aead_free,
	.open = ossl_open,
	.seal = ossl_seal,
	.gcm_verifies = sf_ossl_gcm_verifies,
	.gcm_seals = sf_ossl_gcm_seals,
	.wipe = ossl_wipe,
	.equal = ossl_equal,
	.version = OPENSSL_VERSION_TEXT,
};
