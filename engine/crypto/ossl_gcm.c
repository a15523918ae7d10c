/*
 * ossl_gcm.c - GCM as RFC 9605 does not use it: with a nonce of any length, which
 * only the search for mistakes asks for.
 */
#include "engine/crypto/ossl_parts.h"

#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#define PIECE 256

/* Deciphers all of it and keeps nothing. */
static bool
decipher(EVP_CIPHER_CTX *ctx, struct sf_bytes ct)
{
	uint8_t out[PIECE];
	bool done = true;
	int n = 0;

	while (done && ct.n > 0) {
		size_t piece = ct.n < PIECE ? ct.n : PIECE;

		done = EVP_DecryptUpdate(ctx, out, &n, ct.p, (int)piece) == 1;
		ct = sf_bytes(ct.p + piece, ct.n - piece);
	}
	OPENSSL_cleanse(out, sizeof(out));
	return done;
}

bool
sf_ossl_gcm_verifies(const struct sf_suite *suite, const uint8_t *key,
    struct sf_bytes nonce, struct sf_bytes aad, struct sf_bytes ct,
    const uint8_t *tag)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(
	    NULL, suite->enc_octets == 32 ? "AES-256-GCM" : "AES-128-GCM",
	    NULL);
	uint8_t end[16], want[SF_TAG_MAX];
	int n = 0;
	bool ok;

	memcpy(want, tag, sizeof(want));
	ok = ctx != NULL && cipher != NULL && nonce.n <= INT_MAX &&
	     aad.n <= INT_MAX &&
	     EVP_DecryptInit_ex2(ctx, cipher, NULL, NULL, NULL) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce.n,
		 NULL) == 1 &&
	     EVP_DecryptInit_ex2(ctx, NULL, key, nonce.p, NULL) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(want),
		 want) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1 &&
	     decipher(ctx, ct) && EVP_DecryptFinal_ex(ctx, end, &n) == 1;
	EVP_CIPHER_CTX_free(ctx); /* wipes the key */
	EVP_CIPHER_free(cipher);
	ERR_clear_error();
	return ok;
}
