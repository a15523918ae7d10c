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

/* Under way, with what is authenticated; NULL when it cannot be. Freeing it wipes the
   key. */
static EVP_CIPHER_CTX *
begin(const struct sf_suite *suite, const uint8_t *key, struct sf_bytes nonce,
    struct sf_bytes aad, int seal)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(
	    NULL, suite->enc_octets == 32 ? "AES-256-GCM" : "AES-128-GCM",
	    NULL);
	int n = 0;
	bool ok =
	    ctx != NULL && cipher != NULL && nonce.n <= INT_MAX &&
	    aad.n <= INT_MAX &&
	    EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, seal, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce.n, NULL) == 1 &&
	    EVP_CipherInit_ex2(ctx, NULL, key, nonce.p, seal, NULL) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1;

	EVP_CIPHER_free(cipher);
	if (ok)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

/* Deciphers all of it and keeps nothing. */
static bool
decipher(EVP_CIPHER_CTX *ctx, struct sf_bytes ct)
{
	uint8_t out[PIECE];
	bool done = true;
	int n = 0;

	while (done && ct.n > 0) {
		size_t piece = ct.n < PIECE ? ct.n : PIECE;

		done = EVP_CipherUpdate(ctx, out, &n, ct.p, (int)piece) == 1;
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
	EVP_CIPHER_CTX *ctx = begin(suite, key, nonce, aad, 0);
	uint8_t end[16], want[SF_TAG_MAX];
	int n = 0;
	bool ok;

	memcpy(want, tag, sizeof(want));
	ok = ctx != NULL &&
	     EVP_CIPHER_CTX_ctrl(
		 ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(want), want) == 1 &&
	     decipher(ctx, ct) && EVP_CipherFinal_ex(ctx, end, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

bool
sf_ossl_gcm_seals(const struct sf_suite *suite, const uint8_t *key,
    struct sf_bytes nonce, struct sf_bytes aad, struct sf_bytes pt,
    uint8_t *out)
{
	EVP_CIPHER_CTX *ctx =
	    pt.n > INT_MAX ? NULL : begin(suite, key, nonce, aad, 1);
	uint8_t end[16];
	int n = 0;
	bool ok =
	    ctx != NULL &&
	    EVP_CipherUpdate(ctx, out, &n, pt.p, (int)pt.n) == 1 &&
	    EVP_CipherFinal_ex(ctx, end, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_GET_TAG, SF_TAG_MAX, out + pt.n) == 1;

	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
