/*
 * ossl_srtp.c - the cryptography of SRTP, on OpenSSL 3. Contexts are made once
 * for each session key; a packet costs a new IV, and a MAC that starts over
 * with the key it has.
 */
#include "engine/crypto/srtp.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define MAC_OCTETS 20 /* of HMAC-SHA1 */
#define GCM_TAG    16

struct sf_srtp_key {
	EVP_CIPHER_CTX *cipher; /* NULL for the NULL cipher */
	EVP_MAC_CTX *mac;       /* NULL for GCM */
};

static const char *
cipher_name(bool gcm, size_t octets)
{
	if (gcm)
		return octets == 32 ? "AES-256-GCM" : "AES-128-GCM";
	if (octets == 24)
		return "AES-192-CTR";
	return octets == 32 ? "AES-256-CTR" : "AES-128-CTR";
}

static EVP_CIPHER_CTX *
new_cipher(bool gcm, const uint8_t *key, size_t octets)
{
	EVP_CIPHER *cipher =
	    EVP_CIPHER_fetch(NULL, cipher_name(gcm, octets), NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (cipher == NULL || ctx == NULL ||
	    EVP_DecryptInit_ex2(ctx, cipher, key, NULL, NULL) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_CIPHER_free(cipher); /* the context holds it from here on */
	return ctx;
}

static EVP_MAC_CTX *
new_mac(const uint8_t *key)
{
	char sha1[] = "SHA1";
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_MAC_PARAM_DIGEST, sha1, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);

	if (ctx != NULL && EVP_MAC_init(ctx, key, SF_SRTP_AUTH, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_MAC_free(mac);
	return ctx;
}

/* One part through the cipher; out NULL means that it is only authenticated. */
static bool
update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct sf_bytes in)
{
	int n = 0;

	return in.n == 0 ||
	       (in.n <= INT_MAX &&
		   EVP_DecryptUpdate(ctx, out, &n, in.p, (int)in.n) == 1 &&
		   n == (int)in.n);
}

static bool
update_all(EVP_CIPHER_CTX *ctx, uint8_t *out, const struct sf_bytes *parts,
    size_t n_parts)
{
	for (size_t i = 0; i < n_parts; i++) {
		if (!update(ctx, out, parts[i]))
			return false;
		if (out != NULL)
			out += parts[i].n;
	}
	return true;
}

static bool
ossl_keystream(const uint8_t *key, size_t key_octets, const uint8_t iv[16],
    uint8_t *out, size_t n)
{
	EVP_CIPHER_CTX *ctx = new_cipher(false, key, key_octets);
	bool done;

	memset(out, 0, n);
	done = ctx != NULL &&
	       EVP_DecryptInit_ex2(ctx, NULL, NULL, iv, NULL) == 1 &&
	       update(ctx, out, sf_bytes(out, n));
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return done;
}

static void
ossl_key_free(struct sf_srtp_key *k)
{
	if (k == NULL)
		return;
	EVP_MAC_CTX_free(k->mac); /* both wipe their keys */
	EVP_CIPHER_CTX_free(k->cipher);
	free(k);
}

static struct sf_srtp_key *
ossl_key_new(
    const struct sf_srtp_profile *p, const uint8_t *key, const uint8_t *auth)
{
	struct sf_srtp_key *k = calloc(1, sizeof(*k));
	bool gcm = p->cipher == SF_SRTP_GCM;

	if (k == NULL)
		return NULL;
	if (p->cipher != SF_SRTP_NULL)
		k->cipher = new_cipher(gcm, key, p->key);
	if (!gcm)
		k->mac = new_mac(auth);
	ERR_clear_error();
	if ((p->cipher != SF_SRTP_NULL && k->cipher == NULL) ||
	    (!gcm && k->mac == NULL)) {
		ossl_key_free(k);
		return NULL;
	}
	return k;
}

static bool
ossl_mac_is(struct sf_srtp_key *k, const struct sf_bytes *parts, size_t n_parts,
    const uint8_t *tag, size_t n)
{
	uint8_t mac[MAC_OCTETS];
	size_t octets = 0;
	bool done = EVP_MAC_init(k->mac, NULL, 0, NULL) == 1;

	for (size_t i = 0; done && i < n_parts; i++)
		done = parts[i].n == 0 ||
		       EVP_MAC_update(k->mac, parts[i].p, parts[i].n) == 1;
	done = done && EVP_MAC_final(k->mac, mac, &octets, sizeof(mac)) == 1 &&
	       octets == sizeof(mac) && n <= octets &&
	       CRYPTO_memcmp(mac, tag, n) == 0;
	OPENSSL_cleanse(mac, sizeof(mac));
	return done;
}

static bool
ossl_ctr(struct sf_srtp_key *k, const uint8_t iv[16],
    const struct sf_bytes *parts, size_t n_parts, uint8_t *out)
{
	bool done = EVP_DecryptInit_ex2(k->cipher, NULL, NULL, iv, NULL) == 1 &&
		    update_all(k->cipher, out, parts, n_parts);

	if (!done)
		ERR_clear_error();
	return done;
}

static void
wipe_all(uint8_t *out, const struct sf_bytes *parts, size_t n_parts)
{
	for (size_t i = 0; i < n_parts; i++) {
		OPENSSL_cleanse(out, parts[i].n);
		out += parts[i].n;
	}
}

static enum sf_open_status
ossl_gcm(struct sf_srtp_key *k, const uint8_t iv[12],
    const struct sf_bytes *aad, size_t n_aad, const struct sf_bytes *parts,
    size_t n_parts, const uint8_t tag[16], uint8_t *out)
{
	uint8_t expected[GCM_TAG];
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_octet_string(
		    OSSL_CIPHER_PARAM_AEAD_TAG, expected, sizeof(expected)),
		OSSL_PARAM_construct_end(),
	};
	enum sf_open_status st = SF_CRYPTO_FAILED;
	uint8_t end[16];
	int n = 0;

	memcpy(expected, tag, sizeof(expected));
	if (EVP_DecryptInit_ex2(k->cipher, NULL, NULL, iv, params) == 1 &&
	    update_all(k->cipher, NULL, aad, n_aad) &&
	    update_all(k->cipher, out, parts, n_parts))
		st = EVP_DecryptFinal_ex(k->cipher, end, &n) == 1 ? SF_OPENED
								  : SF_FORGED;
	if (st != SF_OPENED) {
		ERR_clear_error();
		wipe_all(out, parts, n_parts);
	}
	return st;
}

const struct sf_srtp_crypto sf_srtp_crypto_ossl = {
	.keystream = ossl_keystream,
	.key_new = ossl_key_new,
	.key_free = ossl_key_free,
	.mac_is = ossl_mac_is,
	.ctr = ossl_ctr,
	.gcm = ossl_gcm,
};
