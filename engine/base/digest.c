#include "engine/base/digest.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

struct sf_digest {
	EVP_MD_CTX *ctx;
	bool failed;
};

struct sf_digest *
sf_digest_new(void)
{
	struct sf_digest *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->ctx = EVP_MD_CTX_new();
	if (g->ctx == NULL ||
	    EVP_DigestInit_ex(g->ctx, EVP_sha256(), NULL) != 1) {
		ERR_clear_error();
		sf_digest_free(g);
		return NULL;
	}
	return g;
}

void
sf_digest_feed(struct sf_digest *g, struct sf_bytes octets)
{
	if (EVP_DigestUpdate(g->ctx, octets.p, octets.n) != 1) {
		ERR_clear_error();
		g->failed = true;
	}
}

bool
sf_digest_finish(struct sf_digest *g, uint8_t out[SF_DIGEST_OCTETS])
{
	if (!g->failed && EVP_DigestFinal_ex(g->ctx, out, NULL) != 1) {
		ERR_clear_error();
		g->failed = true;
	}
	return !g->failed;
}

void
sf_digest_free(struct sf_digest *g)
{
	if (g == NULL)
		return;
	EVP_MD_CTX_free(g->ctx);
	free(g);
}

const char *
sf_digest_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}
