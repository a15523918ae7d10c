/*
 * ossl_kdf.c - hashes and what is derived with them, on OpenSSL 3.
 */
#include "engine/crypto/ossl_parts.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

/* ---- HKDF, RFC 5869 ------------------------------------------------------ */

static bool
derive(const char *name, OSSL_PARAM *params, uint8_t *out, size_t n)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
	EVP_KDF_CTX *ctx = NULL;
	bool done = false;

	if (kdf == NULL)
		goto out;
	ctx = EVP_KDF_CTX_new(kdf);
	done = ctx != NULL && EVP_KDF_derive(ctx, out, n, params) == 1;
out:
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	ERR_clear_error();
	if (!done)
		OPENSSL_cleanse(out, n);
	return done;
}

bool
sf_ossl_extract(enum sf_hash_name h, struct sf_bytes salt, struct sf_bytes ikm,
    uint8_t out[SF_HASH_MAX])
{
	int mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
	OSSL_PARAM params[5], *p = params;

	*p++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	*p++ = sf_ossl_name_param(OSSL_KDF_PARAM_DIGEST, sf_ossl_hash_name(h));
	*p++ = sf_ossl_octets_param(OSSL_KDF_PARAM_KEY, ikm);
	if (salt.n != 0) /* else zeros, RFC 5869 2.2 */
		*p++ = sf_ossl_octets_param(OSSL_KDF_PARAM_SALT, salt);
	*p = OSSL_PARAM_construct_end();
	return derive("HKDF", params, out, sf_hash_octets(h));
}

bool
sf_ossl_expand(enum sf_hash_name h, struct sf_bytes prk, struct sf_bytes info,
    uint8_t *out, size_t n)
{
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[5], *p = params;

	*p++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	*p++ = sf_ossl_name_param(OSSL_KDF_PARAM_DIGEST, sf_ossl_hash_name(h));
	*p++ = sf_ossl_octets_param(OSSL_KDF_PARAM_KEY, prk);
	*p++ = sf_ossl_octets_param(OSSL_KDF_PARAM_INFO, info);
	*p = OSSL_PARAM_construct_end();
	return derive("HKDF", params, out, n);
}

/* HMAC of h, its key set: zeros until another one is. */
static EVP_MAC_CTX *
new_mac(enum sf_hash_name h)
{
	static const uint8_t zeros[SF_HASH_MAX];
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
	OSSL_PARAM params[2] = {
		sf_ossl_name_param(OSSL_MAC_PARAM_DIGEST, sf_ossl_hash_name(h)),
		OSSL_PARAM_construct_end(),
	};

	EVP_MAC_free(mac);
	if (ctx != NULL &&
	    EVP_MAC_init(ctx, zeros, sf_hash_octets(h), params) == 1)
		return ctx;
	EVP_MAC_CTX_free(ctx);
	return NULL;
}

static bool
finish_mac(EVP_MAC_CTX *ctx, struct sf_bytes in, uint8_t out[SF_HASH_MAX])
{
	size_t octets;

	return EVP_MAC_update(ctx, in.p, in.n) == 1 &&
	       EVP_MAC_final(ctx, out, &octets, SF_HASH_MAX) == 1;
}

/*
 * Extract with an empty salt has one HMAC key for all steps, and Expand to the
 * hash's length is one HMAC: nothing is fetched or allocated for a step.
 */
bool
sf_ossl_repeat(enum sf_hash_name h, struct sf_bytes info, uint64_t times,
    uint8_t key[SF_HASH_MAX])
{
	size_t n = sf_hash_octets(h);
	EVP_MAC_CTX *extract = new_mac(h), *expand = new_mac(h);
	uint8_t prk[SF_HASH_MAX], block[64];
	bool done = extract != NULL && expand != NULL && info.n < sizeof(block);

	if (done) {
		memcpy(block, info.p, info.n);
		block[info.n] = 1; /* RFC 5869 2.3: T(1) */
	}
	for (; done && times > 0; times--)
		done = EVP_MAC_init(extract, NULL, 0, NULL) == 1 &&
		       finish_mac(extract, sf_bytes(key, n), prk) &&
		       EVP_MAC_init(expand, prk, n, NULL) == 1 &&
		       finish_mac(expand, sf_bytes(block, info.n + 1), key);
	EVP_MAC_CTX_free(extract); /* both wipe their keys */
	EVP_MAC_CTX_free(expand);
	ERR_clear_error();
	OPENSSL_cleanse(prk, sizeof(prk));
	if (!done)
		OPENSSL_cleanse(key, n);
	return done;
}

bool
sf_ossl_pbkdf2(enum sf_hash_name h, struct sf_bytes password,
    struct sf_bytes salt, unsigned rounds, uint8_t *out, size_t n)
{
	int lax = 1; /* short salts and few rounds are others' choice */
	OSSL_PARAM params[6] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &lax),
		sf_ossl_name_param(OSSL_KDF_PARAM_DIGEST, sf_ossl_hash_name(h)),
		sf_ossl_octets_param(OSSL_KDF_PARAM_PASSWORD, password),
		sf_ossl_octets_param(OSSL_KDF_PARAM_SALT, salt),
		OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_ITER, &rounds),
		OSSL_PARAM_construct_end(),
	};

	return derive("PBKDF2", params, out, n);
}

bool
sf_ossl_mac(enum sf_hash_name h, struct sf_bytes key,
    const struct sf_bytes *parts, size_t n, uint8_t out[SF_HASH_MAX])
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = NULL;
	OSSL_PARAM params[2] = {
		sf_ossl_name_param(OSSL_MAC_PARAM_DIGEST, sf_ossl_hash_name(h)),
		OSSL_PARAM_construct_end(),
	};
	size_t octets = 0;
	bool done = false;

	if (mac == NULL)
		goto out;
	ctx = EVP_MAC_CTX_new(mac);
	done = ctx != NULL && EVP_MAC_init(ctx, key.p, key.n, params) == 1;
	for (size_t i = 0; done && i < n; i++)
		done = EVP_MAC_update(ctx, parts[i].p, parts[i].n) == 1;
	done = done && EVP_MAC_final(ctx, out, &octets, SF_HASH_MAX) == 1;
out:
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	ERR_clear_error();
	return done;
}

bool
sf_ossl_digest(
    enum sf_hash_name h, struct sf_bytes in, uint8_t out[SF_HASH_MAX])
{
	bool done = EVP_Q_digest(NULL, sf_ossl_hash_name(h), NULL, in.p, in.n,
			out, NULL) == 1;

	ERR_clear_error();
	return done;
}
