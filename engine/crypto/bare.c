/*
 * bare.c - OpenSSL alone, for bench to measure against.
 */
#include "engine/crypto/bare.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

static const uint8_t key[SF_KEY_MAX] = { 1 };
static const uint8_t nonce[16] = { 2 };

struct sf_bare {
	const struct sf_suite *suite;
	EVP_CIPHER_CTX *cipher;
	EVP_MAC_CTX *mac;
};

static bool
set_mac(struct sf_bare *b)
{
	char sha256[] = "SHA256";
	char sha512[] = "SHA512";
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[2];
	bool done;

	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
	    b->suite->hash == SF_SHA256 ? sha256 : sha512, 0);
	params[1] = OSSL_PARAM_construct_end();
	if (mac == NULL)
		return false;
	b->mac = EVP_MAC_CTX_new(mac);
	done = b->mac != NULL &&
	       EVP_MAC_init(b->mac, key, b->suite->hash_octets, params) == 1;
	EVP_MAC_free(mac);
	return done;
}

struct sf_bare *
sf_bare_new(const struct sf_suite *suite)
{
	static const char *const names[2][2] = {
		{ "AES-128-CTR", "AES-256-CTR" },
		{ "AES-128-GCM", "AES-256-GCM" },
	};
	struct sf_bare *b = calloc(1, sizeof(*b));
	bool gcm = suite->mode == SF_MODE_GCM;
	EVP_CIPHER *cipher;
	bool done;

	if (b == NULL)
		return NULL;
	b->suite = suite;
	b->cipher = EVP_CIPHER_CTX_new();
	cipher =
	    EVP_CIPHER_fetch(NULL, names[gcm][suite->enc_octets == 32], NULL);
	done = b->cipher != NULL && cipher != NULL &&
	       EVP_CipherInit_ex2(b->cipher, cipher, key, NULL, 1, NULL) == 1 &&
	       (gcm || set_mac(b));
	EVP_CIPHER_free(cipher);
	ERR_clear_error();
	if (done)
		return b;
	sf_bare_free(b);
	return NULL;
}

void
sf_bare_free(struct sf_bare *b)
{
	if (b == NULL)
		return;
	EVP_MAC_CTX_free(b->mac);
	EVP_CIPHER_CTX_free(b->cipher);
	free(b);
}

static const uint8_t aad[SF_BARE_AAD];

static bool
crypt(struct sf_bare *b, int seal, const uint8_t *in, size_t n, uint8_t *out)
{
	bool gcm = b->suite->mode == SF_MODE_GCM;
	int done = 0;

	return EVP_CipherInit_ex2(b->cipher, NULL, NULL, nonce, seal, NULL) ==
		   1 &&
	       (!gcm ||
		   EVP_CipherUpdate(b->cipher, NULL, &done, aad, SF_BARE_AAD) ==
		       1) &&
	       EVP_CipherUpdate(b->cipher, out, &done, in, (int)n) == 1;
}

static bool
mac_of(struct sf_bare *b, const uint8_t *p, size_t n, uint8_t out[SF_HASH_MAX])
{
	size_t octets;

	return EVP_MAC_init(b->mac, NULL, 0, NULL) == 1 &&
	       EVP_MAC_update(b->mac, p, n) == 1 &&
	       EVP_MAC_final(b->mac, out, &octets, SF_HASH_MAX) == 1;
}

bool
sf_bare_seal(struct sf_bare *b, const uint8_t *in, size_t n, uint8_t *out)
{
	uint8_t mac[SF_HASH_MAX];
	int rest = 0;

	if (!crypt(b, 1, in, n, out))
		return false;
	if (b->suite->mode == SF_MODE_GCM)
		return EVP_CipherFinal_ex(b->cipher, out + n, &rest) == 1 &&
		       EVP_CIPHER_CTX_ctrl(b->cipher, EVP_CTRL_AEAD_GET_TAG,
			   b->suite->tag_octets, out + n) == 1;
	if (!mac_of(b, out, n, mac))
		return false;
	for (unsigned i = 0; i < b->suite->tag_octets; i++)
		out[n + i] = mac[i];
	return true;
}

bool
sf_bare_open(struct sf_bare *b, const uint8_t *in, size_t n, uint8_t *out)
{
	uint8_t mac[SF_HASH_MAX];
	int rest = 0;

	for (unsigned i = 0; i < b->suite->tag_octets; i++)
		mac[i] = in[n + i];
	if (b->suite->mode == SF_MODE_GCM)
		return crypt(b, 0, in, n, out) &&
		       EVP_CIPHER_CTX_ctrl(b->cipher, EVP_CTRL_AEAD_SET_TAG,
			   b->suite->tag_octets, mac) == 1 &&
		       EVP_CipherFinal_ex(b->cipher, out + n, &rest) == 1;
	return mac_of(b, in, n, mac) &&
	       CRYPTO_memcmp(mac, in + n, b->suite->tag_octets) == 0 &&
	       crypt(b, 1, in, n, out);
}
